"""Who has access to a customer: added, invited, asked again, let in, changed, taken out. Whoever it
is about is told by mail, in the same transaction; what staff give is told to those who look after
the customer's people as well."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from counterfoil.domain.arrangements import operations as arrangements
from counterfoil.domain.arrangements import queries as plans
from counterfoil.domain.arrangements.rows import ScheduleRow
from counterfoil.domain.arrangements.states import ScheduleState
from counterfoil.domain.customers import operations as customers
from counterfoil.domain.customers import queries as known
from counterfoil.domain.customers.rights import Rights, preset_of, read
from counterfoil.domain.customers.rows import (
    ContactChange,
    ContactRow,
    CustomerRow,
    InvitationRow,
    NewContact,
    NewInvitation,
)
from counterfoil.domain.customers.writing import invitations, people
from counterfoil.domain.identity import operations as identity
from counterfoil.domain.identity.roles import Right
from counterfoil.domain.identity.secrets import invitation_of_secret
from counterfoil.flows.letters.send_people import INVITATION, Told, letter_to, post
from counterfoil.flows.people.telling import Given, tell_managers, told_of
from counterfoil.infra.db import reading, run
from counterfoil.kernel.actor import Actor, ActorKind
from counterfoil.kernel.errors import Conflict, NotFound
from counterfoil.kernel.ids import BusinessId


class PlansUndecided(Conflict):
    """The person has planned payments, and nobody has said what is to become of them."""

    code = "plans_undecided"
    message = "Say first what becomes of the payments that this person has planned."


@dataclass(frozen=True, slots=True)
class Manager:
    """Who changes people: a person with rights of their own, a member of staff with those of their
    role, or (neither) the business itself."""

    actor: Actor
    rights: Rights | None
    staff: frozenset[Right] | None = None

    @property
    def name(self) -> str:
        """How the person concerned is told of them; empty where the business speaks."""
        return self.actor.name if self.rights is not None else ""

    def among(self, held: list[ContactRow]) -> "Manager":
        """The same, with the rights that they have now the people are held: somebody may have taken
        them out, or given them less, since they were let in."""
        if self.actor.kind != ActorKind.CONTACT:
            return self
        mine = (read(one.rights) for one in held if str(one.id) == self.actor.ref)
        return replace(self, rights=next(mine, frozenset()))

    def check_gift(self, wanted: Rights, was: Rights = frozenset()) -> None:
        """Refuses rights that are not theirs to give to somebody who has these already."""
        if self.staff is None:
            people.check_gift(self.rights, wanted)
        else:
            people.check_staff_gift(self.staff, wanted, was=was)


@dataclass(frozen=True, slots=True)
class Joined:
    """Who has come in by an invitation."""

    contact_id: UUID
    customer_id: UUID
    user_id: UUID
    name: str


def add(
    business_id: BusinessId, customer_id: UUID, new: NewContact, *, by: Manager, at: datetime
) -> None:
    """Makes somebody a contact at once; the customer's managers are told. Refuses rights that are
    not one's own to give; one with an address that the customer has already is left as it is."""
    with reading(business_id):
        customer = known.customer(business_id, customer_id)

    def work() -> None:
        held = people.hold(business_id, customer_id)
        by.among(held).check_gift(new.rights)
        if any(one.email.lower() == new.email.lower() for one in held):
            return
        made = _made(business_id, customer_id, new, at=at)
        _tell(business_id, customer, held, Given(made.id, made.email, new.rights), by, at)

    run(business_id, work)


def _made(
    business_id: BusinessId, customer_id: UUID, new: NewContact, *, at: datetime
) -> ContactRow:
    customers.add_contacts(business_id, customer_id, [new], at=at)
    everybody = known.contacts(business_id, [customer_id])
    return next(one for one in everybody if one.email.lower() == new.email.lower())


