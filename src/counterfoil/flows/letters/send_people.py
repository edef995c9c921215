"""Writes to people about their own access: invited, let in, changed, removed."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from counterfoil.domain.business import queries as businesses
from counterfoil.domain.customers.rows import CustomerRow
from counterfoil.domain.notifications import operations as messages
from counterfoil.domain.notifications.letters import PeopleLetter, Reader, link_mark
from counterfoil.domain.notifications.rendering import TEMPLATES, render
from counterfoil.domain.notifications.rows import NewMessage
from counterfoil.flows.addresses import home_url, invitation_url
from counterfoil.flows.letters.letterheads import letterhead_of
from counterfoil.flows.letters.links import message_ref
from counterfoil.infra import jobs
from counterfoil.kernel.ids import BusinessId, new_id

INVITATION = "invitation"


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """Who is told what: the same `event` about the same thing is told once."""

    event: str
    about_kind: str
    about_id: UUID
    email: str
    locale: str
    by: str
    preset: str = ""
    until: datetime | None = None
    whom: str = ""  # whom it is about, where that is not the reader
    once: str = ""  # what tells this time from others; empty: the message itself


def letter_to(business_id: BusinessId, customer: CustomerRow, told: Told) -> NewMessage:
    """The mail, rendered before any transaction is open."""
    business = businesses.by_id(business_id)
    message_id = new_id()
    locale = told.locale or customer.locale
    reader = Reader(told.email, customer.name, locale, customer.timezone)
    letter = PeopleLetter(
        letterhead=letterhead_of(business),
        reader=reader,
        event=told.event,
        by=told.by or business.name,
        link=_link(business_id, told.event, link_mark(message_id)),
        preset=told.preset,
        until=told.until,
        whom=told.whom,
    )
    return NewMessage(
        id=message_id,
        cause=f"people-{told.event}:{told.about_id}:{told.once or message_id}",
        template=TEMPLATES[PeopleLetter],
        about_kind=told.about_kind,
        about_id=told.about_id,
        customer_id=customer.id,
        recipient=told.email,
        locale=locale,
        rendered=render(letter),
        message_ref=message_ref(business_id, message_id),
        asks_for_money=False,
    )


def _link(business_id: BusinessId, event: str, mark: str) -> str:
    if event == "removed":
        return ""
    return invitation_url(business_id, mark) if event == "invited" else home_url(business_id)


def post(business_id: BusinessId, letter: NewMessage, *, at: datetime) -> None:
    """Writes it in the transaction that is open, with the job that sends it."""
    for message_id in messages.write_once(business_id, [letter], at=at):
        jobs.defer(business_id, "deliver_message", message_id=str(message_id))
