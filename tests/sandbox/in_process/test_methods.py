"""Saved methods: charged again, asked again, declined later, renewed by their network."""

from datetime import UTC, datetime

import pytest

from sandbox.till import PAYS, Till


def saved(till: Till, number: str = "4242424242424242", **card: int) -> str:
    """A saved card's id."""
    method = till.post("/v1/methods", {"token": till.token(number, **card), "customer": "cus_1"})
    found: str = method["id"]
    return found


def test_method_card_is_saved_and_charged_again() -> None:
    """The whole answer; each charge names it; the token is spent by saving."""
    till = Till()
    token = till.token()
    method = till.post("/v1/methods", {"token": token, "customer": "cus_1"})
    card = {"brand": "visa", "last4": "4242", "exp_month": 12, "exp_year": 2030}
    assert method == {
        "id": method["id"],
        "kind": "card",
        "customer": "cus_1",
        "created": "2026-03-02T09:00:00.000Z",
        "updated": "2026-03-02T09:00:00.000Z",
        "card": card,
        "instrument": {"kind": "card"} | card,
        "mandate": None,
    }
    assert method["id"].startswith("pm_")
    charges = [till.charge(method["id"], off_session=off) for off in (False, True, True)]
    assert {charge["status"] for charge in charges} == {"succeeded"}
    assert {charge["method"] for charge in charges} == {method["id"]}
    assert [charge["off_session"] for charge in charges] == [False, True, True]
    body = {"token": token, "customer": "cus_1"}
    assert till.refusal("/v1/methods", body) == (400, "token_used", "token")
    assert till.kinds() == ["method.created", *["charge.succeeded"] * 3]


def test_method_bank_account_needs_its_mandate() -> None:
    """Then it is debited under it."""
    till = Till()
    token = till.bank_token(PAYS)
    body = {"token": token, "customer": "cus_1"}
    assert till.refusal("/v1/methods", body) == (400, "mandate_required", "token")
    mandate = till.mandate(token)
    method = till.post("/v1/methods", body)
    charge = till.charge(method["id"], off_session=True)
    assert (method["kind"], method["mandate"]) == ("bank_debit", mandate["id"])
    assert (charge["status"], charge["mandate"]) == ("processing", mandate["id"])


def test_method_that_asks_is_asked_again_off_session() -> None:
    """The payer is not there: the charge waits a day for them, and says why."""
    till = Till()
    method = saved(till, "4000002500003155")
    charge = till.charge(method, off_session=True)
    assert charge["status"] == "requires_action"
    assert charge["failure"]["code"] == "authentication_required"
    assert charge["next_action"]["type"] == "redirect"
    till.advance(hours=23)
    assert till.now_is(charge)["status"] == "requires_action"
    secret = charge["next_action"]["url"].rpartition("/")[2]
    till.engine.challenges.answer(secret, approve=True)
    found = till.now_is(charge)
    assert (found["status"], found["failure"]) == ("succeeded", None)


def test_method_that_asks_fails_if_nobody_comes() -> None:
    """After a day off session, after half an hour with the payer there."""
    till = Till()
    method = saved(till, "4000002500003155")
    alone, there = till.charge(method, off_session=True), till.charge(method)
    assert there["failure"] is None
    till.advance(minutes=30)
    assert till.now_is(there)["failure"]["code"] == "authentication_expired"
    assert till.now_is(alone)["status"] == "requires_action"
    till.advance(hours=24)
    assert till.now_is(alone)["failure"]["code"] == "authentication_expired"


def test_card_that_can_be_saved_is_declined_when_charged_later() -> None:
    """0341: paying with it at once works and saves it; every later charge is declined."""
    till = Till()
    first = till.card("4000000000000341", save=True)
    later = till.charge(first["method"], off_session=True)
    there = till.charge(saved(till, "4000000000000341"))
    assert first["status"] == "succeeded"
    assert (later["status"], later["failure"]["code"]) == ("failed", "card_declined")
    assert (there["status"], there["failure"]["code"]) == ("failed", "card_declined")


def test_charge_saves_its_card_if_it_succeeds() -> None:
    """Once: a declined card is not saved, and one that asks is saved by the approval."""
    till = Till()
    paid = till.card(save=True)
    declined = till.card("4000000000000002", save=True)
    asked = till.card("4000002500003155", save=True)
    plain = till.card()
    assert paid["method"].startswith("pm_")
    assert [declined["method"], asked["method"], plain["method"]] == [None, None, None]
    till.engine.challenges.answer(asked["next_action"]["url"].rpartition("/")[2], approve=True)
    approved = till.now_is(asked)["method"]
    listed = till.get("/v1/methods", customer="cus_1")["data"]
    assert [method["id"] for method in listed] == [approved, paid["method"]]


