"""/credit-notes: against an invoice, whole or by lines, or free, as unapplied credit."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpResponse
from ninja import Query, Router
from pydantic import Field

from counterfoil.domain.billing import queries as billing
from counterfoil.domain.billing.arithmetic import LineInput
from counterfoil.domain.billing.drafts import NewCreditNote, checked_credit, checked_sums
from counterfoil.domain.billing.operations import IssueTerms
from counterfoil.domain.billing.queries import CreditNoteFilter
from counterfoil.domain.billing.rows import CreditNoteHead, InvoiceHead, LineRow
from counterfoil.domain.billing.states import DocumentState
from counterfoil.domain.identity.roles import Act
from counterfoil.flows import issue_invoices
from counterfoil.flows.aftermath.approvals import asking
from counterfoil.infra.db import reading
from counterfoil.kernel.clock import local_date
from counterfoil.kernel.errors import Conflict, FieldProblem, InvalidInput, NotFound
from counterfoil.kernel.ids import decode, encode
from counterfoil.kernel.money import Money
from counterfoil.surfaces.api.answers import shown
from counterfoil.surfaces.api.door import ApiRequest, Caller
from counterfoil.surfaces.api.fields import (
    Body,
    CreditNoteId,
    Currency,
    CustomerId,
    Day,
    DecimalText,
    InvoiceId,
    LineId,
    Minor,
    Moment,
    Shown,
    Text,
)
from counterfoil.surfaces.api.once import once
from counterfoil.surfaces.api.paging import Listing, Page, cursor_id, cut, query_id
from counterfoil.surfaces.api.v1.parts import (
    LINES_MAX,
    LineShown,
    NotIssued,
    TaxShown,
    missing,
    named,
    named_customer,
    shown_lines,
    shown_taxes,
    shown_text,
)

router = Router(tags=["credit notes"])
EXAMPLE: dict[str, Any] = {
    "invoice": "inv_01kat8fh6jfx8v8tz8n5wd4q2c",
    "lines": [{"line": "line_01kat8fh6jfx8v8tz8n5wd4q2c", "quantity": "1"}],
    "reason": "Meter read twice",
}


class IsVoid(Conflict):
    """A void invoice owes nothing that could be credited."""

    code = "invoice_void"
    message = "This invoice is void."


class CreditLineIn(Body):
    """A line to credit: either `line`, a line of the invoice whose particulars it takes unless
    named, or a line of its own with at least `description` and `unit_price`."""

    line: LineId | None = None
    description: Text | None = None
    quantity: DecimalText | None = None
    unit_price: DecimalText | None = None
    tax_rate: DecimalText | None = None
    discount_percent: DecimalText | None = None


class CreditNoteIn(Body):
    """A credit note to issue. With `invoice`: the whole of it, or the `lines` named, at the
    invoice's own discount. Without: free credit for `customer`, from `lines` of its own."""

    model_config = {"json_schema_extra": {"examples": [EXAMPLE]}}

    invoice: InvoiceId | None = None
    customer: Annotated[
        CustomerId | None, Field(description="Needed without `invoice`, else the invoice's.")
    ] = None
    currency: Annotated[
        Currency | None, Field(description="The invoice's, or the customer's, if left out.")
    ] = None
    lines: Annotated[list[CreditLineIn], Field(min_length=1, max_length=LINES_MAX)] | None = None
    discount_percent: Annotated[
        DecimalText | None, Field(description="The invoice's if left out.")
    ] = None
    reason: Annotated[str, Field(max_length=300)] | None = None
    notes: Text | None = None
    external_ref: Text | None = None


class CreditNoteSummary(Shown):
    """A credit note in a list: without its lines."""

    id: CreditNoteId
    customer: CustomerId
    invoice: InvoiceId | None
    number: str
    currency: Currency
    discount_percent: DecimalText
    subtotal: Minor
    discount_total: Minor
    tax_total: Minor
    total: Minor
    reason: str | None
    notes: str | None
    external_ref: str | None
    issue_date: Day
    issued_at: Moment


class CreditNoteShown(CreditNoteSummary):
    """A credit note, issued. It covers its invoice as far as that was open; the rest is the
    customer's unapplied credit."""

    lines: list[LineShown]
    taxes: list[TaxShown]


