"""`counterfoil recover`: what follows a restored backup, before serve and worker start."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from counterfoil.cli.businesses import businesses_named
from counterfoil.cli.errors import OperatorError
from counterfoil.cli.options import Business, Data
from counterfoil.domain.billing.operations import begin_series_anew
from counterfoil.domain.billing.series import BadFormat, BadMark
from counterfoil.domain.business.rows import BusinessRow
from counterfoil.domain.payments import queries as payments
from counterfoil.domain.payments.rows import Account
from counterfoil.flows.aftermath import restored
from counterfoil.flows.aftermath.recover_charges import Lost, Recovered, end_doubtful_plans
from counterfoil.flows.aftermath.recover_charges import recover as recover_charges
from counterfoil.infra.db import reading
from counterfoil.infra.postgres import home
from counterfoil.kernel import clock
from counterfoil.kernel.errors import Problem
from counterfoil.kernel.ids import encode

Since = Annotated[
    datetime | None,
    typer.Option(
        formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M"],
        help="When the backup was made, in UTC; otherwise three days before the last comparison.",
    ),
]
Mark = Annotated[
    str | None,
    typer.Option(
        metavar="LETTERS",
        help="Stands in the numbers from now on; otherwise R and the day, such as R261123.",
    ),
]


NothingLost = Annotated[
    bool,
    typer.Option(
        "--nothing-lost",
        help="Only end the notice, and let planned payments be charged: after a failover without "
        "loss, or where each business was recovered by itself.",
    ),
]


def recover(
    since: Since = None,
    mark: Mark = None,
    business: Business = None,
    nothing_lost: NothingLost = False,  # noqa: FBT002  typer reads the default
    _data: Data = None,
) -> None:
    """After a backup was restored, before serve and worker start: number documents anew, so that
    no number is given twice, and book again what gateways have taken since the backup. Safe to
    repeat; exit 1 where a gateway could not be asked, or something waits for a person."""
    at = clock.now()
    if nothing_lost:
        if since or mark or business:
            raise OperatorError("--nothing-lost goes alone: it looks for nothing.")
        _conclude(at)
        return
    is_clear = True
    for one in businesses_named(business):
        typer.echo(f"{one.slug}  {one.name}")
        _number_anew(one, mark or f"R{at:%y%m%d}")
        found = _recovered(one, since.replace(tzinfo=UTC) if since else None, at)
        ended = end_doubtful_plans(one.id, found, at=at)
        if ended:
            typer.echo(f"  plans    {ended} whose day has come ended: they may have been charged")
        is_clear = is_clear and all(account.is_clear for account in found)
    if business is None:
        _conclude(at)
    elif home.has_moved():
        typer.echo(
            "Planned payments are held back until `counterfoil recover` is done for all "
            "businesses, or `counterfoil recover --nothing-lost` after the last one."
        )
    typer.echo("Start serve and worker." if is_clear else "Look at these, then start.")
    if not is_clear:
        raise typer.Exit(1)


def _conclude(at: datetime) -> None:
    if restored.conclude(at=at):
        typer.echo("Noted where the database lives now: planned payments are held back no longer.")


def _number_anew(business: BusinessRow, mark: str) -> None:
    try:
        formats = begin_series_anew(business.id, mark)
    except (BadMark, BadFormat) as problem:
        raise OperatorError(f"--mark: {problem.message} Nothing was changed.") from None
    for code, template in formats.items():
        typer.echo(f"  numbers  {code} goes on as {template}")


def _recovered(business: BusinessRow, since: datetime | None, at: datetime) -> list[Recovered]:
    """Asks every gateway account, and says what came of it; refuses to go on without an answer."""
    with reading(business.id):
        accounts = payments.gateway_accounts(business.id)
    found = []
    for account in accounts:
        try:
            one = recover_charges(business.id, account, since=since, at=at)
        except Problem as problem:
            raise OperatorError(
                f"{account.opened.name} of {business.slug}: {problem.message} Start nothing yet: "
                "try again."
            ) from None
        _tell(account, one)
        found.append(one)
    return found


def _tell(account: Account, found: Recovered) -> None:
    name = account.opened.name
    if not found.is_whole:
        typer.echo(f"  {name}: keeps no list. Compare it by hand.")
        return
    typer.echo(f"  {name}: {len(found.booked)} charges booked again")
    for one in found.booked:
        typer.echo(f"    {_line(one)}")
    for one in found.waiting:
        typer.echo(f"    {_line(one)}  of nobody that is known here: see the work list")


def _line(lost: Lost) -> str:
    amount = f"{lost.amount.decimal:f} {lost.amount.currency}"
    return f"{encode('pay', lost.attempt_id)}  {lost.listed.created_at:%Y-%m-%d %H:%M}  {amount}"
