"""The only writer of saved methods: keep, name, choose, remove, and what their network changes."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from counterfoil.domain.payments import mandates
from counterfoil.domain.payments.methods import queries
from counterfoil.domain.payments.methods.rows import MethodRow, NewMethod
from counterfoil.infra import jobs
from counterfoil.infra.db import execute, operation
from counterfoil.infra.outbox import Happened, publish
from counterfoil.kernel.actor import Actor
from counterfoil.kernel.errors import NotFound
from counterfoil.kernel.ids import BusinessId, encode, new_id
from counterfoil.kernel.ports.gateways.outcomes import Instrument

NAME_MAX = 60
_EVENTS = {
    "saved": "payment_method.saved",
    "updated": "payment_method.updated",
    "removed": "payment_method.removed",
}


@operation
def keep(business_id: BusinessId, new: NewMethod, *, at: datetime, by: Actor) -> UUID:
    """Remembers what a gateway keeps, and returns its id; a gateway's id is remembered once.

    The same card saved again takes the place of the one that is there, with its name, its place in
    the sequence and whatever is planned to be paid by it. It is nobody's default before they say
    so.
    """
    _hold(business_id, new.customer_id)
    known = queries.method_of_gateway(business_id, new.gateway_account_id, new.gateway_ref)
    if known is not None:
        return known.id
    same = _same(business_id, new)
    if same is not None:
        _replace(business_id, same, new.gateway_ref, at=at)
        return same.id
    method_id, shown = new_id(), new.instrument
    params: dict[str, Any] = {
        "business_id": business_id,
        "id": method_id,
        "customer_id": new.customer_id,
        "account_id": new.gateway_account_id,
        "kind": shown.kind,
        "gateway_ref": new.gateway_ref,
        "name": _name(new.name),
        "brand": shown.brand[:30],
        "last4": shown.last4[:4],
        "exp_month": shown.exp_month,
        "exp_year": shown.exp_year,
        "at": at,
        "by": by.label[:120],
    }
    written = execute(_KEEP, params)
    if not written:  # somebody else kept it in this moment, for another customer
        found = queries.method_of_gateway(business_id, new.gateway_account_id, new.gateway_ref)
        if found is None:
            raise NotFound
        return found.id
    _tell(business_id, "saved", method_id, new.customer_id, at)
    return method_id


_KEEP = """
INSERT INTO payments_method (business_id, id, customer_id, gateway_account_id, kind, gateway_ref,
  name, brand, last4, exp_month, exp_year, is_default, created_at, created_by)
VALUES (%(business_id)s::uuid, %(id)s::uuid, %(customer_id)s::uuid, %(account_id)s::uuid,
  %(kind)s::text, %(gateway_ref)s::text, %(name)s::text, %(brand)s::text, %(last4)s::text,
  %(exp_month)s::smallint, %(exp_year)s::smallint, false,
  %(at)s::timestamptz, %(by)s::text)
ON CONFLICT (business_id, gateway_account_id, gateway_ref) DO NOTHING RETURNING id
"""


def _hold(business_id: BusinessId, customer_id: UUID) -> None:
    """Whoever saves or chooses for this customer at the same time waits. In a statement of its own:
    the next one sees what they did."""
    rows = execute(
        """
        SELECT id FROM customers_customer
        WHERE business_id = %(business_id)s::uuid AND id = %(customer_id)s::uuid
        FOR NO KEY UPDATE
        """,
        {"business_id": business_id, "customer_id": customer_id},
    )
    if not rows:
        raise NotFound


def _same(business_id: BusinessId, new: NewMethod) -> MethodRow | None:
    shown = new.instrument
    for row in queries.methods_of(business_id, new.customer_id):
        is_there = row.gateway_account_id == new.gateway_account_id
        if is_there and row.instrument == Instrument(
            shown.kind, shown.brand, shown.last4, shown.exp_month, shown.exp_year
        ):
            return row
    return None


def _replace(business_id: BusinessId, row: MethodRow, gateway_ref: str, *, at: datetime) -> None:
    execute(
        """
        UPDATE payments_method SET gateway_ref = %(gateway_ref)s::text
        WHERE business_id = %(business_id)s::uuid AND id = %(id)s::uuid
        """,
        {"business_id": business_id, "id": row.id, "gateway_ref": gateway_ref},
    )
    old = {"method_id": str(row.id), "gateway_ref": row.gateway_ref}
    jobs.defer_many(business_id, "forget_replaced_method", [old])
    _tell(business_id, "updated", row.id, row.customer_id, at)


def _name(text: str) -> str:
    return " ".join(text.split())[:NAME_MAX]


def _tell(
    business_id: BusinessId, what: str, method_id: UUID, customer_id: UUID, at: datetime
) -> None:
    body = {"payment_method": encode("pm", method_id), "customer": encode("cus", customer_id)}
    publish(business_id, [Happened(_EVENTS[what], body)], at=at)


@operation
def rename(
    business_id: BusinessId, customer_id: UUID, method_id: UUID, *, name: str, at: datetime
) -> None:
    """Gives a saved method its owner's own word for it; an empty one takes it away."""
    rows = execute(
        f"UPDATE payments_method SET name = %(name)s::text {_OWN}",  # noqa: S608  fixed text
        {**_own(business_id, customer_id, method_id), "name": _name(name)},
    )
    if not rows:
        raise NotFound
    _tell(business_id, "updated", method_id, customer_id, at)


