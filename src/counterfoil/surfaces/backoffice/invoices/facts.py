"""Reads everything about one invoice in one transaction."""

from dataclasses import dataclass
from uuid import UUID

from counterfoil.domain.billing import queries as billing
from counterfoil.domain.billing.rows import CreditNoteHead, InvoiceHead, LineRow, TaxRow
from counterfoil.domain.billing.states import INVOICE, DocumentState
from counterfoil.domain.customers import queries as customers
from counterfoil.domain.customers.rows import CustomerRow
from counterfoil.domain.identity import queries as identity
from counterfoil.domain.identity.rows import GuestLinkRow, MemberRow
from counterfoil.domain.insights import stories
from counterfoil.domain.insights.story_rows import BookLine, Step
from counterfoil.domain.notifications import queries as notifications
from counterfoil.domain.notifications.rows import MessageRow
from counterfoil.domain.receivables import queries as receivables
from counterfoil.domain.receivables.queries import PaymentFilter
from counterfoil.domain.receivables.rows import ItemRow, OpenClaim, PaymentRow
from counterfoil.infra.db import reading
from counterfoil.kernel.ids import BusinessId

LINES_SHOWN = 500


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything that is read for the page of an invoice."""

    head: InvoiceHead
    customer: CustomerRow
    lines: list[LineRow]
    taxes: list[TaxRow]
    item: ItemRow | None
    claim: OpenClaim | None
    payments: list[PaymentRow]
    notes: list[CreditNoteHead]
    steps: list[Step]
    mails: list[MessageRow]
    books: list[BookLine]
    links: list[GuestLinkRow]
    is_own_address_unopened: bool
    members: list[MemberRow]


def facts_of(business_id: BusinessId, invoice_id: UUID) -> Facts:
    """Reads it all; `NotFound` for an invoice that this business does not have."""
    links = identity.guest_links(business_id, invoice_id)
    own = identity.invoice_link(business_id, invoice_id)
    with reading(business_id):
        head = billing.invoice(business_id, invoice_id)
        issued = head.state != DocumentState.DRAFT
        return Facts(
            head=head,
            customer=customers.customer(business_id, head.customer_id),
            lines=billing.lines(business_id, invoice_id, limit=LINES_SHOWN),
            taxes=billing.taxes(business_id, invoice_id),
            item=receivables.items(business_id, [invoice_id]).get(invoice_id),
            claim=receivables.open_claims(business_id, [invoice_id]).get(invoice_id),
            payments=receivables.payments(business_id, PaymentFilter(invoice_id=invoice_id))
            if issued
            else [],
            notes=billing.credit_notes_of(business_id, invoice_id) if issued else [],
            steps=stories.steps(business_id, INVOICE.name, [invoice_id]),
            mails=notifications.messages_about(business_id, "invoice", [invoice_id]),
            books=stories.book_lines(business_id, invoice_id) if issued else [],
            links=links,
            is_own_address_unopened=issued and own is None,
            members=identity.colleagues(business_id),
        )
