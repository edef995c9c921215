"""Tells those who look after a customer's people what the business's staff did there."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from counterfoil.domain.customers.rights import ContactRight, Rights, preset_of
from counterfoil.domain.customers.rows import ContactRow, CustomerRow
from counterfoil.flows.letters.send_people import INVITATION, Told, letter_to, post
from counterfoil.kernel.actor import Actor
from counterfoil.kernel.ids import BusinessId


@dataclass(frozen=True, slots=True)
class Given:
    """Who was given which rights: a contact, or, with `until`, somebody whose invitation can be
    accepted so long."""

    id: UUID
    email: str
    rights: Rights
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Looked:
    """Who of the staff looked, and why."""

    id: UUID
    by: Actor
    reason: str


def told_of(event: str, reader: ContactRow, *, by: str) -> Told:
    """What happened, to a person of the customer who reads of it under their own address."""
    return Told(
        event=event,
        about_kind="contact",
        about_id=reader.id,
        email=reader.email,
        locale=reader.locale,
        by=by,
    )


def tell_managers(
    business_id: BusinessId,
    customer: CustomerRow,
    people: Iterable[ContactRow],
    given: Given,
    *,
    by: Actor,
    at: datetime,
) -> None:
    """Mails each of the people who looks after the others, except the one it is about: who was
    given access by which member of staff, with which rights. Joins the transaction that is
    open."""
    event = "offered" if given.until else "given"
    for one in people:
        if one.may(ContactRight.PEOPLE) and one.id != given.id:
            told = replace(
                told_of(event, one, by=by.name),
                about_kind=INVITATION if given.until else "contact",
                about_id=given.id,
                whom=given.email,
                preset=preset_of(given.rights),
                until=given.until,
            )
            post(business_id, letter_to(business_id, customer, told), at=at)


def tell_of_look(
    business_id: BusinessId,
    customer: CustomerRow,
    people: Iterable[ContactRow],
    look: Looked,
    *,
    at: datetime,
) -> None:
    """Mails each of the people who looks after the others that a member of staff sees the portal as
    they do, when, and why. Joins the transaction that is open."""
    for one in people:
        if one.may(ContactRight.PEOPLE):
            told = told_of("looked", one, by=look.by.name)
            told = replace(told, whom=look.reason, until=at, once=str(look.id))
            post(business_id, letter_to(business_id, customer, told), at=at)
