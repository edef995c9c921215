"""The daily comparison: a gateway's own list against our books, whatever became of the events.

What is ours and not booked is booked at once, by the one door that events take. What is not ours,
or contradicts the books, waits for a person.
"""

import logging
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from uuid import UUID

from counterfoil.domain.payments import queries as payments
from counterfoil.domain.payments.outcomes import AttemptOutcome
from counterfoil.domain.payments.rows import Account, AttemptRow
from counterfoil.domain.payments.states import AttemptState
from counterfoil.domain.reconciliation import discrepancies
from counterfoil.domain.reconciliation.discrepancies import Difference, NewDiscrepancy
from counterfoil.flows.aftermath.compare_refunds import (
    Report,
    compare_chargebacks,
    compare_refunds,
)
from counterfoil.flows.debits.pay_again import pay_again
from counterfoil.flows.gateways import listing_of, look_up, offers
from counterfoil.flows.settle_payment import is_second_charge, settle
from counterfoil.infra.db import outside_transaction, reading, run
from counterfoil.kernel import clock
from counterfoil.kernel.actor import SYSTEM
from counterfoil.kernel.apart import each_apart
from counterfoil.kernel.errors import NotFound, Unavailable
from counterfoil.kernel.ids import BusinessId, decode, encode
from counterfoil.kernel.money import Money
from counterfoil.kernel.ports.gateways.capabilities import Capability
from counterfoil.kernel.ports.gateways.charges import Outcome
from counterfoil.kernel.ports.gateways.listing import Listed
from counterfoil.kernel.ports.gateways.outcomes import Result

_log = logging.getLogger(__name__)

FIRST_LOOK = timedelta(days=30)
OVERLAP = timedelta(days=3)  # what was listed may have moved on since
CLOCKS_APART = timedelta(days=366)  # a gateway's clock may be ahead of ours
YOUNG = timedelta(hours=1)  # it may not be on their list yet
AT_ONCE = 500  # settled in one transaction
LOOK_UPS_MAX = 200  # asked about by name in one comparison; the cursor waits for the rest
LISTED_WITHIN = timedelta(minutes=10)  # a list that takes longer is read the next time
LOOKED_UP_WITHIN = timedelta(minutes=1)
_ARRIVED = frozenset({AttemptState.SUCCEEDED, AttemptState.RETURNED})
_THEIRS = frozenset({Result.SUCCEEDED, Result.RETURNED})
DEFINITE = _THEIRS | {Result.FAILED, Result.CANCELLED}
AGREED = frozenset(
    {
        (AttemptState.SUCCEEDED.value, Result.SUCCEEDED),
        (AttemptState.RETURNED.value, Result.RETURNED),
        (AttemptState.FAILED.value, Result.FAILED),
        (AttemptState.CANCELLED.value, Result.CANCELLED),
    }
)


def compare_all(business_id: BusinessId, *, at: datetime) -> int:
    """Compares every gateway account that can list; returns how many differences are new. One
    that can't be asked now is compared next time, from where the last comparison ended."""
    with reading(business_id):
        accounts = payments.gateway_accounts(business_id)
    return sum(each_apart(accounts, lambda account: compare(business_id, account, at=at)))


def compare(business_id: BusinessId, account: Account, *, at: datetime) -> int:
    """Compares one account since the last time, and a little before. The cursor moves only with
    what was found: a crash repeats, and finds the same once."""
    if not offers(account.kind, Capability.LISTING):
        return 0
    since = begin_comparing(business_id, account, at=at) - OVERLAP
    listed = read_list(account, since, at + CLOCKS_APART)
    report = Report()
    charges = [one for one in listed if isinstance(one.fact, Outcome)]
    _compare_charges(business_id, account, charges, report, at=at)
    _settle(business_id, report, at=at)
    compare_refunds(business_id, account, listed, report, at=at)
    compare_chargebacks(business_id, account, listed, report, at=at)
    asked_until = _compare_ours(business_id, account, charges, report, since=since, at=at)
    newest = max([one.created_at for one in listed], default=since)
    newest = asked_until or newest

    def work() -> int:
        return discrepancies.note_compared(
            business_id, account.id, report.found, agreed=report.agreed, until=newest, at=at
        )

    return run(business_id, work)


