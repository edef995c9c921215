"""Writes the mails that follow from what happened: once per cause and address, in its language."""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from counterfoil.domain.billing import queries as billing
from counterfoil.domain.billing.states import DocumentState
from counterfoil.domain.business import queries as businesses
from counterfoil.domain.customers import queries as customers
from counterfoil.domain.customers.rows import ContactRow, CustomerRow
from counterfoil.domain.notifications.letters import (
    BalanceLetter,
    FailedLetter,
    InvoiceLetter,
    Letter,
    PaidWith,
    Part,
    Reader,
    ReceiptLetter,
    RefundLetter,
)
from counterfoil.domain.payments import queries as payments
from counterfoil.domain.payments.rows import RefundRow
from counterfoil.domain.payments.states import AttemptState, RefundState
from counterfoil.domain.receivables import queries as receivables
from counterfoil.domain.receivables import reversing
from counterfoil.domain.receivables.rows import ItemRow, PaymentRow
from counterfoil.flows.letters.letterheads import letterhead_of
from counterfoil.flows.letters.links import opened_by
from counterfoil.flows.letters.writing import Subject, write
from counterfoil.infra.db import reading
from counterfoil.infra.limits import FAILURE_MAILS, knock
from counterfoil.kernel.clock import local_date
from counterfoil.kernel.ids import BusinessId, encode
from counterfoil.kernel.money import Money

AT_THE_PAGE = timedelta(seconds=60)  # for so long the payer is in front of the result


def send_invoice(
    business_id: BusinessId, invoice_id: UUID, *, at: datetime, again: str = "", only_to: str = ""
) -> list[UUID]:
    """Writes the mail about an issued invoice to every contact that gets invoices, and defers its
    delivery. Safe to repeat: returns only what is new. A voided invoice is not sent any more.

    `again` is the key of somebody's wish to send it once more; the same wish is granted once.
    `only_to` is who did not get it, because it asked for money that was not due any more.
    """
    with reading(business_id):
        head = billing.invoice(business_id, invoice_id)
        item = receivables.items(business_id, [invoice_id]).get(invoice_id)
        customer = customers.customer(business_id, head.customer_id)
        contacts = customers.contacts(business_id, [customer.id])
        covered = receivables.covered_by_credit(business_id, invoice_id)
    if head.state != DocumentState.ISSUED or item is None:
        return []
    letterhead = letterhead_of(businesses.by_id(business_id))

    def compose(reader: Reader, link: str) -> Letter:
        return InvoiceLetter(
            letterhead=letterhead,
            reader=reader,
            number=item.number,
            issued_date=item.issue_date,
            due_date=item.due_date,
            total=Money(item.total_minor, item.currency),
            due=Money(item.due_minor, item.currency),
            credit=Money(covered, item.currency) if covered else None,
            link=link,
        )

    again = "nothing-due" if only_to else again[:40]
    cause = f"invoice-issued:{invoice_id}" + (f":{again}" if again else "")
    about = Subject(cause, "invoice", invoice_id, customer, invoice_id)
    readers = [one for one in contacts if one.gets_invoices and only_to in ("", one.email)]
    return write(business_id, about, readers, compose, at=at)


def send_balance(
    business_id: BusinessId, customer_id: UUID, *, at: datetime, wish: str
) -> list[UUID]:
    """Writes what a customer owes, with a link that opens just that, to every contact that gets
    invoices. The same `wish` is granted once; nothing is written where nothing is due."""
    business = businesses.by_id(business_id)
    with reading(business_id):
        customer = customers.customer(business_id, customer_id)
        contacts = customers.contacts(business_id, [customer_id])
        today = local_date(at, business.timezone)
        owed = receivables.balances(business_id, customer_id, today=today)
    dues = tuple(
        (Money(row.open_minor, row.currency), row.open_count) for row in owed if row.open_minor
    )
    if not dues:
        return []
    letterhead = letterhead_of(business)

    def compose(reader: Reader, link: str) -> Letter:
        return BalanceLetter(letterhead=letterhead, reader=reader, dues=dues, link=link)

    cause = f"balance:{customer_id}:{wish[:40]}"
    about = Subject(cause, "customer", customer_id, customer, None)
    readers = [one for one in contacts if one.gets_invoices]
    return write(business_id, about, readers, compose, at=at)


def send_receipt(
    business_id: BusinessId, attempt_id: UUID, *, at: datetime, again: str = ""
) -> list[UUID]:
    """Writes the receipt of a payment to every contact that gets receipts, and defers its
    delivery. Safe to repeat. Writes nothing for a payment that has not arrived, or that
    chargebacks have taken by now. `again` says of which other time this is the receipt: it had
    come back, and is paid after all."""
    payment, customer, contacts, items = _payment(business_id, attempt_id)
    if payment.state != AttemptState.SUCCEEDED or payment.finished_at is None:
        return []
    gone_minor = payment.refunded_minor + payment.charged_back_minor
    if payment.charged_back_minor and gone_minor >= payment.amount_minor:
        return []
    letterhead, paid_at = letterhead_of(businesses.by_id(business_id)), payment.finished_at
    parts = tuple(
        Part(str(part["number"]), Money(int(part["applied"]), payment.currency), _left(part, items))
        for part in payment.parts
        if part["applied"] and part["planned"]  # not what its credit covered later
    )
    amount = Money(payment.amount_minor, payment.currency)
    applied = sum(part.amount.minor for part in parts)
    fee = Money(payment.surcharge_kept_minor, payment.currency)

    def compose(reader: Reader, link: str) -> Letter:
        return ReceiptLetter(
            letterhead=letterhead,
            reader=reader,
            reference=encode("pay", attempt_id),
            amount=amount,
            paid_at=paid_at,
            paid_with=_paid_with(payment),
            parts=parts,
            surcharge=fee,
            unapplied=Money(amount.minor - fee.minor - gone_minor - applied, amount.currency),
            link=link,
        )

    about = _about(business_id, "payment-succeeded", payment, customer)
    about = replace(about, cause=f"{about.cause}:{again[:40]}") if again else about
    readers = [one for one in contacts if one.gets_receipts]
    return write(business_id, about, readers, compose, at=at)


