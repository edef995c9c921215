"""Mails the seals of the trail to those who may read it, so that the proof lies outside."""

from dataclasses import replace
from datetime import datetime

from counterfoil.domain.audit import operations as audit
from counterfoil.domain.audit import queries
from counterfoil.domain.audit.kinds import NoteKind
from counterfoil.domain.audit.rows import SealRow
from counterfoil.domain.business import queries as businesses
from counterfoil.domain.identity import queries as identity
from counterfoil.domain.identity.roles import Right
from counterfoil.domain.notifications.letters import Reader, SealsLetter
from counterfoil.flows.addresses import changes_url
from counterfoil.flows.letters import send_staff
from counterfoil.flows.letters.letterheads import letterhead_of
from counterfoil.infra.db import reading
from counterfoil.kernel.apart import each_apart
from counterfoil.kernel.errors import NotFound
from counterfoil.kernel.ids import BusinessId

MOST = 300  # more than a day has; each head is over all before it


def send_daily(business_id: BusinessId, *, at: datetime) -> int:
    """Mails what was sealed since the last mail; returns to how many. Nothing, where the business
    does not want it or nothing was sealed since. What could not be handed over has its turn the
    next day; a mail that was handed over and not noted has the same Message-ID again."""
    if not businesses.by_id(business_id).mails_seals:
        return 0
    with reading(business_id):
        last = queries.last_seal(business_id)
        is_told = last is not None and _told(business_id) >= last.number
    return 0 if last is None or is_told else send(business_id, at=at)


def send(business_id: BusinessId, *, at: datetime) -> int:
    """Mails what was sealed since the last mail, at least the last seal; returns to how many."""
    with reading(business_id):
        last = queries.last_seal(business_id)
        if last is None:
            raise NotFound
        first = min(_told(business_id) + 1, last.number)
        seals = list(queries.seals(business_id, first=max(first, last.number - MOST)))
        readers = [one for one in identity.members(business_id) if Right.TRAIL in one.rights]
    letter = _letter(business_id, seals)

    def hand_over(email: str) -> str:
        own = replace(letter, reader=replace(letter.reader, email=email))
        send_staff.send(business_id, own, once=f"seals:{last.number}:{email}:{at:%Y-%m-%d}", at=at)
        return email

    sent = each_apart([one.email for one in readers], hand_over)
    if sent:
        subject, facts = f"seals:{last.number}", {"seal": last.mark}
        audit.note(business_id, NoteKind.SEALS_SENT, subject=subject, facts=facts, at=at)
    return len(sent)


def _told(business_id: BusinessId) -> int:
    """The number of the newest seal that was mailed."""
    notes = queries.notes(business_id, kinds=[NoteKind.SEALS_SENT], limit=1)
    return int(notes[0].subject.partition(":")[2]) if notes else 0


def _letter(business_id: BusinessId, seals: list[SealRow]) -> SealsLetter:
    business = businesses.by_id(business_id)
    try:
        link = changes_url(business_id)
    except NotFound:  # a business that is reached by its API only
        link = ""
    return SealsLetter(
        letterhead=letterhead_of(business),
        reader=Reader("", "", business.locale, business.timezone),
        business=business.slug,
        mark=seals[-1].mark,
        sealed_at=seals[-1].sealed_at,
        rows=sum(one.count for one in seals),
        earlier=tuple(one.mark for one in reversed(seals[:-1])),
        link=link,
    )
