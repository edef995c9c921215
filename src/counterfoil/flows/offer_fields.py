"""Which hosted fields a gateway account shows the payer."""

from counterfoil.domain.payments.rows import Account
from counterfoil.flows.gateways import gateway_of
from counterfoil.kernel.ports.gateways import NextStep


def fields_for(account: Account, *, locale: str) -> NextStep:
    """The step that collects the card; no network."""
    return gateway_of(account.kind).fields(account.opened, locale=locale)
