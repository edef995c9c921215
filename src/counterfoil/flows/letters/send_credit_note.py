"""Writes the mail about a credit note: once to whoever gets invoices, with the note itself."""

from datetime import datetime
from uuid import UUID

from counterfoil.domain.billing import queries as billing
from counterfoil.domain.business import queries as businesses
from counterfoil.domain.customers import queries as customers
from counterfoil.domain.notifications.letters import CreditNoteLetter, Letter, Reader
from counterfoil.domain.receivables import queries as receivables
from counterfoil.flows.letters.letterheads import letterhead_of
from counterfoil.flows.letters.writing import Subject, write
from counterfoil.infra.db import reading
from counterfoil.kernel.ids import BusinessId
from counterfoil.kernel.money import Money

CAUSE = "credit-note-issued"


def send_credit_note(business_id: BusinessId, credit_note_id: UUID, *, at: datetime) -> list[UUID]:
    """Writes what is credited, what its invoice has open now and what stays as credit, to every
    contact that gets invoices, and defers its delivery. Safe to repeat: returns only what is new.

    The mail of one against an invoice is about that invoice, and its link opens it; the mail of a
    free one leads to the portal.
    """
    with reading(business_id):
        head = billing.credit_note(business_id, credit_note_id)
        customer = customers.customer(business_id, head.customer_id)
        contacts = customers.contacts(business_id, [customer.id])
        against = head.invoice_id
        items = receivables.items(business_id, [against] if against else [])
        covering = receivables.received(business_id, against) if against else []
    item = items.get(against) if against else None
    used = sum(one.amount_minor for one in covering if one.credit_id == credit_note_id)
    letterhead = letterhead_of(businesses.by_id(business_id))

    def compose(reader: Reader, link: str) -> Letter:
        return CreditNoteLetter(
            letterhead=letterhead,
            reader=reader,
            number=head.number,
            invoice_number=item.number if item else "",
            issued_date=head.issue_date,
            total=Money(head.total_minor, head.currency),
            left=Money(item.due_minor if item else 0, head.currency),
            credit=Money(head.total_minor - used, head.currency),
            reason=head.reason,
            link=link,
        )

    kind, about_id = ("invoice", against) if against else ("credit_note", credit_note_id)
    about = Subject(f"{CAUSE}:{credit_note_id}", kind, about_id, customer, against)
    readers = [one for one in contacts if one.gets_invoices]
    return write(business_id, about, readers, compose, at=at)


def credit_note_of(cause: str) -> UUID:
    """Which credit note a mail with this cause is about."""
    return UUID(cause.split(":")[1])
