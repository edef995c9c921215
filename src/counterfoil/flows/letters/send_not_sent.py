"""Writes that a refund was not sent, to whoever was told that it was."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from counterfoil.domain.business import queries as businesses
from counterfoil.domain.customers import queries as customers
from counterfoil.domain.notifications import queries as notifications
from counterfoil.domain.notifications.letters import Letter, NotSentLetter, Part, Reader
from counterfoil.domain.payments import queries as payments
from counterfoil.domain.payments.states import RefundState
from counterfoil.domain.receivables import queries as receivables
from counterfoil.flows.letters.letterheads import letterhead_of
from counterfoil.flows.letters.links import opened_by
from counterfoil.flows.letters.send_messages import refund_cause
from counterfoil.flows.letters.writing import Subject, write
from counterfoil.infra.db import reading
from counterfoil.kernel.ids import BusinessId, decode, encode
from counterfoil.kernel.money import Money


def send_refund_not_sent(
    business_id: BusinessId,
    refund_id: UUID,
    covered: Sequence[Mapping[str, Any]],
    *,
    at: datetime,
) -> list[UUID]:
    """Tells each who was told that a refund was on its way that it was not sent, once for each time
    that it was said; `covered` are the invoices that its money pays again. Writes nothing for one
    that has been sent since: the newest mail is right then."""
    with reading(business_id):
        refund = payments.refund(business_id, refund_id)
        before = replace(refund, unsent_times=refund.unsent_times - 1)
        told = notifications.told_of(business_id, refund_cause(before))
        customer = customers.customer(business_id, refund.customer_id)
        contacts = customers.contacts(business_id, [customer.id])
        opens = opened_by(business_id, "payment", refund.attempt_id)
        amounts = {decode("inv", one["invoice"]): int(one["amount"]) for one in covered}
        items = receivables.items(business_id, list(amounts))
    if refund.state not in (RefundState.PENDING, RefundState.CANCELLED):
        return []
    letterhead = letterhead_of(businesses.by_id(business_id))
    parts = tuple(
        Part(items[one].number, Money(minor, refund.currency), Money(0, refund.currency))
        for one, minor in amounts.items()
    )

    def compose(reader: Reader, link: str) -> Letter:
        return NotSentLetter(
            letterhead=letterhead,
            reader=reader,
            reference=encode("ref", refund_id),
            payment_reference=encode("pay", refund.attempt_id),
            amount=refund.amount,
            is_off=refund.state == RefundState.CANCELLED,
            covered=parts,
            link=link,
        )

    cause = f"refund-not-sent:{refund_id}:{refund.unsent_times}"
    about = Subject(cause, "payment", refund.attempt_id, customer, opens)
    readers = [one for one in contacts if one.gets_receipts and one.email.lower() in told]
    return write(business_id, about, readers, compose, at=at)
