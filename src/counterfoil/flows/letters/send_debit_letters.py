"""Writes the mails about bank debits: before the account is debited, and when a debit came back."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from counterfoil.domain.business import queries as businesses
from counterfoil.domain.customers import queries as customers
from counterfoil.domain.customers.rights import ContactRight
from counterfoil.domain.customers.rows import ContactRow, CustomerRow
from counterfoil.domain.insights import stories
from counterfoil.domain.notifications.letters import (
    DebitNoticeLetter,
    Letter,
    PaidWith,
    Part,
    Reader,
    ReturnedLetter,
)
from counterfoil.domain.payments import mandates
from counterfoil.domain.payments import queries as payments
from counterfoil.domain.payments.rows import AttemptRow, MandateRow
from counterfoil.domain.payments.states import AttemptState
from counterfoil.domain.receivables import queries as receivables
from counterfoil.domain.receivables.rows import ItemRow, PaymentRow
from counterfoil.flows.letters.letterheads import letterhead_of
from counterfoil.flows.letters.links import opened_by
from counterfoil.flows.letters.writing import Addressee, Subject, write
from counterfoil.infra.db import reading
from counterfoil.kernel.actor import Actor, ActorKind
from counterfoil.kernel.bank_days import debit_comes_from
from counterfoil.kernel.ids import BusinessId, encode
from counterfoil.kernel.money import Money


@dataclass(frozen=True, slots=True)
class _Debit:
    """A debit with all that its mails say."""

    attempt: AttemptRow
    payment: PaymentRow
    mandate: MandateRow | None
    customer: CustomerRow
    contacts: list[ContactRow]
    items: dict[UUID, ItemRow]
    opens: UUID | None

    @property
    def readers(self) -> list[ContactRow]:
        """Who gets the mails on payments."""
        return [one for one in self.contacts if one.gets_receipts]

    @property
    def told_before(self) -> list[ContactRow | Addressee]:
        """Who is told before the account is debited: that is never left out. Where nobody gets
        receipts it is who began the payment, else whoever may see the invoices."""
        if self.readers:
            return list(self.readers)
        for one in self.contacts:
            if self.payment.begun_by == Actor(ActorKind.CONTACT, str(one.id)).label:
                return [one]
        payer = self.attempt.payer
        if _is_address(payer):
            return [Addressee(payer, self.attempt.locale)]
        return [one for one in self.contacts if one.may(ContactRight.SEE)]

    @property
    def paid_with(self) -> PaidWith:
        """The account, as its owner knows it."""
        last4 = self.mandate.last4 if self.mandate else self.attempt.instrument_last4
        return PaidWith("bank_debit", self.attempt.instrument_brand, last4)

    def subject(self, event: str) -> Subject:
        """What the mail is about."""
        cause = f"{event}:{self.attempt.id}"
        return Subject(cause, "payment", self.attempt.id, self.customer, self.opens)


def send_debit_notice(business_id: BusinessId, attempt_id: UUID, *, at: datetime) -> list[UUID]:
    """Writes when a bank account will be debited, and on which mandate, to every contact that gets
    receipts, once; without such a contact to who paid, or may see the invoices. Where the gateway
    tells no day it says between which days. Writes nothing for a payment that is no debit, or that
    is decided already."""
    one = _read(business_id, attempt_id)
    mandate, debit_date = one.mandate, one.attempt.until
    if one.attempt.state != AttemptState.PROCESSING or mandate is None or debit_date is None:
        return []
    letterhead = letterhead_of(businesses.by_id(business_id))
    confirmed_at = one.attempt.submitted_at or one.attempt.created_at
    is_told = one.attempt.settles_date is not None
    first_date = None if is_told else debit_comes_from(one.attempt.currency, confirmed_at.date())

    def compose(reader: Reader, link: str) -> Letter:
        return DebitNoticeLetter(
            letterhead=letterhead,
            reader=reader,
            reference=encode("pay", attempt_id),
            amount=one.attempt.amount,
            confirmed_at=confirmed_at,
            debit_date=debit_date,
            first_date=first_date,
            paid_with=one.paid_with,
            creditor_name=mandate.creditor_name,
            creditor_ref=mandate.creditor_ref,
            mandate_reference=mandate.reference,
            is_sepa=mandate.scheme.startswith("sepa"),
            numbers=tuple(str(part["number"]) for part in one.payment.parts),
            link=link,
        )

    return write(business_id, one.subject("debit-notice"), one.told_before, compose, at=at)


def send_payment_returned(business_id: BusinessId, attempt_id: UUID, *, at: datetime) -> list[UUID]:
    """Writes that a debit which had arrived came back, why, and what is open again, to every
    contact that gets receipts, once each time."""
    one = _read(business_id, attempt_id)
    returned_at = one.attempt.finished_at
    if one.attempt.state != AttemptState.RETURNED or returned_at is None:
        return []
    with reading(business_id):
        steps = stories.steps(business_id, "attempt", [attempt_id])
    paid = [step.at for step in steps if step.to_state == AttemptState.SUCCEEDED]
    letterhead = letterhead_of(businesses.by_id(business_id))
    currency = one.attempt.currency
    reopened = tuple(
        Part(item.number, Money(item.due_minor, currency), Money(item.due_minor, currency))
        for item in sorted(one.items.values(), key=lambda item: item.number)
        if item.due_minor and item.attempt_state is None
    )
    due = Money(sum(part.amount.minor for part in reopened), currency)
    is_over = one.mandate is not None and not one.mandate.is_active

    def compose(reader: Reader, link: str) -> Letter:
        return ReturnedLetter(
            letterhead=letterhead,
            reader=reader,
            reference=encode("pay", attempt_id),
            amount=one.attempt.amount,
            paid_at=paid[-1] if paid else one.attempt.created_at,
            returned_at=returned_at,
            paid_with=one.paid_with,
            failure_code=one.attempt.failure_code,
            reopened=reopened,
            due=due,
            mandate_reference=one.mandate.reference if one.mandate and is_over else "",
            link=link,
        )

    cause = "payment-returned" + (
        f"-{len(paid)}" if len(paid) > 1 else ""
    )  # each time it came back
    return write(business_id, one.subject(cause), one.readers, compose, at=at)


def _is_address(payer: str) -> bool:
    """A guest is called by the address that their link went to."""
    return "@" in payer and not any(map(str.isspace, payer))


def _read(business_id: BusinessId, attempt_id: UUID) -> _Debit:
    with reading(business_id):
        attempt = payments.attempt(business_id, attempt_id)
        payment = receivables.payment(business_id, attempt_id)
        customer = customers.customer(business_id, attempt.customer_id)
        contacts = customers.contacts(business_id, [customer.id])
        ids = [UUID(str(part["invoice"])) for part in payment.parts]
        kept = mandates.mandate(business_id, attempt.mandate_id) if attempt.mandate_id else None
        return _Debit(
            attempt=attempt,
            payment=payment,
            mandate=kept,
            customer=customer,
            contacts=contacts,
            items=receivables.items(business_id, ids),
            opens=opened_by(business_id, "payment", attempt_id),
        )
