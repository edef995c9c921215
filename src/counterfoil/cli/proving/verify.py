"""`counterfoil verify`: proves the books of every business and shows what they were proved on."""

import time
from collections.abc import Mapping
from pathlib import Path

import typer
from django.conf import settings

from counterfoil.cli.businesses import businesses_named
from counterfoil.cli.options import Business, Data
from counterfoil.cli.proving.proofs import Proof
from counterfoil.cli.proving.seals import Marks, Seals, marks_named, marks_of
from counterfoil.domain.business.rows import BusinessRow
from counterfoil.domain.insights.proofs import TRAIL, Finding, Proven, prove, prove_guards
from counterfoil.domain.insights.rows import AccountSum
from counterfoil.kernel.money import Money, exponent

_KINDS = {
    "receivable": "owed by customers",
    "customer_credit": "owed to customers",
    "clearing": "at gateways",
    "revenue": "revenue",
    "tax": "tax",
}
_CREDIT_KINDS = ("customer_credit", "revenue", "tax")


def verify(
    business: Business = None,
    mark: Marks = None,
    seals: Seals = None,
    _proof: Proof = None,
    _data: Data = None,
) -> None:
    """Prove books, allocations, documents, states, the sealed trail and guards; exit 1 where a
    proof fails."""
    known = _known(mark or [], seals, business)
    began = time.monotonic()
    guards = prove_guards(settings.APP_ROLE)
    tell(guards)
    holds = guards.holds
    for one in businesses_named(business):
        typer.echo(f"\n{one.slug}  {one.name}")
        proven = prove(one.id, told=tell, known=known)
        show_figures(one, proven)
        tell_compared(known, proven)
        holds = holds and proven.holds
    seconds = time.monotonic() - began
    typer.echo(f"\n{'everything holds' if holds else 'NOT everything holds'} ({seconds:.1f} s)")
    if not holds:
        raise typer.Exit(1)


def _known(marks: list[str], seals: Path | None, business: str | None) -> dict[int, str]:
    """The seals that somebody kept, by number."""
    if (marks or seals) and business is None:
        raise typer.BadParameter("a seal is of one business: name it by --business")
    return marks_named(marks) | (marks_of(seals) if seals else {})


def tell(finding: Finding) -> None:
    """Says one invariant, and the rows that contradict it."""
    typer.echo(f"  {'ok  ' if finding.holds else 'FAIL'}  {finding.invariant}")
    for row in finding.violations:
        typer.echo(f"          {row.subject}: {row.found}")


def show_figures(business: BusinessRow, proven: Proven) -> None:
    """Says how much was proved, and what the accounts hold."""
    counts = [f"{figure.count:,} {figure.name}" for figure in proven.figures]
    typer.echo(f"  on    {', '.join(counts)}")
    trail = proven.trail
    last = f", the last {trail.last.sealed_at:%Y-%m-%d %H:%M} UTC" if trail.last else ""
    typer.echo(f"  seals {trail.seals:,} over {trail.leaves:,} rows{last}")
    if trail.last:
        typer.echo(f"        {trail.last.mark}")
    for currency in sorted({row.currency for row in proven.sums} | {business.currency}):
        held = [amount(row) for row in proven.sums if row.currency == currency]
        typer.echo(f"  {currency}   {', '.join(held) or 'nothing yet'}")


def tell_compared(known: Mapping[int, str], proven: Proven) -> None:
    """Says that the seals that somebody kept are those of the trail; nothing where the trail does
    not hold, which says itself what differs."""
    trail = next(one for one in proven.findings if one.invariant == TRAIL)
    if not known or not trail.holds:
        return
    if len(known) == 1:
        typer.echo(f"  ok    the seal that you kept ({min(known)}) is the one in the trail")
    else:
        typer.echo(f"  ok    all {len(known):,} seals that you kept are those in the trail")


def amount(row: AccountSum) -> str:
    """One kind of account and what it holds, on its own side."""
    minor = -row.balance_minor if row.kind in _CREDIT_KINDS else row.balance_minor
    decimals = exponent(row.currency)
    return f"{_KINDS.get(row.kind, row.kind)} {Money(minor, row.currency).decimal:,.{decimals}f}"
