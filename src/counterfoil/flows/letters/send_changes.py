"""Writes what became of things that people were told of: refunds that did not arrive, invoices that
were taken back, payments that pay something else, payments that a bank looks into.

Nobody is written to because an invoice was written off: that is a matter of the business's books,
and its customer owes what they owed.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from counterfoil.domain.billing import queries as billing
from counterfoil.domain.business import queries as businesses
from counterfoil.domain.customers import queries as customers
from counterfoil.domain.customers.rows import ContactRow, CustomerRow
from counterfoil.domain.identity.roles import Right
from counterfoil.domain.notifications import queries as notifications
from counterfoil.domain.notifications.letters import ChangeLetter, Letter, Part, Reader
from counterfoil.domain.payments import chargebacks
from counterfoil.domain.payments import queries as payments
from counterfoil.domain.payments.rows import RefundRow
from counterfoil.domain.payments.states import AttemptState, ChargebackState, RefundState
from counterfoil.domain.receivables import queries as receivables
from counterfoil.domain.receivables import reversing
from counterfoil.domain.receivables.rows import ItemRow
from counterfoil.flows.addresses import payment_url
from counterfoil.flows.letters.letterheads import letterhead_of
from counterfoil.flows.letters.links import opened_by
from counterfoil.flows.letters.writing import Compose, Subject, staff_of, write, write_to_staff
from counterfoil.infra.db import reading
from counterfoil.kernel.ids import BusinessId, encode
from counterfoil.kernel.money import Money

_NO_REFUND = frozenset({RefundState.FAILED, RefundState.CANCELLED, RefundState.RETURNED})
_TOLD_OF_CHARGEBACK = {
    ChargebackState.OPEN: "opened",
    ChargebackState.ANSWERED: "opened",
    ChargebackState.WON: "won",
    ChargebackState.LOST: "lost",
}


def send_refund_failed(business_id: BusinessId, refund_id: UUID, *, at: datetime) -> list[UUID]:
    """Tells each who was told that a refund was on its way that its money did not arrive and what
    happens next, and everyone of the staff who may give it back, once. A refund that staff
    called off themselves is no news to staff. Writes nothing for one that is not over so."""
    with reading(business_id):
        refund = payments.refund(business_id, refund_id)
        customer = customers.customer(business_id, refund.customer_id)
        contacts = customers.contacts(business_id, [customer.id])
        causes = [f"refund-sent:{refund_id}", f"refund-not-sent:{refund_id}"]
        told = notifications.reached(business_id, [refund.attempt_id], causes)
        opens = opened_by(business_id, "payment", refund.attempt_id)
        members = staff_of(business_id, customer.id, Right.REFUND)
    if refund.state not in _NO_REFUND:
        return []
    event = f"refund_{refund.state}"
    compose = _of_refund(business_id, refund, event)
    cause = f"{event.replace('_', '-')}:{refund_id}"
    about = Subject(cause, "payment", refund.attempt_id, customer, opens)
    readers = [one for one in contacts if one.email.lower() in told]
    written = write(business_id, about, readers, compose, at=at)
    if refund.state == RefundState.CANCELLED:
        return written
    about = replace(about, cause=f"{cause}:staff")
    staff = [one.email for one in members]
    return written + write_to_staff(business_id, about, staff, compose, at=at)


def _of_refund(business_id: BusinessId, refund: RefundRow, event: str) -> Compose:
    letterhead = letterhead_of(businesses.by_id(business_id))
    to_us = payment_url(business_id, refund.attempt_id)

    def compose(reader: Reader, link: str) -> Letter:
        return ChangeLetter(
            letterhead=letterhead if link else replace(letterhead, email=""),
            reader=reader,
            event=event,
            amount=refund.amount,
            reference=encode("ref", refund.id),
            link=link or to_us,
            to_staff=not link,
        )

    return compose


def send_invoice_voided(business_id: BusinessId, invoice_id: UUID, *, at: datetime) -> list[UUID]:
    """Tells each who got an invoice by mail that it need not be paid, once. Who did not get it (its
    mail was still waiting, and is not sent now) hears nothing of it."""
    with reading(business_id):
        head = billing.invoice(business_id, invoice_id)
        item = receivables.items(business_id, [invoice_id]).get(invoice_id)
        customer = customers.customer(business_id, head.customer_id)
        contacts = customers.contacts(business_id, [customer.id])
        causes = [f"invoice-issued:{invoice_id}"]
        told = notifications.reached(business_id, [invoice_id], causes)
    if item is None or not item.is_void:
        return []
    letterhead = letterhead_of(businesses.by_id(business_id))
    total = Money(item.total_minor, item.currency)

    def compose(reader: Reader, link: str) -> Letter:
        return ChangeLetter(
            letterhead=letterhead,
            reader=reader,
            event="invoice_voided",
            amount=total,
            reference=item.number,
            link=link,
        )

    about = Subject(f"invoice-voided:{invoice_id}", "invoice", invoice_id, customer, invoice_id)
    readers = [one for one in contacts if one.email.lower() in told]
    return write(business_id, about, readers, compose, at=at)


def send_payment_moved(business_id: BusinessId, attempt_id: UUID, *, at: datetime) -> list[UUID]:
    """Writes what a payment pays after staff took it off an invoice: what is open again and what is
    credit, to every contact that gets receipts; one mail for all that was changed at once. Writes
    nothing of a payment that has come back since."""
    with reading(business_id):
        payment = receivables.payment(business_id, attempt_id)
        covered = reversing.ever_covered(business_id, attempt_id)
        customer = customers.customer(business_id, payment.customer_id)
        contacts = customers.contacts(business_id, [customer.id])
        items = receivables.items(business_id, [one.id for one in covered])
    moved_at = max((one.taken_off_at for one in covered if one.taken_off_at), default=None)
    if payment.state != AttemptState.SUCCEEDED or moved_at is None:
        return []
    currency = payment.currency
    parts = [
        Part(one.number, Money(one.covered_minor, currency),
             Money(items[one.id].due_minor, currency))
        for one in covered
    ]  # fmt: skip
    letter = ChangeLetter(
        letterhead=letterhead_of(businesses.by_id(business_id)),
        reader=_nobody(customer),
        event="payment_moved",
        amount=Money(payment.amount_minor, currency),
        reference=encode("pay", attempt_id),
        parts=tuple(parts),
        credit=Money(payment.unapplied_minor, currency),
        link="",
    )
    cause = f"payment-moved:{attempt_id}:{moved_at:%Y%m%d%H%M%S%f}"
    readers = [one for one in contacts if one.gets_receipts]
    about = Subject(cause, "payment", attempt_id, customer)
    return _asking(business_id, letter, about, readers, list(items.values()), at=at)


def send_contested(business_id: BusinessId, chargeback_id: UUID, *, at: datetime) -> list[UUID]:
    """Tells every contact that gets receipts what a chargeback means for them, once each: while the
    bank decides there is nothing to do; lost, what is owed again, with a link; and that it is
    settled, to those who were told before. Of one that was over when we heard of it only the end
    is told, and nothing of one that was won by then."""
    with reading(business_id):
        row = chargebacks.chargeback(business_id, chargeback_id)
        payment = receivables.payment(business_id, row.attempt_id)
        customer = customers.customer(business_id, row.customer_id)
        contacts = customers.contacts(business_id, [customer.id])
        ids = [UUID(str(part["invoice"])) for part in payment.parts]
        items = list(receivables.items(business_id, ids).values())
        causes = [f"contested-opened:{chargeback_id}", f"contested-lost:{chargeback_id}"]
        told = notifications.reached(business_id, [row.attempt_id, *ids], causes)
    happened = _TOLD_OF_CHARGEBACK[ChargebackState(row.state)]
    is_lost, currency = happened == "lost", row.payment_currency
    open_items = [one for one in items if is_lost and one.due_minor and one.attempt_state is None]
    nothing = Money(0, currency)
    letter = ChangeLetter(
        letterhead=letterhead_of(businesses.by_id(business_id)),
        reader=_nobody(customer),
        event=f"chargeback_{happened}",
        amount=Money(row.held_minor, currency) or row.amount,
        reference=encode("pay", row.attempt_id),
        parts=tuple(Part(one.number, nothing, Money(one.due_minor, currency))
                    for one in open_items),
        link="",
    )  # fmt: skip
    readers = [
        one
        for one in contacts
        if (one.email.lower() in told if happened == "won" else one.gets_receipts)
    ]
    cause = f"contested-{happened}:{chargeback_id}"
    about = Subject(cause, "payment", row.attempt_id, customer)
    return _asking(business_id, letter, about, readers, open_items, at=at)


def _nobody(customer: CustomerRow) -> Reader:
    return Reader("", customer.name, customer.locale, customer.timezone)


def _asking(
    business_id: BusinessId,
    letter: ChangeLetter,
    about: Subject,
    readers: Sequence[ContactRow],
    items: Sequence[ItemRow],
    *,
    at: datetime,
) -> list[UUID]:
    """Asks for what these invoices have open; its link opens the only one that has something, or
    the payment's."""
    owed = [one for one in items if one.due_minor and one.attempt_state is None]
    due = Money(sum(one.due_minor for one in owed), letter.amount.currency)
    if len(owed) == 1:
        about = replace(about, kind="invoice", id=owed[0].id, opens=owed[0].id)
    else:
        with reading(business_id):
            about = replace(about, opens=opened_by(business_id, about.kind, about.id))
    asks = due or None

    def compose(reader: Reader, link: str) -> Letter:
        return replace(letter, reader=reader, link=link, due=asks)

    return write(business_id, about, readers, compose, at=at)
