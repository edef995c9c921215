"""Writes that a charge waits for its payer: it was made while nobody was there, and their bank
wants to see them."""

from datetime import datetime
from uuid import UUID

from counterfoil.domain.business import queries as businesses
from counterfoil.domain.customers import queries as customers
from counterfoil.domain.notifications.letters import Letter, PaidWith, Reader, StepLetter
from counterfoil.domain.payments import queries as payments
from counterfoil.domain.receivables import queries as receivables
from counterfoil.flows.addresses import step_url
from counterfoil.flows.letters.letterheads import letterhead_of
from counterfoil.flows.letters.writing import Subject, write
from counterfoil.infra.db import reading
from counterfoil.kernel.ids import BusinessId
from counterfoil.kernel.money import Money
from counterfoil.kernel.ports.gateways.outcomes import FailureCode


def send_step(business_id: BusinessId, attempt_id: UUID, *, at: datetime) -> list[UUID]:
    """Writes once, to every contact that gets receipts, where the payment is finished. Writes
    nothing where the payer was at the page, and nothing once it is decided."""
    with reading(business_id):
        attempt = payments.attempt(business_id, attempt_id)
        payment = receivables.payment(business_id, attempt_id)
        customer = customers.customer(business_id, attempt.customer_id)
        contacts = customers.contacts(business_id, [customer.id])
    waits = attempt.state == "action_required" and attempt.step_url
    if not waits or attempt.failure_code != FailureCode.AUTHENTICATION_REQUIRED:
        return []
    letterhead = letterhead_of(businesses.by_id(business_id))
    link = step_url(business_id, attempt_id, at=at)

    def compose(reader: Reader, _link: str) -> Letter:
        return StepLetter(
            letterhead=letterhead,
            reader=reader,
            amount=Money(payment.amount_minor, payment.currency),
            asked_at=attempt.submitted_at or attempt.created_at,
            paid_with=PaidWith(
                attempt.instrument_kind, attempt.instrument_brand, attempt.instrument_last4
            ),
            numbers=tuple(str(part["number"]) for part in payment.parts),
            link=link,
        )

    about = Subject(f"payment-step:{attempt_id}", "payment", attempt_id, customer)
    readers = [one for one in contacts if one.gets_receipts]
    return write(business_id, about, readers, compose, at=at)
