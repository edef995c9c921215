"""Seals that somebody kept: named on the command line, or in a file that was exported."""

import csv
import json
import re
from pathlib import Path
from typing import Annotated

import typer

from counterfoil.cli.errors import OperatorError

Marks = Annotated[
    list[str] | None,
    typer.Option(
        "--mark",
        metavar="NUMBER:HEAD",
        help="A seal that you kept, from a mail or the folder of seals; with --business.",
    ),
]
Seals = Annotated[
    Path | None,
    typer.Option(
        "--seals",
        metavar="FILE",
        help="Seals that you exported (JSON or CSV) or copied from a mail; with --business.",
    ),
]
_MARK = re.compile(r"([0-9]{1,9}):([0-9a-f]{64})")


def marks_named(marks: list[str]) -> dict[int, str]:
    """The heads by the numbers of their seals; refuses what is no seal."""
    found = [_MARK.fullmatch(one.strip().lower()) for one in marks]
    wrong = [one for one, match in zip(marks, found, strict=True) if not match]
    if wrong:
        raise typer.BadParameter(f"{wrong[0]!r} is not of the form 41:9f0c... (64 characters)")
    return {int(match.group(1)): match.group(2) for match in found if match}


def marks_of(path: Path) -> dict[int, str]:
    """The seals of a file: an export, or any text that has them in it, such as a mail; refuses
    (`OperatorError`) a file without any."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise OperatorError(f"{path} can't be read: {error}") from None
    found = _of_json(text) or _of_csv(text) or dict(_MARK.findall(text.lower()))
    named = [_MARK.fullmatch(f"{number}:{head}".lower()) for number, head in found.items()]
    seals = {int(match.group(1)): match.group(2) for match in named if match}
    if len(seals) < len(found) or not seals:
        raise OperatorError(f"{path} has no seal in it, or one that is none")
    return seals


def _of_json(text: str) -> dict[str, str]:
    try:
        rows = json.loads(text)["seals"]
        return {one["number"]: one["head"] for one in rows}
    except (ValueError, KeyError, TypeError, RecursionError):
        return {}


def _of_csv(text: str) -> dict[str, str]:
    if not text.startswith("number,"):
        return {}
    rows = csv.DictReader(text.splitlines())
    return {one["number"]: one["head"] for one in rows if one.get("head")}
