"""The command: a database of its own, a crew of processes, seeds handed out, results told."""

import argparse
import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from multiprocessing import get_context
from pathlib import Path

from counterfoil.cli.postgres import Addresses, Cluster
from counterfoil_simulator.crew import Lived, prepare, work

_CLUSTER = "postgres"
_WORLD = ("payments", "refunds", "webhooks", "letters", "races")


def main(arguments: Sequence[str] | None = None) -> None:
    """Lives so many seeds; exit 1 at the first one that breaks an invariant."""
    asked = _parser().parse_args(arguments)
    seeds = range(asked.first, asked.first + asked.seeds)
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]  # a text stream
    with tempfile.TemporaryDirectory(prefix="counterfoil-simulate-") as folder:
        cluster = Cluster(Path(folder) / _CLUSTER, durable=False, shared_buffers="128MB")
        try:
            summary = _live(cluster.start(), Path(folder), seeds, asked)
        finally:
            cluster.destroy()
    _say(summary.text())
    if summary.broken:
        raise SystemExit(1)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="counterfoil simulate",
        description="Live whole lives of payments while everything around them breaks.",
    )
    parser.add_argument("--seeds", type=_positive, default=300, metavar="N", help="how many")
    parser.add_argument(
        "--from", type=int, default=1, dest="first", metavar="SEED", help="the first seed"
    )
    parser.add_argument("--story", action="store_true", help="tell the story of each seed")
    parser.add_argument(
        "--go-on", action="store_true", help="go on after a seed that breaks an invariant"
    )
    parser.add_argument(
        "--processes",
        type=_positive,
        default=os.cpu_count() or 1,
        metavar="N",
        help="how many at once; a seed is the same in any of them",
    )
    return parser


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError(text)
    return number


class _Summary:
    """What all seeds came to."""

    def __init__(self) -> None:
        self.seeds = self.steps = 0
        self.broken: list[int] = []
        self.tally: Counter[str] = Counter()
        self._began = time.monotonic()

    def add(self, lived: Lived) -> None:
        """One seed more."""
        self.seeds += 1
        self.steps += lived.steps
        self.tally += Counter(lived.tally)
        if lived.breaches:
            self.broken.append(lived.seed)

    def text(self) -> str:
        """Rate and counts."""
        seconds = time.monotonic() - self._began
        rate = self.seeds / seconds
        verdict = "all invariants hold"
        if self.broken:
            verdict = f"broken by {', '.join(map(str, self.broken))}"
        faults = {name: count for name, count in self.tally.items() if name not in _WORLD}
        lived = f"{self.seeds:,} seeds in {seconds:.1f} s ({rate:.1f} a second)"
        lines = [
            f"{lived}, {self.steps:,} steps: {verdict}",
            "lived   " + _list({name: self.tally[name] for name in _WORLD}),
            f"faults  {sum(faults.values()):,}: " + _list(faults),
        ]
        return "\n".join(lines)


def _list(counts: dict[str, int]) -> str:
    named = sorted(counts.items(), key=lambda one: -one[1])
    return ", ".join(f"{count:,} {name.replace('_', ' ')}" for name, count in named)


def _live(addresses: Addresses, folder: Path, seeds: range, asked: argparse.Namespace) -> _Summary:
    """Hands the seeds out to the crew, and tells what comes back."""
    crew = min(asked.processes, len(seeds))
    databases = prepare(addresses, folder, crew)
    spawn = get_context("spawn")
    results = spawn.SimpleQueue()
    processes = [
        spawn.Process(target=work, args=(one, folder, seeds[number::crew], results), daemon=True)
        for number, one in enumerate(databases)
    ]
    for process in processes:
        process.start()
    summary = _Summary()
    try:
        left = len(processes)
        while left:
            lived = results.get()
            if lived is None:
                left -= 1
                continue
            summary.add(lived)
            _tell(lived, whole=asked.story)
            if lived.breaches and not asked.go_on:
                break
    finally:
        for process in processes:
            process.terminate()
            process.join()
    return summary


def _tell(lived: Lived, *, whole: bool) -> None:
    if whole or lived.breaches:
        _say(f"seed {lived.seed}\n\n{lived.story}\n")
    if lived.breaches:
        _say("What is broken:")
        for breach in lived.breaches:
            _say(f"  {breach}")
        _say(f"\nThe same again: counterfoil simulate --from {lived.seed} --seeds 1\n")


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
