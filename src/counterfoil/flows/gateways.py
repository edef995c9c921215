"""Which adapter answers for which kind of gateway account, capability by capability."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import Any

from django.conf import settings

from counterfoil.domain.payments import queries
from counterfoil.domain.payments.accounts.routing import preferred
from counterfoil.domain.payments.rows import Account, AttemptRow
from counterfoil.infra.db import outside_transaction
from counterfoil.infra.registry import load
from counterfoil.kernel import clock
from counterfoil.kernel.apart import tell_broken
from counterfoil.kernel.errors import Problem, Refused, Unavailable, Uncertain
from counterfoil.kernel.ids import BusinessId, encode
from counterfoil.kernel.money import Money
from counterfoil.kernel.ports.gateways.account import NotSetUp
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
from counterfoil.kernel.ports.gateways.tokens import Tokens

SENT_WITHIN = timedelta(seconds=20)
ABSENCE_IS_PROOF_AFTER = timedelta(seconds=60)  # no request of ours is on its way for longer
_DRAWN = frozenset({MethodKind.CARD, MethodKind.BANK_REDIRECT, MethodKind.DIGITAL_CURRENCY})


@contextmanager
def once_asked() -> Iterator[None]:
    """Around what is written after a gateway was asked: if the database is gone now, nobody may
    hear that nothing was started. It is `Uncertain`, and the resolver asks."""
    try:
        yield
    except Unavailable as error:
        raise Uncertain from error


def is_too_late(began: timedelta) -> bool:
    """Whether a process has stood still for so long since it recorded what it is about to send that
    it must not send it any more: a minute after the record, the look-up takes it for proof that the
    gateway knows nothing of it, and the invoice is free for somebody else."""
    return clock.uptime() - began > SENT_WITHIN


class NotBuilt(Unavailable):
    """There is no adapter of this kind, or it can't be loaded: nothing was started."""

    code = "gateway_not_built"
    message = "There is no adapter for this kind of gateway, or it can't be loaded."


class NotOffered(Refused):
    """The gateway account can't do this."""

    code = "not_offered"
    message = "This gateway does not offer this. No money was moved."


def gateway_of(kind: str) -> Gateway:
    """The adapter of a kind, as the settings name it; refuses (`NotBuilt`) a kind without one, and
    one that can't be loaded."""
    try:
        made: Gateway = load(settings.GATEWAYS[kind])()
    except Exception as error:
        raise NotBuilt from error
    return made


def trouble_with(account: Account) -> Problem | None:
    """Why no payment can go to an account, whatever its gateway says: it has no adapter, or lacks
    what its adapter needs; None if nothing is wrong with it here. No network."""
    try:
        gateway = gateway_of(account.kind)
        gateway.check(account.opened)
        for method in _DRAWN & gateway.methods:
            with suppress(NotSetUp):  # it is not taken, and nothing is wrong
                fields_for(account, locale="en", method=method)
    except Problem as problem:
        return problem
    except Exception as error:  # noqa: BLE001  one broken account takes no page down
        tell_broken(f"the gateway account {account.id}", error)
        return NotBuilt()
    return None


def usable_accounts(business_id: BusinessId) -> list[Account]:
    """The active accounts that new payments can go to; inside `reading`. The others are for staff
    to mend (`troubled_accounts`)."""
    return usable(queries.active_accounts(business_id))


def usable(accounts: Sequence[Account]) -> list[Account]:
    """Those of them."""
    return [one for one in accounts if trouble_with(one) is None]


def troubled_accounts(business_id: BusinessId) -> list[tuple[Account, Problem]]:
    """The active accounts that no new payment can go to, with why; inside `reading`."""
    found = [(one, trouble_with(one)) for one in queries.active_accounts(business_id)]
    return [(account, problem) for account, problem in found if problem]


def account_for(business_id: BusinessId, method: MethodKind, currency: str) -> Account | None:
    """The gateway account that takes such a new payment, or None; inside `reading`."""
    return choose(usable_accounts(business_id), method, currency)


def choose(accounts: Sequence[Account], method: MethodKind, currency: str) -> Account | None:
    """Of these accounts: the first choice of the routes whose gateway charges by this method."""
    for account in preferred(accounts, method, currency):
        if method in methods_charged(account.kind) and _is_set_up(account, method):
            return account
    return None


def offers(kind: str, capability: Capability) -> bool:
    """Whether a kind of account can do this; one without an adapter (our bank account) can't."""
    gateway = _built(kind)
    return gateway is not None and capability in gateway.capabilities


def methods_charged(kind: str) -> frozenset[MethodKind]:
    """By which methods a kind of account charges; one without an adapter by none."""
    gateway = _built(kind)
    return gateway.methods if gateway else frozenset()


def methods_taken(account: Account) -> frozenset[MethodKind]:
    """By which methods this account charges: those of its kind, less those that are drawn by the
    gateway and that it is not set up for."""
    return frozenset(one for one in methods_charged(account.kind) if _is_set_up(account, one))


def _is_set_up(account: Account, method: MethodKind) -> bool:
    """False only where the account says so: what else is wrong with it is told as trouble."""
    if method not in _DRAWN:
        return True
    try:
        fields_for(account, locale="en", method=method)
    except NotSetUp:
        return False
    except Exception:  # noqa: BLE001  `trouble_with` tells of it
        return True
    return True


def is_built(kind: str) -> bool:
    """Whether there is an adapter of this kind, and it can be loaded."""
    return _built(kind) is not None


def _built(kind: str) -> Gateway | None:
    try:
        return gateway_of(kind)
    except NotBuilt:
        return None


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


def tokens_of(kind: str) -> Tokens:
    """Who says what a token stands for."""
    adapter: Tokens = _able(kind, Capability.TOKENS)
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


@outside_transaction
def look_up(account: Account, attempt: AttemptRow) -> Outcome:
    """Asks what became of an attempt, by our own key; `Unavailable` if it can't be asked now."""
    reference = encode("pay", attempt.id)
    return charges_of(account.kind).look_up(account.opened, reference, attempt.gateway_ref)


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


def step_or_none(
    account: Account,
    *,
    locale: str,
    method: MethodKind,
    scheme: str = "",
    amount: Money | None = None,
) -> NextStep | None:
    """The same for a page: what can't be collected is left out, and told in the log."""
    try:
        return fields_for(account, locale=locale, method=method, scheme=scheme, amount=amount)
    except Exception as error:  # noqa: BLE001  one broken way takes no page down
        tell_broken(f"the fields for {method} of the gateway account {account.id}", error)
        return None


def _able(kind: str, capability: Capability) -> Any:
    gateway = gateway_of(kind)
    if capability not in gateway.capabilities:
        raise NotOffered
    return gateway
