"""The settings page of gateways: connected, tried, paused, routed; secrets come to no page."""

import re
from html import unescape
from typing import Any

import pytest
from django.test import override_settings

from counterfoil.domain.identity.roles import Role
from counterfoil.domain.payments import queries as payments
from counterfoil.domain.payments.accounts.routing import Route
from counterfoil.infra.db import execute, reading, run
from counterfoil.kernel.errors import Unavailable
from counterfoil.kernel.ids import encode
from counterfoil.kernel.ports.gateways.account import AccountIncomplete, KeysRefused
from factories.businesses import add_gateway
from factories.payments import pay

STRIPE = {
    "name": "Stripe US",
    "publishable_key": "pk_test_shown",
    "secret_key": "sk_test_hidden",
    "webhook_secret": "whsec_hidden",
}


def accounts(business: Any) -> list[Any]:
    """The gateway accounts, newest first."""
    with reading(business):
        return payments.gateway_accounts(business)


def connect(owner: Any, **change: str) -> Any:
    """The form of a new Stripe account, filled in and sent."""
    page = owner.get("settings/gateways/new/stripe").content.decode()
    (account,) = re.findall(r'name="account" value="(gwa_\w+)"', page)
    assert f"/hooks/harrow/{account}" in page
    return owner.post("settings/gateways/new/stripe", STRIPE | {"account": account} | change)


def history(business: Any, account_id: Any) -> list[tuple[str, str, str]]:
    """What was noted of an account."""
    with reading(business):
        return [
            tuple(row)
            for row in execute(
                """SELECT from_state, to_state, reason FROM infra_transition
                WHERE business_id = %(b)s::uuid AND machine = 'gateway_account'
                  AND object_id = %(id)s::uuid ORDER BY seq""",
                {"b": business, "id": account_id},
            )
        ]


def test_an_account_is_connected_with_its_keys_sealed(owner: Any, business: Any) -> None:
    answer = connect(owner)
    account = accounts(business)[0]
    assert answer["Location"] == f"/backoffice/settings/gateways/{encode('gwa', account.id)}"
    assert (account.kind, account.opened.name) == ("stripe", "Stripe US")
    assert account.opened.secrets["secret_key"] == "sk_test_hidden"
    assert dict(account.opened.settings) == {"publishable_key": "pk_test_shown"}
    for place in ("", f"/{encode('gwa', account.id)}"):
        body = owner.get(f"settings/gateways{place}").content.decode()
        assert "sk_test_hidden" not in body
        assert "whsec_hidden" not in body
    assert history(business, account.id) == [("", "active", "")]


def test_the_same_form_twice_connects_one_account(owner: Any, business: Any) -> None:
    before = len(accounts(business))
    first = connect(owner)
    account = first["Location"].rsplit("/", 1)[1]
    owner.post("settings/gateways/new/stripe", STRIPE | {"account": account})
    assert len(accounts(business)) == before + 1


def test_what_is_missing_is_said_beside_its_field_and_secrets_stay_away(
    owner: Any, business: Any
) -> None:
    before = len(accounts(business))
    answer = connect(owner, publishable_key="", name=" ")
    body = answer.content.decode()
    assert answer.status_code == 422
    assert body.count("This is needed.") == 2
    assert "sk_test_hidden" not in body
    assert "whsec_hidden" not in body
    assert len(accounts(business)) == before


ADYEN = {
    "name": "Adyen",
    "environment": "test",
    "merchant_account": "HarrowECOM",
    "api_key": "key_hidden",
    "hmac_key": "ABCD",
}


def connect_adyen(owner: Any, **change: str) -> Any:
    """The form of a new Adyen account, filled in and sent."""
    page = owner.get("settings/gateways/new/adyen").content.decode()
    (account,) = re.findall(r'name="account" value="(gwa_\w+)"', page)
    return owner.post("settings/gateways/new/adyen", ADYEN | {"account": account} | change)


def test_an_environment_is_chosen_among_those_of_its_gateway(owner: Any) -> None:
    adyen = owner.get("settings/gateways/new/adyen").content.decode()
    assert re.findall(r'<option value="(\w*)"', adyen) == ["", "test", "live"]
    gocardless = owner.get("settings/gateways/new/gocardless").content.decode()
    assert re.findall(r'<option value="(\w*)"', gocardless) == ["", "sandbox", "live"]


@pytest.mark.parametrize(
    ("field", "change"),
    [
        ("environment", {"environment": "sandbox"}),
        ("prefix", {"environment": "live"}),
        ("hmac_key", {"hmac_key": "not hexadecimal"}),
        ("api_key", {"api_key": "key’s"}),
    ],
)
def test_what_can_not_work_is_refused_at_its_field(
    owner: Any, business: Any, field: str, change: dict[str, str]
) -> None:
    before = len(accounts(business))
    answer = connect_adyen(owner, **change)
    assert answer.status_code == 422
    assert f'id="id_{field}-error-1"' in answer.content.decode()
    assert len(accounts(business)) == before

    place = connect_adyen(owner)["Location"].removeprefix("/backoffice/")
    assert owner.post(place, ADYEN | change).status_code == 422
    assert accounts(business)[0].opened.settings["environment"] == "test"


