"""/payments/{id}/refunds over HTTP, through the scripted gateway."""

import pytest

from counterfoil.domain.reconciliation.queries import lines
from counterfoil.flows.banking import import_statement, match_refunds
from counterfoil.flows.refunds import refund_by_hand
from counterfoil.infra.db import reading
from counterfoil.kernel.actor import SYSTEM
from counterfoil.kernel.ids import decode, encode, new_id
from counterfoil.kernel.ports.gateways.outcomes import Result
from factories.bank_files import Booking, statement
from factories.businesses import AT, found
from factories.gateways import refund_failed, refunded
from factories.payments import pay
from factories.refunds import by_transfer
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
        "method": None, "transfer_reference": None, "claim_url": None, "made_here": True,
        "created_at": "", "finished_at": "",
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


def test_more_than_is_left_is_told_with_what_is_left(api, payment):
    api.post(f"/payments/{payment}/refunds", {"amount": 1_000})
    answer = api.post(f"/payments/{payment}/refunds", {"amount": 9_001})
    assert answer.code == "refund_too_high"
    assert "more than the 90.00 EUR that are left" in answer.body["detail"]


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


@pytest.fixture
def transfer(business, customer, issued):
    return encode("pay", by_transfer(business, customer, "110.00", issued()))


def test_a_transfer_is_recorded_for_the_business_to_send(api, business, transfer):
    made = api.post(f"/payments/{transfer}/refunds", {"amount": 1_000, "reason": "Paid twice"})

    assert made.status == 201
    shown = made.body
    assert (shown["status"], shown["method"]) == ("processing", "bank_transfer")
    assert shown["transfer_reference"].startswith("REF")
    assert events(business)[-1] == "refund.pending"
    assert trial_balance(business)["bank:Main Bank DE89370400440532013000"] == 110
    assert api.get(f"/payments/{transfer}").body["refunded"] == 0


@pytest.mark.parametrize("method", ["bank_transfer", "cheque", "cash"])
def test_what_has_gone_is_recorded_with_its_day(api, business, transfer, method):
    asked = {"amount": 1_000, "method": method, "sent_on": "2026-03-01"}
    shown = api.post(f"/payments/{transfer}/refunds", asked).body
    assert (shown["status"], shown["method"]) == ("succeeded", method)
    assert events(business)[-1] == "refund.succeeded"
    assert api.get(f"/payments/{transfer}").body["status"] == "part_refunded"


def test_one_that_was_withdrawn_is_cancelled(api, business, transfer):
    made = api.post(f"/payments/{transfer}/refunds", {}).body
    refund_by_hand.withdraw(business, decode("ref", made["id"]), at=AT, by=SYSTEM)
    (shown,) = api.get(f"/payments/{transfer}/refunds").body["data"]
    assert (shown["status"], shown["failure"]["code"]) == ("cancelled", "withdrawn")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"method": "cash"}, "required"),
        ({"method": "gold"}, "invalid"),
        ({"sent_on": "2031-01-01"}, "in_future"),
        ({"amount": 11_001}, "refund_too_high"),
    ],
)
def test_what_can_not_go_by_hand_starts_nothing(api, business, transfer, body, code):
    before = counts(business)
    answer = api.post(f"/payments/{transfer}/refunds", body)
    assert answer.status == 422
    assert code in (answer.body["code"], *(one["code"] for one in answer.body["errors"]))
    assert counts(business) == before


def test_a_gateway_is_not_told_how(api, business, payment):
    before = counts(business)
    answer = api.post(f"/payments/{payment}/refunds", {"method": "cash", "sent_on": "2026-03-01"})
    assert (answer.status, answer.body["code"]) == (422, "moved_by_gateway")
    assert counts(business) == before


def test_a_wrong_bank_line_is_taken_off_and_it_is_processing_again(api, business, transfer):
    made = api.post(f"/payments/{transfer}/refunds", {"amount": 1_000}).body
    file = statement(Booking("-10.00", "rent", name="Landlord", ref="RENT"))
    plan = import_statement.preview(business, file)
    import_statement.apply(business, plan, at=AT, by=SYSTEM)
    with reading(business):
        wrong = lines(business)[0].id
    match_refunds.match(business, wrong, decode("ref", made["id"]), at=AT, by=SYSTEM)
    assert api.get(f"/payments/{transfer}").body["status"] == "part_refunded"

    match_refunds.unmatch(business, wrong, at=AT, by=SYSTEM)

    (shown,) = api.get(f"/payments/{transfer}/refunds").body["data"]
    assert (shown["status"], shown["transfer_reference"]) == (
        "processing", made["transfer_reference"],
    )  # fmt: skip
    assert api.get(f"/payments/{transfer}").body["status"] == "succeeded"
    told = [one["type"] for one in api.get("/events").body["data"]]
    assert "refund.not_sent" in told


def test_a_transfer_is_confirmed_once(api, business, transfer):
    made = api.post(f"/payments/{transfer}/refunds", {"amount": 1_000}).body
    path = f"/payments/{transfer}/refunds/{made['id']}"
    early = api.post(f"{path}/confirm", {"sent_on": "2031-01-01"})
    assert (early.status, early.body["errors"][0]["code"]) == (422, "in_future")

    sent = api.post(f"{path}/confirm", {"sent_on": "2026-03-01"})

    assert (sent.status, sent.body["status"]) == (200, "succeeded")
    before = counts(business)
    for word in ("confirm", "withdraw"):
        again = api.post(f"{path}/{word}")
        assert (again.status, again.code) == (409, "not_by_hand")
    assert counts(business) == before


def test_a_transfer_is_withdrawn(api, business, transfer):
    made = api.post(f"/payments/{transfer}/refunds", {}).body
    gone = api.post(f"/payments/{transfer}/refunds/{made['id']}/withdraw")
    assert (gone.status, gone.body["status"]) == (200, "cancelled")
    assert api.post(f"/payments/{transfer}/refunds", {}).status == 201


def test_a_refund_of_another_payment_is_not_there(api, payment, transfer):
    made = api.post(f"/payments/{transfer}/refunds", {"amount": 1_000}).body
    for word in ("confirm", "withdraw"):
        assert api.post(f"/payments/{payment}/refunds/{made['id']}/{word}").status == 404


def test_what_its_gateway_gives_back_nobody_confirms(api, payment):
    made = api.post(f"/payments/{payment}/refunds", {"amount": 1_000}).body
    answer = api.post(f"/payments/{payment}/refunds/{made['id']}/confirm")
    assert (answer.status, answer.code) == (409, "not_by_hand")
