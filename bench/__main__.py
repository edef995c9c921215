"""Runs the benches that are named (all of them, if none is) and prints their figures; `soak MINUTES`
and `beside FOLDER NAME` run when they are named alone."""

import subprocess
import sys
from collections.abc import Callable
from importlib import import_module

from bench import beside

NAMES = (
    "posting",
    "banking",
    "doors",
    "answers",
    "pages",
    "documents",
    "importing",
    "demo",
    "journeys",
)
SOAK_MINUTES = 10


def main(names: list[str]) -> int:
    """Each bench is a module with `main()`; unknown names are refused."""
    if names[:1] == ["beside"] and len(names) > 2:  # noqa: PLR2004  a folder and a bench
        return beside.main(names[1], names[2:])
    if names[:1] == ["soak"]:
        import_module("bench.soak").main(float("".join(names[1:2]) or SOAK_MINUTES))
        return 0
    unknown = set(names) - set(NAMES)
    if unknown:
        print(f"unknown: {', '.join(sorted(unknown))}; there are {', '.join(NAMES)}")
        return 2
    if len(names) == 1:
        bench: Callable[[], None] = import_module(f"bench.{names[0]}").main
        bench()
        return 0
    for name in names or NAMES:  # each in a process of its own: Django knows one database only
        print(f"\n== {name} ==", flush=True)
        subprocess.run([sys.executable, "-m", "bench", name], check=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
