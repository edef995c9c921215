"""The writer of invitations: asked, asked again, withdrawn, accepted once."""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import F

from counterfoil.domain.customers.checks import LOCALES, is_email, one_line
from counterfoil.domain.customers.models import Invitation
from counterfoil.domain.customers.rights import Rights, kept, may_give, read
from counterfoil.domain.customers.rows import ContactRow, InvitationRow, NewInvitation
from counterfoil.infra.db import held_by, operation
from counterfoil.kernel.actor import Actor
from counterfoil.kernel.errors import Conflict, FieldProblem, InvalidInput, NotFound
from counterfoil.kernel.ids import BusinessId, new_id

LIFE = timedelta(days=14)
NAME_MAX = 120
_EMAIL_MAX = 254
_FIELDS = list(InvitationRow.__slots__)


@held_by("customers_one_open_invitation")
class InvitedAlready(Conflict):
    """One invitation a person and customer at a time."""

    code = "invited_already"
    message = "This person was invited already. Send that invitation again, or withdraw it."


class InvitationOver(Conflict):
    """It was accepted, withdrawn or sent anew, or its time is over; `why` says which."""

    code = "invitation_over"
    message = "This invitation can't be used any more."

    def __init__(self, why: str) -> None:
        super().__init__(why=why)
        self.why = why


def clean(new: NewInvitation) -> NewInvitation:
    """The same as it may be kept; refuses what is no mail address or too long, all at once."""
    new = replace(new, name=one_line(new.name), email=one_line(new.email).lower())
    problems = []
    if not is_email(new.email) or len(new.email) > _EMAIL_MAX:
        message = "This is not a mail address."
        problems.append(FieldProblem("email", message, code="not_an_email"))
    if len(new.name) > NAME_MAX:
        message = f"At most {NAME_MAX} characters."
        problems.append(FieldProblem("name", message, code="too_long", most=NAME_MAX))
    if new.locale not in LOCALES:
        problems.append(FieldProblem("locale", "Unknown language.", code="unknown_locale"))
    if problems:
        raise InvalidInput(problems)
    return new


@operation
def add(
    business_id: BusinessId,
    people: list[ContactRow],
    new: NewInvitation,
    *,
    by: Actor,
    inviter: str,
    at: datetime,
) -> InvitationRow:
    """Writes an invitation that was cleaned; refuses somebody who is there already, and one who
    was asked already (`InvitedAlready`). `people` are the customer's, held."""
    if new.email in {one.email.lower() for one in people}:
        message = "This customer has a contact with this address already."
        raise InvalidInput([FieldProblem("email", message, code="contact_taken")])
    made = Invitation.objects.create(
        business_id=business_id,
        id=new_id(),
        customer_id=new.customer_id,
        name=new.name,
        email=new.email,
        locale=new.locale,
        rights=kept(new.rights),
        gets_invoices=new.gets_invoices,
        gets_receipts=new.gets_receipts,
        invited_by=by.label[:120],
        inviter=inviter[:200],
        created_at=at,
        sent_at=at,
        expires_at=at + LIFE,
    )
    return InvitationRow(**{name: getattr(made, name) for name in _FIELDS})


def invitations(business_id: BusinessId, customer_id: UUID) -> list[InvitationRow]:
    """Those of a customer that wait for an answer, expired ones included, the newest first."""
    rows = Invitation.objects.for_business(business_id).filter(
        customer_id=customer_id, accepted_at__isnull=True, withdrawn_at__isnull=True
    )
    return [InvitationRow(**one) for one in rows.order_by("-id").values(*_FIELDS)]


def invitation(
    business_id: BusinessId, invitation_id: UUID, *, is_locked: bool = False
) -> InvitationRow:
    """One invitation, or `NotFound`."""
    rows = Invitation.objects.for_business(business_id).filter(id=invitation_id)
    found = (rows.select_for_update() if is_locked else rows).values(*_FIELDS).first()
    if found is None:
        raise NotFound
    return InvitationRow(**found)


def check_open(row: InvitationRow, *, at: datetime, sends: int | None = None) -> None:
    """Refuses (`InvitationOver`) one that can't be accepted any more; with `sends`, also the link
    of an earlier mail."""
    if row.accepted_at is not None:
        raise InvitationOver("accepted")
    if row.withdrawn_at is not None:
        raise InvitationOver("withdrawn")
    if sends is not None and sends != row.sends:
        raise InvitationOver("newer")
    if row.expires_at <= at:
        raise InvitationOver("expired")


@operation
def renew(business_id: BusinessId, row: InvitationRow, *, at: datetime) -> InvitationRow:
    """Is sent again, and lives anew; the link of the mail before opens nothing any more."""
    _end(row)
    rows = Invitation.objects.for_business(business_id).filter(id=row.id)
    rows.update(sent_at=at, expires_at=at + LIFE, sends=F("sends") + 1)
    return invitation(business_id, row.id)


@operation
def withdraw(business_id: BusinessId, row: InvitationRow, *, at: datetime) -> None:
    """Its link opens nothing any more."""
    _end(row)
    Invitation.objects.for_business(business_id).filter(id=row.id).update(withdrawn_at=at)


@operation
def withdraw_beyond(
    business_id: BusinessId, customer_id: UUID, by: Actor, left: Rights, *, at: datetime
) -> None:
    """Withdraws each that somebody has sent for this customer and could not send any more, with
    the rights that are left to them: none, for who was taken out."""
    for row in invitations(business_id, customer_id):
        if row.invited_by == by.label and not may_give(left, read(row.rights)):
            withdraw(business_id, row, at=at)


@operation
def accept(business_id: BusinessId, row: InvitationRow, *, at: datetime) -> None:
    """It has made a contact."""
    check_open(row, at=at)
    Invitation.objects.for_business(business_id).filter(id=row.id).update(accepted_at=at)


def _end(row: InvitationRow) -> None:
    if not row.is_open:
        raise InvitationOver("accepted" if row.accepted_at else "withdrawn")
