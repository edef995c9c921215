"""Writes attempts over money that moved before we knew of it: no gateway is asked, their outcome is
known."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from operator import attrgetter
from typing import Any
from uuid import UUID

from counterfoil.domain.payments.outcomes import Change
from counterfoil.domain.payments.rows import AttemptRow, NewReceipt
from counterfoil.domain.payments.states import ATTEMPT
from counterfoil.infra import outbox
from counterfoil.infra.db import execute, execute_later, operation
from counterfoil.infra.outbox import Happened
from counterfoil.infra.transitions import FIRST_STEPS, first_steps
from counterfoil.kernel.actor import Actor
from counterfoil.kernel.errors import Conflict
from counterfoil.kernel.ids import BusinessId, new_ids


class TakenAlready(Conflict):
    """Somebody recorded the money before."""

    code = "taken_already"
    message = "This payment has been recorded already."


def submitted(
    business_id: BusinessId, new: Sequence[NewReceipt], *, at: datetime
) -> list[AttemptRow]:
    """The attempts over these receipts before their outcome, for `write_received` to write as it
    leaves them. The account of each is to be one of the business's."""
    kinds = _kinds(business_id, {one.gateway_account_id for one in new})
    intents = new_ids(len(new), at=at)
    return [
        AttemptRow(
            id=one.id,
            intent_id=intent_id,
            customer_id=one.customer_id,
            gateway_account_id=one.gateway_account_id,
            state=ATTEMPT.begins_in.value,
            currency=one.amount.currency,
            amount_minor=one.amount.minor,
            payer=one.payer[:200],
            instrument_kind=one.instrument_kind,
            created_at=at,
            submitted_at=at,
            gateway_kind=kinds[one.gateway_account_id],
            **_NOTHING_YET,
        )
        for one, intent_id in zip(new, intents, strict=True)
    ]


_NOTHING_YET: Mapping[str, Any] = {
    **dict.fromkeys(("locale", "gateway_ref", "instrument_brand", "instrument_last4"), ""),
    **dict.fromkeys(("instrument_mark", "failure_code", "failure_detail", "bank_code"), ""),
    **dict.fromkeys(("step_url", "step_kind"), ""),
    **dict.fromkeys(("arrived_minor", "surcharge_minor", "checks"), 0),
    **dict.fromkeys(("mandate_id", "method_id", "settles_date", "expected_date"), None),
    **dict.fromkeys(("finished_at", "next_check_at"), None),
}


def _kinds(business_id: BusinessId, account_ids: set[UUID]) -> dict[UUID, str]:
    rows = execute(
        """
        SELECT g.id, g.kind FROM payments_gatewayaccount g
        WHERE g.business_id = %(business_id)s::uuid AND g.id = ANY(%(ids)s::uuid[])
        """,
        {"business_id": business_id, "ids": sorted(account_ids)},
    )
    return dict(rows)


@operation
def write_received(
    business_id: BusinessId,
    new: Sequence[NewReceipt],
    changes: Sequence[Change],
    *,
    at: datetime,
    by: Actor,
    telling: Sequence[Happened] = (),
) -> None:
    """Writes intent and attempt of each receipt as its change leaves it, with its whole history and
    the events that tell of it. All changes are to one state, and agree in when more is heard of
    them. Refuses all of them (`TakenAlready`) if the form key of one has been used: money is
    recorded once. Outcomes that change nothing are a bug: there is nothing else to be written."""
    if not new:
        return
    assert [one.id for one in new] == [change.attempt.id for change in changes]
    (target,) = {change.target for change in changes}
    (reason,) = {change.move.reason for change in changes}
    (ahead,) = {_what_is_ahead(change.attempt) for change in changes}

    def all_new(rows: Sequence[tuple[Any, ...]]) -> None:
        if rows != [(len(new),)]:
            raise TakenAlready

    facts = {"business_id": business_id, "at": at, "by": by.label[:120], "state": target.value}
    facts |= zip(_AHEAD, ahead, strict=True)
    columns = _columns_of(new, [change.attempt for change in changes])
    steps = first_steps(ATTEMPT, columns["ids"], by=by, ending_in=target, because=reason)
    params = {**facts, **columns, **steps, **outbox.stored(telling)}
    execute_later(_WRITE, params, all_new)


