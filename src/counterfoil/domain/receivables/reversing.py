"""The only writer of what comes off invoices again: refunds, lost chargebacks, and payments taken
off by hand; and of what is put on again because a refund was not sent."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import OperationalError

from counterfoil.domain.receivables import queries
from counterfoil.domain.receivables.allocating import allocate
from counterfoil.domain.receivables.giving_back import (
    Covering,
    GivenBack,
    PaidCredit,
    TakenPart,
    put_on,
)
from counterfoil.domain.receivables.operations import Touched, lock_items
from counterfoil.domain.receivables.rows import Applied, Arrived
from counterfoil.infra.db import execute, operation
from counterfoil.infra.sql import Statement
from counterfoil.kernel.ids import BusinessId, new_ids
from counterfoil.kernel.money import Money


@dataclass(frozen=True, slots=True)
class Reopened:
    """An invoice that is open again, and what is due of it altogether."""

    id: UUID
    due_minor: int


@dataclass(frozen=True, slots=True)
class Off:
    """So much was taken off an invoice."""

    number: str
    amount_minor: int


@dataclass(frozen=True, slots=True)
class EverCovered:
    """An invoice that a payment covers by so much, or did before it was taken off by hand."""

    id: UUID
    number: str
    covered_minor: int
    taken_off_at: datetime | None


@dataclass(frozen=True, slots=True)
class Held:
    """Payments under lock, with what they cover: the invoices are under lock too."""

    credits: dict[UUID, PaidCredit]
    coverings: list[Covering]


LOCK_PAID = Statement(__package__, "lock_paid", PaidCredit)
COVERINGS = Statement(__package__, "coverings", Covering)
TAKEN_OFF = Statement(__package__, "taken_off", Off)
EVER_COVERED = Statement(__package__, "ever_covered", EverCovered)
TAKEN_PARTS = Statement(__package__, "taken_parts", TakenPart)
TAKE_BACK = Statement(__package__, "take_back", Reopened)
PUT_ON = Statement(__package__, "put_on_again", Touched)


def coverings(business_id: BusinessId, credit_ids: Sequence[UUID]) -> list[Covering]:
    """What payments cover now, allocation by allocation, the newest first."""
    return COVERINGS.rows(business_id=business_id, credit_ids=list(credit_ids))


def taken_off(business_id: BusinessId, refund_id: UUID) -> list[Off]:
    """What one refund took off invoices, by number."""
    return TAKEN_OFF.rows(business_id=business_id, refund_id=refund_id)


def ever_covered(business_id: BusinessId, credit_id: UUID) -> list[EverCovered]:
    """The invoices that a payment covers, and those that it was taken off by hand, by number."""
    return EVER_COVERED.rows(business_id=business_id, credit_id=credit_id)


def hold(business_id: BusinessId, credit_ids: Sequence[UUID]) -> Held:
    """Locks the invoices that payments cover, then what the payments brought."""
    if not credit_ids:
        return Held({}, [])
    before = coverings(business_id, credit_ids)
    items = lock_items(business_id, [one.invoice_id for one in before])
    rows = LOCK_PAID.rows(business_id=business_id, ids=sorted(set(credit_ids)))
    found = coverings(business_id, credit_ids)
    if any(one.invoice_id not in items for one in found):
        raise OperationalError("a payment was applied by someone else meanwhile: repeat")
    return Held({row.id: row for row in rows}, found)


@operation
def write_given_back(
    business_id: BusinessId, given: Sequence[GivenBack], *, at: datetime
) -> list[Reopened]:
    """Writes what came off, under lock: allocations below zero, what payments have left, and what
    is open again, which is returned."""
    if not given:
        return []
    flat = [(one, part) for one in given for part in one.parts]
    applied: dict[UUID, int] = {}
    refunded: dict[UUID, int] = {}
    for one in given:
        gone = one.amount.minor if one.is_gone else 0
        off = sum(part.amount.minor for part in one.parts)
        applied[one.credit_id] = applied.get(one.credit_id, 0) + gone - off
        refunded[one.credit_id] = refunded.get(one.credit_id, 0) + gone
    return TAKE_BACK.rows(
        business_id=business_id,
        ids=list(applied),
        applied=list(applied.values()),
        refunded=[refunded[credit_id] for credit_id in applied],
        part_ids=new_ids(len(flat), at=at),
        part_credits=[one.credit_id for one, _ in flat],
        part_invoices=[part.invoice_id for _, part in flat],
        part_reverses=[part.allocation_id for _, part in flat],
        part_refunds=[one.refund_id for one, _ in flat],
        part_chargebacks=[one.chargeback_id for one, _ in flat],
        part_amounts=[part.amount.minor for _, part in flat],
        at=at,
    )


@operation
def take_returned(business_id: BusinessId, returned: Sequence[tuple[UUID, Money]]) -> None:
    """Money that was given back of payments has come back: it is the customer's credit again."""
    if not returned:
        return
    execute(
        """
        UPDATE receivables_credit c
        SET applied_minor = c.applied_minor - n.amount,
            refunded_minor = c.refunded_minor - n.amount
        FROM (SELECT u.id, sum(u.amount) AS amount
              FROM unnest(%(ids)s::uuid[], %(amounts)s::bigint[]) AS u(id, amount)
              GROUP BY u.id) n
        WHERE c.business_id = %(business_id)s::uuid AND c.id = n.id
        """,
        {
            "business_id": business_id,
            "ids": [credit_id for credit_id, _ in returned],
            "amounts": [amount.minor for _, amount in returned],
        },
    )


@operation
def put_on_again(
    business_id: BusinessId, refund_id: UUID, credit_id: UUID, brought: Money, *, at: datetime
) -> Applied:
    """A refund was not sent: so much of its payment, which is under lock, is there again, and
    covers what the refund had taken it off, as far as that is open and nobody is paying it."""
    parts = TAKEN_PARTS.rows(business_id=business_id, refund_id=refund_id)
    items = lock_items(business_id, [one.invoice_id for one in parts])
    (credit,) = LOCK_PAID.rows(business_id=business_id, ids=[credit_id])
    held = queries.open_claims(business_id, list(items))
    wanted: dict[UUID, int] = {}
    for one in parts:
        if one.invoice_id not in held:
            wanted[one.invoice_id] = wanted.get(one.invoice_id, 0) + one.amount_minor
    plan = tuple(wanted.items())
    arrived = Arrived(credit_id, credit.customer_id, "payment", brought, plan)
    (applied,) = allocate([arrived], items)
    on = put_on(parts, applied.parts)
    touched = PUT_ON.rows(
        business_id=business_id,
        credit_id=credit_id,
        refund_id=refund_id,
        brought=brought.minor,
        on_ids=new_ids(len(on), at=at),
        off_ids=new_ids(len(on), at=at),
        invoices=[one.invoice_id for one in on],
        reverses=[one.allocation_id for one in on],
        amounts=[one.amount_minor for one in on],
        offs=[one.off_minor for one in on],
        at=at,
    )
    assert {one.id for one in touched if one.is_settled} == set(applied.settled)
    return applied
