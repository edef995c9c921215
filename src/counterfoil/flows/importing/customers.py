"""Customers from a file: what would be imported and what not, then doing it."""

from collections.abc import Sequence
from datetime import datetime

from counterfoil.domain.business import queries as businesses
from counterfoil.domain.business.rows import BusinessRow
from counterfoil.domain.customers import operations as customers
from counterfoil.domain.customers import queries as customer_queries
from counterfoil.domain.customers.checks import check_customer, clean_customer
from counterfoil.domain.customers.operations import CustomerRefTaken
from counterfoil.domain.customers.rights import ALL, Rights
from counterfoil.domain.customers.rows import NewContact, NewCustomer
from counterfoil.flows.importing.columns import (
    CUSTOMER_COLUMNS,
    Columns,
    hint_of_invoices,
    understood,
)
from counterfoil.flows.importing.documents import reference
from counterfoil.flows.importing.places import country, locale
from counterfoil.flows.importing.plans import (
    CustomerPlan,
    Imported,
    PlannedCustomer,
    Progress,
    RefusedLine,
    refused_whole,
    silent,
)
from counterfoil.infra.db import reading
from counterfoil.kernel.errors import FieldProblem
from counterfoil.kernel.ids import BusinessId
from counterfoil.kernel.ports.tables import Table, TableRow

CUSTOMERS_PER_TRANSACTION = 1_000
_ADDRESS = ("line1", "line2", "city", "region", "postal_code")


def preview(business_id: BusinessId, table: Table) -> CustomerPlan:
    """What the file holds: customers who are ready, those there already, and refused lines.

    Writes nothing. Rows of one reference (else one name) are one customer with several contacts.
    """
    if not table.rows:
        return CustomerPlan({}, 0, problem="The file has no rows.")
    columns = understood(table, CUSTOMER_COLUMNS)
    headers = {field: columns.header(field) for field in columns.places}
    problem, hint = _problem(columns), hint_of_invoices(table)
    if problem:
        lines = tuple(RefusedLine(row.line, "file", problem) for row in columns.rows)
        return CustomerPlan(headers, len(columns.rows), refused=lines, problem=problem, hint=hint)
    business = businesses.by_id(business_id)
    groups: dict[tuple[str, int], list[TableRow]] = {}
    for row in columns.rows:
        ref = _reference(columns, row)
        groups.setdefault((ref, 0 if ref else row.line), []).append(row)
    planned, refused = _planned(columns, business, groups)
    with reading(business_id):
        refs = [one.new.external_ref for one in planned]
        known = customer_queries.by_external_ref(business_id, refs)
    return CustomerPlan(
        headers=headers,
        total_lines=len(columns.rows),
        ready=tuple(one for one in planned if one.new.external_ref not in known),
        already=tuple(one for one in planned if one.new.external_ref in known),
        refused=tuple(refused),
        hint=hint,
    )


def _problem(columns: Columns) -> str:
    names = {"name", "first_name", "last_name"}
    if names & set(columns.places):
        return ""
    return f"No column holds the customer's name (Name). The columns are: {columns.there}."


def _person(columns: Columns, row: TableRow) -> str:
    parts = (columns.cell(row, "first_name"), columns.cell(row, "last_name"))
    return " ".join(part for part in parts if part)


def _name(columns: Columns, row: TableRow) -> str:
    return columns.cell(row, "name") or _person(columns, row)


def _reference(columns: Columns, row: TableRow) -> str:
    """The customer's number; their name where the file has none."""
    return reference(columns.cell(row, "customer_ref") or _name(columns, row))


def _planned(
    columns: Columns, business: BusinessRow, groups: dict[tuple[str, int], list[TableRow]]
) -> tuple[list[PlannedCustomer], list[RefusedLine]]:
    planned: list[PlannedCustomer] = []
    refused: list[RefusedLine] = []
    for (ref, _), rows in groups.items():
        new = clean_customer(_customer(columns, business, ref, rows))
        lines = tuple(row.line for row in rows)
        problems = check_customer(new)
        if problems:
            causes = [_cause(columns, rows, problem, ref) for problem in problems]
            refused += refused_whole(lines, causes, document=ref, what="customer")
        else:
            planned.append(PlannedCustomer(new, lines))
    return planned, sorted(refused, key=lambda one: one.line)


def _cause(
    columns: Columns, rows: Sequence[TableRow], problem: FieldProblem, ref: str
) -> RefusedLine:
    """A problem of `contacts.1.email` belongs to the second row with a mail address; one of the
    customer's own address to the first of them."""
    parts = problem.field.split(".")
    row = rows[0]
    if parts[0] in ("contacts", "email"):
        with_mail = [one for one in rows if columns.cell(one, "email")]
        row = with_mail[int(parts[1]) if parts[0] == "contacts" else 0]
    field = parts[-1]
    return RefusedLine(row.line, field, problem.message, columns.cell(row, field), ref)


def _customer(
    columns: Columns, business: BusinessRow, ref: str, rows: Sequence[TableRow]
) -> NewCustomer:
    first, cell = rows[0], columns.cell
    language = locale(cell(first, "locale"), business.locale)
    address = {name: cell(first, name) for name in _ADDRESS}
    contacts = tuple(
        NewContact(_person(columns, row) or _name(columns, row)[:120], cell(row, "email"), language)
        for row in rows
        if cell(row, "email")
    )
    return NewCustomer(
        name=_name(columns, first),
        locale=language,
        timezone=cell(first, "timezone") or business.timezone,
        currency=cell(first, "currency") or business.currency,
        email=contacts[0].email if contacts else "",
        phone=cell(first, "phone"),
        tax_id=cell(first, "tax_id"),
        address=address | {"country": country(cell(first, "country"))},
        external_ref=ref,
        contacts=contacts,
    )


def apply(
    business_id: BusinessId,
    plan: CustomerPlan,
    *,
    at: datetime,
    first: Rights = ALL,
    on_progress: Progress = silent,
) -> Imported:
    """Adds the customers that the plan holds ready, so many a transaction; safe to repeat.

    One who has come into being since the preview is left as they are. `first` is the most that
    their contacts may do: what whoever imports may give.
    """
    done, lines = 0, 0
    late = 0
    for start in range(0, len(plan.ready), CUSTOMERS_PER_TRANSACTION):
        chunk = plan.ready[start : start + CUSTOMERS_PER_TRANSACTION]
        new = _missing(business_id, chunk)
        try:
            customers.add(business_id, [one.new for one in new], at=at, quiet=True, first=first)
        except CustomerRefTaken:  # someone else was quicker between the look and the write
            new = _missing(business_id, chunk)
            customers.add(business_id, [one.new for one in new], at=at, quiet=True, first=first)
        done += len(new)
        lines += sum(len(one.file_lines) for one in new)
        late += len(chunk) - len(new)
        on_progress(start + len(chunk), len(plan.ready))
    return Imported(
        documents=done,
        lines=lines,
        customers=done,
        already_documents=len(plan.already) + late,
        already_lines=plan.already_lines + plan.ready_lines - lines,
    )


def _missing(business_id: BusinessId, chunk: Sequence[PlannedCustomer]) -> list[PlannedCustomer]:
    with reading(business_id):
        refs = [one.new.external_ref for one in chunk]
        known = customer_queries.by_external_ref(business_id, refs)
    return [one for one in chunk if one.new.external_ref not in known]
