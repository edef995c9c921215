"""Somebody tries stolen cards on the pay page: noticed by how often it is declined, slowed down
more and more, then shut out of that link, while staff are told once.

Honest payers try again three or four times: nothing happens to them. After that a minute lies
between tries, then their browser has some sums to do before each (or they ask for a code by mail),
and in the end paying by that link is off until staff switch it on again; people who signed in may
still pay. While the whole business is tried, guests do the sums from the first try on.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from counterfoil.domain.identity import operations as identity
from counterfoil.domain.notifications import alarms
from counterfoil.domain.notifications.states import AlarmKind
from counterfoil.domain.payments.rows import AttemptRow
from counterfoil.infra import jobs
from counterfoil.infra.db import run
from counterfoil.infra.limits import (
    ALARM_MAILS,
    ALARM_ON,
    BUSINESS_DECLINES,
    BUSINESS_TRIES,
    CARD_FLAGGED,
    CHALLENGE,
    DECLINES,
    DECLINES_FROM,
    DECLINES_OF_CARD,
    DECLINES_OF_LINK,
    PASSED,
    PAUSE,
    PAY_TRIES,
    PAY_TRIES_FROM,
    Limit,
    counts,
    forgive,
    knock,
    raise_flag,
)
from counterfoil.kernel.actor import Actor
from counterfoil.kernel.ids import BusinessId

RATIO_PERCENT: Final = 60  # of the tries at a business: with so many declined it is under attack
BITS_LEAST, BITS_MOST = 14, 19  # of the sums: each bit doubles them


@dataclass(frozen=True, slots=True)
class Payer:
    """Who pays, as far as it can be told: `who` is the link or the person."""

    business_id: BusinessId
    who: str
    network: str
    link_id: UUID | None = None
    is_locked: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a try may be made now: not by this link any more, only in so many seconds, or only
    after sums of so many bits."""

    is_locked: bool = False
    wait_seconds: int | None = None
    bits: int = 0

    @property
    def may_try(self) -> bool:
        """Whether nothing stands in the way."""
        return not self.is_locked and self.wait_seconds is None and not self.bits