def test_a_kind_that_there_is_not_is_404(owner: Any) -> None:
    assert owner.get("settings/gateways/new/moon").status_code == 404


def test_empty_secrets_stay_and_a_new_webhook_secret_keeps_the_old_beside_it(
    owner: Any, business: Any
) -> None:
    place = connect(owner)["Location"].removeprefix("/backoffice/")
    change = {"name": "Stripe", "publishable_key": "pk_test_shown", "webhook_secret": "whsec_new"}
    assert owner.post(place, change).status_code == 302
    account = accounts(business)[0]
    assert dict(account.opened.secrets) == {
        "secret_key": "sk_test_hidden",
        "webhook_secret": "whsec_new",
        "webhook_secret_old": "whsec_hidden",
    }
    assert history(business, account.id)[1:] == [
        ("active", "active", "name, old_secrets_until, webhook_secret, webhook_secret_old")
    ]
    shown = owner.get(place).content.decode()
    assert "Accepted for three days after it was replaced." in shown
    assert "whsec_" not in shown


def test_keys_that_lack_something_change_nothing(owner: Any, business: Any) -> None:
    place = connect(owner)["Location"].removeprefix("/backoffice/")
    answer = owner.post(place, {"name": "Stripe", "publishable_key": ""})
    assert answer.status_code == 422
    assert accounts(business)[0].opened.settings["publishable_key"] == "pk_test_shown"


def test_a_paused_account_takes_nothing_new_and_finishes_what_it_has(
    owner: Any, business: Any, issued: Any, gateway: Any
) -> None:
    paid = pay(business, issued())
    outside = encode("gwa", paid.gateway_account_id)
    place = f"settings/gateways/{outside}"
    owner.post(f"{place}/pause", {"pause": "yes"})
    assert "Paused" in owner.get(place).content.decode()
    with reading(business):
        active = [one.id for one in payments.active_accounts(business)]
        assert paid.gateway_account_id not in active
        assert payments.account(business, paid.gateway_account_id).is_active is False
    owner.post(f"{place}/pause", {"pause": "yes"})
    owner.post(f"{place}/pause", {"pause": "no"})
    assert [row[:2] for row in history(business, paid.gateway_account_id)][-2:] == [
        ("active", "paused"),
        ("paused", "active"),
    ]


@pytest.mark.parametrize(
    ("trouble", "words"),
    [
        (None, "The gateway answers and knows these keys."),
        (KeysRefused(), "does not know these keys"),
        (AccountIncomplete(setting="url"), "Keys of this gateway account are missing."),
        (Unavailable("The service can't be reached."), "can&#39;t be reached or did not answer"),
    ],
)
def test_the_connection_is_tried_and_told_in_plain_words(
    owner: Any, business: Any, gateway: Any, trouble: Any, words: str
) -> None:
    gateway.unreachable = trouble
    place = f"settings/gateways/{encode('gwa', accounts(business)[0].id)}"
    owner.post(f"{place}/try")
    assert words in owner.get(place).content.decode()


def test_payments_are_sent_somewhere_and_no_more(owner: Any, business: Any, gateway: Any) -> None:
    account = accounts(business)[0]
    place = f"settings/gateways/{encode('gwa', account.id)}"
    form = {"method": "card", "currency": "usd"}
    owner.post(f"{place}/routes", form)
    owner.post(f"{place}/routes", form)
    assert accounts(business)[0].routes == (Route("card", "USD"),)
    assert "Card in USD" in owner.get(place).content.decode()
    assert "Card in USD" in owner.get("settings/gateways").content.decode()
    owner.post(f"{place}/routes", form | {"remove": "yes"})
    assert accounts(business)[0].routes == ()
    assert [row[2] for row in history(business, account.id)][-2:] == [
        "route added: card, USD",
        "route removed: card, USD",
    ]


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"method": "digital_currency", "currency": ""}, "does not offer this way to pay"),
        ({"method": "card", "currency": "XXQ"}, "not a currency that we know"),
    ],
)
def test_a_route_that_can_not_be_is_said_at_its_field(
    owner: Any, business: Any, gateway: Any, form: dict[str, str], words: str
) -> None:
    place = f"settings/gateways/{encode('gwa', accounts(business)[0].id)}"
    answer = owner.post(f"{place}/routes", form)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert accounts(business)[0].routes == ()


