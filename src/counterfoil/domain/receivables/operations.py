"""The only writer of open items, claims, credits and allocations."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from counterfoil.domain.receivables import queries
from counterfoil.domain.receivables.rows import Applied, Arrived, ClaimedItem, LockedItem, NewItem
from counterfoil.infra.db import execute, operation
from counterfoil.infra.sql import Statement
from counterfoil.kernel.errors import Conflict, NotFound, Refused
from counterfoil.kernel.ids import BusinessId, new_ids
from counterfoil.kernel.money import Money


class BeingPaid(Conflict):
    """Another attempt for this invoice is open; `facts` say since when and by whom."""

    code = "being_paid"
    message = "This invoice is being paid right now."


class NothingDue(Conflict):
    """The invoice has nothing left to pay."""

    code = "nothing_due"
    message = "This invoice is paid already."


class MoreThanDue(Refused):
    """The amount is more than the invoice has left."""

    code = "more_than_due"
    message = "This is more than what is left to pay on the invoice."


class HasMoney(Refused):
    """Money or credit stands against the invoice."""

    code = "has_money"
    message = "Payments or credit notes stand against this invoice; it can't be voided."


@dataclass(frozen=True, slots=True)
class Touched:
    """An open item that moved, and whether nothing is left of it."""

    id: UUID
    is_settled: bool


LOCK_ITEMS = Statement(__package__, "lock_items", LockedItem)
LOCK_CLAIMED = Statement(__package__, "lock_claimed", ClaimedItem)
APPLY = Statement(__package__, "apply", Touched)


@operation
def open_items(business_id: BusinessId, items: Sequence[NewItem], *, at: datetime) -> None:
    """Opens issued invoices as debts; one of zero is settled at once."""
    execute(
        """
        INSERT INTO receivables_openitem (business_id, id, customer_id, number, external_ref,
          currency, issue_date, due_date, total_minor, paid_minor, credited_minor, is_void,
          settled_at)
        SELECT %(business_id)s::uuid, n.id, n.customer_id, n.number, n.external_ref, n.currency,
          n.issue_date, n.due_date, n.total_minor, 0, 0, false,
          CASE WHEN n.total_minor = 0 THEN %(at)s::timestamptz END
        FROM unnest(%(ids)s::uuid[], %(customers)s::uuid[], %(numbers)s::text[],
          %(refs)s::text[], %(currencies)s::text[], %(issued)s::date[], %(dues)s::date[],
          %(totals)s::bigint[])
          AS n(id, customer_id, number, external_ref, currency, issue_date, due_date, total_minor)
        """,
        {
            "business_id": business_id,
            "ids": [item.id for item in items],
            "customers": [item.customer_id for item in items],
            "numbers": [item.number for item in items],
            "refs": [item.external_ref for item in items],
            "currencies": [item.total.currency for item in items],
            "issued": [item.issue_date for item in items],
            "dues": [item.due_date for item in items],
            "totals": [item.total.minor for item in items],
            "at": at,
        },
    )


def lock_items(business_id: BusinessId, ids: Sequence[UUID]) -> dict[UUID, LockedItem]:
    """Open items under lock; refuses (`NotFound`) an id that the business does not have."""
    rows = LOCK_ITEMS.rows(business_id=business_id, ids=sorted(set(ids)))
    if len(rows) != len(set(ids)):
        raise NotFound
    return {row.id: row for row in rows}


def lock_claimed(business_id: BusinessId, attempt_ids: Sequence[UUID]) -> list[ClaimedItem]:
    """What attempts mean, or meant, to pay, with the open items under lock."""
    return LOCK_CLAIMED.rows(business_id=business_id, attempt_ids=list(attempt_ids))


@operation
def take_claims(
    business_id: BusinessId,
    attempt_id: UUID,
    plan: Sequence[tuple[UUID, int]],
    *,
    at: datetime,
    taken_by: str,
) -> None:
    """Holds invoices for one attempt. `BeingPaid` if another attempt holds one of them."""
    invoice_ids = [invoice_id for invoice_id, _ in plan]
    taken = execute(
        """
        INSERT INTO receivables_claim (business_id, id, invoice_id, attempt_id, amount_minor,
                                       taken_at, taken_by)
        SELECT %(business_id)s::uuid, p.id, p.invoice_id, %(attempt_id)s::uuid, p.amount_minor,
               %(at)s::timestamptz, %(taken_by)s::text
        FROM unnest(%(ids)s::uuid[], %(invoice_ids)s::uuid[], %(amounts)s::bigint[])
          AS p(id, invoice_id, amount_minor)
        ON CONFLICT (business_id, invoice_id) WHERE freed_at IS NULL DO NOTHING
        RETURNING invoice_id
        """,
        {
            "business_id": business_id,
            "attempt_id": attempt_id,
            "ids": new_ids(len(plan), at=at),
            "invoice_ids": invoice_ids,
            "amounts": [amount for _, amount in plan],
            "at": at,
            "taken_by": taken_by[:200],
        },
    )
    if len(taken) != len(plan):
        raise BeingPaid


@operation
def free_claims(business_id: BusinessId, attempt_ids: Sequence[UUID], *, at: datetime) -> None:
    """Lets go of invoices after an outcome that moved no money."""
    execute(
        """
        UPDATE receivables_claim SET freed_at = %(at)s::timestamptz
        WHERE business_id = %(business_id)s::uuid AND attempt_id = ANY(%(ids)s::uuid[])
          AND freed_at IS NULL
        """,
        {"business_id": business_id, "ids": list(attempt_ids), "at": at},
    )


@operation
def apply_credits(
    business_id: BusinessId,
    arrived: Sequence[Arrived],
    *,
    at: datetime,
    items: Mapping[UUID, LockedItem] | None = None,
) -> list[Applied]:
    """Covers invoices by their plans, as far as each still has something open; the rest stays
    the customer's credit. Items of other customers or currencies are never touched. `items` are
    those of the plans, where the caller has locked them already."""
    if not arrived:
        return []
    if items is None:
        wanted = {invoice_id for one in arrived for invoice_id, _ in one.plan}
        items = lock_items(business_id, list(wanted))
    left = {item.id: item.open_minor for item in items.values()}
    planned: list[tuple[Arrived, list[tuple[UUID, int]]]] = []
    for one in arrived:
        rest, parts = one.amount.minor, []
        for invoice_id, amount in one.plan:
            item = items[invoice_id]
            if (item.customer_id, item.currency) != (one.customer_id, one.amount.currency):
                continue
            part = min(amount, left[invoice_id], rest)
            if part > 0:
                parts.append((invoice_id, part))
                left[invoice_id] -= part
                rest -= part
        planned.append((one, parts))
    settled = _write_applied(business_id, planned, at=at)
    last = {invoice: one.id for one, parts in planned for invoice, _ in parts}
    return [
        Applied(
            id=one.id,
            customer_id=one.customer_id,
            kind=one.kind,
            amount=one.amount,
            parts=tuple((invoice, Money(part, one.amount.currency)) for invoice, part in parts),
            settled=tuple(i for i, _ in parts if i in settled and last[i] == one.id),
        )
        for one, parts in planned
    ]


def _write_applied(
    business_id: BusinessId,
    planned: Sequence[tuple[Arrived, Sequence[tuple[UUID, int]]]],
    *,
    at: datetime,
) -> set[UUID]:
    flat = [(one, invoice, part) for one, parts in planned for invoice, part in parts]
    touched = APPLY.rows(
        business_id=business_id,
        ids=[one.id for one, _ in planned],
        customers=[one.customer_id for one, _ in planned],
        kinds=[one.kind for one, _ in planned],
        currencies=[one.amount.currency for one, _ in planned],
        totals=[one.amount.minor for one, _ in planned],
        part_ids=new_ids(len(flat), at=at),
        part_credits=[one.id for one, _, _ in flat],
        part_invoices=[invoice for _, invoice, _ in flat],
        part_amounts=[part for _, _, part in flat],
        part_paid=[part if one.kind == "payment" else 0 for one, _, part in flat],
        at=at,
    )
    return {row.id for row in touched if row.is_settled}


@operation
def void_item(business_id: BusinessId, invoice_id: UUID, *, at: datetime) -> None:
    """Closes the debt of a voided invoice; refuses while money stands against it or someone is
    paying it."""
    item = lock_items(business_id, [invoice_id])[invoice_id]
    if item.paid_minor or item.credited_minor:
        raise HasMoney
    if queries.open_claims(business_id, [invoice_id]):
        raise BeingPaid
    execute(
        """
        UPDATE receivables_openitem SET is_void = true, settled_at = %(at)s::timestamptz
        WHERE business_id = %(business_id)s::uuid AND id = %(id)s::uuid
        """,
        {"business_id": business_id, "id": invoice_id, "at": at},
    )
