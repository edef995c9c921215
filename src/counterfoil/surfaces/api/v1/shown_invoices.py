"""How an invoice looks outside: its document, how it stands today, and where its pages are."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from pydantic import Field

from counterfoil.domain.billing import queries as billing
from counterfoil.domain.billing.rows import InvoiceHead
from counterfoil.domain.billing.states import DocumentState
from counterfoil.domain.receivables import queries as receivables
from counterfoil.domain.receivables.rows import ItemRow
from counterfoil.domain.receivables.standing import Standing, standing
from counterfoil.infra.db import reading
from counterfoil.kernel.clock import local_date
from counterfoil.kernel.ids import encode
from counterfoil.surfaces.api.door import Caller
from counterfoil.surfaces.api.fields import (
    Currency,
    CustomerId,
    Day,
    DecimalText,
    InvoiceId,
    Minor,
    Moment,
    Shown,
)
from counterfoil.surfaces.api.v1.parts import (
    LineShown,
    TaxShown,
    shown_lines,
    shown_taxes,
    shown_text,
)


class InvoiceSummary(Shown):
    """An invoice in a list: without its lines."""

    id: InvoiceId
    customer: CustomerId
    number: Annotated[str | None, Field(description="Null while it is a draft.")]
    status: Annotated[
        Standing,
        Field(
            description="The first that holds: void, draft, paid (nothing due), uncollectible, "
            "overdue (in the business's time zone), part_paid, open."
        ),
    ]
    currency: Currency
    discount_percent: DecimalText
    subtotal: Annotated[Minor, Field(description="The sum of the lines' nets.")]
    discount_total: Annotated[Minor, Field(description="The invoice's own discount.")]
    tax_total: Minor
    total: Annotated[Minor, Field(description="subtotal - discount_total + tax_total.")]
    amount_paid: Annotated[Minor, Field(description="Covered by payments.")]
    amount_credited: Annotated[Minor, Field(description="Covered by credit notes and credit.")]
    amount_due: Annotated[
        Minor,
        Field(
            description="total - amount_paid - amount_credited - amount_written_off; 0 for draft "
            "and void."
        ),
    ]
    amount_written_off: Annotated[
        Minor, Field(description="What of the rest is not expected any more; a payment is taken.")
    ]
    issue_date: Day | None
    due_date: Day | None
    terms_days: int | None
    notes: str | None
    external_ref: str | None
    created_at: Moment
    issued_at: Moment | None
    voided_at: Moment | None
    hosted_url: Annotated[
        str | None,
        Field(
            description="Its page, where whoever holds this address can see and pay it without "
            "signing in: hand it to the payer only. It works for 90 days from the issue or the "
            "due date, whichever is later, unless it is taken back. Null for a draft."
        ),
    ]
    pdf_url: Annotated[str, Field(description="Its PDF over this API; a draft's is a preview.")]


class InvoiceShown(InvoiceSummary):
    """An invoice."""

    lines: list[LineShown]
    taxes: list[TaxShown]


def _summary(caller: Caller, head: InvoiceHead, item: ItemRow | None) -> dict[str, object]:
    paid, credited = (item.paid_minor, item.credited_minor) if item else (0, 0)
    is_draft = head.state == DocumentState.DRAFT
    outside = encode("inv", head.id)
    return {
        "id": outside,
        "customer": encode("cus", head.customer_id),
        "number": shown_text(head.number),
        "status": standing(
            head.state,
            open_minor=item.open_minor if item else 0,
            covered_minor=paid + credited,
            due_date=head.due_date,
            today=local_date(caller.at, caller.business.timezone),
            written_off_minor=item.written_off_minor if item else 0,
        ),
        "currency": head.currency,
        "discount_percent": head.discount_percent,
        "subtotal": head.subtotal_minor,
        "discount_total": head.discount_minor,
        "tax_total": head.tax_minor,
        "total": head.total_minor,
        "amount_paid": paid,
        "amount_credited": credited,
        "amount_due": item.due_minor if item else 0,
        "amount_written_off": item.written_off_minor if item else 0,
        "issue_date": head.issue_date,
        "due_date": head.due_date,
        "terms_days": head.terms_days,
        "notes": shown_text(head.notes),
        "external_ref": shown_text(head.external_ref),
        "created_at": head.created_at,
        "issued_at": head.issued_at,
        "voided_at": head.voided_at,
        "hosted_url": None if is_draft else caller.invoice_page(head.id),
        "pdf_url": f"{caller.site}/api/v1/invoices/{outside}/pdf",
    }


def summaries(caller: Caller, ids: Sequence[UUID]) -> list[InvoiceSummary]:
    """Invoices in the order of their ids; inside `reading`."""
    heads = billing.invoices(caller.business_id, ids)
    items = receivables.items(caller.business_id, ids)
    return [
        InvoiceSummary.model_validate(_summary(caller, heads[one], items.get(one))) for one in ids
    ]


def invoice(caller: Caller, invoice_id: UUID) -> InvoiceShown:
    """One invoice with its lines, or `NotFound`."""
    business_id = caller.business_id
    with reading(business_id):
        head = billing.invoice(business_id, invoice_id)
        item = receivables.items(business_id, [invoice_id]).get(invoice_id)
        lines = billing.lines(business_id, invoice_id)
        taxes = billing.taxes(business_id, invoice_id)
        facts = _summary(caller, head, item)
    more = {"lines": shown_lines(lines), "taxes": shown_taxes(taxes)}
    return InvoiceShown.model_validate(facts | more)
