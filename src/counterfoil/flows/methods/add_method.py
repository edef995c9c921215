"""Saves a method without paying: the gateway keeps it, then we remember it."""

import hashlib
from datetime import datetime
from uuid import UUID

from counterfoil.domain.business import queries as businesses
from counterfoil.domain.payments.methods import operations as methods
from counterfoil.domain.payments.methods.rows import NewMethod
from counterfoil.domain.payments.rows import Account
from counterfoil.flows.gateways import account_for, methods_of
from counterfoil.flows.pay_invoices import NoGateway
from counterfoil.infra.db import outside_transaction, reading
from counterfoil.kernel.actor import Actor
from counterfoil.kernel.ids import BusinessId, encode
from counterfoil.kernel.ports.gateways.methods import SavedMethod
from counterfoil.kernel.ports.gateways.outcomes import MethodKind


def add(
    business_id: BusinessId,
    customer_id: UUID,
    *,
    source: str,
    form_key: str,
    by: Actor,
    at: datetime,
) -> UUID:
    """Keeps what a token of the hosted fields stands for, and returns the method's id; nothing is
    charged. The same form keeps one method, however often it is sent.

    Refuses what the gateway refuses (`Refused`, in its words), a business without a gateway
    (`NoGateway`); `Unavailable` and `Uncertain` mean that sending it again is safe.
    """
    with reading(business_id):
        currency = businesses.by_id(business_id).currency
        account = account_for(business_id, MethodKind.CARD, currency)
    if account is None:
        raise NoGateway
    saved = _save(account, source, encode("cus", customer_id), form_key)
    new = NewMethod(
        customer_id=customer_id,
        gateway_account_id=account.id,
        gateway_ref=saved.gateway_ref,
        instrument=saved.instrument,
    )
    return methods.keep(business_id, new, at=at, by=by)


@outside_transaction
def _save(account: Account, source: str, customer: str, form_key: str) -> SavedMethod:
    return methods_of(account.kind).save(
        account.opened,
        source=source,
        customer=customer,
        reference=_reference(customer, form_key),
    )


def _reference(customer: str, form_key: str) -> str:
    """One for each form of a customer. Gateways take it as a header, and a browser may send any
    sign as the key of a form: so it is made from the key, and never holds it."""
    return f"method:{hashlib.sha256(f'{customer}:{form_key}'.encode()).hexdigest()[:40]}"
