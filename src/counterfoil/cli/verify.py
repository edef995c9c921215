"""`counterfoil verify`: proves the books of every business and shows what they were proved on."""

import time

import typer
from django.conf import settings

from counterfoil.cli.businesses import businesses_named
from counterfoil.cli.options import Business, Data
from counterfoil.domain.business.rows import BusinessRow
from counterfoil.domain.insights.proofs import Finding, Proven, prove, prove_guards
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


def verify(business: Business = None, _data: Data = None) -> None:
    """Prove books, allocations, documents, states and guards; exit 1 where a proof fails."""
    began = time.monotonic()
    guards = prove_guards(settings.APP_ROLE)
    tell(guards)
    holds = guards.holds
    for one in businesses_named(business):
        typer.echo(f"\n{one.slug}  {one.name}")
        proven = prove(one.id, told=tell)
        show_figures(one, proven)
        holds = holds and proven.holds
    seconds = time.monotonic() - began
    typer.echo(f"\n{'everything holds' if holds else 'NOT everything holds'} ({seconds:.1f} s)")
    if not holds:
        raise typer.Exit(1)


def tell(finding: Finding) -> None:
    """Says one invariant, and the rows that contradict it."""
    typer.echo(f"  {'ok  ' if finding.holds else 'FAIL'}  {finding.invariant}")
    for row in finding.violations:
        typer.echo(f"          {row.subject}: {row.found}")


def show_figures(business: BusinessRow, proven: Proven) -> None:
    """Says how much was proved, and what the accounts hold."""
    counts = [f"{figure.count:,} {figure.name}" for figure in proven.figures]
    typer.echo(f"  on    {', '.join(counts)}")
    for currency in sorted({row.currency for row in proven.sums} | {business.currency}):
        held = [amount(row) for row in proven.sums if row.currency == currency]
        typer.echo(f"  {currency}   {', '.join(held) or 'nothing yet'}")


def amount(row: AccountSum) -> str:
    """One kind of account and what it holds, on its own side."""
    minor = -row.balance_minor if row.kind in _CREDIT_KINDS else row.balance_minor
    decimals = exponent(row.currency)
    return f"{_KINDS.get(row.kind, row.kind)} {Money(minor, row.currency).decimal:,.{decimals}f}"
