"""Which adapter answers for which kind of gateway account, capability by capability."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.conf import settings

from counterfoil.domain.payments import queries
from counterfoil.domain.payments.accounts.routing import preferred
from counterfoil.domain.payments.rows import Account
from counterfoil.infra.db import outside_transaction
from counterfoil.infra.registry import load
from counterfoil.kernel import clock
from counterfoil.kernel.errors import Refused, Unavailable
from counterfoil.kernel.ids import BusinessId
from counterfoil.kernel.money import Money
from counterfoil.kernel.ports.gateways.capabilities import Capability, Gateway
from counterfoil.kernel.ports.gateways.chargebacks import Chargebacks
from counterfoil.kernel.ports.gateways.charges import (
    Cancels,
    ChargeRequest,
    Charges,
    FieldsRequest,
    Outcome,
)
from counterfoil.kernel.ports.gateways.events import Events, Mentions
from counterfoil.kernel.ports.gateways.listing import Listing
from counterfoil.kernel.ports.gateways.mandates import Mandates
from counterfoil.kernel.ports.gateways.methods import Methods
from counterfoil.kernel.ports.gateways.outcomes import MethodKind, NextStep, Result
from counterfoil.kernel.ports.gateways.payouts import Payouts
from counterfoil.kernel.ports.gateways.refunds import Refunds

SENT_WITHIN = timedelta(seconds=20)


def is_too_late(began: timedelta) -> bool:
    """Whether a process has stood still for so long since it recorded what it is about to send that
    it must not send it any more: a minute after the record, the look-up takes it for proof that the
    gateway knows nothing of it, and the invoice is free for somebody else."""
    return clock.uptime() - began > SENT_WITHIN


class NotOffered(Refused):
    """The gateway account can't do this."""

    code = "not_offered"
    message = "This gateway does not offer this. No money was moved."


def gateway_of(kind: str) -> Gateway:
    """The adapter of a kind, as the settings name it; a kind without one is a KeyError: a bug."""
    made: Gateway = load(settings.GATEWAYS[kind])()
    return made


def account_for(business_id: BusinessId, method: MethodKind, currency: str) -> Account | None:
    """The gateway account that takes such a new payment, or None; inside `reading`."""
    return choose(queries.active_accounts(business_id), method, currency)


def choose(accounts: Sequence[Account], method: MethodKind, currency: str) -> Account | None:
    """Of these accounts: the first choice of the routes whose gateway charges by this method."""
    for account in preferred(accounts, method, currency):
        if account.kind in settings.GATEWAYS and method in gateway_of(account.kind).methods:
            return account
    return None


def offers(kind: str, capability: Capability) -> bool:
    """Whether a kind of account can do this; one without an adapter (our bank account) can't."""
    return kind in settings.GATEWAYS and capability in gateway_of(kind).capabilities


def methods_charged(kind: str) -> frozenset[MethodKind]:
    """By which methods a kind of account charges; one without an adapter by none."""
    return gateway_of(kind).methods if kind in settings.GATEWAYS else frozenset()


def charges_of(kind: str) -> Charges:
    """Who charges; this and every word below refuses (`NotOffered`) what is not declared."""
    adapter: Charges = _able(kind, Capability.CHARGES)
    return adapter


def cancels_of(kind: str) -> Cancels:
    """Who stops charges."""
    adapter: Cancels = _able(kind, Capability.CANCELS)
    return adapter


def refunds_of(kind: str) -> Refunds:
    """Who gives money back."""
    adapter: Refunds = _able(kind, Capability.REFUNDS)
    return adapter


def events_of(kind: str) -> Events:
    """Who reads what the gateway pushes."""
    adapter: Events = _able(kind, Capability.EVENTS)
    return adapter


def mentions_of(kind: str) -> Mentions:
    """Who says what is behind a mention."""
    adapter: Mentions = _able(kind, Capability.MENTIONS)
    return adapter


def mandates_of(kind: str) -> Mandates:
    """Who keeps mandates."""
    adapter: Mandates = _able(kind, Capability.MANDATES)
    return adapter


def methods_of(kind: str) -> Methods:
    """Who saves methods."""
    adapter: Methods = _able(kind, Capability.METHODS)
    return adapter


def chargebacks_of(kind: str) -> Chargebacks:
    """Who answers chargebacks."""
    adapter: Chargebacks = _able(kind, Capability.CHARGEBACKS)
    return adapter


def payouts_of(kind: str) -> Payouts:
    """Who reads payouts."""
    adapter: Payouts = _able(kind, Capability.PAYOUTS)
    return adapter


def listing_of(kind: str) -> Listing:
    """Who lists what happened over there."""
    adapter: Listing = _able(kind, Capability.LISTING)
    return adapter


@outside_transaction
def charge_once(account: Account, request: ChargeRequest, *, began: timedelta) -> Outcome:
    """Asks for a charge that is on record since `began`. Surely not sent = ABSENT (nothing was
    started)."""
    if is_too_late(began):
        return Outcome(request.reference, Result.ABSENT)
    try:
        return charges_of(account.kind).charge(account.opened, request)
    except Unavailable:
        return Outcome(request.reference, Result.ABSENT)


def fields_for(
    account: Account,
    *,
    locale: str,
    method: MethodKind = MethodKind.CARD,
    scheme: str = "",
    amount: Money | None = None,
) -> NextStep:
    """The step that collects a card, a bank account or a wallet's word; no network."""
    request = FieldsRequest(method=method, locale=locale, scheme=scheme, amount=amount)
    return charges_of(account.kind).fields(account.opened, request)


def _able(kind: str, capability: Capability) -> Any:
    if not offers(kind, capability):
        raise NotOffered
    return gateway_of(kind)
