"""Changes of gateway accounts after they were added, each with its history row; old payments keep
the account that took them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from counterfoil.domain.payments.accounts.routing import Route, RouteTaken
from counterfoil.domain.payments.models import GatewayAccount
from counterfoil.domain.payments.models import Route as RouteModel
from counterfoil.domain.payments.states import ACCOUNT, AccountState
from counterfoil.infra.db import operation
from counterfoil.infra.secrets.fields import opened_or_none
from counterfoil.infra.transitions import Move, begin_many, note
from counterfoil.kernel.actor import Actor
from counterfoil.kernel.errors import NotFound
from counterfoil.kernel.ids import BusinessId

S = AccountState


@dataclass(frozen=True, slots=True)
class Keys:
    """What a gateway account is called, and what its adapter needs of it."""

    name: str
    settings: Mapping[str, str]
    secrets: Mapping[str, str] = field(repr=False)


def _locked(business_id: BusinessId, account_id: UUID) -> GatewayAccount:
    rows = GatewayAccount.objects.for_business(business_id).select_for_update()
    found: GatewayAccount | None = rows.filter(id=account_id).first()
    if found is None:
        raise NotFound
    return found


def _noted(
    account: GatewayAccount, target: AccountState, at: datetime, by: Actor, why: str = ""
) -> None:
    step = Move(account.id, _state(account), target, why)
    note(BusinessId(account.business_id), ACCOUNT, step, at=at, by=by)


@operation
def begin(business_id: BusinessId, account_id: UUID, *, at: datetime, by: Actor) -> None:
    """Writes the first history row of an account that was added."""
    begin_many(business_id, ACCOUNT, [account_id], at=at, by=by)


@operation
def pause(
    business_id: BusinessId, account_id: UUID, *, is_paused: bool, at: datetime, by: Actor
) -> None:
    """Sends it no new payments, or takes it up again; what it has under way goes on."""
    account = _locked(business_id, account_id)
    if account.is_active is not is_paused:
        return
    _noted(account, S.PAUSED if is_paused else S.ACTIVE, at, by)
    account.is_active = not is_paused
    account.save(update_fields=["is_active"])


@operation
def replace_keys(
    business_id: BusinessId,
    account_id: UUID,
    keys: Keys,
    *,
    at: datetime,
    by: Actor,
) -> None:
    """Takes over name, settings and secrets as they are given; the history says which changed,
    never to what."""
    account = _locked(business_id, account_id)
    old = {**account.settings, **opened_or_none(account.secrets)}
    new = {**keys.settings, **keys.secrets}
    changed = sorted(key for key in old.keys() | new.keys() if old.get(key) != new.get(key))
    if account.name != keys.name:
        changed.insert(0, "name")
    if not changed:
        return
    _noted(account, _state(account), at, by, ", ".join(changed))
    account.name = keys.name
    account.settings = dict(keys.settings)
    account.secrets = dict(keys.secrets)
    account.save(update_fields=["name", "settings", "secrets"])


@operation
def add_route(
    business_id: BusinessId, account_id: UUID, route: Route, *, at: datetime, by: Actor
) -> None:
    """Sends such payments there from now on; `RouteTaken` if they go elsewhere."""
    account = _locked(business_id, account_id)
    found, is_new = RouteModel.objects.for_business(business_id).get_or_create(
        method=route.method,
        currency=route.currency,
        defaults={
            "business_id": business_id, "gateway_account_id": account_id, "created_at": at
        },
    )  # fmt: skip
    if found.gateway_account_id != account_id:
        raise RouteTaken
    if is_new:
        _noted(account, _state(account), at, by, f"route added: {_words(route)}")


@operation
def remove_route(
    business_id: BusinessId, account_id: UUID, route: Route, *, at: datetime, by: Actor
) -> None:
    """Sends such payments there no more; one that is not there is fine."""
    account = _locked(business_id, account_id)
    rows = RouteModel.objects.for_business(business_id).filter(
        gateway_account_id=account_id, method=route.method, currency=route.currency
    )
    if rows.delete()[0]:
        _noted(account, _state(account), at, by, f"route removed: {_words(route)}")


def _state(account: GatewayAccount) -> AccountState:
    return S.ACTIVE if account.is_active else S.PAUSED


def _words(route: Route) -> str:
    return f"{route.method or 'any method'}, {route.currency or 'any currency'}"