def _tell(
    business_id: BusinessId,
    customer: CustomerRow,
    held: list[ContactRow],
    given: Given,
    by: Manager,
    at: datetime,
) -> None:
    """What staff give, the customer's managers hear of; what one of the managers gives, all see
    in the list of people."""
    if by.staff is not None:
        tell_managers(business_id, customer, held, given, by=by.actor, at=at)


def invite(business_id: BusinessId, new: NewInvitation, *, by: Manager, at: datetime) -> UUID:
    """Asks somebody to become a contact, by mail; refuses bad fields (all named), rights that are
    not one's own to give, and somebody who is there or was asked already."""
    new = invitations.clean(new)
    with reading(business_id):
        customer = known.customer(business_id, new.customer_id)

    def work() -> UUID:
        held = people.hold(business_id, new.customer_id)
        by.among(held).check_gift(new.rights)
        row = invitations.add(business_id, held, new, by=by.actor, inviter=by.name, at=at)
        _mail_invitation(business_id, customer, row, at=at)
        given = Given(row.id, row.email, new.rights, row.expires_at)
        _tell(business_id, customer, held, given, by, at)
        return row.id

    return run(business_id, work)


def _mail_invitation(
    business_id: BusinessId, customer: CustomerRow, row: InvitationRow, *, at: datetime
) -> None:
    told = Told(
        event="invited",
        about_kind=INVITATION,
        about_id=row.id,
        email=row.email,
        locale=row.locale,
        by=row.inviter,
        preset=preset_of(read(row.rights)),
        until=row.expires_at,
        once=str(row.sends),
    )
    post(business_id, letter_to(business_id, customer, told), at=at)


def send_again(
    business_id: BusinessId, customer_id: UUID, invitation_id: UUID, *, by: Manager, at: datetime
) -> InvitationRow:
    """Mails an invitation of this customer anew, with a new link that lives for its whole time;
    the link of the mail before opens nothing any more."""
    with reading(business_id):
        customer = known.customer(business_id, customer_id)

    def work() -> InvitationRow:
        held = people.hold(business_id, customer_id)
        row = _own(business_id, customer_id, invitation_id)
        by.among(held).check_gift(read(row.rights))
        row = invitations.renew(business_id, row, at=at)
        _mail_invitation(business_id, customer, row, at=at)
        return row

    return run(business_id, work)


def withdraw(
    business_id: BusinessId, customer_id: UUID, invitation_id: UUID, *, at: datetime
) -> InvitationRow:
    """Takes an invitation of this customer back: its link opens nothing any more."""

    def work() -> InvitationRow:
        row = _own(business_id, customer_id, invitation_id)
        invitations.withdraw(business_id, row, at=at)
        return row

    return run(business_id, work)


def _own(business_id: BusinessId, customer_id: UUID, invitation_id: UUID) -> InvitationRow:
    row = invitations.invitation(business_id, invitation_id, is_locked=True)
    if row.customer_id != customer_id:
        raise NotFound
    return row


def opened(
    business_id: BusinessId, token: str, *, at: datetime
) -> tuple[InvitationRow, CustomerRow]:
    """The invitation that a link opens, and whose it is; opening it changes nothing. `NotFound`
    for what is no link of this business; `InvitationOver` for one that can't be accepted."""
    found = invitation_of_secret(business_id, token)
    if found is None:
        raise NotFound
    with reading(business_id):
        row = invitations.invitation(business_id, found[0])
        customer = known.customer(business_id, row.customer_id)
    invitations.check_open(row, at=at, sends=found[1])
    return row, customer


def accept(business_id: BusinessId, token: str, *, at: datetime) -> Joined:
    """Makes a contact and a sign-in of whoever was invited, once; the link came by mail, so the
    address is theirs. Refuses as `opened` does."""
    row, _customer = opened(business_id, token, at=at)
    user_id = identity.make_user(row.email, name=row.name)

    def work() -> Joined:
        people.hold(business_id, row.customer_id)
        now = invitations.invitation(business_id, row.id, is_locked=True)
        invitations.check_open(now, at=at, sends=row.sends)
        invitations.accept(business_id, now, at=at)
        return Joined(*_admit(business_id, now, user_id, at=at), now.name or now.email)

    return run(business_id, work)


