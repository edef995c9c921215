"""Writes to staff that a bank took money back, that an answer is due, and how it ended."""

from datetime import datetime, timedelta
from uuid import UUID

from counterfoil.domain.business import queries as businesses
from counterfoil.domain.customers import queries as customers
from counterfoil.domain.customers.rows import CustomerRow
from counterfoil.domain.identity.roles import Right
from counterfoil.domain.identity.rows import MemberRow
from counterfoil.domain.notifications.letters import ChargebackLetter, Reader
from counterfoil.domain.notifications.rendering import TEMPLATES, render
from counterfoil.domain.notifications.rows import NewMessage
from counterfoil.domain.payments import chargebacks
from counterfoil.domain.payments.rows import ChargebackRow
from counterfoil.flows.addresses import chargeback_url
from counterfoil.flows.letters.letterheads import letterhead_of
from counterfoil.flows.letters.links import message_ref
from counterfoil.flows.letters.writing import keep, staff_of
from counterfoil.infra.db import reading
from counterfoil.kernel.apart import each_apart
from counterfoil.kernel.ids import BusinessId, encode, new_id

DUE_SOON = timedelta(days=2)
_HAPPENED = {"open": "opened", "answered": "opened", "won": "won", "lost": "lost"}


def send_chargeback(
    business_id: BusinessId, chargeback_id: UUID, *, at: datetime, event: str = ""
) -> list[UUID]:
    """Writes where a chargeback stands to everyone of the staff who may give this customer's money
    back, once for each thing that happened to it."""
    with reading(business_id):
        row = chargebacks.chargeback(business_id, chargeback_id)
        customer = customers.customer(business_id, row.customer_id)
        members = staff_of(business_id, customer.id, Right.REFUND)
    happened = event or _HAPPENED[row.state]
    new = [_message(business_id, row, customer, member, happened) for member in members]
    return keep(business_id, new, at=at)


def remind(business_id: BusinessId, *, at: datetime) -> int:
    """Writes about every chargeback whose time ends within two days and that nobody has answered,
    once; returns how many mails were new."""
    with reading(business_id):
        due = chargebacks.chargebacks_due(business_id, after=at, until=at + DUE_SOON)
    written = each_apart(due, lambda one: send_chargeback(business_id, one.id, at=at, event="due"))
    return sum(map(len, written))


def _message(
    business_id: BusinessId,
    row: ChargebackRow,
    customer: CustomerRow,
    member: MemberRow,
    event: str,
) -> NewMessage:
    business = businesses.by_id(business_id)
    message_id = new_id()
    letter = ChargebackLetter(
        letterhead=letterhead_of(business),
        reader=Reader(
            email=member.email,
            customer_name=customer.name,
            locale=business.locale,
            timezone=business.timezone,
        ),
        event=event,
        reference=encode("dis", row.id),
        payment_reference=encode("pay", row.attempt_id),
        amount=row.amount,
        fee=row.fee,
        due_at=row.evidence_due_at,
        link=chargeback_url(business_id, row.id),
    )
    return NewMessage(
        id=message_id,
        cause=f"chargeback-{event}:{row.id}",
        template=TEMPLATES[ChargebackLetter],
        about_kind="chargeback",
        about_id=row.id,
        customer_id=customer.id,
        recipient=member.email,
        locale=business.locale,
        rendered=render(letter),
        message_ref=message_ref(business_id, message_id),
        asks_for_money=False,
    )
