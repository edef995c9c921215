"""`counterfoil verify --proof FILE`: checks the proof of one row, without any installation."""

import json
from datetime import UTC
from pathlib import Path
from typing import Annotated, Any

import typer

from counterfoil.cli.errors import OperatorError
from counterfoil.cli.options import Business, Data
from counterfoil.cli.proving.seals import Marks, Seals, marks_named, marks_of
from counterfoil.domain.audit.inclusion import Checked, NoProof, check

MOST_BYTES = 4_000_000

Proof = Annotated[
    Path | None,
    typer.Option("--proof", metavar="FILE", help="Check a proof that was exported for one entry."),
]


def verify_proof(
    proof: Proof = None,
    mark: Marks = None,
    seals: Seals = None,
    _business: Business = None,
    _data: Data = None,
) -> None:
    """Check that a row stands below its seal, and that the seal is one that you kept."""
    assert proof is not None  # without it, this is not what is called
    checked = _checked(proof)
    known = marks_named(mark or []) | (marks_of(seals) if seals else {})
    number, _, head = checked.mark.partition(":")
    problems = list(checked.problems)
    if known and int(number) not in known:
        problems.append(f"seal {number} is not among those that you kept")
    elif known and known[int(number)] != head:
        problems.append(f"seal {number} is another one than you kept")
    _tell(checked)
    for problem in problems:
        typer.echo(f"  FAIL  {problem}")
    if problems:
        typer.echo("\nthe proof does NOT hold")
        raise typer.Exit(1)
    typer.echo("  ok    the row stands below this seal as it was sealed")
    if known:
        typer.echo("  ok    the seal is the one that you kept")
    else:
        typer.echo("\nCompare the seal with one that you kept yourself (a mail of seals):")
        typer.echo("a proof says nothing that its seal does not.")


def _checked(path: Path) -> Checked:
    try:
        with path.open("rb") as file:
            document: Any = _read(file.read(MOST_BYTES))
        if not isinstance(document, dict):
            raise NoProof("it is no inclusion proof of Counterfoil")
        return check(document)
    except (OSError, ValueError) as error:
        raise OperatorError(f"{path} can't be read as a proof: {error}") from None


def _read(content: bytes) -> Any:
    try:
        return json.loads(content)
    except RecursionError:
        raise NoProof("it has no end of things inside things") from None


def _tell(checked: Checked) -> None:
    typer.echo(f"  row   {_line(checked.source)} {_line(checked.content.get('id', ''))}")
    for name, value in sorted(checked.content.items()):
        if name not in ("id", "business_id"):
            typer.echo(f"          {_line(name)}: {_line(value)}")
    for mark, text in checked.texts.items():
        typer.echo(f"  text  {_line(mark)}: {_line(text)}")
    typer.echo(f"  seal  {checked.mark}")
    typer.echo(f"        {checked.sealed_at.astimezone(UTC):%Y-%m-%d %H:%M} UTC")


def _line(value: object) -> str:
    """A value as one line: what would steer the terminal, or look like a line of ours, is shown."""
    return "".join(one if one.isprintable() else f"\\u{ord(one):04x}" for one in str(value))
