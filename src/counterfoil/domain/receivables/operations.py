"""The only writer of open items, claims, credits and allocations."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from counterfoil.domain.receivables import queries
from counterfoil.domain.receivables.allocating import allocate
from counterfoil.domain.receivables.references import creditor_reference, qr_reference
from counterfoil.domain.receivables.rows import (
    Applied,
    Arrived,
    LockedCredit,
    LockedItem,
    NewClaim,
    NewItem,
    SettlingRow,
)
from counterfoil.infra.db import execute, execute_later, operation
from counterfoil.infra.sql import Statement
from counterfoil.kernel.actor import Actor
from counterfoil.kernel.errors import Conflict, NotFound, Refused
from counterfoil.kernel.ids import BusinessId, new_ids


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


class NoCredit(Conflict):
    """The customer has no unapplied credit in this currency."""

    code = "no_credit"
    message = "There is no credit left in this currency."


class HasMoney(Refused):
    """Money or credit stands against the invoice."""

    code = "has_money"
    message = "Payments or credit notes stand against this invoice; it can't be voided."


@dataclass(frozen=True, slots=True)
class Touched:
    """An open item that moved, and whether nothing is left of it."""

    id: UUID
    is_settled: bool


@dataclass(frozen=True, slots=True)
class Moved:
    """How many open items moved, and how many of them not as it was decided."""

    items: int
    strays: int


LOCK_ITEMS = Statement(__package__, "lock_items", LockedItem)
LOCK_SETTLING = Statement(__package__, "lock_settling", SettlingRow)
LOCK_CREDITS = Statement(__package__, "lock_credits", LockedCredit)
APPLY = Statement(__package__, "apply", Moved)
APPLY_MORE = Statement(__package__, "apply_more", Touched)


@operation
def open_items(business_id: BusinessId, items: Sequence[NewItem], *, at: datetime) -> None:
    """Opens issued invoices as debts; one of zero is settled at once."""
    execute(
        """
        INSERT INTO receivables_openitem (business_id, id, customer_id, number, external_ref,
          creditor_ref, qr_ref, currency, issue_date, due_date, total_minor, paid_minor,
          credited_minor, is_void, settled_at)
        SELECT %(business_id)s::uuid, n.id, n.customer_id, n.number, n.external_ref,
          n.creditor_ref, n.qr_ref, n.currency, n.issue_date, n.due_date, n.total_minor, 0, 0,
          false, CASE WHEN n.total_minor = 0 THEN %(at)s::timestamptz END
        FROM unnest(%(ids)s::uuid[], %(customers)s::uuid[], %(numbers)s::text[],
          %(refs)s::text[], %(creditor_refs)s::text[], %(qr_refs)s::text[],
          %(currencies)s::text[], %(issued)s::date[], %(dues)s::date[], %(totals)s::bigint[])
          AS n(id, customer_id, number, external_ref, creditor_ref, qr_ref, currency, issue_date,
               due_date, total_minor)
        """,
        {
            "business_id": business_id,
            "ids": [item.id for item in items],
            "customers": [item.customer_id for item in items],
            "numbers": [item.number for item in items],
            "refs": [item.external_ref for item in items],
            "creditor_refs": [creditor_reference(item.number) for item in items],
            "qr_refs": [qr_reference(item.id) for item in items],
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


def lock_credits(business_id: BusinessId, whose: Sequence[tuple[UUID, str]]) -> list[LockedCredit]:
    """What customers have in unapplied credit, each named with one currency, under lock; the
    oldest first. Invoices that they are to cover are locked before."""
    return LOCK_CREDITS.rows(
        business_id=business_id,
        customer_ids=[customer_id for customer_id, _ in whose],
        currencies=[currency for _, currency in whose],
    )


def lock_for_settling(business_id: BusinessId, attempt_ids: Sequence[UUID]) -> list[SettlingRow]:
    """Attempts under lock with what they mean, or meant, to pay, under lock too; an attempt over
    several invoices comes once for each."""
    return LOCK_SETTLING.rows(business_id=business_id, attempt_ids=list(attempt_ids))


@operation
def take_claims(
    business_id: BusinessId,
    attempt_id: UUID,
    plan: Sequence[tuple[UUID, int]],
    *,
    at: datetime,
    taken_by: str,
    by: Actor,
) -> None:
    """Holds invoices for one attempt that `by` began; others are told `taken_by`. `BeingPaid` if
    another attempt holds one of them."""
    invoice_ids = [invoice_id for invoice_id, _ in plan]
    taken = execute(
        """
        INSERT INTO receivables_claim (business_id, id, invoice_id, attempt_id, amount_minor,
                                       taken_at, taken_by, taken_by_ref)
        SELECT %(business_id)s::uuid, p.id, p.invoice_id, %(attempt_id)s::uuid, p.amount_minor,
               %(at)s::timestamptz, %(taken_by)s::text, %(by)s::text
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
            "by": by.label[:120],
        },
    )
    if len(taken) != len(plan):
        free = {invoice_id for (invoice_id,) in taken}
        index = next(i for i, invoice_id in enumerate(invoice_ids) if invoice_id not in free)
        raise BeingPaid(field=f"invoices.{index}.invoice")


