"""The only writer and reader of what a gateway's own list says differently from our books."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from counterfoil.infra.db import execute, operation
from counterfoil.infra.sql import Statement
from counterfoil.kernel.actor import Actor
from counterfoil.kernel.errors import Conflict, NotFound
from counterfoil.kernel.ids import BusinessId, new_id
from counterfoil.kernel.money import Money
from counterfoil.kernel.ports.gateways.outcomes import Instrument


class Difference(StrEnum):
    """What does not agree; surfaces have the words."""

    FOUND = "found"  # its event was lost: booked by the comparison itself
    UNKNOWN_CHARGE = "unknown_charge"  # it took money that no payment of ours knows
    UNKNOWN_REFUND = "unknown_refund"  # it gave money back of a charge that is not ours
    UNKNOWN_CHARGEBACK = "unknown_chargeback"  # of a charge that is not ours
    AMOUNT_DIFFERS = "amount_differs"
    REFUND_DIFFERS = "refund_differs"  # it gave back another amount than the books have
    STATE_DIFFERS = "state_differs"  # of whether money came, or stayed
    MISSING_THERE = "missing_there"  # the books have a payment that it has never heard of


class ClosedAlready(Conflict):
    """Somebody has dealt with it."""

    code = "discrepancy_closed"
    message = "This has been dealt with already. Nothing was changed."


@dataclass(frozen=True, slots=True)
class NewDiscrepancy:
    """One difference, as it was found."""

    kind: Difference
    ref: str
    amount: Money
    occurred_at: datetime
    reference: str = ""
    charge: str = ""
    theirs: str = ""
    ours: str = ""
    attempt_id: UUID | None = None
    instrument: Instrument | None = None  # what paid, where the list says it


@dataclass(frozen=True, slots=True)
class DiscrepancyRow:
    """One difference as every reader gets it."""

    id: UUID
    gateway_account_id: UUID
    gateway_name: str
    kind: str
    ref: str
    reference: str
    charge: str
    currency: str
    amount_minor: int
    theirs: str
    ours: str
    instrument_kind: str
    instrument_brand: str
    instrument_last4: str
    attempt_id: UUID | None
    occurred_at: datetime
    found_at: datetime
    closed_at: datetime | None
    closed_by: str
    remark: str

    @property
    def instrument(self) -> Instrument | None:
        """What paid, as the list says; None where it says nothing."""
        if not self.instrument_kind:
            return None
        return Instrument(self.instrument_kind, self.instrument_brand, self.instrument_last4)

    @property
    def amount(self) -> Money:
        """What the gateway says that it moved."""
        return Money(self.amount_minor, self.currency)


BY_ID = Statement(__package__, "discrepancies", DiscrepancyRow, WHICH="AND d.id = %(id)s::uuid")


def discrepancy(business_id: BusinessId, discrepancy_id: UUID) -> DiscrepancyRow:
    """One difference, or `NotFound`."""
    found = BY_ID.first(business_id=business_id, id=discrepancy_id)
    if found is None:
        raise NotFound
    return found


def compared_until(business_id: BusinessId, account_id: UUID) -> datetime | None:
    """How far an account's list was compared; None if never."""
    rows = execute(
        """
        SELECT c.compared_until FROM reconciliation_cursor c
        WHERE c.business_id = %(business_id)s::uuid AND c.id = %(id)s::uuid
        """,
        {"business_id": business_id, "id": account_id},
    )
    return rows[0][0] if rows else None


@operation
def begin_comparing(
    business_id: BusinessId, account_id: UUID, *, until: datetime, at: datetime
) -> None:
    """Notes that an account is compared from now on, so that it is seen if it never is."""
    cursor = {"business_id": business_id, "id": account_id, "until": until, "at": at}
    execute(_BEGIN_CURSOR, cursor)


