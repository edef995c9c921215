"""`counterfoil import`: brings invoices and customers in from a file, or says why not."""

import csv
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from counterfoil.cli.businesses import the_business
from counterfoil.cli.errors import OperatorError
from counterfoil.cli.options import Business, Data
from counterfoil.domain.business.rows import BusinessRow
from counterfoil.domain.reconciliation.states import LineState, Why
from counterfoil.flows.addresses import staff_url
from counterfoil.flows.banking import import_statement
from counterfoil.flows.banking.import_statement import StatementPlan
from counterfoil.flows.banking.statements import NoBankAccount, OtherAccount
from counterfoil.flows.importing import customers as import_customers
from counterfoil.flows.importing import invoices as import_invoices
from counterfoil.flows.importing.plans import CustomerPlan, Imported, Plan, RefusedLine
from counterfoil.flows.importing.reading import read_table
from counterfoil.kernel import clock
from counterfoil.kernel.actor import SYSTEM
from counterfoil.kernel.errors import NotFound, Problem
from counterfoil.kernel.money import Money, exponent
from counterfoil.kernel.ports.banks import CONTENT_BYTES_MAX, Hints
from counterfoil.kernel.ports.tables import Table
from counterfoil.surfaces.ui.spreadsheet import refused_rows

SHOWN_REASONS = 20
SHOWN_LINES = 8
FILE_BYTES_MAX = 300_000_000

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)

