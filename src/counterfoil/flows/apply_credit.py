"""Credit that covers invoices after it arose: by itself at their issue, or when asked."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from counterfoil.domain.billing import queries as billing
from counterfoil.domain.ledger import operations as ledger
from counterfoil.domain.receivables import operations as receivables
from counterfoil.domain.receivables import postings, queries
from counterfoil.domain.receivables.allocating import spread
from counterfoil.domain.receivables.operations import BeingPaid, NoCredit, NothingDue
from counterfoil.domain.receivables.rows import Applied, LockedItem
from counterfoil.infra.db import run
from counterfoil.infra.outbox import Happened, publish
from counterfoil.kernel.errors import NotFound
from counterfoil.kernel.ids import BusinessId, encode, new_id


def apply_to_invoice(
    business_id: BusinessId, customer_id: UUID, invoice_id: UUID, *, at: datetime
) -> list[Applied]:
    """Lets a customer's credit cover one of their invoices, as far as it goes.

    Refuses (nothing written): another customer's invoice, nothing due, `BeingPaid` while someone
    is paying it, `NoCredit` where nothing is left; so a second click finds nothing to do.
    """

    def work() -> list[Applied]:
        items = receivables.lock_items(business_id, [invoice_id])
        item = items[invoice_id]
        if item.customer_id != customer_id:
            raise NotFound
        if not item.due_minor:
            raise NothingDue
        if queries.open_claims(business_id, [invoice_id]):
            raise BeingPaid
        return _cover(business_id, items, at=at)

    return run(business_id, work)


def apply_to_open(
    business_id: BusinessId, customer_id: UUID, currency: str, *, at: datetime
) -> list[Applied]:
    """Lets a customer's credit cover what they owe in a currency, the oldest due first; what is
    being paid is left alone. Refuses `NothingDue` and `NoCredit`."""

    def work() -> list[Applied]:
        wanted = queries.open_items(business_id, customer_id, currency)
        items = receivables.lock_items(business_id, [one.id for one in wanted])
        held = queries.open_claims(business_id, list(items))
        free = {key: item for key, item in items.items() if item.due_minor and key not in held}
        if not free:
            raise NothingDue
        return _cover(business_id, free, at=at)

    return run(business_id, work)


def apply_to_new(
    business_id: BusinessId, invoice_ids: Sequence[UUID], *, at: datetime, quiet: bool = False
) -> list[Applied]:
    """Lets credit cover invoices that were just issued, inside the transaction that issues them:
    the oldest due first. Customers without credit are left as they are."""
    items = receivables.lock_items(business_id, invoice_ids)
    return _apply(business_id, items, at=at, quiet=quiet)


def _cover(
    business_id: BusinessId, items: Mapping[UUID, LockedItem], *, at: datetime
) -> list[Applied]:
    applied = _apply(business_id, items, at=at)
    if not applied:
        raise NoCredit
    return applied


def _apply(
    business_id: BusinessId,
    items: Mapping[UUID, LockedItem],
    *,
    at: datetime,
    quiet: bool = False,
) -> list[Applied]:
    """Decides on what is under lock, then writes: allocations, books, what happened."""
    whose = sorted({(item.customer_id, item.currency) for item in items.values()})
    standing = receivables.lock_credits(business_id, whose)
    applied = spread(standing, items)
    if not applied:
        return []
    receivables.write_more_applied(business_id, applied, at=at)
    memos = _memos(business_id, applied)
    entries = [
        posted(one, occurred_at=at, memo=memos[one.id], application=application)
        for one, application in [(one, new_id()) for one in applied]
        for posted in (postings.credit_applied, postings.write_off_recovered)
    ]
    ledger.post(business_id, [entry for entry in entries if entry], at=at)
    publish(business_id, _events(applied), at=at, quiet=quiet)
    return applied


def _memos(business_id: BusinessId, applied: Sequence[Applied]) -> dict[UUID, str]:
    """What people call each credit: the payment's reference, or the credit note's number."""
    notes = [one.id for one in applied if one.kind == "credit_note"]
    numbers = billing.credit_notes(business_id, notes) if notes else {}
    return {
        one.id: numbers[one.id].number if one.id in numbers else encode("pay", one.id)
        for one in applied
    }


def _events(applied: Sequence[Applied]) -> list[Happened]:
    events = [
        Happened(
            "credit.applied",
            {
                "source": encode("pay" if one.kind == "payment" else "cn", one.id),
                "customer": encode("cus", one.customer_id),
                "currency": one.amount.currency,
                "amount": (one.amount - one.unapplied).minor,
                "allocations": [
                    {"invoice": encode("inv", invoice), "amount": part.minor}
                    for invoice, part in one.parts
                ],
            },
        )
        for one in applied
    ]
    settled = [invoice for one in applied for invoice in one.settled]
    return events + [Happened("invoice.paid", {"invoice": encode("inv", one)}) for one in settled]
