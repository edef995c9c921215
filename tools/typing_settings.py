"""Gives the type checker the product's settings without an installation."""

import os

os.environ.setdefault("DATABASE_URL", "postgresql://app@localhost/counterfoil")
os.environ.setdefault("COUNTERFOIL_SECRET_KEY", "only-for-the-type-checker")
os.environ.setdefault("COUNTERFOIL_DATA", "/nonexistent")

from counterfoil.config.settings import *  # noqa: F403  (the environment comes first)
