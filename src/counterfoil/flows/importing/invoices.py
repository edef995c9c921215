"""Invoices and credit notes from a file: what would be imported and what not, then doing it."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from datetime import date, datetime
from functools import partial
from typing import TypeVar
from uuid import UUID

from counterfoil.domain.billing import queries as billing
from counterfoil.domain.billing.drafts import NewCreditNote, NewInvoice
from counterfoil.domain.billing.operations import ExternalRefTaken, IssueTerms
from counterfoil.domain.billing.series import IMPORT_SERIES
from counterfoil.domain.business import queries as businesses
from counterfoil.domain.business.rows import BusinessRow
from counterfoil.domain.customers import operations as customers
from counterfoil.domain.customers import queries as customer_queries
from counterfoil.domain.customers.checks import check_customer, clean_customer
from counterfoil.domain.customers.operations import CustomerRefTaken
from counterfoil.domain.customers.rights import ALL, Rights
from counterfoil.domain.customers.rows import NewCustomer
from counterfoil.flows import issue_invoices
from counterfoil.flows.importing.columns import (
    EXPENSE_HEADERS,
    INVOICE_COLUMNS,
    JOURNAL_HEADERS,
    Columns,
    hint_of_customers,
    understood,
)
from counterfoil.flows.importing.documents import Making, reference
from counterfoil.flows.importing.places import country
from counterfoil.flows.importing.plans import (
    Imported,
    Plan,
    PlannedDocument,
    Progress,
    RefusedLine,
    refused_whole,
    silent,
)
from counterfoil.flows.importing.values import Reader, manner_of
from counterfoil.infra.db import reading
from counterfoil.kernel.actor import Actor
from counterfoil.kernel.batches import in_one_go
from counterfoil.kernel.ids import BusinessId
from counterfoil.kernel.ports.tables import Table, TableRow

R = TypeVar("R")

LINES_PER_TRANSACTION = 3_000
RACES_MAX = 3
_NUMBERS = ("quantity", "unit_price", "amount", "paid_amount")
_DATES = ("date", "due_date")


@in_one_go()
def preview(business_id: BusinessId, table: Table, *, today: date) -> Plan:
    """What the file holds: documents that are ready, those there already, and refused lines.

    Writes nothing. A document with one refused line is refused whole. Lines are the rows below
    the header that are not empty; `today` is the business's day, which no document may pass.
    """
    if not table.rows:
        return Plan({}, 0, problem="The file has no rows.")
    columns = understood(table, INVOICE_COLUMNS)
    headers = {field: columns.header(field) for field in columns.places}
    problem = _problem(columns)
    if problem:
        refused = tuple(RefusedLine(row.line, "file", problem) for row in columns.rows)
        hint = hint_of_customers(table)
        return Plan(headers, len(columns.rows), refused=refused, problem=problem, hint=hint)
    business = businesses.by_id(business_id)
    reader = Reader(
        manner_of(_cells(columns, _NUMBERS), _cells(columns, _DATES), known_mark=table.decimal_mark)
    )
    making = Making(columns, reader, business.currency, today)
    planned, refused_lines = _planned(making)
    wanted = _customers(making, business, planned)
    ready, already, held_back = _sorted_out(business_id, planned, wanted)
    return Plan(
        headers=headers,
        total_lines=len(columns.rows),
        ready=tuple(ready),
        already=tuple(already),
        refused=tuple(sorted([*refused_lines, *held_back], key=lambda one: one.line)),
        customers={one.customer_ref: wanted[one.customer_ref] for one in ready},
    )


def _problem(columns: Columns) -> str:
    """Why the file as a whole is no list of invoices, in words that help; empty if it is one."""
    if columns.has(*JOURNAL_HEADERS):
        return (
            "This is an export of bookings: each amount stands in it twice. "
            "Export the invoices themselves, with one row for each of their lines."
        )
    missing = []
    if "number" not in columns.places:
        missing.append("the invoice's number (Invoice Number)")
    if not {"customer_ref", "customer_name"} & set(columns.places):
        missing.append("the customer (Customer ID or Customer Name)")
    if "date" not in columns.places:
        missing.append("the date of issue (Invoice Date)")
    if not {"unit_price", "amount"} & set(columns.places):
        missing.append("the price (Unit Price or Amount)")
    if not missing:
        return ""
    is_expenses = columns.has(*EXPENSE_HEADERS)
    words = "These look like expenses, not invoices. " if is_expenses else ""
    held = ", nor ".join(missing)
    return f"{words}No column holds {held}. The columns are: {columns.there}."


def _cells(columns: Columns, fields: Sequence[str]) -> set[str]:
    """Every text that stands in these columns."""
    places = [columns.places[field] for field in fields if field in columns.places]
    return {row.cells[place] for place in places for row in columns.rows if place < len(row.cells)}


def _planned(making: Making) -> tuple[list[PlannedDocument], list[RefusedLine]]:
    """Every document of the file, and the lines of those that something is wrong with."""
    groups: dict[str, list[TableRow]] = {}
    for row in making.columns.rows:
        groups.setdefault(reference(making.columns.cell(row, "number")), []).append(row)
    planned: list[PlannedDocument] = []
    refused: list[RefusedLine] = []
    for number, rows in groups.items():
        found = making.planned(number, rows)
        if isinstance(found, PlannedDocument):
            planned.append(found)
        else:
            lines = [row.line for row in rows]
            refused += refused_whole(lines, found, document=number)
    return planned, refused


def _customers(
    making: Making, business: BusinessRow, planned: Sequence[PlannedDocument]
) -> dict[str, NewCustomer]:
    """The customers of the documents, each as the first line about them says."""
    wanted = {one.customer_ref for one in planned}
    cell = making.columns.cell
    found: dict[str, NewCustomer] = {}
    for row in making.columns.rows:
        ref = making.customer_of(row)
        if ref not in wanted or ref in found:
            continue
        new = NewCustomer(
            name=cell(row, "customer_name") or f"Customer {ref}",
            locale=business.locale,
            timezone=business.timezone,
            currency=business.currency,
            email=cell(row, "email"),
            address={"country": country(cell(row, "country"))},
            external_ref=ref,
        )
        found[ref] = clean_customer(new)
    return found


def _sorted_out(
    business_id: BusinessId, planned: Sequence[PlannedDocument], wanted: dict[str, NewCustomer]
) -> tuple[list[PlannedDocument], list[PlannedDocument], list[RefusedLine]]:
    """Ready ones, those there already, and lines refused for their customer's sake."""
    faults = {ref: check_customer(new) for ref, new in wanted.items()}
    known = _known_customers(business_id, wanted)
    there = _documents_there(business_id, planned)
    ready, already, refused = [], [], []
    for one in planned:
        customer_id = known.get(one.customer_ref)
        problems = [] if customer_id else faults[one.customer_ref]
        if problems:
            first = problems[0]
            cause = RefusedLine(
                one.file_lines[0], f"customer_{first.field}", first.message, document=one.number
            )
            refused += refused_whole(one.file_lines, [cause], document=one.number)
        elif customer_id and (one.kind, customer_id, one.number) in there:
            already.append(one)
        else:
            ready.append(one)
    return ready, already, refused


