"""What a bench says here and in another checkout, in turns, and the ratio of each figure.

`make bench ARGS="beside FOLDER pages"`: FOLDER holds the product as it was, with its `.venv`.
"""

import os
import re
import statistics
import subprocess
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

ROUNDS = 2
HERE = Path(__file__).resolve().parent.parent
Shape = tuple[str, int]
_FIGURE = re.compile(r"(?<![\w.])\d[\d,]*(?:\.\d+)?(?![\w.])")


def main(folder: str, names: list[str]) -> int:
    """Prints each line of each bench with its figures here, and in brackets what they are of those
    over there; lines that only one side prints are left out."""
    places = {"here": HERE, "there": Path(folder).resolve()}
    for name in names:
        print(f"\n== {name}: here, and of what it is in {places['there']} ==")
        said: dict[str, list[dict[Shape, list[float]]]] = {place: [] for place in places}
        for _ in range(ROUNDS):
            for place, root in places.items():
                said[place].append(dict(_figures(_run(root, name))))
        here, there = _together(said["here"]), _together(said["there"])
        for shape, figures in here.items():
            if len(there.get(shape, [])) == len(figures):
                print(_line(shape[0], figures, there[shape]))
    return 0


def _run(root: Path, name: str) -> str:
    python = root / ".venv/bin/python"
    path = f"{root}/src"
    done = subprocess.run(
        [python, "-m", "bench", name],
        cwd=root,
        env=os.environ | {"PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def _figures(text: str) -> Iterator[tuple[Shape, list[float]]]:
    """Each line's words with a place for each figure, which of the lines of these words it is, and
    the figures."""
    seen: Counter[str] = Counter()
    for line in text.splitlines():
        found = [float(one.replace(",", "")) for one in _FIGURE.findall(line)]
        if found:
            words = re.sub(r" +", " ", _FIGURE.sub("#", line))
            seen[words] += 1
            yield (words, seen[words]), found


def _together(rounds: list[dict[Shape, list[float]]]) -> dict[Shape, list[float]]:
    """The mean of each figure over the rounds."""
    return {
        shape: [
            statistics.mean(values) for values in zip(*(one[shape] for one in rounds), strict=True)
        ]
        for shape in rounds[0]
        if all(shape in one for one in rounds)
    }


def _line(shape: str, here: list[float], there: list[float]) -> str:
    pairs = iter(zip(here, there, strict=True))

    def told(_: re.Match[str]) -> str:
        now, before = next(pairs)
        written = f"{now:,.2f}".rstrip("0").rstrip(".")
        return f"{written} ({now / before:.2f} x)" if before and now != before else written

    return re.sub("#", told, shape)
