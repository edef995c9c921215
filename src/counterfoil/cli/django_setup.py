"""Loads Django with our settings, for the commands that need it and for them alone."""

import os

import django


def load_django() -> None:
    """Makes Django ready; the environment must be complete before."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "counterfoil.config.settings")
    django.setup()
