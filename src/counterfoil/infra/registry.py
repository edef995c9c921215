"""Loads what settings name by dotted path, once."""

from functools import cache
from importlib import import_module
from typing import Any


@cache
def load(path: str) -> Any:
    """The object at `package.module.name`."""
    module, _, name = path.rpartition(".")
    return getattr(import_module(module), name)