def _known_customers(business_id: BusinessId, wanted: dict[str, NewCustomer]) -> dict[str, UUID]:
    with reading(business_id):
        rows = customer_queries.by_external_ref(business_id, list(wanted))
    return {ref: row.id for ref, row in rows.items()}


def _documents_there(
    business_id: BusinessId, planned: Sequence[PlannedDocument]
) -> set[tuple[str, UUID, str]]:
    """Kind, customer and external reference of documents that the business has already."""
    with reading(business_id):
        rows = billing.by_external_ref(business_id, list({one.number for one in planned}))
    return {(row.kind, row.customer_id, row.external_ref) for row in rows}


def apply(
    business_id: BusinessId,
    plan: Plan,
    *,
    at: datetime,
    by: Actor,
    first: Rights = ALL,
    on_progress: Progress = silent,
) -> Imported:
    """Imports what the plan holds ready, a few thousand lines a transaction; nobody gets mail.
    `first` is what the first contact of a new customer may do: what whoever imports may give.

    Safe to repeat, also after a crash in the middle: a document is imported whole or not at all,
    and one that is there already is left as it is.
    """
    total = plan.ready_lines
    done = Imported(already_documents=len(plan.already), already_lines=plan.already_lines)
    for chunk in _chunks(plan.ready):
        done = _added(done, _import_chunk(business_id, plan, chunk, at=at, by=by, first=first))
        on_progress(done.lines + done.already_lines - plan.already_lines, total)
    return done