class CreditNoteListing(Listing):
    """Which credit notes are wanted."""

    customer: Annotated[CustomerId | None, Field(description="Of one customer.")] = None
    invoice: Annotated[InvoiceId | None, Field(description="Against one invoice.")] = None


def _read(caller: Caller, credit_note_id: UUID) -> CreditNoteShown:
    with reading(caller.business_id):
        head = billing.credit_note(caller.business_id, credit_note_id)
        lines = billing.credit_note_lines(caller.business_id, credit_note_id)
        taxes = billing.credit_note_taxes(caller.business_id, credit_note_id)
    more = {"lines": shown_lines(lines), "taxes": shown_taxes(taxes)}
    return CreditNoteShown.model_validate(_summary(head) | more)


def _summary(head: CreditNoteHead) -> dict[str, object]:
    return {
        "id": encode("cn", head.id),
        "customer": encode("cus", head.customer_id),
        "invoice": encode("inv", head.invoice_id) if head.invoice_id else None,
        "number": head.number,
        "currency": head.currency,
        "discount_percent": head.discount_percent,
        "subtotal": head.subtotal_minor,
        "discount_total": head.discount_minor,
        "tax_total": head.tax_minor,
        "total": head.total_minor,
        "reason": shown_text(head.reason),
        "notes": shown_text(head.notes),
        "external_ref": shown_text(head.external_ref),
        "issue_date": head.issue_date,
        "issued_at": head.issued_at,
    }


def _counted(caller: Caller, new: NewCreditNote) -> Money:
    """The total of a credit note, and what its invoice was credited before."""
    if new.invoice_id is None:
        return checked_sums(new).total
    credited = billing.credited(caller.business_id, [new.invoice_id])[new.invoice_id]
    sums, _after = checked_credit(new, credited)
    return Money(credited.total_minor + sums.total.minor, new.currency)


@router.post("", response={201: CreditNoteShown}, operation_id="create_credit_note")
def create_credit_note(request: ApiRequest, body: CreditNoteIn) -> HttpResponse:
    """Issues a credit note. More than the invoice has left to credit is refused (422).

    Over the amount for which the business wants two people it is 403 `needs_second_person`, and
    nothing was written: a person asks for it in the backoffice.
    """
    caller = request.auth

    def make(_name: str) -> UUID:
        with reading(caller.business_id):
            new = _against(caller, body) if body.invoice else _free(caller, body)
            counted = _counted(caller, new)
        asking.check_alone(caller.business_id, Act.CREDIT, counted)
        most = asking.alone_up_to(caller.business_id, Act.CREDIT, new.currency)
        new = replace(new, whole_at_most_minor=most)
        terms = IssueTerms(today=local_date(caller.at, caller.business.timezone))
        notes = issue_invoices.credit(caller.business_id, [new], terms, at=caller.at)
        return notes[0].id

    return once(request, make, lambda made: _read(caller, made))


@router.get("", response=Page[CreditNoteSummary], operation_id="list_credit_notes")
def list_credit_notes(request: ApiRequest, query: Query[CreditNoteListing]) -> HttpResponse:
    """Credit notes, the newest first, without their lines."""
    caller = request.auth
    before = cursor_id("cn", query.cursor)
    wanted = CreditNoteFilter(
        customer_id=query_id("cus", query.customer, "customer"),
        invoice_id=query_id("inv", query.invoice, "invoice"),
    )
    with reading(caller.business_id):
        found = billing.credit_notes_page(
            caller.business_id, wanted, before=before, limit=query.limit + 1
        )
    rows, next_cursor = cut(found, query.limit, lambda row: encode("cn", row.id))
    data = [CreditNoteSummary.model_validate(_summary(row)) for row in rows]
    return shown(Page[CreditNoteSummary](data=data, next_cursor=next_cursor))


@router.get("/{credit_note_id}", response=CreditNoteShown, operation_id="get_credit_note")
def get_credit_note(request: ApiRequest, credit_note_id: str) -> HttpResponse:
    """One credit note with its lines."""
    return shown(_read(request.auth, decode("cn", credit_note_id)))