def begin_comparing(business_id: BusinessId, account: Account, *, at: datetime) -> datetime:
    """Until when it was compared, or when that is to begin."""

    def work() -> datetime:
        until = discrepancies.compared_until(business_id, account.id)
        if until is None:
            until = at - FIRST_LOOK
            discrepancies.begin_comparing(business_id, account.id, until=until, at=at)
        return until

    return run(business_id, work)


@outside_transaction
def read_list(account: Account, since: datetime, until: datetime) -> list[Listed]:
    """The gateway's own list of that time; `Unavailable` if it can't be read, or takes too long."""
    is_over, rows = clock.turn(LISTED_WITHIN), []
    for one in listing_of(account.kind).listed(account.opened, since=since, until=until):
        rows.append(one)
        if is_over():
            raise Unavailable("The gateway takes too long to list what happened there.")
    listed = [one for one in rows if isinstance(one, Listed)]
    if len(listed) < len(rows):
        _log.warning(
            "%s rows of the list of %s can't be read; none of them names a payment of ours",
            len(rows) - len(listed),
            account.opened.name,
        )
    return listed


def _compare_charges(
    business_id: BusinessId,
    account: Account,
    listed: Sequence[Listed],
    report: Report,
    *,
    at: datetime,
) -> None:
    """What a list calls failed and the books have arrived is asked about by name first, so many at
    most: some lists do not tell a late failure from one that never brought anything."""
    named = {_decoded(_charge(one).reference) for one in listed} - {None}
    refs = [_charge(one).gateway_ref for one in listed]
    with reading(business_id):
        known = payments.attempts_of_charges(business_id, account.id, refs)
        ids = sorted({*known, *(one for one in named if one)})
        attempts = payments.attempts(business_id, ids)
    by_charge = {one.gateway_ref: one for one in attempts.values() if one.gateway_ref}
    contradicting: list[tuple[Listed, AttemptRow]] = []
    for one in listed:
        fact = _charge(one)
        found = by_charge.get(fact.gateway_ref) or attempts.get(
            _decoded(fact.reference) or UUID(int=0)
        )
        if found is not None and found.gateway_account_id != account.id:
            found = None
        if found is not None and found.state in _ARRIVED and fact.result not in _THEIRS:
            contradicting.append((one, found))
        else:
            _compare_charge(one, fact, found, report)
    is_over = clock.turn(LOOKED_UP_WITHIN)
    for number, (one, found) in enumerate(contradicting):
        may_ask = number < LOOK_UPS_MAX and not is_over()
        told = _looked_up(account, found) if may_ask else None
        fact = told if told is not None and told.result in DEFINITE else _charge(one)
        _compare_charge(one, fact, found, report)


def _compare_charge(
    listed: Listed, fact: Outcome, attempt: AttemptRow | None, report: Report
) -> None:
    theirs = fact.result in _THEIRS
    if attempt is None:
        if theirs and fact.amount:
            report.found.append(_difference(Difference.UNKNOWN_CHARGE, listed, fact, None))
        return
    if theirs and is_second_charge(attempt, fact):
        report.found.append(_difference(Difference.UNKNOWN_CHARGE, listed, fact, None))
    elif theirs and fact.amount != attempt.amount:
        report.found.append(_difference(Difference.AMOUNT_DIFFERS, listed, fact, attempt))
    elif not theirs and attempt.state in _ARRIVED:
        report.found.append(_difference(Difference.STATE_DIFFERS, listed, fact, attempt))
    elif (attempt.state, fact.result) in AGREED:
        report.agreed.append(fact.gateway_ref)
    elif theirs or attempt.id not in report.to_settle:  # money that moved is the later word
        report.to_settle[attempt.id] = (listed, fact, attempt)


