"""Several gateways: a payment goes by its routes; what was paid stays with whom it was paid by."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import pytest

from counterfoil.domain.payments import queries
from counterfoil.domain.payments.accounts import operations
from counterfoil.domain.payments.accounts.routing import Route, RouteTaken, preferred
from counterfoil.flows.gateways import account_for, methods_taken, usable
from counterfoil.flows.setting_up.gateway_accounts import add_route
from counterfoil.flows.setting_up.open_business import connect_gateway
from counterfoil.infra.db import reading
from counterfoil.kernel.actor import SYSTEM
from counterfoil.kernel.errors import FieldProblem
from counterfoil.kernel.ports.gateways.outcomes import MethodKind
from factories.businesses import AT
from factories.payments import pay

CARD = MethodKind.CARD
DIGITAL = MethodKind.DIGITAL_CURRENCY


@dataclass(frozen=True)
class One:
    """An account by name."""

    name: str
    routes: tuple[Route, ...] = field(default=())


@pytest.mark.parametrize(
    ("method", "currency", "names"),
    [
        ("card", "USD", ["card in USD", "card", "USD", "new", "old"]),
        ("card", "EUR", ["card", "new", "old"]),
        ("bank_debit", "USD", ["USD", "new", "old"]),
        ("bank_debit", "EUR", ["new", "old"]),
    ],
)
def test_the_closest_route_comes_first_and_who_has_none_takes_the_rest(method, currency, names):
    accounts = [
        One("new"),
        One("USD", (Route("", "USD"),)),
        One("card", (Route("card"),)),
        One("card in USD", (Route("card", "USD"),)),
        One("old"),
    ]
    assert [one.name for one in preferred(accounts, method, currency)] == names


def test_a_route_for_everything_comes_before_accounts_without_one():
    accounts = [One("new"), One("everything", (Route(),))]
    assert [one.name for one in preferred(accounts, "card", "EUR")] == ["everything", "new"]


@pytest.fixture
def second(business: Any, gateway: Any) -> UUID:
    """One more account of the scripted gateway, newer than the first."""
    keys = {"url": "https://b.example"}
    return connect_gateway(
        business,
        kind="scripted",
        name="Second",
        settings=keys,
        secrets={"secret_key": "sk"},
        at=AT,
    )


def chosen(business: Any, method: MethodKind = CARD, currency: str = "EUR") -> UUID | None:
    with reading(business):
        account = account_for(business, method, currency)
    return account.id if account else None


def first_of(business: Any, second: UUID) -> UUID:
    with reading(business):
        return next(one.id for one in queries.active_accounts(business) if one.id != second)


def test_without_routes_the_newest_that_offers_the_method_takes_it(business, second):
    assert chosen(business) == second
    assert chosen(business, MethodKind.DIGITAL_CURRENCY) is None


def test_what_an_account_is_not_set_up_for_goes_elsewhere_and_is_no_trouble(business):
    """The sandbox could take digital currency on its own page; only an account that says so does,
    and only such a one can be sent it."""
    with reading(business):
        (plain,) = queries.active_accounts(business)
        assert usable([plain]) == [plain]
    assert DIGITAL not in methods_taken(plain)
    assert chosen(business, DIGITAL) is None
    with pytest.raises(FieldProblem):
        add_route(business, plain.id, Route(DIGITAL), at=AT, by=SYSTEM)
    paged = connect_gateway(
        business,
        kind="sandbox",
        name="With pages",
        settings={**plain.opened.settings, "pages": "digital_currency"},
        secrets=dict(plain.opened.secrets),
        at=AT,
    )
    assert chosen(business, DIGITAL) == paged
    assert chosen(business, MethodKind.BANK_REDIRECT) is None
    add_route(business, paged, Route(DIGITAL), at=AT, by=SYSTEM)


def test_a_route_changes_new_payments_and_no_old_one(business, second, issued):
    first = first_of(business, second)
    before = pay(business, issued())
    operations.add_route(business, first, Route("card", "EUR"), at=AT, by=SYSTEM)
    after = pay(business, issued())

    assert (before.gateway_account_id, after.gateway_account_id) == (second, first)
    with reading(business):
        assert queries.attempt(business, before.id).gateway_account_id == second
    assert chosen(business, currency="USD") == second


def test_a_paused_account_s_payments_go_to_the_next(business, second):
    first = first_of(business, second)
    operations.add_route(business, first, Route("card"), at=AT, by=SYSTEM)
    assert chosen(business) == first
    operations.pause(business, first, is_paused=True, at=AT, by=SYSTEM)
    assert chosen(business) == second


def test_the_database_knows_a_route_once(business, second):
    first = first_of(business, second)
    operations.add_route(business, first, Route("card"), at=AT, by=SYSTEM)
    with pytest.raises(RouteTaken):
        operations.add_route(business, second, Route("card"), at=AT, by=SYSTEM)


def test_each_method_goes_to_the_gateway_that_offers_it(business, gateway):
    from django.conf import settings
    from django.test import override_settings

    kinds = settings.GATEWAYS | {
        "btcpay": "counterfoil.adapters.gateways.btcpay.adapter.BtcPayGateway"
    }
    with override_settings(GATEWAYS=kinds):
        store = connect_gateway(
            business,
            kind="btcpay",
            name="Store",
            settings={"url": "https://b.example", "store_id": "1"},
            secrets={"api_key": "k", "webhook_secret": "w"},
            at=AT,
        )
        assert chosen(business, MethodKind.DIGITAL_CURRENCY) == store
        assert chosen(business) not in (None, store)