def _against(caller: Caller, body: CreditNoteIn) -> NewCreditNote:
    invoice_id = named("inv", body.invoice or "", "invoice")
    try:
        head = billing.invoice(caller.business_id, invoice_id)
    except NotFound:
        raise missing("invoice") from None
    if head.state == DocumentState.DRAFT:
        raise NotIssued(field="invoice")
    if head.state == DocumentState.VOIDED:
        raise IsVoid(field="invoice")
    _same_as_invoice(body, head)
    rows = {row.id: row for row in billing.lines(caller.business_id, invoice_id)}
    wanted = body.lines or [CreditLineIn(line=encode("line", one)) for one in rows]
    lines, line_ids = [], []
    for index, one in enumerate(wanted):
        row = _line_of(rows, one, f"lines.{index}.line")
        lines.append(_line(one, row, f"lines.{index}"))
        line_ids.append(row.id if row else None)
    discount = body.discount_percent
    return NewCreditNote(
        customer_id=head.customer_id,
        currency=head.currency,
        lines=lines,
        invoice_id=invoice_id,
        line_ids=line_ids,
        discount_percent=head.discount_percent if discount is None else discount,
        reason=body.reason or "",
        notes=body.notes or "",
        external_ref=body.external_ref or "",
    )


def _same_as_invoice(body: CreditNoteIn, head: InvoiceHead) -> None:
    problems = []
    if body.customer is not None and body.customer != encode("cus", head.customer_id):
        message = "The invoice is another customer's."
        problems.append(FieldProblem("customer", message, code="customer_mismatch"))
    if body.currency is not None and body.currency != head.currency:
        message = "A credit note has the currency of its invoice."
        problems.append(FieldProblem("currency", message, code="currency_mismatch"))
    if problems:
        raise InvalidInput(problems)


def _line_of(rows: Mapping[UUID, LineRow], one: CreditLineIn, field: str) -> LineRow | None:
    if one.line is None:
        return None
    found = rows.get(named("line", one.line, field))
    if found is None:
        raise missing(field)
    return found


def _line(one: CreditLineIn, row: LineRow | None, field: str) -> LineInput:
    """The line to credit: what is not named comes from the invoice's line."""
    if row is None:
        return _own_line(one, field)
    return LineInput(
        description=one.description or row.description,
        quantity=row.quantity if one.quantity is None else one.quantity,
        unit_price=row.unit_price if one.unit_price is None else one.unit_price,
        tax_rate=row.tax_rate if one.tax_rate is None else one.tax_rate,
        discount_percent=(
            row.discount_percent if one.discount_percent is None else one.discount_percent
        ),
    )


def _own_line(one: CreditLineIn, field: str) -> LineInput:
    if one.description is None or one.unit_price is None:
        absent = [name for name in ("description", "unit_price") if getattr(one, name) is None]
        message = "This field is required."
        raise InvalidInput(
            [FieldProblem(f"{field}.{name}", message, code="required") for name in absent]
        )
    return LineInput(
        description=one.description,
        quantity=Decimal(1) if one.quantity is None else one.quantity,
        unit_price=one.unit_price,
        tax_rate=one.tax_rate or Decimal(0),
        discount_percent=one.discount_percent or Decimal(0),
    )


def _free(caller: Caller, body: CreditNoteIn) -> NewCreditNote:
    required = {"customer": body.customer, "lines": body.lines}
    absent = [name for name, value in required.items() if not value]
    if absent:
        message = "Needed for a credit note without an invoice."
        raise InvalidInput([FieldProblem(name, message, code="required") for name in absent])
    customer = named_customer(caller.business_id, body.customer or "")
    lines = body.lines or []
    for index, one in enumerate(lines):
        if one.line is not None:
            message = "Without an invoice there is no line to name."
            raise InvalidInput([FieldProblem(f"lines.{index}.line", message)])
    return NewCreditNote(
        customer_id=customer.id,
        currency=body.currency or customer.currency,
        lines=[_own_line(one, f"lines.{index}") for index, one in enumerate(lines)],
        discount_percent=body.discount_percent or Decimal(0),
        reason=body.reason or "",
        notes=body.notes or "",
        external_ref=body.external_ref or "",
    )
