"""/payments/{id}/refunds over HTTP, through the scripted gateway."""

import pytest

from counterfoil.kernel.ids import encode, new_id
from counterfoil.kernel.ports.gateways.outcomes import Result
from factories.businesses import found
from factories.gateways import refund_failed, refunded
from factories.payments import pay
from ledger_text import counts, events, trial_balance


@pytest.fixture
def payment(business, issued, gateway):
    return encode("pay", pay(business, issued()).id)


def test_a_part_and_then_the_rest(api, business, payment, gateway):
    answer = api.post(f"/payments/{payment}/refunds", {"amount": 2_500, "reason": "Late"})

    assert answer.status == 201
    assert answer.body | {"created_at": "", "finished_at": ""} == {
        "id": gateway.refunds[0].reference, "payment": payment, "currency": "EUR",
        "amount": 2_500, "reason": "Late", "status": "succeeded", "failure": None,
        "claim_url": None, "made_here": True, "created_at": "", "finished_at": "",
    }  # fmt: skip
    shown = api.get(f"/payments/{payment}").body
    assert (shown["status"], shown["refunded"]) == ("part_refunded", 2_500)
    assert [part["amount"] for part in shown["allocations"]] == [7_500]

    rest = api.post(f"/payments/{payment}/refunds", {}).body
    assert rest["amount"] == 7_500
    assert api.get(f"/payments/{payment}").body["status"] == "refunded"
    assert [one["id"] for one in api.get("/payments?status=refunded").body["data"]] == [payment]
    assert api.get("/payments?status=succeeded").body["data"] == []
    listed = api.get(f"/payments/{payment}/refunds").body
    assert sorted(one["amount"] for one in listed["data"]) == [2_500, 7_500]
    assert trial_balance(business) == {"receivable:Alice": 100, "revenue": -100}
    assert "refund.succeeded" in events(business)


def test_the_same_key_is_one_refund(api, payment, gateway):
    asked = {"amount": 1_000}
    first, second = (api.post(f"/payments/{payment}/refunds", asked, key="one") for _ in range(2))
    assert (first.status, second.status) == (201, 201)
    assert first.body == second.body
    assert second.headers["Idempotent-Replayed"] == "true"
    assert len(gateway.refunds) == 1


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"amount": 10_001}, 422, "refund_too_high"),
        ({"amount": 0}, 422, "invalid"),
        ({"amount": "10"}, 422, "invalid"),
        ({"amount": 10, "currency": "EUR"}, 422, "invalid"),
    ],
)
def test_what_can_not_be_starts_nothing(api, business, payment, gateway, body, status, code):
    before = counts(business)
    answer = api.post(f"/payments/{payment}/refunds", body)
    assert (answer.status, answer.body["code"]) == (status, code)
    assert (counts(business), gateway.refunds) == (before, [])


def test_nothing_left_is_a_conflict(api, payment):
    api.post(f"/payments/{payment}/refunds", {})
    answer = api.post(f"/payments/{payment}/refunds", {"amount": 1})
    assert (answer.status, answer.body["code"]) == (409, "nothing_to_refund")


def test_a_failure_is_created_with_its_reason(api, payment, gateway):
    gateway.refund_answer = refund_failed
    answer = api.post(f"/payments/{payment}/refunds", {})
    assert (answer.status, answer.body["status"]) == (201, "failed")
    assert answer.body["failure"]["code"] == "instrument_closed"
    assert api.get(f"/payments/{payment}").body["status"] == "succeeded"


def test_a_lost_answer_is_unknown(api, payment, gateway):
    gateway.refund_answer = lambda asked: refunded(asked, result=Result.UNKNOWN, amount=None)
    assert api.post(f"/payments/{payment}/refunds", {}).body["status"] == "unknown"


@pytest.mark.parametrize("method", ["get", "post"])
def test_another_businesss_payment_is_not_there(api, gateway, payment, method):
    found("elsewhere")
    for one in (encode("pay", new_id()), "pay_x"):
        call = {"get": api.get, "post": lambda path: api.post(path, {})}[method]
        assert call(f"/payments/{one}/refunds").status == 404
