"""The only writer of attempts: begin, record, put off the next look-up; and the inbox."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from counterfoil.domain.payments.models import GatewayAccount
from counterfoil.domain.payments.outcomes import AMOUNT_MISMATCH, CHECK_PAUSES, Doubt, Judged
from counterfoil.domain.payments.queries import body_place
from counterfoil.domain.payments.rows import NewAttempt
from counterfoil.domain.payments.states import ATTEMPT, AttemptState
from counterfoil.infra.db import execute, operation
from counterfoil.infra.outbox import Happened
from counterfoil.infra.secrets.box import SealBroken, open_long, seal_long
from counterfoil.infra.transitions import Move, Stored, begin_many, move_many
from counterfoil.kernel.actor import Actor
from counterfoil.kernel.errors import Conflict, NotFound
from counterfoil.kernel.ids import BusinessId, new_id, new_ids

FIRST_CHECK = timedelta(seconds=15)  # a crash between the call and its answer

ATTEMPTS = Stored(ATTEMPT, "payments_attempt")


class FormSentAlready(Conflict):
    """The form has started a payment already; its attempt is to be shown instead."""

    code = "form_sent_already"


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
        "state": ATTEMPT.begins_in.value,
        "customer_id": new.customer_id,
        "currency": new.amount.currency,
        "amount_minor": new.amount.minor,
        "form_key": new.form_key,
        "account_id": new.gateway_account_id,
        "payer": new.payer[:200],
        "locale": new.locale,
        "by": by.label[:120],
        "note": new.note[:200],
        "at": at,
        "check_at": at + FIRST_CHECK,
        "mandate_id": new.mandate_id,
        "method_id": new.method_id,
        "surcharge_minor": new.surcharge_minor,
        "kind": new.instrument.kind if new.instrument else "",
        "brand": new.instrument.brand if new.instrument else "",
        "last4": new.instrument.last4 if new.instrument else "",
    }
    written = execute(_BEGIN, params)
    if not written:
        raise FormSentAlready
    begin_many(business_id, ATTEMPT, [attempt_id], at=at, by=by)
    return attempt_id


_BEGIN = """
WITH intent AS (
  INSERT INTO payments_intent (business_id, id, customer_id, currency, amount_minor, form_key,
                               created_at, created_by, note)
  VALUES (%(business_id)s::uuid, %(intent_id)s::uuid, %(customer_id)s::uuid, %(currency)s::text,
          %(amount_minor)s::bigint, %(form_key)s::text, %(at)s::timestamptz, %(by)s::text,
          %(note)s::text)
  ON CONFLICT (business_id, form_key) DO NOTHING
  RETURNING id
)
INSERT INTO payments_attempt (business_id, id, intent_id, customer_id, gateway_account_id, state,
  currency, amount_minor, payer, locale, gateway_ref, instrument_kind, instrument_brand,
  instrument_last4, failure_code, failure_detail, step_url, created_at, submitted_at, checks,
  next_check_at, mandate_id, method_id, surcharge_minor)
SELECT %(business_id)s::uuid, %(id)s::uuid, i.id, %(customer_id)s::uuid, %(account_id)s::uuid,
  %(state)s::text, %(currency)s::text, %(amount_minor)s::bigint, %(payer)s::text, %(locale)s::text,
  '', %(kind)s::text, %(brand)s::text, %(last4)s::text, '', '', '', %(at)s::timestamptz,
  %(at)s::timestamptz, 0, %(check_at)s::timestamptz, %(mandate_id)s::uuid, %(method_id)s::uuid,
  %(surcharge_minor)s::bigint
