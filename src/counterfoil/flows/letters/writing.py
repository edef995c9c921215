"""Writes mails: what is about whom, rendered for each reader, once per cause and address."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from counterfoil.domain.business import queries as businesses
from counterfoil.domain.customers.rows import ContactRow, CustomerRow
from counterfoil.domain.customers.tags import tags_of
from counterfoil.domain.identity import queries as identity
from counterfoil.domain.identity.roles import Right
from counterfoil.domain.identity.rows import MemberRow
from counterfoil.domain.notifications import operations as messages
from counterfoil.domain.notifications.letters import Letter, Reader, asks_for_money, link_mark
from counterfoil.domain.notifications.rendering import TEMPLATES, render
from counterfoil.domain.notifications.rows import NewMessage
from counterfoil.flows.addresses import balance_url, guest_url, home_url
from counterfoil.flows.letters.links import message_ref
from counterfoil.infra import jobs
from counterfoil.infra.db import run
from counterfoil.kernel.ids import BusinessId, new_id


@dataclass(frozen=True, slots=True)
class Subject:
    """What a mail is about, and whose it is."""

    cause: str
    kind: str
    id: UUID
    customer: CustomerRow
    opens: UUID | None = None  # the invoice that its link opens; None: the portal's first page


@dataclass(frozen=True, slots=True)
class Addressee:
    """Somebody who is no contact of the customer's, and is written to all the same."""

    email: str
    locale: str = ""


Compose = Callable[[Reader, str], Letter]  # from a reader and the link for them


def staff_of(business_id: BusinessId, customer_id: UUID, right: Right) -> list[MemberRow]:
    """Everyone of the staff who has the right and sees this customer; inside `reading`."""
    tags = tags_of(business_id, customer_id)
    members = identity.members(business_id)
    return [one for one in members if right in one.rights and one.sees(tags)]


def write(
    business_id: BusinessId,
    about: Subject,
    contacts: Sequence[ContactRow | Addressee],
    compose: Compose,
    *,
    at: datetime,
) -> list[UUID]:
    """Renders first, then writes messages and their jobs in one transaction."""
    new = [_message(business_id, about, contact, compose) for contact in contacts]
    return keep(business_id, new, at=at)


def write_to_staff(
    business_id: BusinessId,
    about: Subject,
    emails: Sequence[str],
    compose: Compose,
    *,
    at: datetime,
) -> list[UUID]:
    """The same to members of staff, in the language of the business: the link is theirs to say, so
    `compose` gets none."""
    business, new = businesses.by_id(business_id), []
    for email in emails:
        reader = Reader(email, about.customer.name, business.locale, business.timezone)
        new.append(_kept(business_id, about, compose(reader, ""), new_id()))
    return keep(business_id, new, at=at)


def keep(business_id: BusinessId, new: Sequence[NewMessage], *, at: datetime) -> list[UUID]:
    """Writes messages, each once per cause and address, and their jobs in one transaction; returns
    those that are new."""

    def work() -> list[UUID]:
        written = messages.write_once(business_id, new, at=at)
        arguments = [{"message_id": str(one)} for one in written]
        jobs.defer_many(business_id, "deliver_message", arguments)
        return written

    return run(business_id, work)


def _link(business_id: BusinessId, about: Subject, mark: str) -> str:
    """Where the mail leads to, with a mark in the place of the secret if there will be one."""
    if about.kind == "customer":
        return balance_url(business_id, mark)
    return guest_url(business_id, mark) if about.opens else home_url(business_id)


def _message(
    business_id: BusinessId, about: Subject, contact: ContactRow | Addressee, compose: Compose
) -> NewMessage:
    message_id = new_id()
    customer = about.customer
    reader = Reader(
        email=contact.email,
        customer_name=customer.name,
        locale=contact.locale or customer.locale,
        timezone=customer.timezone,
    )
    letter = compose(reader, _link(business_id, about, link_mark(message_id)))
    return _kept(business_id, about, letter, message_id)


def _kept(business_id: BusinessId, about: Subject, letter: Letter, message_id: UUID) -> NewMessage:
    return NewMessage(
        id=message_id,
        cause=about.cause,
        template=TEMPLATES[type(letter)],
        about_kind=about.kind,
        about_id=about.id,
        customer_id=about.customer.id,
        recipient=letter.reader.email,
        locale=letter.reader.locale,
        rendered=render(letter),
        message_ref=message_ref(business_id, message_id),
        asks_for_money=asks_for_money(letter),
    )
