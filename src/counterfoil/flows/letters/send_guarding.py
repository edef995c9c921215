"""Mails of the guard at the pay page: the code that a payer types in, and the alarms to owners."""

from datetime import datetime
from uuid import NAMESPACE_OID, UUID, uuid5

from django.conf import settings

from counterfoil.domain.business import queries as businesses
from counterfoil.domain.customers import queries as customers
from counterfoil.domain.identity import queries as identity
from counterfoil.domain.identity.roles import Role
from counterfoil.domain.notifications.letters import PayCodeLetter, Reader
from counterfoil.domain.notifications.rendering import render
from counterfoil.flows.addresses import staff_url
from counterfoil.flows.letters.letterheads import letterhead_of
from counterfoil.flows.letters.links import message_ref
from counterfoil.flows.letters.send_staff import letter_of, send_each
from counterfoil.infra import mail
from counterfoil.infra.db import outside_transaction, reading
from counterfoil.kernel.ids import BusinessId
from counterfoil.kernel.ports.channels import OutgoingMail


@outside_transaction
def send_pay_code(
    business_id: BusinessId,
    customer_id: UUID,
    email: str,
    code: str,
    *,
    minutes: int,
    at: datetime,
) -> None:
    """Mails a code at once: whoever asked for it waits before the page. It is in no list of mails,
    for it would be read there."""
    business = businesses.by_id(business_id)
    with reading(business_id):
        customer = customers.customer(business_id, customer_id)
    reader = Reader(email, customer.name, customer.locale, customer.timezone)
    rendered = render(PayCodeLetter(letterhead_of(business), reader, code, minutes))
    once = uuid5(NAMESPACE_OID, f"{business_id}:pay-code:{email}:{at.isoformat()}")
    mail.send(
        OutgoingMail(
            ref=message_ref(business_id, once),
            sender=settings.MAIL_FROM,
            sender_name=business.name,
            recipient=email,
            subject=rendered.subject,
            text=rendered.text,
            html=rendered.html,
            reply_to=business.email,
            at=at,
        )
    )


def send_alarm(business_id: BusinessId, *, at: datetime) -> None:
    """Tells the owners that somebody tries cards; again at most every six hours."""
    _to_owners(business_id, "alarm", at=at)


def send_restored(business_id: BusinessId, *, at: datetime) -> None:
    """Tells the owners that the database was restored, or that another server took over, and what
    waits; again at most every six hours."""
    _to_owners(business_id, "restored", at=at)


def send_unproven(business_id: BusinessId, *, at: datetime) -> None:
    """Tells the owners that the nightly proof of the books failed, and what waits."""
    _to_owners(business_id, "unproven", at=at)


def _to_owners(business_id: BusinessId, event: str, *, at: datetime) -> None:
    with reading(business_id):
        owners = [one.email for one in identity.members(business_id) if one.role == Role.OWNER]
    link = f"{staff_url(business_id)}/backoffice/"
    letter = letter_of(business_id, event, by="", link=link)
    send_each(business_id, letter, owners, once=f"{event}:{at.isoformat()}", at=at)
