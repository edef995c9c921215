"""Runs the benches that are named (all of them, if none is) and prints their figures."""

import sys
from collections.abc import Callable
from importlib import import_module

NAMES = ("posting", "pages", "documents", "importing", "demo")


def main(names: list[str]) -> int:
    """Each bench is a module with `main()`; unknown names are refused."""
    unknown = set(names) - set(NAMES)
    if unknown:
        print(f"unknown: {', '.join(sorted(unknown))}; there are {', '.join(NAMES)}")
        return 2
    for name in names or NAMES:
        print(f"\n== {name} ==", flush=True)
        bench: Callable[[], None] = import_module(f"bench.{name}").main
        bench()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