@operation
def make_default(
    business_id: BusinessId, customer_id: UUID, method_id: UUID, *, at: datetime
) -> None:
    """Lets this one come first; what was the default, a bank account too, is none any more."""
    _hold(business_id, customer_id)
    queries.method_for(business_id, customer_id, method_id)
    _no_default(business_id, customer_id, method_id)
    mandates.put_first(business_id, customer_id, None)
    rows = execute(
        f"UPDATE payments_method SET is_default = true {_OWN}",  # noqa: S608  fixed text
        _own(business_id, customer_id, method_id),
    )
    if not rows:
        raise NotFound
    _tell(business_id, "updated", method_id, customer_id, at)


@operation
def make_mandate_default(business_id: BusinessId, customer_id: UUID, mandate_id: UUID) -> None:
    """Lets a bank account come first; what was the default is none any more. Refuses another
    customer's mandate (`NotFound`) and one that does not stand (`MandateEnded`)."""
    _hold(business_id, customer_id)
    mandates.require_active(business_id, mandate_id, customer_id)
    _no_default(business_id, customer_id, mandate_id)
    mandates.put_first(business_id, customer_id, mandate_id)


def _no_default(business_id: BusinessId, customer_id: UUID, but: UUID) -> None:
    execute(
        """
        UPDATE payments_method SET is_default = false
        WHERE business_id = %(business_id)s::uuid AND customer_id = %(customer_id)s::uuid
          AND is_default AND id <> %(id)s::uuid
        """,
        _own(business_id, customer_id, but),
    )


@operation
def remove(business_id: BusinessId, customer_id: UUID, method_id: UUID, *, at: datetime) -> None:
    """Takes a saved method away: from now on nobody is charged by it. What has been charged stays;
    the gateway is told by the job that follows. `NotFound` if it is not there (any more)."""
    gone = "removed_at = %(at)s::timestamptz, is_default = false"
    rows = execute(
        f"UPDATE payments_method SET {gone} {_OWN}",  # noqa: S608  fixed text
        {**_own(business_id, customer_id, method_id), "at": at},
    )
    if not rows:
        raise NotFound
    _tell(business_id, "removed", method_id, customer_id, at)


_OWN = """
WHERE business_id = %(business_id)s::uuid AND customer_id = %(customer_id)s::uuid
  AND id = %(id)s::uuid AND removed_at IS NULL RETURNING id
"""


def _own(business_id: BusinessId, customer_id: UUID, method_id: UUID) -> dict[str, Any]:
    return {"business_id": business_id, "customer_id": customer_id, "id": method_id}


@operation
def change_by_network(
    business_id: BusinessId, row: MethodRow, shown: Instrument, *, at: datetime
) -> bool:
    """The card's network renewed it: a new number, a later expiry; False if nothing is new.

    A later expiry will be told of again when it comes near.
    """
    if row.removed_at is not None or shown == row.instrument:
        return False
    execute(
        """
        UPDATE payments_method SET brand = %(brand)s::text, last4 = %(last4)s::text,
          exp_month = %(exp_month)s::smallint, exp_year = %(exp_year)s::smallint,
          updated_at = %(at)s::timestamptz, expiry_told_at = NULL
        WHERE business_id = %(business_id)s::uuid AND id = %(id)s::uuid
        """,
        {
            "business_id": business_id,
            "id": row.id,
            "brand": shown.brand[:30],
            "last4": shown.last4[:4],
            "exp_month": shown.exp_month,
            "exp_year": shown.exp_year,
            "at": at,
        },
    )
    _tell(business_id, "updated", row.id, row.customer_id, at)
    return True


@operation
def hold(business_id: BusinessId, method_id: UUID) -> bool:
    """Whether it may be charged now; it can't be removed before the charge is on record."""
    rows = execute(
        """
        SELECT m.id FROM payments_method m
        WHERE m.business_id = %(business_id)s::uuid AND m.id = %(id)s::uuid
          AND m.removed_at IS NULL FOR SHARE
        """,
        {"business_id": business_id, "id": method_id},
    )
    return bool(rows)


@operation
def note_used(business_id: BusinessId, ids: Sequence[UUID], *, at: datetime) -> None:
    """These have just paid: they come first next time."""
    execute(
        """
        UPDATE payments_method SET used_at = greatest(used_at, %(at)s::timestamptz)
        WHERE business_id = %(business_id)s::uuid AND id = ANY(%(ids)s::uuid[])
        """,
        {"business_id": business_id, "ids": list(ids), "at": at},
    )


@operation
def note_expiry_told(business_id: BusinessId, method_id: UUID, *, at: datetime) -> bool:
    """The owner is told that the card ends; False if they have been told before."""
    rows = execute(
        """
        UPDATE payments_method SET expiry_told_at = %(at)s::timestamptz
        WHERE business_id = %(business_id)s::uuid AND id = %(id)s::uuid
          AND expiry_told_at IS NULL AND removed_at IS NULL RETURNING id
        """,
        {"business_id": business_id, "id": method_id, "at": at},
    )
    return bool(rows)