@operation
def note_claims(
    business_id: BusinessId, claims: Sequence[NewClaim], *, at: datetime, taken_by: str, by: Actor
) -> None:
    """Notes what attempts over money that is here already are for: held by nobody, since their
    outcome is recorded in the same transaction; the invoices are under lock."""
    if not claims:
        return
    execute_later(
        """
        INSERT INTO receivables_claim (business_id, id, invoice_id, attempt_id, amount_minor,
                                       taken_at, taken_by, taken_by_ref, freed_at)
        SELECT %(business_id)s::uuid, p.id, p.invoice_id, p.attempt_id, p.amount_minor,
               %(at)s::timestamptz, %(taken_by)s::text, %(by)s::text, %(at)s::timestamptz
        FROM unnest(%(ids)s::uuid[], %(invoice_ids)s::uuid[], %(attempt_ids)s::uuid[],
                    %(amounts)s::bigint[]) AS p(id, invoice_id, attempt_id, amount_minor)
        """,
        {
            "business_id": business_id,
            "ids": new_ids(len(claims), at=at),
            "invoice_ids": [claim.invoice_id for claim in claims],
            "attempt_ids": [claim.attempt_id for claim in claims],
            "amounts": [claim.amount_minor for claim in claims],
            "at": at,
            "taken_by": taken_by[:200],
            "by": by.label[:120],
        },
        lambda _: None,
    )


@operation
def free_claims(business_id: BusinessId, attempt_ids: Sequence[UUID], *, at: datetime) -> None:
    """Lets go of invoices after an outcome that moved no money."""
    if not attempt_ids:
        return
    execute(
        """
        UPDATE receivables_claim SET freed_at = %(at)s::timestamptz
        WHERE business_id = %(business_id)s::uuid AND attempt_id = ANY(%(ids)s::uuid[])
          AND freed_at IS NULL
        """,
        {"business_id": business_id, "ids": list(attempt_ids), "at": at},
    )


@operation
def hold_again(business_id: BusinessId, attempt_id: UUID) -> bool:
    """Holds what an attempt under lock had let go of, since its money is on its way after all: all
    of it, or nothing and False, where an invoice is settled or void by now, or held by another."""
    [(is_held,)] = execute(
        """
        WITH wanted AS (
          SELECT c.id, o.is_void OR o.total_minor <= o.paid_minor + o.credited_minor OR EXISTS (
              SELECT FROM receivables_claim h
              WHERE h.business_id = c.business_id AND h.invoice_id = c.invoice_id
                AND h.freed_at IS NULL
            ) AS is_gone
          FROM receivables_claim c
          JOIN receivables_openitem o ON o.business_id = c.business_id AND o.id = c.invoice_id
          WHERE c.business_id = %(business_id)s::uuid AND c.attempt_id = %(attempt_id)s::uuid
        ), held AS (
          UPDATE receivables_claim SET freed_at = NULL
          WHERE business_id = %(business_id)s::uuid AND id IN (SELECT id FROM wanted)
            AND NOT EXISTS (SELECT FROM wanted WHERE is_gone)
        )
        SELECT NOT EXISTS (SELECT FROM wanted WHERE is_gone)
        """,
        {"business_id": business_id, "attempt_id": attempt_id},
    )
    return bool(is_held)