_AHEAD = (
    "step_url",
    "step_kind",
    "arrived_minor",
    "settles_date",
    "expected_date",
    "bank_code",
    "next_check_at",
)
_what_is_ahead = attrgetter(*_AHEAD)


def _columns_of(new: Sequence[NewReceipt], attempts: Sequence[AttemptRow]) -> dict[str, list[Any]]:
    return {
        "intents": [row.intent_id for row in attempts],
        "ids": [row.id for row in attempts],
        "customers": [row.customer_id for row in attempts],
        "accounts": [row.gateway_account_id for row in attempts],
        "currencies": [row.currency for row in attempts],
        "amounts": [row.amount_minor for row in attempts],
        "keys": [one.form_key for one in new],
        "notes": [one.note[:200] for one in new],
        "payers": [row.payer for row in attempts],
        "refs": [row.gateway_ref for row in attempts],
        "kinds": [row.instrument_kind for row in attempts],
        "brands": [row.instrument_brand for row in attempts],
        "last4s": [row.instrument_last4 for row in attempts],
        "marks": [row.instrument_mark for row in attempts],
        "codes": [row.failure_code for row in attempts],
        "details": [row.failure_detail for row in attempts],
        "finished": [row.finished_at for row in attempts],
    }


_WRITE = f"""
WITH n AS (
  SELECT * FROM unnest(%(intents)s::uuid[], %(ids)s::uuid[], %(customers)s::uuid[],
    %(accounts)s::uuid[], %(currencies)s::text[], %(amounts)s::bigint[], %(keys)s::text[],
    %(notes)s::text[], %(payers)s::text[], %(refs)s::text[], %(kinds)s::text[], %(brands)s::text[],
    %(last4s)s::text[], %(marks)s::text[], %(codes)s::text[], %(details)s::text[],
    %(finished)s::timestamptz[])
    AS n(intent_id, id, customer_id, account_id, currency, amount_minor, form_key, note, payer,
         ref, kind, brand, last4, mark, code, detail, finished_at)
), intent AS (
  INSERT INTO payments_intent (business_id, id, customer_id, currency, amount_minor, form_key,
                               created_at, created_by, note)
  SELECT %(business_id)s::uuid, n.intent_id, n.customer_id, n.currency, n.amount_minor, n.form_key,
         %(at)s::timestamptz, %(by)s::text, n.note
  FROM n
  ON CONFLICT (business_id, form_key) DO NOTHING
  RETURNING id
), attempt AS (
  INSERT INTO payments_attempt (business_id, id, intent_id, customer_id, gateway_account_id, state,
    currency, amount_minor, payer, locale, gateway_ref, instrument_kind, instrument_brand,
    instrument_last4, instrument_mark, failure_code, failure_detail, step_url, step_kind,
    arrived_minor, settles_date, expected_date, bank_code, next_check_at, created_at, submitted_at,
    finished_at, checks)
  SELECT %(business_id)s::uuid, n.id, n.intent_id, n.customer_id, n.account_id, %(state)s::text,
    n.currency, n.amount_minor, n.payer, '', n.ref, n.kind, n.brand, n.last4, n.mark, n.code,
    n.detail, %(step_url)s::text, %(step_kind)s::text, %(arrived_minor)s::bigint,
    %(settles_date)s::date, %(expected_date)s::date, %(bank_code)s::text,
    %(next_check_at)s::timestamptz, %(at)s::timestamptz, %(at)s::timestamptz, n.finished_at, 0
  FROM n JOIN intent i ON i.id = n.intent_id
  RETURNING 1
), begun AS ({FIRST_STEPS}
), told AS ({outbox.STORE})
SELECT count(*) FROM attempt
"""  # noqa: S608  our own constants
