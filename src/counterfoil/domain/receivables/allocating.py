"""How money and credit that arrived cover invoices: decided here, in plain values, before anything
is written."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from uuid import UUID

from counterfoil.domain.receivables.rows import Applied, Arrived, LockedCredit, LockedItem
from counterfoil.kernel.money import Money


def allocate(arrived: Sequence[Arrived], items: Mapping[UUID, LockedItem]) -> list[Applied]:
    """Covers invoices by their plans, as far as each still has something open; the rest stays the
    customer's credit. `items` are those of the plans, under lock; items of other customers or
    currencies are never touched."""
    left = {item.id: item.open_minor for item in items.values()}
    lost = {item.id: item.written_off_minor for item in items.values()}
    planned, recovered = [], {}
    for one in arrived:
        parts = _parts(one, items, left)
        planned.append((one, parts))
        recovered[one.id] = _recovered(parts, left, lost, one.amount.currency)
    last = {invoice: one.id for one, parts in planned for invoice, _ in parts}
    return [
        Applied(
            id=one.id,
            customer_id=one.customer_id,
            kind=one.kind,
            amount=one.amount,
            parts=tuple((invoice, Money(part, one.amount.currency)) for invoice, part in parts),
            settled=tuple(i for i, _ in parts if not left[i] and last[i] == one.id),
            recovered=recovered[one.id],
        )
        for one, parts in planned
    ]


def _parts(
    one: Arrived, items: Mapping[UUID, LockedItem], left: dict[UUID, int]
) -> list[tuple[UUID, int]]:
    """What one of them covers; takes it off what is left."""
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
    return parts


def _recovered(
    parts: Sequence[tuple[UUID, int]],
    left: Mapping[UUID, int],
    lost: dict[UUID, int],
    currency: str,
) -> tuple[tuple[UUID, Money], ...]:
    """What of the parts had been written off: nothing stays written off that is not left."""
    found = []
    for invoice_id, _part in parts:
        back = lost[invoice_id] - min(lost[invoice_id], left[invoice_id])
        if back:
            lost[invoice_id] -= back
            found.append((invoice_id, Money(back, currency)))
    return tuple(found)


def spread(standing: Sequence[LockedCredit], items: Mapping[UUID, LockedItem]) -> list[Applied]:
    """Covers invoices by credits that stand already: the oldest credit first, the invoice that is
    due first before the others; never another customer's or another currency's, nor what is written
    off. A credit that covers nothing is left out."""
    by_due = sorted(items.values(), key=lambda item: (item.due_date, item.number))
    plans: dict[tuple[UUID, str], list[tuple[UUID, int]]] = {}
    for item in by_due:
        whose = (item.customer_id, item.currency)
        plans.setdefault(whose, []).append((item.id, item.due_minor))
    due, arrived = {item.id: item.due_minor for item in by_due}, []
    for credit in standing:
        one = Arrived(
            id=credit.id,
            customer_id=credit.customer_id,
            kind=credit.kind,
            amount=Money(credit.rest_minor, credit.currency),
            plan=tuple(plans.get((credit.customer_id, credit.currency), ())),
        )
        arrived.append(replace(one, plan=tuple(_parts(one, items, due))))
    return [one for one in allocate(arrived, items) if one.parts]