def _settle(business_id: BusinessId, report: Report, *, at: datetime) -> None:
    """What their list knows better than the books, by the one door, many at once. What the door
    does not believe still differs."""
    waiting = list(report.to_settle.values())
    for start in range(0, len(waiting), AT_ONCE):
        chunk = waiting[start : start + AT_ONCE]
        outcomes = [AttemptOutcome(attempt.id, fact) for _, fact, attempt in chunk]
        changed = {one.attempt_id for one in settle(business_id, outcomes, at=at, by=SYSTEM)}
        changed |= _paid_again(business_id, chunk, at=at)
        with reading(business_id):
            now = payments.attempts(business_id, [attempt.id for _, _, attempt in chunk])
        for listed, fact, attempt in chunk:
            theirs = fact.result in _THEIRS
            if attempt.id in changed and theirs:
                report.found.append(_difference(Difference.FOUND, listed, fact, attempt))
            elif (now[attempt.id].state, fact.result) in AGREED:
                report.agreed.append(fact.gateway_ref)
            elif theirs:
                differs = _difference(Difference.STATE_DIFFERS, listed, fact, now[attempt.id])
                report.found.append(differs)


def _paid_again(
    business_id: BusinessId, rows: Sequence[tuple[Listed, Outcome, AttemptRow]], *, at: datetime
) -> set[UUID]:
    """Debits that came back and that the list has as paid: each is asked about by name. What its
    gateway does not say then waits for a person."""
    undone, is_over = set(), clock.turn(LOOKED_UP_WITHIN)
    for _, fact, attempt in rows:
        is_paid = (attempt.state, fact.result) == (AttemptState.RETURNED, Result.SUCCEEDED)
        if not is_paid or is_over():
            continue
        with suppress(Unavailable):
            if pay_again(business_id, attempt.id, at=at, by=SYSTEM):
                undone.add(attempt.id)
    return undone


def _compare_ours(
    business_id: BusinessId,
    account: Account,
    listed: Sequence[Listed],
    report: Report,
    *,
    since: datetime,
    at: datetime,
) -> datetime | None:
    """The other way round: what the books have arrived and the list lacks is asked about by name,
    so many at most; only a definite no is a difference. Returns until when it asked, where that
    was not all."""
    there = {_charge(one).reference for one in listed} | {
        _charge(one).gateway_ref for one in listed
    }
    with reading(business_id):
        ours = payments.arrived_at(business_id, account.id, since=since + OVERLAP, until=at - YOUNG)
    lacking = sorted(
        (
            one
            for one in ours
            if encode("pay", one.id) not in there and one.gateway_ref not in there
        ),
        key=lambda one: one.finished_at or one.created_at,
    )
    asked, is_over = 0, clock.turn(LOOKED_UP_WITHIN)
    for attempt in lacking[:LOOK_UPS_MAX]:
        if is_over():
            break
        asked += 1
        outcome = _looked_up(account, attempt)
        if outcome is not None and outcome.result == Result.ABSENT:
            report.found.append(
                NewDiscrepancy(
                    kind=Difference.MISSING_THERE,
                    ref=attempt.gateway_ref or encode("pay", attempt.id),
                    amount=attempt.amount,
                    occurred_at=attempt.finished_at or attempt.created_at,
                    reference=encode("pay", attempt.id),
                    ours=attempt.state,
                    attempt_id=attempt.id,
                )
            )
    if asked == len(lacking):
        return None
    first, last = (
        one.finished_at or one.created_at for one in (lacking[0], lacking[max(asked, 1) - 1])
    )
    return last if last > first else None  # many of one moment: they would be asked for ever


def _looked_up(account: Account, attempt: AttemptRow) -> Outcome | None:
    try:
        return look_up(account, attempt)
    except Unavailable:
        return None


def _difference(
    kind: Difference, listed: Listed, fact: Outcome, attempt: AttemptRow | None
) -> NewDiscrepancy:
    amount = fact.amount or (attempt.amount if attempt else Money(0, "EUR"))
    return NewDiscrepancy(
        kind=kind,
        ref=fact.gateway_ref,
        amount=amount,
        occurred_at=listed.created_at,
        reference=fact.reference,
        charge=fact.gateway_ref,
        theirs=fact.result.value,
        ours=attempt.state if attempt else "",
        attempt_id=attempt.id if attempt else None,
        instrument=fact.instrument,
    )


def _charge(listed: Listed) -> Outcome:
    assert isinstance(listed.fact, Outcome)
    return listed.fact


def _decoded(reference: str) -> UUID | None:
    try:
        return decode("pay", reference)
    except NotFound:
        return None