def send_payment_failed(business_id: BusinessId, attempt_id: UUID, *, at: datetime) -> list[UUID]:
    """Writes that a payment did not work, to every contact that gets receipts. Safe to repeat.

    Nothing is written when the payer has seen it on the page: a failure that was known within 60
    seconds of submission. So this is for a confirmation that nobody finished, a lost answer that
    turned out to be a no, a debit that came back, a planned payment. Nor when nothing is left to
    do: every invoice is paid by now, or someone is paying it again.
    """
    payment, customer, contacts, items = _payment(business_id, attempt_id)
    began, ended = payment.submitted_at or payment.created_at, payment.finished_at
    if ended is None or not _is_news(payment, ended - began):
        return []
    open_items = [one for one in items.values() if one.due_minor and one.attempt_state is None]
    due = Money(sum(one.due_minor for one in open_items), payment.currency)
    if not due or knock(FAILURE_MAILS, business_id, customer.id, at=at).wait is not None:
        return []
    letterhead = letterhead_of(businesses.by_id(business_id))

    def compose(reader: Reader, link: str) -> Letter:
        return FailedLetter(
            letterhead=letterhead,
            reader=reader,
            amount=Money(payment.amount_minor, payment.currency),
            tried_at=began,
            paid_with=_paid_with(payment),
            failure_code=payment.failure_code,
            numbers=tuple(str(part["number"]) for part in payment.parts),
            due=due,
            link=link,
        )

    about = _about(business_id, "payment-failed", payment, customer)
    readers = [one for one in contacts if one.gets_receipts]
    return write(business_id, about, readers, compose, at=at)


def _is_news(payment: PaymentRow, took: timedelta) -> bool:
    """Whether a failure was not seen by who began the payment: nobody sat before a planned one,
    and of a debit they saw that it was accepted. A planned one that never reached the gateway is
    no news: it is tried again, and its end has a mail of its own."""
    if payment.begun_by.startswith("system:schedule:"):
        return payment.state == AttemptState.FAILED
    was_accepted = payment.until is not None
    return payment.state == AttemptState.FAILED and (took > AT_THE_PAGE or was_accepted)


def send_refund(business_id: BusinessId, refund_id: UUID, *, at: datetime) -> list[UUID]:
    """Writes that money was given back, to every contact that gets receipts: how much, where to,
    how long it takes, and what is open again. Safe to repeat. Writes nothing for a refund that
    was not sent."""
    with reading(business_id):
        refund = payments.refund(business_id, refund_id)
        off = reversing.taken_off(business_id, refund_id)
    payment, customer, contacts, _items = _payment(business_id, refund.attempt_id)
    if refund.state != RefundState.SUCCEEDED or refund.finished_at is None:
        return []
    letterhead, sent_at = letterhead_of(businesses.by_id(business_id)), refund.finished_at
    nothing = Money(0, refund.currency)
    reopened = tuple(Part(one.number, Money(one.amount_minor, refund.currency), nothing)
                     for one in off)  # fmt: skip

    def compose(reader: Reader, link: str) -> Letter:
        return RefundLetter(
            letterhead=letterhead,
            reader=reader,
            reference=encode("ref", refund_id),
            payment_reference=encode("pay", payment.id),
            amount=refund.amount,
            paid=Money(payment.amount_minor, payment.currency),
            sent_at=sent_at,
            paid_with=_paid_with(payment),
            reopened=reopened,
            link=link,
            by_hand=refund.method,
        )

    about = replace(
        _about(business_id, "refund-sent", payment, customer), cause=refund_cause(refund)
    )
    readers = [one for one in contacts if one.gets_receipts]
    return write(business_id, about, readers, compose, at=at)


def refund_cause(refund: RefundRow) -> str:
    """Of the mail that a refund was sent: once each time that it was."""
    times = refund.unsent_times
    return f"refund-sent:{refund.id}" + (f":{times}" if times else "")


def _payment(
    business_id: BusinessId, attempt_id: UUID
) -> tuple[PaymentRow, CustomerRow, list[ContactRow], dict[UUID, ItemRow]]:
    with reading(business_id):
        payment = receivables.payment(business_id, attempt_id)
        customer = customers.customer(business_id, payment.customer_id)
        contacts = customers.contacts(business_id, [customer.id])
        invoice_ids = [UUID(str(part["invoice"])) for part in payment.parts]
        return payment, customer, contacts, receivables.items(business_id, invoice_ids)


def _about(
    business_id: BusinessId, event: str, payment: PaymentRow, customer: CustomerRow
) -> Subject:
    with reading(business_id):
        opens = opened_by(business_id, "payment", payment.id)
    return Subject(f"{event}:{payment.id}", "payment", payment.id, customer, opens)


def _left(part: dict[str, object], items: dict[UUID, ItemRow]) -> Money:
    item = items[UUID(str(part["invoice"]))]
    return Money(item.due_minor, item.currency)


def _paid_with(payment: PaymentRow) -> PaidWith:
    return PaidWith(
        payment.instrument_kind or "card", payment.instrument_brand, payment.instrument_last4
    )