def test_charge_saves_its_bank_account_at_once() -> None:
    """With its mandate, while the first debit is still under way."""
    till = Till()
    charge = till.debit(save=True)
    method = till.get(f"/v1/methods/{charge['method']}")
    assert (method["kind"], method["mandate"]) == ("bank_debit", charge["mandate"])


def test_expired_card_is_declined() -> None:
    """By the sandbox clock: good to the end of its month."""
    till = Till(datetime(2026, 3, 31, 23, tzinfo=UTC))
    method = saved(till, exp_month=3, year=2026)
    good = till.charge(method)
    till.advance(hours=1)
    bad = till.charge(method)
    assert good["status"] == "succeeded"
    assert (bad["status"], bad["failure"]["code"]) == ("failed", "expired_card")


def test_network_renews_a_card() -> None:
    """A later expiry and a new number: told by an event; older charges keep the old card."""
    till = Till()
    method = saved(till, exp_month=4, year=2026)
    before = till.charge(method)
    till.advance(days=60)
    door = f"/v1/methods/{method}/update_from_network"
    renewed = till.post(door, {"last4": "1881", "exp_month": 8})
    after = till.charge(method)
    assert renewed["card"] == {
        "brand": "visa",
        "last4": "1881",
        "exp_month": 8,
        "exp_year": 2029,
    }
    assert renewed["updated"] > renewed["created"]
    assert after["card"] == renewed["card"]
    assert till.now_is(before)["card"]["last4"] == "4242"
    [event] = [event for event in till.events() if event["type"] == "method.updated"]
    assert event["data"]["object"] == renewed
    chosen = till.post(door, {"exp_month": 1, "exp_year": 2040})
    assert (chosen["card"]["exp_month"], chosen["card"]["exp_year"]) == (1, 2040)


def test_network_renews_no_bank_account() -> None:
    """There is nothing to renew."""
    till = Till()
    method = till.debit(save=True)["method"]
    door = f"/v1/methods/{method}/update_from_network"
    assert till.refusal(door) == (400, "method_not_card", "method")
    assert till.refusal("/v1/methods/pm_x/update_from_network") == (404, "not_found", None)


def test_deleted_method_is_gone() -> None:
    """Listed no more, charged no more, deleted once; its charges stay."""
    till = Till()
    method = saved(till)
    charge = till.charge(method)
    path = f"/v1/methods/{method}"
    answer = till.engine.call("DELETE", path, account=till.account)
    body = {"amount": 1, "currency": "EUR", "source": method, "customer": "cus_1"}
    assert answer.body == {"id": method, "deleted": True}
    assert till.refusal("/v1/charges", body | {"reference": "p"}, "p") == (
        400, "method_unknown", "source",
    )  # fmt: skip
    assert till.get("/v1/methods")["data"] == []
    assert till.now_is(charge)["method"] == method
    assert till.kinds()[-1] == "method.deleted"


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"customer": "cus_2"}, "method_of_another", "customer"),
        ({"source": "pm_none"}, "method_unknown", "source"),
        ({"off_session": "yes"}, "parameter_invalid", "off_session"),
        ({"save": 1}, "parameter_invalid", "save"),
    ],
)
def test_charge_of_a_method_is_refused_by_parameter(
    change: dict[str, object], code: str, field: str
) -> None:
    """A method pays for its own customer only."""
    till = Till()
    body = {"amount": 1, "currency": "EUR", "source": saved(till), "customer": "cus_1"}
    refusal = till.refusal("/v1/charges", body | {"reference": "p"} | change, "p")
    assert refusal == (400, code, field)
    assert till.get("/v1/charges", status="all")["data"] == []


def test_method_of_another_account_is_not_there() -> None:
    """Neither seen nor charged."""
    till = Till()
    method = saved(till)
    till.account = till.engine.open_account("Mill Lane")
    body = {"amount": 1, "currency": "EUR", "source": method, "customer": "cus_1"}
    refusal = till.refusal("/v1/charges", body | {"reference": "p"}, "p")
    assert refusal == (400, "method_unknown", "source")
    assert till.get("/v1/methods")["data"] == []