@operation
def apply_credits(
    business_id: BusinessId, arrived: Sequence[Arrived], *, at: datetime
) -> list[Applied]:
    """Covers invoices by the plans of what arrived (`allocating.allocate`), locking them first."""
    if not arrived:
        return []
    wanted = {invoice_id for one in arrived for invoice_id, _ in one.plan}
    applied = allocate(arrived, lock_items(business_id, list(wanted)))
    write_applied(business_id, applied, at=at)
    return applied


@operation
def write_applied(business_id: BusinessId, applied: Sequence[Applied], *, at: datetime) -> None:
    """Writes what was allocated under lock: credits, allocations, what is open; frees the claims
    of payments."""
    if not applied:
        return
    wanted = len({invoice for one in applied for invoice, _ in one.parts})
    APPLY.rows_later(
        partial(_check_moved, wanted),
        business_id=business_id,
        ids=[one.id for one in applied],
        customers=[one.customer_id for one in applied],
        kinds=[one.kind for one in applied],
        currencies=[one.amount.currency for one in applied],
        totals=[one.amount.minor for one in applied],
        applied=[one.amount.minor - one.unapplied.minor for one in applied],
        part_settles=[part in one.settled for one in applied for part, _ in one.parts],
        **_parts(applied, at=at),
    )


def _check_moved(wanted: int, found: Sequence[Moved]) -> None:
    """What was decided under lock is what was written."""
    assert found == [Moved(wanted, 0)]


@operation
def write_more_applied(
    business_id: BusinessId, applied: Sequence[Applied], *, at: datetime
) -> None:
    """Writes what credits under lock that stand already cover now."""
    if any(one.parts for one in applied):
        touched = APPLY_MORE.rows(business_id=business_id, **_parts(applied, at=at))
        _check_settled(touched, applied)


def _parts(applied: Sequence[Applied], *, at: datetime) -> dict[str, Any]:
    flat = [(one, invoice, part.minor) for one in applied for invoice, part in one.parts]
    return {
        "part_ids": new_ids(len(flat), at=at),
        "part_credits": [one.id for one, _, _ in flat],
        "part_invoices": [invoice for _, invoice, _ in flat],
        "part_amounts": [part for _, _, part in flat],
        "part_paid": [part if one.kind == "payment" else 0 for one, _, part in flat],
        "at": at,
    }


def _check_settled(touched: Sequence[Touched], applied: Sequence[Applied]) -> None:
    """What was decided under lock is what was written."""
    settled = {row.id for row in touched if row.is_settled}
    assert settled == {invoice for one in applied for invoice in one.settled}


@operation
def void_item(business_id: BusinessId, invoice_id: UUID, *, at: datetime) -> None:
    """Closes the debt of a voided invoice; refuses while money stands against it or someone is
    paying it."""
    item = lock_items(business_id, [invoice_id])[invoice_id]
    if item.paid_minor or item.credited_minor or item.written_off_minor:
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


@operation
def set_written_off(business_id: BusinessId, invoice_id: UUID, minor: int) -> None:
    """Notes how much of what is left of an invoice, which is under lock, is written off."""
    execute(
        """
        UPDATE receivables_openitem SET written_off_minor = %(minor)s::bigint
        WHERE business_id = %(business_id)s::uuid AND id = %(id)s::uuid
        """,
        {"business_id": business_id, "id": invoice_id, "minor": minor},
    )
