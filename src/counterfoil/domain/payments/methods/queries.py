"""Reads of saved methods, as frozen rows."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from counterfoil.domain.payments.methods.rows import NOTICE, MethodRow
from counterfoil.infra.sql import Statement
from counterfoil.kernel.errors import NotFound
from counterfoil.kernel.ids import BusinessId

_OF_CUSTOMER = """AND m.customer_id = %(customer_id)s::uuid AND m.removed_at IS NULL
ORDER BY m.is_default DESC, m.used_at DESC NULLS LAST, m.id DESC LIMIT 50"""
_BY_IDS = "AND m.id = ANY(%(ids)s::uuid[]) ORDER BY m.id"
_OF_GATEWAY = """AND m.gateway_account_id = %(account_id)s::uuid
AND m.gateway_ref = %(gateway_ref)s::text"""
_ENDING = """AND m.removed_at IS NULL AND m.expiry_told_at IS NULL
AND (make_date(m.exp_year, m.exp_month, 1) + interval '1 month - 1 day')::date
  BETWEEN %(today)s::date AND %(until)s::date
ORDER BY m.id LIMIT %(limit)s::int"""
METHODS_OF = Statement(__package__, "methods", MethodRow, WHICH=_OF_CUSTOMER)
METHODS = Statement(__package__, "methods", MethodRow, WHICH=_BY_IDS)
METHOD_OF_GATEWAY = Statement(__package__, "methods", MethodRow, WHICH=_OF_GATEWAY)
ENDING = Statement(__package__, "methods", MethodRow, WHICH=_ENDING)


def methods_of(business_id: BusinessId, customer_id: UUID) -> list[MethodRow]:
    """What the customer has saved: the default first, then what paid last, then the newest."""
    return METHODS_OF.rows(business_id=business_id, customer_id=customer_id)


def methods(business_id: BusinessId, ids: Sequence[UUID]) -> dict[UUID, MethodRow]:
    """Saved methods by id, removed ones too; unknown ids are left out."""
    return {row.id: row for row in METHODS.rows(business_id=business_id, ids=list(ids))}


def method_for(business_id: BusinessId, customer_id: UUID, method_id: UUID) -> MethodRow:
    """One that this customer may be charged by; anybody else's, or a removed one, is
    `NotFound`."""
    row = methods(business_id, [method_id]).get(method_id)
    if row is None or row.customer_id != customer_id or row.removed_at is not None:
        raise NotFound
    return row


def method_of_gateway(
    business_id: BusinessId, account_id: UUID, gateway_ref: str
) -> MethodRow | None:
    """The one that a gateway account knows by this id of its own, if it is ours."""
    return METHOD_OF_GATEWAY.first(
        business_id=business_id, account_id=account_id, gateway_ref=gateway_ref
    )


def methods_ending(business_id: BusinessId, today: date, *, limit: int = 500) -> list[MethodRow]:
    """Cards that end within thirty days, whose owner has not been told yet."""
    return ENDING.rows(business_id=business_id, today=today, until=today + NOTICE, limit=limit)
