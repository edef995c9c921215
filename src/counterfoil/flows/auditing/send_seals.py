"""Mails the seals of the trail to those who may read it, so that the proof lies outside.

Who can't be reached gets the last seal the next day, or the day after: it is over all before it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from counterfoil.domain.audit import operations as audit
from counterfoil.domain.audit import queries
from counterfoil.domain.audit.kinds import NoteKind
from counterfoil.domain.audit.rows import SealRow
from counterfoil.domain.business import queries as businesses
from counterfoil.domain.identity import queries as identity
from counterfoil.domain.identity.roles import Right
from counterfoil.domain.identity.rows import MemberRow
from counterfoil.domain.notifications.letters import Reader, SealsLetter
from counterfoil.flows.addresses import changes_url
from counterfoil.flows.letters import send_staff
from counterfoil.flows.letters.letterheads import letterhead_of
from counterfoil.infra.db import reading
from counterfoil.kernel.apart import each_apart
from counterfoil.kernel.errors import NotFound
from counterfoil.kernel.ids import BusinessId

MOST = 300  # more than a day has; each head is over all before it


@dataclass(frozen=True, slots=True)
class Told:
    """The newest seal that was mailed, by its number, and those who were not reached, by id."""

    number: int
    missed: tuple[str, ...]


def send_daily(business_id: BusinessId, *, at: datetime) -> int:
    """Mails what was sealed since the last mail; returns to how many. Nothing, where the business
    does not want it, or where nothing was sealed since but that a mail went; then only those get
    one whom the last did not reach. A mail that was handed over and not noted has the same
    Message-ID again that day."""
    if not businesses.by_id(business_id).mails_seals:
        return 0
    with reading(business_id):
        if queries.last_seal(business_id) is None:
            return 0
        told = _told(business_id)
        readers = _readers(business_id)
        if not queries.has_news(business_id, after=told.number):
            readers = [one for one in readers if str(one.user_id) in told.missed]
    return _send(business_id, readers, at=at) if readers else 0


def send(business_id: BusinessId, *, at: datetime) -> int:
    """Mails what was sealed since the last mail, at least the last seal, to everybody who may read
    the trail; returns to how many it was handed over. `NotFound` before the first seal."""
    with reading(business_id):
        readers = _readers(business_id)
    return _send(business_id, readers, at=at)


def _readers(business_id: BusinessId) -> list[MemberRow]:
    return [one for one in identity.members(business_id) if Right.TRAIL in one.rights]


def _send(business_id: BusinessId, readers: Sequence[MemberRow], *, at: datetime) -> int:
    """Mails them, and notes it with those who were not reached, if anybody was."""
    with reading(business_id):
        last = queries.last_seal(business_id)
        if last is None:
            raise NotFound
        first = min(_told(business_id).number + 1, last.number)
        seals = list(queries.seals(business_id, first=max(first, last.number - MOST)))
    letter = _letter(business_id, seals)

    def hand_over(email: str) -> str:
        own = replace(letter, reader=replace(letter.reader, email=email))
        send_staff.send(business_id, own, once=f"seals:{last.number}:{email}:{at:%Y-%m-%d}", at=at)
        return email

    sent = each_apart([one.email for one in readers], hand_over)
    if sent:
        missed = [str(one.user_id) for one in readers if one.email not in sent]
        facts = {"seal": last.mark} | ({"missed": " ".join(missed)} if missed else {})
        subject = f"seals:{last.number}"
        audit.note(business_id, NoteKind.SEALS_SENT, subject=subject, facts=facts, at=at)
    return len(sent)


def _told(business_id: BusinessId) -> Told:
    notes = queries.notes(business_id, kinds=[NoteKind.SEALS_SENT], limit=1)
    if not notes:
        return Told(0, ())
    number = int(notes[0].subject.partition(":")[2])
    return Told(number, tuple(str(notes[0].facts.get("missed", "")).split()))


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
