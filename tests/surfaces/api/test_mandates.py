"""/mandates and /gateways over HTTP: what may be debited, its end, and where a token belongs."""

import pytest

from counterfoil.domain.payments import queries
from counterfoil.domain.payments.accounts.operations import pause
from counterfoil.infra.db import reading
from counterfoil.kernel.actor import SYSTEM
from counterfoil.kernel.ids import encode, new_id
from factories.businesses import AT, add_gateway
from flows.debits.conftest import bank, consent, gateway, pay_by_debit  # noqa: F401  fixtures
from ledger_text import events


@pytest.fixture
def debit(business, issued, pay_by_debit):  # noqa: F811  the fixture
    return pay_by_debit(issued())


def test_a_mandate_is_listed_shown_and_named_by_its_payment(api, business, customer, debit):
    (listed,) = api.get("/mandates").body["data"]
    mandate = encode("mdt", debit.mandate_id)

    assert (listed["id"], listed["status"], listed["scheme"]) == (mandate, "active", "sepa_core")
    assert listed["customer"] == encode("cus", customer)
    assert (listed["holder"], listed["last4"]) == ("Alice Account", "3000")
    assert api.get(f"/mandates/{mandate}").body == listed
    payment = api.get(f"/payments/{encode('pay', debit.id)}").body
    assert (payment["mandate"], payment["gateway"]) == (mandate, listed["gateway"])
    whose = encode("cus", customer)
    assert len(api.get(f"/mandates?customer={whose}&status=active").body["data"]) == 1
    assert api.get("/mandates?status=revoked").body["data"] == []
    assert api.get(f"/mandates?customer={encode('cus', new_id())}").body["data"] == []
    assert api.get("/mandates?status=nothing").status == 422


def test_a_mandate_is_revoked_once(api, business, debit):
    path = f"/mandates/{encode('mdt', debit.mandate_id)}/revoke"

    first, second = (api.post(path, {}) for _ in range(2))

    assert (first.status, first.body["status"], first.body["end_reason"]) == (
        200, "revoked", "revoked_by_business",
    )  # fmt: skip
    assert second.body == first.body
    assert events(business).count("mandate.revoked") == 1


def test_somebody_elses_mandate_is_not_there(api, neighbour, debit):
    path = f"/mandates/{encode('mdt', debit.mandate_id)}"
    assert (neighbour.get(path).status, neighbour.post(f"{path}/revoke", {}).status) == (404, 404)
    assert api.get(path).body["status"] == "active"
    for nobody in (encode("mdt", new_id()), "mdt_x", "x"):
        assert api.get(f"/mandates/{nobody}").status == 404


def test_a_token_is_charged_at_the_gateway_that_it_is_of(
    api,
    business,
    customer,
    gateway,  # noqa: F811  the fixture
):
    add_gateway(business, "scripted")
    newer, older = (
        one["id"] for one in api.get("/gateways").body["data"] if one["kind"] == "scripted"
    )
    asked = {"customer": encode("cus", customer), "currency": "EUR", "amount": 1_000,
             "source": "ok"}  # fmt: skip

    for account in (older, newer):
        made = api.post("/payments", asked | {"gateway": account})
        assert (made.status, made.body["gateway"]) == (201, account)

    assert api.post("/payments", asked).body["status"] == "succeeded"
    before = len(gateway.charges)
    for wrong in (encode("gwa", new_id()), "gwa_x"):
        refused = api.post("/payments", asked | {"gateway": wrong})
        assert (refused.status, refused.code) == (404, "not_found")
    assert len(gateway.charges) == before


def test_a_paused_account_and_a_saved_method_take_no_gateway(
    api,
    business,
    customer,
    gateway,  # noqa: F811  the fixture
):
    with reading(business):
        account = queries.active_accounts(business)[0]
    named = {"customer": encode("cus", customer), "currency": "EUR", "amount": 1_000,
             "gateway": encode("gwa", account.id)}  # fmt: skip
    kept = api.post("/payments", named | {"payment_method": encode("pm", new_id())})
    assert kept.errors == {"gateway": "one_way"}
    pause(business, account.id, is_paused=True, at=AT, by=SYSTEM)

    refused = api.post("/payments", named | {"source": "ok"})

    assert (refused.status, refused.code) == (409, "no_gateway")
    shown = api.get("/gateways").body["data"][0]
    assert (shown["kind"], shown["status"]) == ("scripted", "paused")
    assert not [name for name in shown if "secret" in name or "key" in name]
    assert gateway.charges == []


def test_a_mandate_is_revoked_under_a_key(api, business, debit):
    path = f"/mandates/{encode('mdt', debit.mandate_id)}/revoke"

    first, second = (api.post(path, key="end-1") for _ in range(2))

    assert (first.status, first.body["status"]) == (200, "revoked")
    assert second.body == first.body
    assert events(business).count("mandate.revoked") == 1
