"""The only writer of attempts: begin, record outcomes, put off the next look-up; and the inbox."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from counterfoil.domain.payments.models import GatewayAccount
from counterfoil.domain.payments.rows import AttemptRow, Change, NewAttempt
from counterfoil.domain.payments.states import ATTEMPT, OPEN_STATES, AttemptState
from counterfoil.infra.db import execute, operation
from counterfoil.infra.sql import Statement
from counterfoil.infra.transitions import Move, begin_many, move_many
from counterfoil.kernel.actor import Actor
from counterfoil.kernel.errors import Conflict, NotFound
from counterfoil.kernel.ids import BusinessId, new_id, new_ids
from counterfoil.kernel.ports.gateways import Outcome, Result

FIRST_CHECK = timedelta(seconds=15)  # a crash between the call and its answer
CHECK_PAUSES = tuple(timedelta(seconds=s) for s in (5, 15, 60, 300, 900, 3600))
ACTION_PATIENCE = timedelta(minutes=2)
AMOUNT_MISMATCH = "amount_mismatch"

LOCK = Statement(__package__, "lock_attempts", AttemptRow)

_TARGETS = {
    Result.SUCCEEDED: AttemptState.SUCCEEDED,
    Result.FAILED: AttemptState.FAILED,
    Result.PROCESSING: AttemptState.PROCESSING,
    Result.ACTION_REQUIRED: AttemptState.ACTION_REQUIRED,
    Result.UNKNOWN: AttemptState.UNKNOWN,
    Result.ABSENT: AttemptState.CANCELLED,
}


class FormSentAlready(Conflict):
    """The form has started a payment already; its attempt is to be shown instead."""

    code = "form_sent_already"


@dataclass(frozen=True, slots=True)
class AttemptOutcome:
    """An outcome for one of our attempts, whoever brought it."""

    attempt_id: UUID
    outcome: Outcome


@operation
def begin_attempt(business_id: BusinessId, new: NewAttempt, *, at: datetime, by: Actor) -> UUID:
    """Writes intent and attempt, submitted; commit before the gateway is called.

    `FormSentAlready` if the form key has been used: a second click never starts a second one.
    """
    intent_id, attempt_id = new_ids(2, at=at)
    params: dict[str, Any] = {
        "business_id": business_id,
        "intent_id": intent_id,
        "id": attempt_id,
        "customer_id": new.customer_id,
        "currency": new.amount.currency,
        "amount_minor": new.amount.minor,
        "form_key": new.form_key,
        "account_id": new.gateway_account_id,
        "payer": new.payer[:200],
        "locale": new.locale,
        "return_to": new.return_to,
        "by": by.label[:120],
        "at": at,
        "check_at": at + FIRST_CHECK,
    }
    written = execute(_BEGIN, params)
    if not written:
        raise FormSentAlready
    begin_many(business_id, ATTEMPT, [attempt_id], at=at, by=by)
    move = Move(
        attempt_id, AttemptState.CREATED, AttemptState.SUBMITTED, columns={"submitted_at": at}
    )
    move_many(business_id, ATTEMPT, "payments_attempt", [move], at=at, by=by)
    return attempt_id


_BEGIN = """
WITH intent AS (
  INSERT INTO payments_intent (business_id, id, customer_id, currency, amount_minor, form_key,
                               created_at, created_by)
  VALUES (%(business_id)s::uuid, %(intent_id)s::uuid, %(customer_id)s::uuid, %(currency)s::text,
          %(amount_minor)s::bigint, %(form_key)s::text, %(at)s::timestamptz, %(by)s::text)
  ON CONFLICT (business_id, form_key) DO NOTHING
  RETURNING id
)
INSERT INTO payments_attempt (business_id, id, intent_id, customer_id, gateway_account_id, state,
  currency, amount_minor, payer, locale, gateway_ref, instrument_kind, instrument_brand,
  instrument_last4, failure_code, failure_detail, step_url, return_to, created_at, checks,
  next_check_at)
SELECT %(business_id)s::uuid, %(id)s::uuid, i.id, %(customer_id)s::uuid, %(account_id)s::uuid,
  'created', %(currency)s::text, %(amount_minor)s::bigint, %(payer)s::text, %(locale)s::text,
  '', '', '', '', '', '', '', %(return_to)s::text, %(at)s::timestamptz, 0,
  %(check_at)s::timestamptz