@operation
def note_compared(
    business_id: BusinessId,
    account_id: UUID,
    found: Sequence[NewDiscrepancy],
    *,
    agreed: Sequence[str],
    until: datetime,
    at: datetime,
) -> int:
    """Writes what differs, each once, and again after it had agreed; closes what agrees by now;
    moves the cursor that `begin_comparing` wrote, all together. What a person closed stays closed.
    Returns how many differences are new."""
    rows = execute(
        _NOTE,
        {
            "business_id": business_id,
            "account_id": account_id,
            "at": at,
            "agrees": _AGREES,
            "ids": [new_id() for _ in found],
            "kinds": [one.kind.value for one in found],
            "refs": [one.ref[:120] for one in found],
            "references": [one.reference[:120] for one in found],
            "charges": [one.charge[:120] for one in found],
            "currencies": [one.amount.currency for one in found],
            "amounts": [one.amount.minor for one in found],
            "theirs": [one.theirs[:40] for one in found],
            "ours": [one.ours[:40] for one in found],
            "attempts": [one.attempt_id for one in found],
            "occurred": [one.occurred_at for one in found],
            "paid_kinds": [one.instrument.kind[:20] if one.instrument else "" for one in found],
            "brands": [one.instrument.brand[:30] if one.instrument else "" for one in found],
            "last4s": [one.instrument.last4[:4] if one.instrument else "" for one in found],
        },
    )
    execute(
        """
        UPDATE reconciliation_discrepancy
        SET closed_at = %(at)s::timestamptz, closed_by = 'system', remark = %(agrees)s::text
        WHERE business_id = %(business_id)s::uuid AND gateway_account_id = %(account_id)s::uuid
          AND closed_at IS NULL AND ref = ANY(%(refs)s::text[])
        """,
        {
            "business_id": business_id,
            "account_id": account_id,
            "at": at,
            "refs": list(agreed),
            "agrees": _AGREES,
        },
    )
    cursor = {"business_id": business_id, "id": account_id, "until": until, "at": at}
    execute(_MOVE_CURSOR, cursor)
    return len(rows)


_AGREES = "agrees by now"
_MOVE_CURSOR = """
UPDATE reconciliation_cursor c
SET compared_until = greatest(c.compared_until, %(until)s::timestamptz),
    compared_at = %(at)s::timestamptz
WHERE c.business_id = %(business_id)s::uuid AND c.id = %(id)s::uuid
"""
_BEGIN_CURSOR = """
INSERT INTO reconciliation_cursor (business_id, id, compared_until, compared_at)
VALUES (%(business_id)s::uuid, %(id)s::uuid, %(until)s::timestamptz, %(at)s::timestamptz)
ON CONFLICT (business_id, id) DO NOTHING
"""
_NOTE = """
INSERT INTO reconciliation_discrepancy AS d (business_id, id, gateway_account_id, kind, ref,
  reference, charge, currency, amount_minor, theirs, ours, attempt_id, occurred_at, found_at,
  instrument_kind, instrument_brand, instrument_last4, closed_at, closed_by, remark)
SELECT %(business_id)s::uuid, n.id, %(account_id)s::uuid, n.kind, n.ref, n.reference, n.charge,
  n.currency, n.amount, n.theirs, n.ours, n.attempt_id, n.occurred_at, %(at)s::timestamptz,
  n.paid_kind, n.brand, n.last4,
  CASE WHEN n.kind = 'found' THEN %(at)s::timestamptz END,
  CASE WHEN n.kind = 'found' THEN 'system' ELSE '' END,
  CASE WHEN n.kind = 'found' THEN 'found by comparison' ELSE '' END
FROM unnest(%(ids)s::uuid[], %(kinds)s::text[], %(refs)s::text[], %(references)s::text[],
  %(charges)s::text[], %(currencies)s::text[], %(amounts)s::bigint[], %(theirs)s::text[],
  %(ours)s::text[], %(attempts)s::uuid[], %(occurred)s::timestamptz[], %(paid_kinds)s::text[],
  %(brands)s::text[], %(last4s)s::text[])
  AS n(id, kind, ref, reference, charge, currency, amount, theirs, ours, attempt_id, occurred_at,
       paid_kind, brand, last4)
ON CONFLICT (business_id, gateway_account_id, kind, ref) DO UPDATE
SET theirs = EXCLUDED.theirs, ours = EXCLUDED.ours, amount_minor = EXCLUDED.amount_minor,
  found_at = EXCLUDED.found_at, closed_at = NULL, closed_by = '', remark = ''
WHERE d.closed_by = 'system' AND d.remark = %(agrees)s::text RETURNING id
"""


@operation
def close_discrepancy(
    business_id: BusinessId,
    discrepancy_id: UUID,
    *,
    remark: str,
    at: datetime,
    by: Actor,
    attempt_id: UUID | None = None,
) -> None:
    """Somebody has dealt with a difference; `ClosedAlready` for the second."""
    rows = execute(
        """
        UPDATE reconciliation_discrepancy
        SET closed_at = %(at)s::timestamptz, closed_by = %(by)s::text, remark = %(remark)s::text,
            attempt_id = coalesce(%(attempt)s::uuid, attempt_id)
        WHERE business_id = %(business_id)s::uuid AND id = %(id)s::uuid AND closed_at IS NULL
        RETURNING id
        """,
        {
            "business_id": business_id,
            "id": discrepancy_id,
            "at": at,
            "by": by.label[:120],
            "remark": remark[:300],
            "attempt": attempt_id,
        },
    )
    if not rows:
        raise ClosedAlready
