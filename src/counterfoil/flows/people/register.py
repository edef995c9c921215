"""Somebody who has no access asks for it: with the code of an invoice they get it, without one the
business decides. Whatever they type, they are told the same before their mail address is proved."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from counterfoil.domain.business import queries as businesses
from counterfoil.domain.customers import operations as customers
from counterfoil.domain.customers import queries as known
from counterfoil.domain.customers.rights import RIGHTS, ContactRight, Preset, Rights, preset_of
from counterfoil.domain.customers.rows import ContactRow, NewContact, RegistrationRow
from counterfoil.domain.customers.writing import people, registrations
from counterfoil.domain.documents import queries as documents
from counterfoil.domain.identity import operations as identity
from counterfoil.domain.insights import leavers
from counterfoil.domain.privacy import queries as privacy
from counterfoil.flows.letters.send_people import Told, letter_to, post
from counterfoil.flows.people.manage import Manager
from counterfoil.flows.people.telling import Given, tell_managers
from counterfoil.infra.db import reading, run
from counterfoil.kernel.actor import Actor
from counterfoil.kernel.errors import FieldProblem, InvalidInput, NotFound
from counterfoil.kernel.ids import BusinessId


class Came(StrEnum):
    """What came of it."""

    IN = "in"  # the code fits: they have access now
    BACK = "back"  # they had access already
    WAITING = "waiting"  # the business decides


@dataclass(frozen=True, slots=True)
class RegisterCommand:
    """What somebody typed whose mail address is proved."""

    email: str
    name: str
    number: str
    code: str


def register(
    business_id: BusinessId, command: RegisterCommand, *, at: datetime
) -> tuple[Came, UUID | None]:
    """Lets in who holds an invoice of this business, as a contact of its customer who sees and
    pays; whoever looks after that customer's people is told. Anybody else waits for the business.
    Returns what came of it, and the sign-in of who may come in; `NotFound` where the business takes
    nobody like this (any more)."""
    with reading(business_id):
        check_taken(business_id)
        customer_id = _customer_of(business_id, command)
        if customer_id is not None and leavers.left(business_id, customer_id, command.email):
            customer_id = None  # whoever was taken out does not come back without the business
        is_known = bool(known.people(business_id, command.email))
    if customer_id is None and not is_known:
        registrations.ask(
            business_id, email=command.email, name=command.name, number=command.number, at=at
        )
        return Came.WAITING, None
    user_id = identity.make_user(command.email, name=command.name)
    if customer_id is None:
        return Came.BACK, user_id
    is_new = _let_in(business_id, customer_id, command, user_id, at=at)
    return (Came.IN if is_new else Came.BACK), user_id


def check_taken(business_id: BusinessId) -> None:
    """Refuses (`NotFound`) where people can't ask for access by themselves (any more)."""
    if not businesses.by_id(business_id).takes_registrations:
        raise NotFound


def _customer_of(business_id: BusinessId, command: RegisterCommand) -> UUID | None:
    """Whose invoice has this number and carries this code; both have to be right. Nobody's, if the
    customer was erased since: the books keep other documents that name them."""
    printed = documents.document_of_code(business_id, command.code)
    typed = command.number.strip().casefold()
    if printed is None or printed.kind != "invoice" or printed.number.casefold() != typed:
        return None
    is_erased = privacy.erased_at(business_id, printed.customer_id) is not None
    return printed.customer_id if printed.is_in_force and not is_erased else None


def _let_in(
    business_id: BusinessId,
    customer_id: UUID,
    command: RegisterCommand,
    user_id: UUID,
    *,
    at: datetime,
) -> bool:
    with reading(business_id):
        customer = known.customer(business_id, customer_id)

    def work() -> bool:
        held = people.hold(business_id, customer_id)
        if any(one.email.lower() == command.email.lower() for one in held):
            return False
        made = _add(business_id, customer_id, command, RIGHTS[Preset.PAYS], at=at)
        customers.link_user(business_id, [made.id], user_id)
        for manager in held:
            if manager.may(ContactRight.PEOPLE):
                told = Told(
                    event="came",
                    about_kind="contact",
                    about_id=made.id,
                    email=manager.email,
                    locale=manager.locale,
                    by=command.email,
                    preset=Preset.PAYS,
                    once="came",
                )
                post(business_id, letter_to(business_id, customer, told), at=at)
        return True

    return run(business_id, work)


def _add(
    business_id: BusinessId,
    customer_id: UUID,
    command: RegisterCommand | RegistrationRow,
    rights: Rights,
    *,
    at: datetime,
) -> ContactRow:
    """A new contact who gets no mails until somebody says so."""
    new = NewContact(
        command.name[:120], command.email, gets_invoices=False, gets_receipts=False, rights=rights
    )
    customers.add_contacts(business_id, customer_id, [new], at=at)
    everybody = known.contacts(business_id, [customer_id])
    return next(one for one in everybody if one.email.lower() == command.email.lower())


def approve(
    business_id: BusinessId,
    registration_id: UUID,
    customer_id: UUID,
    rights: Rights,
    *,
    by: Manager,
    at: datetime,
) -> None:
    """The business lets somebody in for a customer, with these rights, and tells them and the
    customer's managers; refuses what was decided already, to give no right at all or one that is
    not theirs to give who decides, and an address that the customer has a contact with already."""
    by.check_gift(rights)
    with reading(business_id):
        customer = known.customer(business_id, customer_id)
        asked = registrations.registration(business_id, registration_id)
    user_id = identity.make_user(asked.email, name=asked.name)

    def work() -> None:
        held = people.hold(business_id, customer_id)
        if any(one.email.lower() == asked.email.lower() for one in held):
            message = "This customer has a contact with this address already."
            raise InvalidInput([FieldProblem("customer", message, code="contact_taken")])
        row = registrations.registration(business_id, registration_id, is_locked=True)
        registrations.decide(business_id, row, customer_id=customer_id, by=by.actor, at=at)
        made = _add(business_id, customer_id, row, rights, at=at)
        customers.link_user(business_id, [made.id], user_id)
        told = Told(
            event="admitted",
            about_kind="contact",
            about_id=made.id,
            email=row.email,
            locale="",
            by="",
            preset=preset_of(rights),
        )
        post(business_id, letter_to(business_id, customer, told), at=at)
        tell_managers(
            business_id, customer, held, Given(made.id, made.email, rights), by=by.actor, at=at
        )

    run(business_id, work)


def refuse(business_id: BusinessId, registration_id: UUID, *, by: Actor, at: datetime) -> None:
    """The business does not let somebody in."""

    def work() -> None:
        row = registrations.registration(business_id, registration_id, is_locked=True)
        registrations.decide(business_id, row, customer_id=None, by=by, at=at)

    run(business_id, work)