FROM intent i RETURNING id
"""


@operation
def record_outcomes(
    business_id: BusinessId, outcomes: Sequence[AttemptOutcome], *, at: datetime, by: Actor
) -> list[Change]:
    """Writes what a gateway says of attempts; whoever comes second, or late, changes nothing.

    A success over another amount or currency than the attempt's is not believed: the attempt
    becomes UNKNOWN with `amount_mismatch`, for a person to look at.
    """
    by_id = {one.attempt_id: one.outcome for one in outcomes}
    locked = LOCK.rows(business_id=business_id, ids=sorted(by_id))
    changes, moves, doubted = [], [], []
    for attempt in locked:
        outcome = by_id[attempt.id]
        source = AttemptState(attempt.state)
        target = _target(attempt, outcome)
        if target == source or not ATTEMPT.allows(source, target):
            if source != AttemptState.SUCCEEDED and not _agrees(attempt, outcome):
                doubted.append((attempt.id, _reason(attempt, outcome)))
            continue
        columns = _columns(attempt, outcome, target, at)
        moves.append(Move(attempt.id, source, target, _reason(attempt, outcome), columns))
        fresh = replace(attempt, state=target.value, **columns)
        changes.append(Change(fresh, source, target))
    move_many(business_id, ATTEMPT, "payments_attempt", moves, at=at, by=by)
    _note_doubts(business_id, doubted)
    return changes


def _note_doubts(business_id: BusinessId, doubted: Sequence[tuple[UUID, str]]) -> None:
    """A success over another amount that moves no state is kept all the same: money is never
    dropped silently."""
    if not doubted:
        return
    execute(
        """
        UPDATE payments_attempt a SET failure_code = %(code)s::text, failure_detail = n.detail
        FROM unnest(%(ids)s::uuid[], %(details)s::text[]) AS n(id, detail)
        WHERE a.business_id = %(business_id)s::uuid AND a.id = n.id
        """,
        {
            "business_id": business_id,
            "code": AMOUNT_MISMATCH,
            "ids": [attempt_id for attempt_id, _ in doubted],
            "details": [detail[:300] for _, detail in doubted],
        },
    )


def _agrees(attempt: AttemptRow, outcome: Outcome) -> bool:
    return outcome.amount is None or outcome.amount == attempt.amount


def _target(attempt: AttemptRow, outcome: Outcome) -> AttemptState:
    target = _TARGETS[outcome.result]
    if target == AttemptState.SUCCEEDED and (
        outcome.amount is None or not _agrees(attempt, outcome)
    ):
        return AttemptState.UNKNOWN
    return target


def _reason(attempt: AttemptRow, outcome: Outcome) -> str:
    if not _agrees(attempt, outcome):
        said = outcome.amount
        return f"{AMOUNT_MISMATCH}: the gateway says {said.minor} {said.currency}" if said else ""
    return outcome.failure.message if outcome.failure else ""


def _columns(
    attempt: AttemptRow, outcome: Outcome, target: AttemptState, at: datetime
) -> Mapping[str, Any]:
    paid_with = outcome.instrument
    failure = outcome.failure if target == AttemptState.FAILED else None
    detail = failure.message if failure else ""
    code = failure.code.value if failure else ""
    if not _agrees(attempt, outcome):
        code, detail = AMOUNT_MISMATCH, _reason(attempt, outcome)
    if target == AttemptState.CANCELLED:
        code = "not_sent"
    return {
        "gateway_ref": outcome.gateway_ref or attempt.gateway_ref,
        "instrument_kind": paid_with.kind if paid_with else attempt.instrument_kind,
        "instrument_brand": paid_with.brand if paid_with else attempt.instrument_brand,
        "instrument_last4": paid_with.last4 if paid_with else attempt.instrument_last4,
        "failure_code": code,
        "failure_detail": detail[:300],
        "step_url": outcome.step.url if outcome.step else "",
        "finished_at": None if target in OPEN_STATES else at,
        "checks": 0,
        "next_check_at": _next_check(target, at),
    }


def _next_check(target: AttemptState, at: datetime) -> datetime | None:
    """When to ask the gateway first; never for what has its outcome."""
    pauses = {
        AttemptState.UNKNOWN: CHECK_PAUSES[0],
        AttemptState.ACTION_REQUIRED: ACTION_PATIENCE,
        AttemptState.PROCESSING: CHECK_PAUSES[-1],
    }
    return at + pauses[target] if target in pauses else None


@operation
def put_off_check(
    business_id: BusinessId, attempt_id: UUID, *, checks: int, at: datetime
) -> timedelta:
    """Puts a look-up that is due off by a growing pause, which is returned; one that is not due
    yet, or that two notice at once, is put off only once."""
    pause = CHECK_PAUSES[min(checks + 1, len(CHECK_PAUSES) - 1)]
    execute(
        """
        UPDATE payments_attempt SET checks = checks + 1, next_check_at = %(next)s::timestamptz
        WHERE business_id = %(business_id)s::uuid AND id = %(id)s::uuid
          AND next_check_at <= %(at)s::timestamptz
        """,
        {"business_id": business_id, "id": attempt_id, "next": at + pause, "at": at},
    )
    return pause


@operation
def keep_event(  # noqa: PLR0913  the facts of an event as it arrived
    business_id: BusinessId,
    account_id: UUID,
    *,
    ref: str,
    kind: str,
    body: str,
    headers: Mapping[str, str],
    at: datetime,
) -> UUID | None:
    """Stores a verified event once; None if it is there already."""
    rows = execute(
        """
        INSERT INTO payments_gatewayevent (business_id, id, gateway_account_id, ref, kind, body,
                                           headers, received_at, remark)
        VALUES (%(business_id)s::uuid, %(id)s::uuid, %(account_id)s::uuid, %(ref)s::text,
                %(kind)s::text, %(body)s::text,
                (SELECT coalesce(jsonb_object_agg(h.name, h.value), '{}'::jsonb)
                 FROM unnest(%(names)s::text[], %(values)s::text[]) AS h(name, value)),
                %(at)s::timestamptz, '')
        ON CONFLICT (business_id, gateway_account_id, ref) DO NOTHING RETURNING id
        """,
        {
            "business_id": business_id,
            "id": new_id(),
            "account_id": account_id,
            "ref": ref[:120],
            "kind": kind[:60],
            "body": body,
            "names": list(headers),
            "values": list(headers.values()),
            "at": at,
        },
    )
    return rows[0][0] if rows else None


@operation
def mark_event(business_id: BusinessId, event_id: UUID, *, remark: str, at: datetime) -> None:
    """An event was acted on, or set aside for the reason in `remark`."""
    execute(
        """
        UPDATE payments_gatewayevent
        SET handled_at = %(at)s::timestamptz, remark = %(remark)s::text
        WHERE business_id = %(business_id)s::uuid AND id = %(id)s::uuid AND handled_at IS NULL
        """,
        {"business_id": business_id, "id": event_id, "remark": remark[:300], "at": at},
    )


@operation
def look_at_event(business_id: BusinessId, event_id: UUID, *, at: datetime, by: Actor) -> bool:
    """A person has looked at an event that was set aside; False if it was not waiting for one."""
    rows = execute(
        """
        UPDATE payments_gatewayevent
        SET remark = left(concat('looked at ', %(at)s::text, ' by ', %(by)s::text, '; ', remark),
                          300)
        WHERE business_id = %(business_id)s::uuid AND id = %(id)s::uuid
          AND remark LIKE 'unplaced%%'
        RETURNING id
        """,
        {
            "business_id": business_id,
            "id": event_id,
            "at": at.isoformat(timespec="seconds"),
            "by": by.label,
        },
    )
    return bool(rows)


@operation
def add_account(
    business_id: BusinessId,
    *,
    kind: str,
    name: str,
    settings: Mapping[str, str],
    secrets: Mapping[str, str],
    at: datetime,
) -> UUID:
    """Adds a gateway account; its secrets are sealed before they are stored."""
    account = GatewayAccount.objects.create(
        business_id=business_id,
        kind=kind,
        name=name,
        settings=dict(settings),
        secrets=dict(secrets),  # type: ignore[misc]  # the field seals a dictionary
        created_at=at,
    )
    return account.id


@operation
def change_account(
    business_id: BusinessId, account_id: UUID, *, settings: Mapping[str, str]
) -> None:
    """Replaces the settings of a gateway account (where it is reached); its secrets stay."""
    accounts = GatewayAccount.objects.for_business(business_id).filter(id=account_id)
    if not accounts.update(settings=dict(settings)):
        raise NotFound