def _admit(
    business_id: BusinessId, row: InvitationRow, user_id: UUID, *, at: datetime
) -> tuple[UUID, UUID, UUID]:
    new = NewContact(
        name=row.name,
        email=row.email,
        locale=row.locale,
        gets_invoices=row.gets_invoices,
        gets_receipts=row.gets_receipts,
        rights=read(row.rights),
    )
    made = _made(business_id, row.customer_id, new, at=at)
    customers.link_user(business_id, [made.id], user_id)
    return made.id, row.customer_id, user_id


def change(
    business_id: BusinessId,
    customer_id: UUID,
    contact_id: UUID,
    wanted: ContactChange,
    *,
    by: Manager,
    at: datetime,
) -> None:
    """Changes what a person may do and which mails they get; who is not told by themselves is told
    by mail. Whom they have asked in and could not any more may not come. Refuses rights that are
    not one's own to give or take, and to leave people whom nobody looks after (`LastManager`)."""
    with reading(business_id):
        customer = known.customer(business_id, customer_id)

    def work() -> None:
        held = people.hold(business_id, customer_id)
        now = by.among(held)
        now.check_gift(wanted.rights, read(people.one_of(held, contact_id).rights))
        was = people.change(business_id, held, contact_id, wanted, own=now.rights)
        invitations.withdraw_beyond(
            business_id, customer_id, _as_actor(contact_id), wanted.rights, at=at
        )
        if read(was.rights) != wanted.rights and not _is_self(was, by):
            told = told_of("changed", was, by=by.name)
            told = replace(told, preset=preset_of(wanted.rights))
            post(business_id, letter_to(business_id, customer, told), at=at)
            given = Given(was.id, was.email, wanted.rights)
            _tell(business_id, customer, held, given, by, at)

    run(business_id, work)


def _is_self(contact: ContactRow, by: Manager) -> bool:
    return by.actor.kind == ActorKind.CONTACT and by.actor.ref == str(contact.id)


def _as_actor(contact_id: UUID) -> Actor:
    return Actor(ActorKind.CONTACT, str(contact_id))


def planned_by(business_id: BusinessId, customer_id: UUID, contact_id: UUID) -> list[ScheduleRow]:
    """The payments to come that this person has planned; inside `reading` or `run`."""
    label = _as_actor(contact_id).label
    return [one for one in plans.schedules_of(business_id, customer_id) if one.created_by == label]


def remove(
    business_id: BusinessId,
    customer_id: UUID,
    contact_id: UUID,
    *,
    decided: bool | None,
    by: Manager,
    at: datetime,
) -> int:
    """Takes a person out and tells them; whom they have asked in may not come any more. What they
    have planned is kept (`decided` is True) or cancelled (False), never dropped unseen: without a
    word on it, this refuses (`PlansUndecided`). A payment that is being charged at this moment
    goes on either way. Returns how many planned payments were cancelled. Refuses as `change`
    does."""
    with reading(business_id):
        customer = known.customer(business_id, customer_id)

    def work() -> int:
        held = people.hold(business_id, customer_id)
        was = people.remove(business_id, held, contact_id, own=by.among(held).rights)
        nothing: Rights = frozenset()
        invitations.withdraw_beyond(business_id, customer_id, _as_actor(contact_id), nothing, at=at)
        planned = planned_by(business_id, customer_id, contact_id)
        if planned and decided is None:
            raise PlansUndecided
        cancelled = [one for one in planned if one.state == ScheduleState.PLANNED and not decided]
        for one in cancelled:
            arrangements.cancel(business_id, one.id, at=at, by=by.actor)
        told = told_of("removed", was, by=by.name)
        post(business_id, letter_to(business_id, customer, told), at=at)
        return len(cancelled)

    return run(business_id, work)
