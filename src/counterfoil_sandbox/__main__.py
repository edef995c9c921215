"""Lets the gateway start as `python -m counterfoil_sandbox`."""

from counterfoil_sandbox.main import main

if __name__ == "__main__":
    raise SystemExit(main())