File = Annotated[
    Path,
    typer.Argument(metavar="FILE", help="CSV (also .gz), XLSX, XLS or ODS.", show_default=False),
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would be done; write nothing.")]
Refused = Annotated[
    Path | None,
    typer.Option("--refused", metavar="FILE", help="Write every refused line here, as CSV."),
]

SHOWN_PROBLEMS = 20
WHY = {
    Why.NO_REFERENCE: "nothing in it names an invoice",
    Why.UNKNOWN_REFERENCE: "its reference is none of yours",
    Why.SEVERAL_CUSTOMERS: "it names invoices of several customers",
    Why.OTHER_CURRENCY: "the invoice is in another currency",
    Why.WEAK_REFERENCE: "a number of digits only, and another amount",
    Why.REVERSAL: "the bank takes something back",
    Why.OUTGOING: "money that left",
    Why.NOT_A_PAYMENT: "no payment of a customer",
    Why.PAYOUT_DIFFERS: "it names a gateway's payout, over another amount",
    Why.REFUND_DIFFERS: "it names a refund, and does not agree with it",
    Why.MAYBE_REFUND: "money that left: it may be a refund",
}

Statement = Annotated[
    Path,
    typer.Argument(
        metavar="FILE", help="camt, MT940, OFX, BAI2, CSV, XLSX, XLS or ODS.", show_default=False
    ),
]
Account = Annotated[
    str, typer.Option("--account", metavar="IBAN", help="Whose lines, where the file says nothing.")
]


@app.callback()
def importing(_data: Data = None) -> None:
    """Bring invoices, customers or payments (bank statements) in from a file."""


@app.command("invoices")
def invoices(
    file: File,
    *,
    dry_run: DryRun = False,
    refused: Refused = None,
    business: Business = None,
    _data: Data = None,
) -> None:
    """Import invoices and credit notes; nobody gets mail, and repeating it changes nothing."""
    ours, now, began = the_business(business), clock.now(), time.monotonic()
    table = table_of(file)
    today = clock.local_date(now, ours.timezone)
    plan = import_invoices.preview(ours.id, table, today=today)
    report(plan, began, "documents")
    for (kind, currency), minor in sorted(plan.totals().items()):
        amount = Money(minor, currency).decimal
        typer.echo(
            f"  {kind.replace('_', ' ')}s come to {amount:,.{exponent(currency)}f} {currency}"
        )
    write_refused(refused, plan.refused, "documents")
    if dry_run or not plan.ready:
        end(plan, dry_run=dry_run)
        return
    began = time.monotonic()
    done = import_invoices.apply(ours.id, plan, at=now, by=SYSTEM, on_progress=progress)
    say_done(ours, done, "documents", began)


@app.command("customers")
def customers(
    file: File,
    *,
    dry_run: DryRun = False,
    refused: Refused = None,
    business: Business = None,
    _data: Data = None,
) -> None:
    """Import customers with their contacts; those who are there already stay as they are."""
    ours, began = the_business(business), time.monotonic()
    plan = import_customers.preview(ours.id, table_of(file))
    report(plan, began, "customers")
    write_refused(refused, plan.refused, "customers")
    if dry_run or not plan.ready:
        end(plan, dry_run=dry_run)
        return
    began = time.monotonic()
    done = import_customers.apply(ours.id, plan, at=clock.now(), on_progress=progress)
    say_done(ours, done, "customers", began)


def table_of(file: Path) -> Table:
    """The table in the file; what can't be read is told in one line."""
    try:
        if file.stat().st_size > FILE_BYTES_MAX:
            raise OperatorError(f"{file} is too large: cut it in parts")
        return read_table(file.name, file.read_bytes())
    except OSError as problem:
        raise OperatorError(f"can't read {file}: {problem.strerror}") from None
    except Problem as problem:
        raise OperatorError(f"{file.name}: {problem.message}") from None


def report(plan: Plan | CustomerPlan, began: float, what: str) -> None:
    """Says how the columns were understood, what is ready, and what is refused and why."""
    seconds = max(time.monotonic() - began, 0.001)
    taken = ", ".join(f"{field} = {header}" for field, header in plan.headers.items())
    typer.echo(f"columns: {taken or 'none that is known'}")
    speed = int(plan.total_lines / seconds)
    typer.echo(
        f"{plan.total_lines:,} lines read and checked in {seconds:.1f} s ({speed:,} lines/s)"
    )
    typer.echo(f"  ready    {plan.ready_lines:>9,} lines, {len(plan.ready):,} {what}")
    typer.echo(f"  already  {plan.already_lines:>9,} lines, {len(plan.already):,} {what}")
    typer.echo(f"  refused  {plan.refused_lines:>9,} lines")
    if plan.problem:
        typer.echo(f"    the whole file: {plan.problem}")
    else:
        for words in reasons(plan.refused, what):
            typer.echo(f"    {words}")
    if plan.hint:
        typer.echo(f"hint: {plan.hint}")


def reasons(refused: Sequence[RefusedLine], what: str) -> list[str]:
    """The refused lines by reason, the most frequent first, each with its first lines."""
    causes: dict[tuple[str, str], list[int]] = {}
    followers = 0
    for one in refused:
        if one.is_cause:
            causes.setdefault((one.field, one.message), []).append(one.line)
        else:
            followers += 1
    found = []
    for (field, message), lines in sorted(causes.items(), key=lambda item: -len(item[1])):
        shown = ", ".join(map(str, lines[:SHOWN_LINES]))
        more = f" and {len(lines) - SHOWN_LINES:,} more" if len(lines) > SHOWN_LINES else ""
        found.append(f"{field}: {message} (line {shown}{more})")
    left = len(found) - SHOWN_REASONS
    found = found[:SHOWN_REASONS] + ([f"{left} other reasons"] if left > 0 else [])
    if followers:
        found.append(f"{followers:,} further lines belong to {what} that are refused for these")
    return found


def write_refused(file: Path | None, refused: Sequence[RefusedLine], what: str) -> None:
    """Writes every refused line with its reason; no cell of it can run in a spreadsheet."""
    if file is None:
        return
    try:
        with file.open("w", encoding="utf-8", newline="") as out:
            csv.writer(out).writerows(refused_rows(refused, what=what.removesuffix("s")))
    except OSError as problem:
        raise OperatorError(f"can't write {file}: {problem.strerror}") from None
    typer.echo(f"  every refused line is in {file}")


def end(plan: Plan | CustomerPlan, *, dry_run: bool) -> None:
    """Ends without writing; exit 1 where the file as a whole can't be imported."""
    if plan.problem:
        raise typer.Exit(1)
    there = isinstance(plan, CustomerPlan) and bool(plan.already)
    kept = "; who is there already kept their details" if there else ""
    new = f"nothing new to import{kept}"
    typer.echo("nothing was written: this was a dry run" if dry_run else new)


def progress(done: int, total: int) -> None:
    """Says how far it is, on one line of a terminal."""
    typer.echo(f"\r  {done:,} of {total:,}", nl=False, err=True)


def say_done(business: BusinessRow, done: Imported, what: str, began: float) -> None:
    """Says what was imported."""
    seconds = time.monotonic() - began
    typer.echo("", err=True)
    late = ""
    if done.already_documents:
        late = f", {done.already_documents:,} there already"
        late += " (details not changed)" if what == "customers" else ""
    new = f"{done.documents:,} {what} of {done.lines:,} lines"
    made = f" and {done.customers:,} customers" if what != "customers" else ""
    typer.echo(f"imported into {business.slug}: {new}{made}{late} ({seconds:.1f} s)")


@app.command("payments")
def payments(
    file: Statement,
    *,
    dry_run: DryRun = False,
    account: Account = "",
    business: Business = None,
    _data: Data = None,
) -> None:
    """Import a bank statement: what names its invoice is settled, the rest waits for staff."""
    ours, now, began = the_business(business), clock.now(), time.monotonic()
    try:
        plan = import_statement.preview(ours.id, content_of(file), hints=Hints(account=account))
    except Problem as problem:
        raise OperatorError(f"{file.name}: {problem.message} {_remedy(ours, problem)}") from None
    report_statement(plan, time.monotonic() - began)
    if dry_run and plan.lines:
        typer.echo("nothing was written: this was a dry run")
        typer.echo("next: run it again without --dry-run to import these lines")
        return
    if not plan.lines:
        typer.echo("nothing new to import: every line is there already, and nothing is to be done")
        return
    began = time.monotonic()
    done = import_statement.apply(ours.id, plan, at=now, by=SYSTEM)
    late = done.already - len(plan.already)
    meanwhile = f", {late:,} were imported meanwhile" if late else ""
    typer.echo(
        f"imported into {ours.slug}: {done.settled:,} settled, {done.waiting:,} wait, "
        f"{done.aside:,} put aside{meanwhile} ({time.monotonic() - began:.1f} s)"
    )
    if done.waiting:
        typer.echo(f"next: say what the waiting lines pay, at {_staff_page(ours, 'bank/')}")
    else:
        typer.echo("next: nothing; what was settled is on its invoices, with its receipt")


def _remedy(business: BusinessRow, problem: Problem) -> str:
    """What helps against a statement that can't be imported; nothing of it was."""
    accounts = _staff_page(business, "settings/bank")
    helps = {
        NoBankAccount.code: f"They are at {accounts}; then run this again.",
        OtherAccount.code: f"If it is yours, add it at {accounts}, then run this again.",
        "account_missing": "Name it with --account IBAN.",
        "other_currency": f"Add the account in that currency at {accounts}, then run this again.",
    }
    return f"{helps.get(problem.code, '')} Nothing was imported.".strip()


def _staff_page(business: BusinessRow, path: str) -> str:
    try:
        return f"{staff_url(business.id)}/backoffice/{path}"
    except NotFound:  # a business that is reached by its API only
        return f"/backoffice/{path}"


def content_of(file: Path) -> bytes:
    """The bytes of the file; what can't be read is told in one line."""
    try:
        if file.stat().st_size > CONTENT_BYTES_MAX:
            raise OperatorError(f"{file} is too large: fetch it in parts")
        return file.read_bytes()
    except OSError as problem:
        raise OperatorError(f"can't read {file}: {problem.strerror}") from None


def report_statement(plan: StatementPlan, seconds: float) -> None:
    """Says what the file holds, what settles by itself, and what waits and why."""
    for one in plan.statements:
        count = len(one.statement.lines)
        typer.echo(f"{plan.format}: {one.account.name}, {one.account.currency}, {count:,} lines")
    total = len(plan.lines) + len(plan.already)
    typer.echo(f"{total:,} lines read and checked in {max(seconds, 0.001):.1f} s")
    for state, words in ((LineState.SETTLED, "settle"), (LineState.WAITING, "wait")):
        typer.echo(f"  {words:8} {_counted(plan, state)}")
        if state is LineState.WAITING:
            for why, count in Counter(one.problem for _, one in plan.of(state)).most_common():
                typer.echo(f"    {WHY[why] if why else ''}: {count:,}")
    typer.echo(f"  aside    {_counted(plan, LineState.ASIDE)}")
    typer.echo(f"  already  {len(plan.already):>9,} lines")
    if plan.pending:
        typer.echo(f"  pending  {plan.pending:>9,} lines are not booked yet and are left out")
    for problem in plan.problems[:SHOWN_PROBLEMS]:
        typer.echo(f"    line {problem.line}: {problem.message}")
    if len(plan.problems) > SHOWN_PROBLEMS:
        typer.echo(f"    and {len(plan.problems) - SHOWN_PROBLEMS:,} more remarks")


def _counted(plan: StatementPlan, state: LineState) -> str:
    sums: Counter[str] = Counter()
    found = plan.of(state)
    for one, _ in found:
        sums[one.line.amount.currency] += one.line.amount.minor
    amounts = [
        f"{Money(minor, currency).decimal:,.{exponent(currency)}f} {currency}"
        for currency, minor in sorted(sums.items())
    ]
    return f"{len(found):>9,} lines" + (f", {' and '.join(amounts)}" if amounts else "")