def _chunks(ready: Sequence[PlannedDocument]) -> Iterator[list[PlannedDocument]]:
    chunk: list[PlannedDocument] = []
    size = 0
    for one in ready:
        if chunk and size + len(one.lines) > LINES_PER_TRANSACTION:
            yield chunk
            chunk, size = [], 0
        chunk.append(one)
        size += len(one.lines)
    if chunk:
        yield chunk


def _added(one: Imported, two: Imported) -> Imported:
    return Imported(
        one.documents + two.documents,
        one.lines + two.lines,
        one.customers + two.customers,
        one.already_documents + two.already_documents,
        one.already_lines + two.already_lines,
    )


@in_one_go()
def _import_chunk(
    business_id: BusinessId,
    plan: Plan,
    chunk: Sequence[PlannedDocument],
    *,
    at: datetime,
    by: Actor,
    first: Rights,
) -> Imported:
    """Imports what of the chunk is not there: customers, then each kind, a transaction each."""
    add = partial(_with_customers, business_id, plan, chunk, at=at, first=first)
    known, made = _repeated(add)
    new: list[PlannedDocument] = []
    for kind in ("invoice", "credit_note"):
        some = [one for one in chunk if one.kind == kind]
        work = partial(_write_missing, business_id, kind, some, known, at=at, by=by)
        new += _repeated(work) if some else []
    lines = sum(len(one.lines) for one in new)
    lines_there = sum(len(one.lines) for one in chunk) - lines
    return Imported(len(new), lines, made, len(chunk) - len(new), lines_there)


def _repeated(work: Callable[[], R]) -> R:
    """Looks and writes again if someone else was quicker between the look and the write."""
    for _ in range(RACES_MAX):
        with suppress(ExternalRefTaken, CustomerRefTaken):
            return work()
    return work()


def _write_missing(
    business_id: BusinessId,
    kind: str,
    some: Sequence[PlannedDocument],
    known: dict[str, UUID],
    *,
    at: datetime,
    by: Actor,
) -> list[PlannedDocument]:
    """Writes those that are not there, all or none; returns them."""
    there = _documents_there(business_id, some)
    new = [one for one in some if (kind, known[one.customer_ref], one.number) not in there]
    if new:
        _write(business_id, kind, new, known, at=at, by=by)
    return new


def _with_customers(
    business_id: BusinessId,
    plan: Plan,
    chunk: Sequence[PlannedDocument],
    *,
    at: datetime,
    first: Rights,
) -> tuple[dict[str, UUID], int]:
    """The chunk's customers by reference, the missing ones added; and how many were added."""
    wanted = {one.customer_ref: plan.customers[one.customer_ref] for one in chunk}
    known = _known_customers(business_id, wanted)
    missing = [new for ref, new in wanted.items() if ref not in known]
    if missing:
        ids = customers.add(business_id, missing, at=at, quiet=True, first=first)
        known |= {new.external_ref: one for new, one in zip(missing, ids, strict=True)}
    return known, len(missing)


def _write(
    business_id: BusinessId,
    kind: str,
    some: Sequence[PlannedDocument],
    known: dict[str, UUID],
    *,
    at: datetime,
    by: Actor,
) -> None:
    terms = IssueTerms(at.date(), series=IMPORT_SERIES, days=[one.day for one in some])
    if kind == "invoice":
        invoices = [
            NewInvoice(
                known[one.customer_ref],
                one.currency,
                one.lines,
                due_date=one.due_date,
                notes=one.notes,
                external_ref=one.number,
            )
            for one in some
        ]
        issue_invoices.draft_and_issue(business_id, invoices, terms, at=at, by=by, quiet=True)
        return
    notes = [
        NewCreditNote(
            known[one.customer_ref],
            one.currency,
            one.lines,
            notes=one.notes,
            external_ref=one.number,
        )
        for one in some
    ]
    issue_invoices.credit(business_id, notes, terms, at=at, quiet=True)
