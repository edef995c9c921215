"""Our accounts at gateways: connected, tried, given new keys, and sent payments by routes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings

from counterfoil.domain.payments import operations as payments
from counterfoil.domain.payments import queries
from counterfoil.domain.payments.accounts import operations
from counterfoil.domain.payments.accounts.operations import Keys
from counterfoil.domain.payments.accounts.routing import ANY, Route
from counterfoil.domain.payments.rows import Account
from counterfoil.flows.gateways import charges_of, gateway_of, methods_taken
from counterfoil.infra.db import outside_transaction, reading, run
from counterfoil.infra.http.targets import TargetRefused, checked_url
from counterfoil.infra.secrets.fields import opened_or_none
from counterfoil.kernel.actor import Actor
from counterfoil.kernel.errors import FieldProblem, InvalidInput, NotFound, Problem
from counterfoil.kernel.ids import BusinessId, encode, new_id
from counterfoil.kernel.money import UnknownCurrency, exponent
from counterfoil.kernel.ports.gateways.account import (
    OLD,
    OLD_UNTIL,
    AccountIncomplete,
    GatewayAccount,
)
from counterfoil.kernel.ports.gateways.capabilities import Setting
from counterfoil.kernel.ports.gateways.outcomes import MethodKind, Result

NAME_MAX = 80
BASE_URL = "url"  # the business's own server at a gateway
WEBHOOK_URL = "webhook_url"  # what we know ourselves, where an adapter wants it
OLD_SECRETS_HOLD = timedelta(days=3)  # events that were signed before are sent again for so long


@dataclass(frozen=True, slots=True)
class Form:
    """What staff typed in; `values` are settings and secrets together, `webhook_url` is ours."""

    name: str
    values: Mapping[str, str]
    webhook_url: str


def wanted_of(kind: str) -> tuple[Setting, ...]:
    """What staff have to type in for a kind of gateway; `NotFound` for one that there is not."""
    if kind not in settings.GATEWAYS:
        raise NotFound
    return tuple(one for one in gateway_of(kind).account_settings if one.name != WEBHOOK_URL)


def connect(
    business_id: BusinessId, account_id: UUID, kind: str, form: Form, *, at: datetime, by: Actor
) -> bool:
    """Adds a gateway account under an id that was shown (in its webhook address) before; False if
    the form was sent already. Refuses (`InvalidInput`) what lacks something needed,
    and (`FieldProblem`) what its adapter could not work with, and an account that is connected
    already: all that happens there would be booked twice."""
    keys = _keys(kind, form, {})
    keys = Keys(keys.name, {**keys.settings, **_until(keys, {}, at)}, keys.secrets)
    _check_keys(kind, keys)

    def work() -> bool:
        if queries.has_account(business_id, account_id):
            return False
        _check_once(business_id, account_id, kind, keys)
        payments.add_account(
            business_id,
            kind=kind,
            name=keys.name,
            settings=keys.settings,
            secrets=keys.secrets,
            at=at,
            account_id=account_id,
        )
        operations.begin(business_id, account_id, at=at, by=by)
        return True

    return run(business_id, work)


def change_keys(
    business_id: BusinessId, account_id: UUID, form: Form, *, at: datetime, by: Actor
) -> None:
    """Takes over what was typed in; a secret that was left empty stays. A webhook secret that is
    replaced is still accepted beside the new one for `OLD_SECRETS_HOLD`, and no longer. Secrets
    that can't be opened any more are all asked for again."""

    def work() -> None:
        account = _gateway(business_id, account_id)
        old = opened_or_none(account.opened.secrets)
        keys = _keys(account.kind, form, old)
        kept = {
            one: text for one, text in account.opened.settings.items() if _is_extra(account, one)
        }
        held = {**kept, **keys.settings, **_until(keys, old, at)}
        keys = Keys(keys.name, held, keys.secrets)
        _check_keys(account.kind, keys)
        _check_once(business_id, account_id, account.kind, keys)
        operations.replace_keys(business_id, account_id, keys, at=at, by=by)

    run(business_id, work)


def _is_extra(account: Account, name: str) -> bool:
    """A setting that no form asks for (the address of a gateway in a test) stays as it is."""
    return all(one.name != name for one in gateway_of(account.kind).account_settings)


def _keys(kind: str, form: Form, old: Mapping[str, str]) -> Keys:
    problems = []
    name = " ".join(form.name.split())[:NAME_MAX]
    if not name:
        problems.append(_needed("name"))
    found: dict[bool, dict[str, str]] = {True: {}, False: {}}
    for one in gateway_of(kind).account_settings:
        text = form.webhook_url if one.name == WEBHOOK_URL else form.values.get(one.name, "")
        if one.is_secret and not text:
            text = old.get(one.name, "")
        if not text and one.is_needed:
            problems.append(_needed(one.name))
        if text:
            found[one.is_secret][one.name] = text
    if problems:
        raise InvalidInput(problems)
    for beside in (one.name for one in gateway_of(kind).account_settings if one.name.endswith(OLD)):
        was, now = (held.get(beside.removesuffix(OLD), "") for held in (old, found[True]))
        if was and was != now and not form.values.get(beside):
            found[True][beside] = was
    return Keys(name, found[False], found[True])


