"""Writes attempts over money that is here already: no gateway is asked, their outcome is known."""

from collections.abc import Sequence
from datetime import datetime

from counterfoil.domain.payments.rows import NewReceipt
from counterfoil.domain.payments.states import ATTEMPT
from counterfoil.infra.db import execute, operation
from counterfoil.infra.transitions import begin_many
from counterfoil.kernel.actor import Actor
from counterfoil.kernel.errors import Conflict
from counterfoil.kernel.ids import BusinessId, new_ids


class TakenAlready(Conflict):
    """Somebody recorded the money before."""

    code = "taken_already"
    message = "This payment has been recorded already."


@operation
def begin_received(
    business_id: BusinessId, new: Sequence[NewReceipt], *, at: datetime, by: Actor
) -> None:
    """Writes intent and attempt of each, submitted; their outcome is settled in the same
    transaction, so no look-up is ever due. Refuses all of them (`TakenAlready`) if the form key of
    one has been used: money is recorded once."""
    if not new:
        return
    columns = {
        "business_id": business_id,
        "state": ATTEMPT.begins_in.value,
        "intents": new_ids(len(new), at=at),
        "ids": [one.id for one in new],
        "customers": [one.customer_id for one in new],
        "accounts": [one.gateway_account_id for one in new],
        "currencies": [one.amount.currency for one in new],
        "amounts": [one.amount.minor for one in new],
        "keys": [one.form_key for one in new],
        "payers": [one.payer[:200] for one in new],
        "kinds": [one.instrument_kind for one in new],
        "notes": [one.note[:200] for one in new],
        "at": at,
        "by": by.label[:120],
    }
    if len(execute(_BEGIN, columns)) != len(new):
        raise TakenAlready
    ids = [one.id for one in new]
    begin_many(business_id, ATTEMPT, ids, at=at, by=by)


_BEGIN = """
WITH n AS (
  SELECT * FROM unnest(%(intents)s::uuid[], %(ids)s::uuid[], %(customers)s::uuid[],
    %(accounts)s::uuid[], %(currencies)s::text[], %(amounts)s::bigint[], %(keys)s::text[],
    %(payers)s::text[], %(kinds)s::text[], %(notes)s::text[])
    AS n(intent_id, id, customer_id, account_id, currency, amount_minor, form_key, payer, kind,
         note)
), intent AS (
  INSERT INTO payments_intent (business_id, id, customer_id, currency, amount_minor, form_key,
                               created_at, created_by, note)
  SELECT %(business_id)s::uuid, n.intent_id, n.customer_id, n.currency, n.amount_minor, n.form_key,
         %(at)s::timestamptz, %(by)s::text, n.note
  FROM n
  ON CONFLICT (business_id, form_key) DO NOTHING
  RETURNING id
)
INSERT INTO payments_attempt (business_id, id, intent_id, customer_id, gateway_account_id, state,
  currency, amount_minor, payer, locale, gateway_ref, instrument_kind, instrument_brand,
  instrument_last4, failure_code, failure_detail, step_url, created_at, submitted_at, checks)
SELECT %(business_id)s::uuid, n.id, n.intent_id, n.customer_id, n.account_id, %(state)s::text,
  n.currency, n.amount_minor, n.payer, '', '', n.kind, '', '', '', '', '', %(at)s::timestamptz,
  %(at)s::timestamptz, 0
FROM n JOIN intent i ON i.id = n.intent_id RETURNING id
"""
