"""Writes to staff about their own work here: invitations, and what waits for a second person's
word. These mails are about no customer, so no customer's page lists them."""

from dataclasses import replace
from datetime import datetime
from uuid import NAMESPACE_OID, UUID, uuid5

from django.conf import settings

from counterfoil.domain.approvals import queries as approvals
from counterfoil.domain.approvals.deciders import deciders
from counterfoil.domain.approvals.states import ApprovalState
from counterfoil.domain.business import queries as businesses
from counterfoil.domain.business.rows import BusinessRow
from counterfoil.domain.identity import queries as identity
from counterfoil.domain.identity.secrets import joining_secret
from counterfoil.domain.identity.staffing import queries as team
from counterfoil.domain.notifications.letters import Reader, SealsLetter, StaffLetter
from counterfoil.domain.notifications.rendering import render
from counterfoil.flows.addresses import approval_url, joining_url
from counterfoil.flows.letters.letterheads import letterhead_of
from counterfoil.flows.letters.links import message_ref
from counterfoil.infra import mail
from counterfoil.infra.db import reading
from counterfoil.kernel.errors import NotFound
from counterfoil.kernel.ids import BusinessId
from counterfoil.kernel.ports.channels import OutgoingMail


def send_joining(business_id: BusinessId, invitation_id: UUID, *, at: datetime) -> bool:
    """Mails the link of an invitation; False if it was answered or withdrawn meanwhile."""
    try:
        with reading(business_id):
            row = team.invitation(business_id, invitation_id, at=at)
    except NotFound:
        return False
    business = businesses.by_id(business_id)
    letter = StaffLetter(
        letterhead=letterhead_of(business),
        reader=_reader(business, row.email),
        event="invited",
        by=row.invited_by,
        link=joining_url(business_id, joining_secret(business_id, row.id)),
        until=row.expires_at,
    )
    send(business_id, letter, once=f"invited:{row.id}", at=at)
    return True


_TOLD = {
    ApprovalState.REQUESTED: "asked",
    ApprovalState.CARRIED_OUT: "carried_out",
    ApprovalState.FAILED: "failed",
    ApprovalState.REFUSED: "refused",
    ApprovalState.EXPIRED: "expired",
}


def send_approval(business_id: BusinessId, approval_id: UUID, *, at: datetime) -> int:
    """Tells those who may decide that something waits, or who asked what became of it; returns how
    many mails went."""
    with reading(business_id):
        row = approvals.approval(business_id, approval_id)
        event = _TOLD.get(ApprovalState(row.state))
        members = identity.members(business_id)
    asker = [one for one in members if one.user_id == row.asked_by]
    readers = deciders(members, row) if event == "asked" else asker
    if event is None:
        return 0
    letter = replace(
        letter_of(
            business_id,
            event,
            by=row.asked_name if event == "asked" else row.decided_name,
            link=approval_url(business_id, row.id),
        ),
        act=row.act,
        amount=row.amount,
        about=row.called,
        note=row.reason if event == "asked" else row.note,
        until=row.expires_at,
    )
    emails = [one.email for one in readers]
    send_each(business_id, letter, emails, once=f"{event}:{row.id}", at=at)
    return len(readers)


def _reader(business: BusinessRow, email: str) -> Reader:
    return Reader(email, "", business.locale, business.timezone)


def letter_of(business_id: BusinessId, event: str, *, by: str, link: str) -> StaffLetter:
    """A letter that has no reader yet."""
    business = businesses.by_id(business_id)
    head, nobody = letterhead_of(business), _reader(business, "")
    return StaffLetter(letterhead=head, reader=nobody, event=event, by=by, link=link)


def send_each(
    business_id: BusinessId, letter: StaffLetter, emails: list[str], *, once: str, at: datetime
) -> None:
    """The letter to each of these; `once` and the address make its Message-ID."""
    for email in emails:
        own = replace(letter, reader=replace(letter.reader, email=email))
        send(business_id, own, once=f"{once}:{email}", at=at)


def send(
    business_id: BusinessId, letter: StaffLetter | SealsLetter, *, once: str, at: datetime
) -> None:
    """Hands the letter to the channel, under the same Message-ID at every try."""
    business, rendered = businesses.by_id(business_id), render(letter)
    mail.send(
        OutgoingMail(
            ref=message_ref(business_id, uuid5(NAMESPACE_OID, f"{business_id}:{once}")),
            sender=settings.MAIL_FROM,
            sender_name=business.name,
            recipient=letter.reader.email,
            subject=rendered.subject,
            text=rendered.text,
            html=rendered.html,
            reply_to=business.email,
            at=at,
        )
    )
