"""Tells the gateway to forget a method that was removed here, or that another one replaced."""

from uuid import UUID

from counterfoil.domain.payments import queries
from counterfoil.domain.payments.methods import queries as method_queries
from counterfoil.domain.payments.rows import Account
from counterfoil.flows.gateways import methods_of, offers
from counterfoil.infra.db import outside_transaction, reading
from counterfoil.kernel.errors import Unavailable, Uncertain
from counterfoil.kernel.ids import BusinessId
from counterfoil.kernel.ports.gateways.capabilities import Capability


def forget(business_id: BusinessId, method_id: UUID, *, gateway_ref: str = "") -> None:
    """Removes it over there; `gateway_ref` is an older id that a new one has replaced. Safe to
    repeat: `Unavailable` while the gateway does not say that it is gone."""
    with reading(business_id):
        row = method_queries.methods(business_id, [method_id]).get(method_id)
        if row is None or (row.removed_at is None and gateway_ref in ("", row.gateway_ref)):
            return
        account = queries.account(business_id, row.gateway_account_id)
    if offers(account.kind, Capability.METHODS):
        _remove(account, gateway_ref or row.gateway_ref)


@outside_transaction
def _remove(account: Account, gateway_ref: str) -> None:
    try:
        methods_of(account.kind).remove(account.opened, gateway_ref)
    except Uncertain as error:
        raise Unavailable("The gateway did not say that the method is gone.") from error
