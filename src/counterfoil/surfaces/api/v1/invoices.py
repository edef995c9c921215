"""/invoices: drafts, issuing, voiding, how invoices stand, and their PDF."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpResponse
from django.utils.http import content_disposition_header
from ninja import Query, Router
from pydantic import Field

from counterfoil.domain.billing import queries as billing
from counterfoil.domain.billing.arithmetic import LineInput
from counterfoil.domain.billing.drafts import NewInvoice
from counterfoil.domain.billing.operations import IssueTerms, NotADraft
from counterfoil.domain.billing.rows import InvoiceHead
from counterfoil.domain.billing.states import DocumentState
from counterfoil.domain.receivables import queries as receivables
from counterfoil.domain.receivables.queries import DocumentFilter
from counterfoil.domain.receivables.standing import Standing
from counterfoil.flows import issue_invoices
from counterfoil.flows.letters import render_document
from counterfoil.infra.db import reading
from counterfoil.kernel.clock import local_date
from counterfoil.kernel.errors import Conflict, FieldProblem, InvalidInput
from counterfoil.kernel.ids import decode, encode
from counterfoil.surfaces.api.answers import shown
from counterfoil.surfaces.api.door import ApiRequest, Caller
from counterfoil.surfaces.api.fields import (
    Body,
    Currency,
    CustomerId,
    Day,
    DecimalText,
    Text,
    left_out,
)
from counterfoil.surfaces.api.once import once
from counterfoil.surfaces.api.paging import Listing, Page, cursor_id, cut, query_id
from counterfoil.surfaces.api.v1.parts import Lines, NoFields, NotIssued, given, named_customer
from counterfoil.surfaces.api.v1.shown_invoices import (
    InvoiceShown,
    InvoiceSummary,
    invoice,
    summaries,
)

router = Router(tags=["invoices"])
Q_MAX = 100
EXAMPLE: dict[str, Any] = {
    "customer": "cus_01kat8fh6jfx8v8tz8n5wd4q2c",
    "currency": "EUR",
    "terms_days": 14,
    "lines": [
        {"description": "Water", "quantity": "42.6", "unit_price": "2.184", "tax_rate": "5.5"},
        {"description": "Call-out", "unit_price": "96", "tax_rate": "20"},
    ],
    "external_ref": "ERP-2026-118",
    "issue": True,
}


class AlreadyVoid(Conflict):
    """Voiding twice."""

    code = "already_void"
    message = "This invoice is void already."


class InvoiceIn(Body):
    """An invoice to write. Give `due_date` or `terms_days`, not both; neither means 30 days from
    issue. `issue: true` issues it at once."""

    model_config = {"json_schema_extra": {"examples": [EXAMPLE]}}

    customer: CustomerId
    currency: Annotated[Currency, Field(description="The customer's if left out.")] | None = None
    lines: Lines
    due_date: Day | None = None
    terms_days: int | None = None
    discount_percent: DecimalText = Decimal(0)
    notes: Text | None = None
    external_ref: Annotated[Text, Field(description="Your own key; once per customer.")] | None = (
        None
    )
    issue: bool = False


class InvoiceChange(Body):
    """What to change of a draft; a field that is left out stays. Lines are replaced as a whole,
    and a due date takes the place of terms, or the other way round."""

    model_config = {"json_schema_extra": {"examples": [{"due_date": "2026-12-31"}]}}

    customer: CustomerId = left_out()
    currency: Currency = left_out()
    lines: Lines = left_out()
    due_date: Day | None = None
    terms_days: int | None = None
    discount_percent: DecimalText = left_out()
    notes: Text | None = None
    external_ref: Text | None = None


class InvoiceListing(Listing):
    """Which invoices are wanted."""

    customer: Annotated[CustomerId | None, Field(description="Of one customer.")] = None
    status: Annotated[Standing | None, Field(description="In one status.")] = None
    q: Annotated[
        str | None,
        Field(
            max_length=Q_MAX,
            pattern=r"^[^\x00-\x1f]*$",
            description="A part of number, external_ref or the customer's name.",
        ),
    ] = None


def _terms(caller: Caller) -> IssueTerms:
    return IssueTerms(today=local_date(caller.at, caller.business.timezone))


@router.post("", response={201: InvoiceShown}, operation_id="create_invoice")
def create_invoice(request: ApiRequest, body: InvoiceIn) -> HttpResponse:
    """Writes a draft, or issues at once: it gets its number, becomes a debt and is booked."""
    caller = request.auth

    def make(_name: str) -> UUID:
        new = _new(caller, body)
        if not body.issue:
            return issue_invoices.draft(caller.business_id, [new], at=caller.at, by=caller.actor)[0]
        issued = issue_invoices.draft_and_issue(
            caller.business_id, [new], _terms(caller), at=caller.at, by=caller.actor
        )
        return issued[0].id

    return once(request, make, lambda made: invoice(caller, made))


def _new(caller: Caller, body: InvoiceIn) -> NewInvoice:
    with reading(caller.business_id):
        customer = named_customer(caller.business_id, body.customer)
    return NewInvoice(
        customer_id=customer.id,
        currency=body.currency or customer.currency,
        lines=[one.line() for one in body.lines],
        due_date=body.due_date,
        terms_days=body.terms_days,
        discount_percent=body.discount_percent,
        notes=body.notes or "",
        external_ref=body.external_ref or "",
    )


@router.get("", response=Page[InvoiceSummary], operation_id="list_invoices")
def list_invoices(request: ApiRequest, query: Query[InvoiceListing]) -> HttpResponse:
    """Invoices, the newest first, without their lines."""
    caller = request.auth
    before = cursor_id("inv", query.cursor)
    wanted = DocumentFilter(
        status=query.status.value if query.status else "",
        q=query.q or "",
        customer_id=query_id("cus", query.customer, "customer"),
    )
    today = local_date(caller.at, caller.business.timezone)
    with reading(caller.business_id):
        found = receivables.documents(
            caller.business_id, wanted, today=today, before=before, limit=query.limit + 1
        )
        rows, next_cursor = cut(found, query.limit, lambda row: encode("inv", row.id))
        data = summaries(caller, [row.id for row in rows])
    return shown(Page[InvoiceSummary](data=data, next_cursor=next_cursor))


@router.get("/{invoice_id}", response=InvoiceShown, operation_id="get_invoice")
def get_invoice(request: ApiRequest, invoice_id: str) -> HttpResponse:
    """One invoice with its lines."""
    return shown(invoice(request.auth, decode("inv", invoice_id)))


@router.patch("/{invoice_id}", response=InvoiceShown, operation_id="change_invoice")
def change_invoice(request: ApiRequest, invoice_id: str, body: InvoiceChange) -> HttpResponse:
    """Changes a draft; an issued invoice is never edited (409): void it, or credit it."""
    caller, wanted = request.auth, decode("inv", invoice_id)
    changes = given(body)
    if changes.get("due_date") is not None and changes.get("terms_days") is not None:
        message = "Give the due date or the terms, not both."
        raise InvalidInput([FieldProblem("terms_days", message)])
    with reading(caller.business_id):
        head = billing.invoice(caller.business_id, wanted)
        if head.state != DocumentState.DRAFT:
            raise NotADraft
        new = _changed(caller, head, changes)
    if changes:
        issue_invoices.change_draft(caller.business_id, wanted, new, at=caller.at)
    return shown(invoice(caller, wanted))


def _changed(caller: Caller, head: InvoiceHead, changes: Mapping[str, Any]) -> NewInvoice:
    """The draft as it is to be; inside `reading`."""
    customer_id = head.customer_id
    if "customer" in changes:
        customer_id = named_customer(caller.business_id, changes["customer"]).id
    due_date, terms_days = head.due_date, head.terms_days
    if "due_date" in changes:
        due_date, terms_days = changes["due_date"], None
    if "terms_days" in changes:
        terms_days = changes["terms_days"]
        due_date = changes.get("due_date") if terms_days is None else None
    return NewInvoice(
        customer_id=customer_id,
        currency=changes.get("currency", head.currency),
        lines=_lines(caller, head, changes),
        due_date=due_date,
        terms_days=terms_days,
        discount_percent=changes.get("discount_percent", head.discount_percent),
        notes=changes.get("notes", head.notes) or "",
        external_ref=changes.get("external_ref", head.external_ref) or "",
    )


def _lines(caller: Caller, head: InvoiceHead, changes: Mapping[str, Any]) -> list[LineInput]:
    if "lines" in changes:
        return [one.line() for one in changes["lines"]]
    return [
        LineInput(
            description=row.description,
            quantity=row.quantity,
            unit_price=row.unit_price,
            tax_rate=row.tax_rate,
            discount_percent=row.discount_percent,
        )
        for row in billing.lines(caller.business_id, head.id)
    ]


@router.post("/{invoice_id}/issue", response=InvoiceShown, operation_id="issue_invoice")
def issue_invoice(
    request: ApiRequest,
    invoice_id: str,
    body: NoFields | None = None,
) -> HttpResponse:
    """Issues a draft: it gets its number, becomes a debt, is booked, and is mailed."""
    caller, wanted = request.auth, decode("inv", invoice_id)

    def make(_name: str) -> UUID:
        issue_invoices.issue(
            caller.business_id, [wanted], _terms(caller), at=caller.at, by=caller.actor
        )
        return wanted

    return once(request, make, lambda made: invoice(caller, made), status=200)


@router.post("/{invoice_id}/void", response=InvoiceShown, operation_id="void_invoice")
def void_invoice(
    request: ApiRequest,
    invoice_id: str,
    body: NoFields | None = None,
) -> HttpResponse:
    """Takes an issued invoice back. Refused (409) while money or credit stands against it or
    someone is paying it: a credit note is the way then."""
    caller, wanted = request.auth, decode("inv", invoice_id)

    def make(_name: str) -> UUID:
        _voidable(caller, wanted)
        issue_invoices.void(caller.business_id, wanted, at=caller.at, by=caller.actor)
        return wanted

    return once(request, make, lambda made: invoice(caller, made), status=200)


def _voidable(caller: Caller, invoice_id: UUID) -> None:
    with reading(caller.business_id):
        head = billing.invoice(caller.business_id, invoice_id)
    if head.state == DocumentState.DRAFT:
        raise NotIssued
    if head.state == DocumentState.VOIDED:
        raise AlreadyVoid


@router.get("/{invoice_id}/pdf", operation_id="get_invoice_pdf")
def get_invoice_pdf(request: ApiRequest, invoice_id: str) -> HttpResponse:
    """The invoice as PDF, as it was issued, in its customer's language; a draft's is a preview."""
    caller, wanted = request.auth, decode("inv", invoice_id)
    with reading(caller.business_id):
        head = billing.invoice(caller.business_id, wanted)
    pdf = render_document.invoice_pdf(caller.business_id, wanted, at=caller.at)
    file = f"{head.number or 'draft'}.pdf".replace("/", "-")
    name = content_disposition_header(as_attachment=False, filename=file)
    return HttpResponse(
        pdf, content_type="application/pdf", headers={"Content-Disposition": name or "inline"}
    )