def judge(payer: Payer, *, prove: Callable[[int], bool], at: datetime) -> Verdict:
    """What stands between this payer and a try; counts the try. `prove` says whether a challenge
    of so many bits was solved, and is asked only where it matters, for a solution is good once.
    Nothing is charged here."""
    if payer.is_locked:
        return Verdict(is_locked=True)
    own = _own(payer)
    wait = _too_often(PAY_TRIES, own, at) or _too_often(PAY_TRIES_FROM, payer.network, at)
    if wait is not None:
        return Verdict(wait_seconds=wait)
    knock(BUSINESS_TRIES, payer.business_id, at=at)
    asked: list[tuple[Limit, object]] = [
        (DECLINES, own),
        (DECLINES_FROM, payer.network or "unknown"),
        (CARD_FLAGGED, own),
        (ALARM_ON, payer.business_id),
        (PASSED, own),
        (PAUSE, own),
    ]
    declines, declines_from, flags, alarm, passed, paused = counts(asked, at=at)
    is_near = not declines_from.remaining
    is_slow = not declines.remaining or is_near
    if is_slow and not paused.remaining:
        return Verdict(wait_seconds=paused.seconds_left)
    is_much = declines.count >= CHALLENGE.most or is_near
    is_asked = is_much or flags.count or (alarm.count and payer.link_id)
    bits = min(BITS_MOST, BITS_LEAST + declines.count // 2)
    if is_asked and not passed.count and not prove(bits):
        return Verdict(bits=bits)
    if is_slow:
        knock(PAUSE, own, at=at)
    return Verdict()


def pass_by_code(payer: Payer, *, at: datetime) -> None:
    """The payer typed the code that was mailed: no sums for a while."""
    raise_flag(PASSED, _own(payer), at=at)


def note_declined(payer: Payer, attempt: AttemptRow | None = None, *, at: datetime) -> None:
    """Counts a decline by everything that it can be told by; locks the link and sounds the alarm
    where it is too many. Without a payment it is a card that was to be saved: no gateway says which
    card it refused to keep."""
    own, business_id = _own(payer), payer.business_id
    knock(DECLINES, own, at=at)
    if payer.network:
        knock(DECLINES_FROM, payer.network, at=at)
    card = _card(attempt) if attempt else ""
    if card and knock(DECLINES_OF_CARD, business_id, card, at=at).wait is not None:
        raise_flag(CARD_FLAGGED, own, at=at)
    if payer.link_id is not None:
        of_link = knock(DECLINES_OF_LINK, business_id, payer.link_id, at=at)
        if of_link.remaining == 0:
            _lock(payer, payer.link_id, of_link.count, at=at)
    declined = knock(BUSINESS_DECLINES, business_id, at=at).count
    (tries,) = counts([(BUSINESS_TRIES, business_id)], at=at)
    if declined >= BUSINESS_DECLINES.most and declined * 100 >= tries.count * RATIO_PERCENT:
        _alarm(business_id, declined, tries.count, at=at)


def look_at_alarm(
    business_id: BusinessId, alarm_id: UUID, *, at: datetime, by: Actor
) -> alarms.AlarmRow:
    """A member of staff has looked at an alarm; a link that was locked takes payments again, in
    the same transaction. `NotFound` if it was off already."""

    def work() -> alarms.AlarmRow:
        row = alarms.look_at(business_id, alarm_id, at=at, by=by)
        if row.kind == AlarmKind.LINK_LOCKED:
            _unlock(business_id, UUID(row.subject))
        return row

    return run(business_id, work)


def unlock(
    business_id: BusinessId, link_id: UUID, *, customer_id: UUID, at: datetime, by: Actor
) -> bool:
    """Staff let people pay by a link of this customer again, whether its alarm is there or not.
    False if there is none by which they could not."""

    def work() -> bool:
        if not _unlock(business_id, link_id, customer_id=customer_id):
            return False
        alarms.look_at_subject(business_id, AlarmKind.LINK_LOCKED, str(link_id), at=at, by=by)
        return True

    return run(business_id, work)


def _unlock(business_id: BusinessId, link_id: UUID, *, customer_id: UUID | None = None) -> bool:
    """Its declines are forgotten, or the next one would lock it again."""
    is_open = identity.unlock_paying(business_id, link_id, customer_id=customer_id)
    if is_open:
        forgive(DECLINES_OF_LINK.key(business_id, link_id))
    return is_open


def _own(payer: Payer) -> str:
    return f"{payer.business_id}:{payer.who}"


def _too_often(limit: Limit, who: str, at: datetime) -> int | None:
    return knock(limit, who, at=at).wait if who else None


def _card(attempt: AttemptRow) -> str:
    """What a card is told by, here: the mark of its gateway's own fingerprint; where a gateway
    tells none, by all that may be shown of it."""
    if attempt.instrument_mark:
        return f"{attempt.gateway_account_id}:{attempt.instrument_mark}"
    if not attempt.instrument_last4:
        return ""
    return f"{attempt.instrument_kind}:{attempt.instrument_brand}:{attempt.instrument_last4}"


def _lock(payer: Payer, link_id: UUID, declines: int, *, at: datetime) -> None:
    business_id = payer.business_id

    def work() -> None:
        if identity.lock_paying(business_id, link_id, at=at):
            detail = f"{declines} declines, last from {payer.network or 'an unknown address'}"
            alarms.sound(business_id, AlarmKind.LINK_LOCKED, str(link_id), detail=detail, at=at)

    run(business_id, work)


def _alarm(business_id: BusinessId, declined: int, tries: int, *, at: datetime) -> None:
    """The work list tells of it at once, and the owners get one mail in hours."""
    raise_flag(ALARM_ON, business_id, at=at)
    is_told = knock(ALARM_MAILS, business_id, at=at).wait is not None

    def work() -> None:
        detail = f"{declined} of {tries} tries were declined within ten minutes"
        alarms.sound(business_id, AlarmKind.CARD_TESTING, "pay page", detail=detail, at=at)
        if not is_told:
            jobs.defer(business_id, "send_alarm", at=at.isoformat())

    run(business_id, work)
