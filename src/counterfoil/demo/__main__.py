"""`python -m counterfoil.demo`: seeds an empty installation, or follows it to another port."""

import importlib
import os
import sys

import django

RECONNECT = "--reconnect"


def main() -> None:
    """Seeds; with `--reconnect`, tells businesses and gateway where the demo answers now."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "counterfoil.config.settings")
    django.setup()
    name = "reconnect" if RECONNECT in sys.argv[1:] else "seed"
    importlib.import_module(f"counterfoil.demo.{name}").main()


if __name__ == "__main__":
    main()
