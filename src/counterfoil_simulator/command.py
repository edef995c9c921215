"""The command: a database of its own, a crew of processes, seeds handed out, results told."""

import argparse
import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from multiprocessing import get_context
from multiprocessing.connection import wait
from pathlib import Path
from typing import Any

from counterfoil.cli.postgres import Addresses, Cluster
from counterfoil_simulator.crew import Lived, prepare, work
from counterfoil_simulator.machine.weather import KINDS

_CLUSTER = "postgres"
_TOLD_EACH = 100
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
        "--without",
        type=_kinds,
        default=[],
        metavar="KINDS",
        help="kinds of fault to leave out, as a broken seed names them",
    )
    parser.add_argument(
        "--processes",
        type=_positive,
        default=os.cpu_count() or 1,
        metavar="N",
        help="how many at once; a seed is the same in any of them",
    )
    return parser


def _kinds(text: str) -> list[str]:
    kinds = text.split(",")
    if not KINDS.issuperset(kinds):
        raise ValueError(text)
    return kinds


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

    def so_far(self) -> str:
        """How many, how fast, and whether all of them are sound."""
        seconds = time.monotonic() - self._began
        rate = self.seeds / seconds
        verdict = "all invariants hold"
        if self.broken:
            verdict = f"broken by {', '.join(map(str, self.broken))}"
        lived = f"{self.seeds:,} seeds in {seconds:.1f} s ({rate:.1f} a second)"
        return f"{lived}, {self.steps:,} steps: {verdict}"

    def text(self) -> str:
        """The same, with the counts of what was lived and of what went wrong."""
        faults = {name: count for name, count in self.tally.items() if name not in _WORLD}
        lines = [
            self.so_far(),
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
    spawn = get_context("spawn")
    members = [
        _sent_off(spawn, one, folder, seeds[number::crew], asked.without)
        for number, one in enumerate(prepare(addresses, folder, crew))
    ]
    summary = _Summary()
    try:
        for lived in _results(members):
            summary.add(lived)
            if not summary.seeds % _TOLD_EACH:
                _say(summary.so_far())
            tell(lived, whole=asked.story)
            if lived.breaches and not asked.go_on:
                break
    finally:
        for process, _ in members:
            process.terminate()
            process.join()
    return summary


def _sent_off(
    spawn: Any, one: Addresses, folder: Path, seeds: range, without: Sequence[str]
) -> tuple[Any, Any]:
    """A process of its own with its seeds, and the end of the pipe where its results arrive."""
    ours, theirs = spawn.Pipe(duplex=False)
    process = spawn.Process(target=work, args=(one, folder, seeds, without, theirs), daemon=True)
    process.start()
    theirs.close()
    return process, ours


def _results(members: Sequence[tuple[Any, Any]]) -> Iterator[Lived]:
    """What they send, as it comes; a process that died without a word ends the run."""
    open_ones = {ours: process for process, ours in members}
    while open_ones:
        ready: list[Any] = wait(list(open_ones))
        for ours in ready:
            lived = _received(ours, open_ones[ours])
            if lived is not None:
                yield lived
            else:
                del open_ones[ours]


def _received(ours: Any, process: Any) -> Lived | None:
    """The next result, or None when there are no more."""
    try:
        lived: Lived = ours.recv()
    except EOFError:
        process.join()
        if process.exitcode:
            raise SystemExit("A process of the simulation has died.") from None
        return None
    return lived


def tell(lived: Lived, *, whole: bool = False) -> None:
    """Prints the story of one that broke, what is broken, and the command that lives it again; of
    any other only its story, and only where it is asked for as a `whole`."""
    if whole or lived.breaches:
        _say(f"seed {lived.seed}\n\n{lived.story}\n")
    if lived.breaches:
        _say("What is broken:")
        for breach in lived.breaches:
            _say(f"  {breach}")
        less = f" --without {','.join(lived.without)}" if lived.without else ""
        _say(f"\nThe same again: counterfoil simulate --from {lived.seed} --seeds 1{less}\n")


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
