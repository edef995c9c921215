"""Writes that a payment was stopped, or never sent, where its payer counts on it."""

from datetime import datetime
from uuid import UUID

from counterfoil.domain.business import queries as businesses
from counterfoil.domain.customers import queries as customers
from counterfoil.domain.insights import stories
from counterfoil.domain.insights.story_rows import Step
from counterfoil.domain.notifications.letters import Letter, PaidWith, Reader, StoppedLetter
from counterfoil.domain.payments.states import AttemptState
from counterfoil.domain.receivables import queries as receivables
from counterfoil.flows.letters.letterheads import letterhead_of
from counterfoil.flows.letters.links import opened_by
from counterfoil.flows.letters.writing import Subject, write
from counterfoil.infra.db import reading
from counterfoil.kernel.ids import BusinessId
from counterfoil.kernel.money import Money

_NOBODY = ("system", "gateway")


def send_stopped(business_id: BusinessId, attempt_id: UUID, *, at: datetime) -> list[UUID]:
    """Writes that no money moves, and what is open again, to every contact that gets receipts,
    once. Writes nothing where nobody counts on the payment: it had not been accepted, and it was
    no person that stopped it (who leaves a gateway's page knows)."""
    with reading(business_id):
        payment = receivables.payment(business_id, attempt_id)
        steps = stories.steps(business_id, "attempt", [attempt_id])
        customer = customers.customer(business_id, payment.customer_id)
        contacts = customers.contacts(business_id, [customer.id])
        ids = [UUID(str(part["invoice"])) for part in payment.parts]
        items = receivables.items(business_id, ids)
        opens = opened_by(business_id, "payment", attempt_id)
    stopped_at = payment.finished_at
    if payment.state != AttemptState.CANCELLED or stopped_at is None or not _is_news(steps):
        return []
    open_items = [one for one in items.values() if one.due_minor and one.attempt_state is None]
    due = Money(sum(one.due_minor for one in open_items), payment.currency)
    letterhead = letterhead_of(businesses.by_id(business_id))

    def compose(reader: Reader, link: str) -> Letter:
        return StoppedLetter(
            letterhead=letterhead,
            reader=reader,
            amount=Money(payment.amount_minor, payment.currency),
            begun_at=payment.created_at,
            stopped_at=stopped_at,
            paid_with=PaidWith(
                payment.instrument_kind or ("bank_debit" if payment.mandate_id else "card"),
                payment.instrument_brand,
                payment.instrument_last4,
            ),
            numbers=tuple(str(part["number"]) for part in payment.parts),
            due=due,
            link=link,
        )

    cause = f"payment-stopped:{attempt_id}"
    about = Subject(cause, "payment", attempt_id, customer, opens)
    readers = [one for one in contacts if one.gets_receipts]
    return write(business_id, about, readers, compose, at=at)


def _is_news(steps: list[Step]) -> bool:
    reached = [step.to_state for step in steps]
    was_accepted = AttemptState.PROCESSING in reached
    gave_mandate = reached.count(AttemptState.SUBMITTED) > 1
    by_person = bool(steps) and not steps[-1].actor.startswith(_NOBODY)
    return was_accepted or gave_mandate or by_person