def _until(keys: Keys, old: Mapping[str, str], at: datetime) -> Mapping[str, str]:
    """The setting that ends old secrets which are new to the account; nothing if none is."""
    fresh = [one for one in keys.secrets if one.endswith(OLD) and keys.secrets[one] != old.get(one)]
    return {OLD_UNTIL: (at + OLD_SECRETS_HOLD).isoformat()} if fresh else {}


def _check_keys(kind: str, keys: Keys) -> None:
    """Refuses, at its field, what the adapter could not work with, and a server that is not to be
    called."""
    try:
        if BASE_URL in keys.settings:
            checked_url(keys.settings[BASE_URL])
    except TargetRefused as problem:
        raise FieldProblem(BASE_URL, problem.message, code=problem.code) from problem
    try:
        gateway_of(kind).check(GatewayAccount(keys.name, keys.settings, keys.secrets))
    except AccountIncomplete as problem:
        raise FieldProblem(problem.setting, problem.message, code="not_usable") from problem


def _check_once(business_id: BusinessId, account_id: UUID, kind: str, keys: Keys) -> None:
    """Refuses keys that another account of this business has: all that its adapter needs, but for
    the secrets of its webhooks, which may be many."""
    names = [
        one.name
        for one in gateway_of(kind).account_settings
        if one.is_needed and "webhook" not in one.name and "hmac" not in one.name
    ]
    ours = {**keys.settings, **keys.secrets}
    for other in queries.gateway_accounts(business_id):
        theirs = {**other.opened.settings, **opened_or_none(other.opened.secrets)}
        is_same = all(ours.get(name) == theirs.get(name) for name in names)
        if names and is_same and other.kind == kind and other.id != account_id:
            message = f"This gateway account is connected already, as {other.opened.name}."
            raise FieldProblem(names[-1], message, code="connected_already")


def _needed(field: str) -> FieldProblem:
    return FieldProblem(field, "This is needed.", code="required")


def _gateway(business_id: BusinessId, account_id: UUID) -> Account:
    """An account with an adapter, or `NotFound`; inside a transaction."""
    account = queries.account(business_id, account_id)
    if account.kind not in settings.GATEWAYS:
        raise NotFound
    return account


def try_connection(business_id: BusinessId, account_id: UUID) -> Problem | None:
    """Asks the gateway for a payment that there can't be: None if it says that there is none,
    else what came instead. No money moves."""
    with reading(business_id):
        account = _gateway(business_id, account_id)
    return _ask(account)


@outside_transaction
def _ask(account: Account) -> Problem | None:
    try:
        told = charges_of(account.kind).look_up(account.opened, encode("pay", new_id()))
    except Problem as problem:
        return problem
    if told.result == Result.ABSENT:
        return None
    return Problem("The gateway answered about a payment that does not exist.")


def pause(
    business_id: BusinessId, account_id: UUID, *, is_paused: bool, at: datetime, by: Actor
) -> None:
    """Sends it no new payments, or takes it up again."""

    def work() -> None:
        _gateway(business_id, account_id)
        operations.pause(business_id, account_id, is_paused=is_paused, at=at, by=by)

    run(business_id, work)


def add_route(
    business_id: BusinessId, account_id: UUID, route: Route, *, at: datetime, by: Actor
) -> None:
    """Sends such payments there. Refuses (`FieldProblem`) a method that its gateway does not
    charge by and a currency that there is not; `RouteTaken` if they go elsewhere."""

    def work() -> None:
        account = _gateway(business_id, account_id)
        _check(account, route)
        operations.add_route(business_id, account_id, route, at=at, by=by)

    run(business_id, work)


def _check(account: Account, route: Route) -> None:
    if route.method != ANY and route.method not in methods_taken(account):
        message = "This gateway does not offer this way to pay."
        raise FieldProblem("method", message, code="not_offered_by_gateway")
    try:
        if route.currency != ANY:
            exponent(route.currency)
    except UnknownCurrency as problem:
        raise FieldProblem("currency", problem.message, code=problem.code) from None


def remove_route(
    business_id: BusinessId, account_id: UUID, route: Route, *, at: datetime, by: Actor
) -> None:
    """Sends such payments there no more."""

    def work() -> None:
        _gateway(business_id, account_id)
        operations.remove_route(business_id, account_id, route, at=at, by=by)

    run(business_id, work)


def methods_of_account(account: Account) -> tuple[MethodKind, ...]:
    """By which methods an account charges, in the sequence in which they are shown."""
    offered = methods_taken(account)
    return tuple(one for one in MethodKind if one in offered)