FROM intent i RETURNING id
"""


@operation
def record(
    business_id: BusinessId,
    judged: Judged,
    *,
    at: datetime,
    by: Actor,
    telling: Sequence[Happened] = (),
) -> None:
    """Writes what outcomes do to attempts under lock, with the events that tell of it."""
    moves = [change.move for change in judged.changes]
    move_many(business_id, ATTEMPTS, moves, at=at, by=by, telling=telling)
    _note_doubts(business_id, judged.doubts)
    _note_dates(business_id, judged.dates)
    _note_arrivals(business_id, judged.arrivals)


def _note_dates(business_id: BusinessId, dates: Sequence[tuple[UUID, date]]) -> None:
    """Banks and gateways move the day of a debit that is under way."""
    if not dates:
        return
    execute(
        """
        UPDATE payments_attempt a SET settles_date = n.day
        FROM unnest(%(ids)s::uuid[], %(days)s::date[]) AS n(id, day)
        WHERE a.business_id = %(business_id)s::uuid AND a.id = n.id
        """,
        {
            "business_id": business_id,
            "ids": [attempt_id for attempt_id, _ in dates],
            "days": [day for _, day in dates],
        },
    )


def _note_arrivals(business_id: BusinessId, arrivals: Sequence[tuple[UUID, int]]) -> None:
    """Coins may be sent in parts: so much has come, and the rest is waited for."""
    if not arrivals:
        return
    execute(
        """
        UPDATE payments_attempt a SET arrived_minor = n.minor
        FROM unnest(%(ids)s::uuid[], %(minors)s::bigint[]) AS n(id, minor)
        WHERE a.business_id = %(business_id)s::uuid AND a.id = n.id
        """,
        {
            "business_id": business_id,
            "ids": [attempt_id for attempt_id, _ in arrivals],
            "minors": [minor for _, minor in arrivals],
        },
    )


def _note_doubts(business_id: BusinessId, doubts: Sequence[Doubt]) -> None:
    """A success over another amount that moves no state is kept all the same: money is never
    dropped silently."""
    if not doubts:
        return
    execute(
        """
        UPDATE payments_attempt a SET failure_code = %(code)s::text, failure_detail = n.detail,
          gateway_ref = CASE WHEN a.gateway_ref > '' THEN a.gateway_ref ELSE n.ref END
        FROM unnest(%(ids)s::uuid[], %(details)s::text[], %(refs)s::text[]) AS n(id, detail, ref)
        WHERE a.business_id = %(business_id)s::uuid AND a.id = n.id
        """,
        {
            "business_id": business_id,
            "code": AMOUNT_MISMATCH,
            "ids": [doubt.attempt_id for doubt in doubts],
            "details": [doubt.detail[:300] for doubt in doubts],
            "refs": [doubt.gateway_ref for doubt in doubts],
        },
    )


@operation
def hold_waiting(business_id: BusinessId, attempt_id: UUID) -> bool:
    """Locks an attempt that waits for its mandate; False if it waits no more: whoever holds it is
    the only one to send it, or to give it up."""
    rows = execute(
        """
        SELECT a.id FROM payments_attempt a
        WHERE a.business_id = %(business_id)s::uuid AND a.id = %(id)s::uuid
          AND a.state = 'action_required' AND a.gateway_ref = '' AND a.mandate_id IS NOT NULL
        FOR UPDATE
        """,
        {"business_id": business_id, "id": attempt_id},
    )
    return bool(rows)


@operation
def submit_held(business_id: BusinessId, attempt_id: UUID, *, at: datetime, by: Actor) -> None:
    """An attempt that waited, and is held, is sent now; commit before the gateway is called."""
    columns = {"submitted_at": at, "checks": 0, "next_check_at": at + FIRST_CHECK}
    move = Move(attempt_id, AttemptState.ACTION_REQUIRED, AttemptState.SUBMITTED, columns=columns)
    move_many(business_id, ATTEMPTS, [move], at=at, by=by)


@operation
def put_off_check(
    business_id: BusinessId, stored: Stored, row_id: UUID, *, checks: int, at: datetime
) -> timedelta:
    """Puts a look-up of an attempt, a refund or a mandate that is due off by a growing pause, which
    is returned; one that is not due yet, or that two notice at once, is put off only once."""
    pause = CHECK_PAUSES[min(checks + 1, len(CHECK_PAUSES) - 1)]
    execute(
        f"""
        UPDATE {stored.table} SET checks = checks + 1, next_check_at = %(next)s::timestamptz
        WHERE business_id = %(business_id)s::uuid AND id = %(id)s::uuid
          AND next_check_at <= %(at)s::timestamptz
        """,  # noqa: S608  the table is our own constant
        {"business_id": business_id, "id": row_id, "next": at + pause, "at": at},
    )
    return pause


@operation
def keep_event(
    business_id: BusinessId,
    account_id: UUID,
    *,
    ref: str,
    kind: str,
    body: str,
    at: datetime,
) -> UUID | None:
    """Stores a verified event once; None if it is there already."""
    event_id = new_id()
    rows = execute(
        """
        INSERT INTO payments_gatewayevent (business_id, id, gateway_account_id, ref, kind, body,
                                           received_at, remark)
        VALUES (%(business_id)s::uuid, %(id)s::uuid, %(account_id)s::uuid, %(ref)s::text,
                %(kind)s::text, %(body)s::text, %(at)s::timestamptz, '')
        ON CONFLICT (business_id, gateway_account_id, ref) DO NOTHING RETURNING id
        """,
        {
            "business_id": business_id,
            "id": event_id,
            "account_id": account_id,
            "ref": ref[:120],
            "kind": kind[:60],
            "body": seal_long(body, body_place(event_id)),
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
def act_again(business_id: BusinessId, account_id: UUID, charge: str) -> list[UUID]:
    """Events that were set aside because nobody knew this charge, or had its money, wait again;
    returns them."""
    aside = execute(
        """
        SELECT e.id, e.body FROM payments_gatewayevent e
        WHERE e.business_id = %(business_id)s::uuid AND e.gateway_account_id = %(account_id)s::uuid
          AND (e.remark LIKE 'unplaced: a%%of a charge that no attempt%%'
               OR e.remark LIKE 'unplaced: a%%of a payment that has not arrived%%')
        """,
        {"business_id": business_id, "account_id": account_id},
    )
    named = [row_id for row_id, body in aside if _names(body, row_id, charge)]
    rows = execute(
        """
        UPDATE payments_gatewayevent SET handled_at = NULL, remark = ''
        WHERE business_id = %(business_id)s::uuid AND id = ANY(%(ids)s::uuid[])
          AND starts_with(remark, 'unplaced')
        RETURNING id
        """,
        {"business_id": business_id, "ids": named},
    )
    return sorted(event_id for (event_id,) in rows)


def _names(body: str, event_id: UUID, charge: str) -> bool:
    """Whether a body is about this charge; nothing does that can't be opened, for the money that
    has come must not wait for a key."""
    try:
        return charge in open_long(body, body_place(event_id))
    except SealBroken:
        return False


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
def add_account(  # noqa: PLR0913  the facts of an account
    business_id: BusinessId,
    *,
    kind: str,
    name: str,
    settings: Mapping[str, str],
    secrets: Mapping[str, str],
    at: datetime,
    account_id: UUID | None = None,
) -> UUID:
    """Adds a gateway account; its secrets are sealed before they are stored."""
    account = GatewayAccount.objects.create(
        id=account_id or new_id(),
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


@operation
def add_road(
    business_id: BusinessId, account_id: UUID, *, kind: str, name: str, at: datetime
) -> None:
    """Adds the account that stands for a road without an adapter: a bank account's has its id."""
    GatewayAccount.objects.create(
        id=account_id,
        business_id=business_id,
        kind=kind,
        name=name[:80],
        settings={},
        secrets={},  # type: ignore[misc]  # the field seals a dictionary
        created_at=at,
    )