def test_two_accounts_can_not_have_one_route(owner: Any, business: Any, gateway: Any) -> None:
    first = f"settings/gateways/{encode('gwa', accounts(business)[0].id)}"
    owner.post(f"{first}/routes", {"method": "card", "currency": ""})
    add_gateway(business, "scripted")
    second = f"settings/gateways/{encode('gwa', accounts(business)[0].id)}"
    assert second != first
    answer = owner.post(f"{second}/routes", {"method": "card", "currency": ""})
    assert answer.status_code == 422
    assert "Another gateway account takes these payments already." in answer.content.decode()


def test_finance_does_not_see_the_gateways(desk: Any, business: Any) -> None:
    outside = encode("gwa", accounts(business)[0].id)
    for place in ("", "/new/stripe", f"/{outside}"):
        assert desk(Role.FINANCE).get(f"settings/gateways{place}").status_code == 403


@pytest.mark.parametrize("kind", ["broken", "gone", "unheard"])
def test_an_account_that_no_payment_can_go_to_is_told_with_what_to_do(
    owner: Any, business: Any, kind: str
) -> None:
    with override_settings(
        GATEWAYS={
            "sandbox": "factories.gateways.QuietGateway",
            "broken": "factories.gateways.BrokenGateway",
            "gone": "factories.no_such_module.Gateway",
        }
    ):
        assert "Nothing needs you" in owner.get("").content.decode()
        account_id = add_gateway(business, kind)
        work = unescape(owner.get("").content.decode())
        assert "One thing needs a person" in work
        assert f"No payment can go to a gateway account: {kind}" in work
        assert "Payers are not offered it; no money was moved." in work
        listed = unescape(owner.get("settings/gateways").content.decode())
        assert "Payers are not offered it; no money was moved." in listed
        assert "Can’t be used" in listed
        one = owner.get(f"settings/gateways/{encode('gwa', account_id)}")
        assert one.status_code == (200 if kind == "broken" else 404)


def test_secrets_that_cant_be_opened_are_told_and_typed_in_again(owner: Any, business: Any) -> None:
    answer = connect(owner)
    here = answer["Location"].removeprefix("/backoffice/")
    sql = """UPDATE payments_gatewayaccount SET secrets = 'gAAAAA'
             WHERE business_id = %(b)s::uuid AND kind = 'stripe' RETURNING id"""
    run(business, lambda: execute(sql, {"b": business}))
    told = "Its stored secrets can’t be opened: they were sealed with another key."
    assert told in unescape(owner.get(here).content.decode())
    assert told in unescape(owner.get("").content.decode())

    typed = {key: text for key, text in STRIPE.items() if key != "secret_key"}
    assert owner.post(here, typed).status_code == 422
    assert owner.post(here, STRIPE).status_code == 302
    assert told not in unescape(owner.get(here).content.decode())
    assert accounts(business)[0].opened.secrets["secret_key"] == "sk_test_hidden"


def test_the_same_account_is_not_connected_twice(owner: Any, business: Any) -> None:
    connect(owner)
    before = len(accounts(business))
    again = connect(owner, name="The same", webhook_secret="whsec_other")
    assert again.status_code == 422
    assert "is connected already" in again.content.decode()
    assert len(accounts(business)) == before

    other = connect(owner, publishable_key="pk_test_other", secret_key="sk_test_other")
    here = other["Location"].removeprefix("/backoffice/")
    assert owner.post(here, STRIPE).status_code == 422
    assert owner.post(here, STRIPE | {"secret_key": "sk_test_third"}).status_code == 302


@pytest.mark.parametrize(
    "url", ["https://169.254.169.254/", "https://10.0.0.7/", "http://93.184.215.14/", "file:///x"]
)
def test_a_server_that_is_not_to_be_called_is_refused_when_it_is_typed(
    owner: Any, business: Any, url: str
) -> None:
    page = owner.get("settings/gateways/new/btcpay").content.decode()
    (account,) = re.findall(r'name="account" value="(gwa_\w+)"', page)
    keys = {"name": "Coins", "store_id": "s", "api_key": "k", "webhook_secret": "w"}
    sent = owner.post("settings/gateways/new/btcpay", keys | {"url": url, "account": account})
    assert sent.status_code == 422
    assert "can’t be called from here" in sent.content.decode()
    assert all(one.kind != "btcpay" for one in accounts(business))


def test_an_account_whose_gateway_has_no_list_is_said_not_to_be_compared(
    owner: Any, business: Any
) -> None:
    connect(owner)
    stripe = accounts(business)[0]
    compared = owner.get(f"settings/gateways/{encode('gwa', stripe.id)}").content.decode()
    assert "Its own list is compared with the books each day." in compared
    assert "has no list to compare with" not in compared
    add_gateway(business, kind="adyen")
    (adyen,) = [one for one in accounts(business) if one.kind == "adyen"]
    alone = owner.get(f"settings/gateways/{encode('gwa', adyen.id)}").content.decode()
    assert "this gateway has no list to compare with" in alone
