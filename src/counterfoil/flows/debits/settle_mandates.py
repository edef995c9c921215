"""The one door for mandates: what anybody knows of them becomes true here."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from counterfoil.domain.payments import mandates, queries
from counterfoil.domain.payments.mandate_outcomes import (
    MandateChange,
    MandateTold,
    end_by_code,
    judge_mandates,
)
from counterfoil.domain.payments.outcomes import AttemptOutcome, Change
from counterfoil.domain.payments.states import MandateState
from counterfoil.infra.db import run
from counterfoil.infra.outbox import Happened, follow
from counterfoil.kernel.actor import Actor
from counterfoil.kernel.ids import BusinessId, encode
from counterfoil.kernel.ports.gateways.mandates import MandateOutcome

_EVENTS = {
    MandateState.ACTIVE: "mandate.activated",
    MandateState.FAILED: "mandate.failed",
    MandateState.REVOKED: "mandate.revoked",
    MandateState.EXPIRED: "mandate.expired",
}


def settle_mandates(
    business_id: BusinessId, told: Sequence[MandateTold], *, at: datetime, by: Actor
) -> list[MandateChange]:
    """Records what is told of mandates and tells the outbox. Safe to call twice, from any road:
    only the first change has an effect. Returns what changed."""
    return run(
        business_id, lambda: settle_mandates_with(business_id, told, at=at, by=by), is_small=True
    )


def settle_mandates_with(
    business_id: BusinessId, told: Sequence[MandateTold], *, at: datetime, by: Actor
) -> list[MandateChange]:
    """The same door from inside an open `run`."""
    held = mandates.lock_mandates(business_id, [one.mandate_id for one in told])
    changes = judge_mandates(held, told, at=at)
    told_of = [(one.mandate.id, _told(one)) for one in changes if one.target in _EVENTS]
    events = [event for _, event in told_of]
    mandates.record_mandates(business_id, changes, at=at, by=by, telling=events)
    waited_for = [  # a payment goes on with it, or ends
        event for one, event in told_of if queries.attempts_waiting_for(business_id, one)
    ]
    follow(business_id, waited_for)
    return changes


def end_mandates_of_returns(
    business_id: BusinessId, changes: Sequence[Change], *, at: datetime, by: Actor
) -> None:
    """Ends the mandates of debits that came back with a code that says so, inside the settling of
    the debits; the gateway is told of it by the next sweep, if it did not say so itself."""
    told = []
    for change in changes:
        ended = end_by_code(change.attempt.bank_code)
        if ended is not None and change.attempt.mandate_id is not None:
            outcome = MandateOutcome("", ended, reason=change.attempt.bank_code)
            told.append(MandateTold(change.attempt.mandate_id, outcome))
    if not told:
        return
    for one in settle_mandates_with(business_id, told, at=at, by=by):
        mandates.plan_mandate_check(business_id, one.mandate.id, next_check_at=at)


def note_sources(
    business_id: BusinessId, changes: Sequence[Change], outcomes: Sequence[AttemptOutcome]
) -> None:
    """Remembers by what a gateway can debit the account again, where a debit has told it."""
    saved = {one.attempt_id: one.outcome.saved for one in outcomes if one.outcome.saved}
    sources: dict[UUID, str] = {}
    for change in changes:
        told, mandate_id = saved.get(change.attempt.id), change.attempt.mandate_id
        if told is not None and mandate_id is not None:
            sources[mandate_id] = told.gateway_ref
    if sources:
        mandates.note_sources(business_id, sources)


def _told(change: MandateChange) -> Happened:
    mandate = change.mandate
    body = {
        "mandate": encode("mdt", mandate.id),
        "customer": encode("cus", mandate.customer_id),
        "reference": mandate.reference,
        "scheme": mandate.scheme,
    }
    if mandate.end_reason:
        body["reason"] = mandate.end_reason
    return Happened(_EVENTS[change.target], body)
