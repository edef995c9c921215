"""Tokens: what a card must look like, and what is never kept of it."""

from typing import Any

import pytest

from factories.sandbox_process import AccountAtSandbox, Sandbox

GOOD = {"number": "4242424242424242", "exp_month": 12, "exp_year": 2034, "cvc": "123"}


def test_token_good_card_shows_brand_and_last_four(sandbox: Sandbox) -> None:
    """The answer carries what may be shown and no more."""
    answer = sandbox.post("/v1/tokens", {"card": GOOD})
    body = answer.json()
    assert answer.status_code == 201
    assert body["id"].startswith("tok_")
    assert body["card"] == {"brand": "visa", "last4": "4242", "exp_month": 12, "exp_year": 2034}


def test_token_lenient_forms_are_taken(sandbox: Sandbox) -> None:
    """Spaces, numbers as JSON numbers and two-digit years are what people send."""
    card = {"number": "5555-5555 5555 4444", "exp_month": "01", "exp_year": 34, "cvc": 1234}
    answer = sandbox.post("/v1/tokens", {"card": card})
    shown = {"brand": "mastercard", "last4": "4444", "exp_month": 1, "exp_year": 2034}
    assert (answer.status_code, answer.json()["card"]) == (201, shown)


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"number": "4242424242424241"}, "incorrect_number", "number"),
        ({"number": "42"}, "invalid_number", "number"),
        ({"number": "4242 4242 4242 424x"}, "invalid_number", "number"),
        ({"number": "٤٢٤٢٤٢٤٢٤٢٤٢٤٢٤٢"}, "invalid_number", "number"),
        ({"number": "4111111111111111"}, "unknown_test_card", "number"),
        ({"exp_month": 13}, "invalid_expiry", "exp_month"),
        ({"exp_month": 0}, "invalid_expiry", "exp_month"),
        ({"exp_year": 2020}, "expiry_past", "exp_year"),
        ({"exp_year": 9999}, "invalid_expiry", "exp_year"),
        ({"cvc": "12"}, "invalid_cvc", "cvc"),
        ({"cvc": "12345"}, "invalid_cvc", "cvc"),
        ({"cvc": "abc"}, "invalid_cvc", "cvc"),
        ({"holder": "x"}, "parameter_unknown", "card.holder"),
        ({"number": None}, "parameter_invalid", "card.number"),
        ({"exp_month": 1.5}, "parameter_invalid", "card.exp_month"),
    ],
)
def test_token_bad_card_is_refused_by_field(
    sandbox: Sandbox, change: dict[str, Any], code: str, field: str
) -> None:
    """Each mistake has its own code and names its field; the number is not echoed."""
    answer = sandbox.post("/v1/tokens", {"card": GOOD | change})
    error = answer.json()["error"]
    assert (answer.status_code, error["code"], error["field"]) == (400, code, field)
    assert "424242" not in answer.text


@pytest.mark.parametrize("body", [{}, {"card": {}}, {"card": 1}, [], "text"])
def test_token_wrong_shape_is_refused(sandbox: Sandbox, body: Any) -> None:
    """Nothing but a card object is taken."""
    assert sandbox.post("/v1/tokens", body).status_code == 400


def test_token_of_a_wallet_is_charged_like_a_cards(account: AccountAtSandbox) -> None:
    """It says which wallet; its card is shown as cards are."""
    body = {"wallet": {"type": "google_pay", "card": "mastercard"}}
    made = account.sandbox.post("/v1/tokens", body).json()
    charge = account.post_charge(account.request(source=made["id"])).json()
    card = made["card"]
    assert (made["kind"], card["brand"], card["last4"]) == ("wallet", "mastercard", "4444")
    assert made["wallet"] == {"wallet": "google_pay"} | card
    assert charge["instrument"] == {"kind": "wallet", "wallet": "google_pay"} | card
    assert (charge["status"], charge["card"]) == ("succeeded", card)


@pytest.mark.parametrize(
    ("wallet", "code", "field"),
    [
        ({"type": "apple_pay", "card": "amex"}, "wallet_card_unknown", "card"),
        ({"type": "paper", "card": "visa"}, "parameter_invalid", "wallet.type"),
        ({"type": "apple_pay"}, "parameter_missing", "wallet.card"),
    ],
)
def test_token_bad_wallet_is_refused_by_field(
    sandbox: Sandbox, wallet: dict[str, str], code: str, field: str
) -> None:
    """It holds the sandbox's own cards."""
    error = sandbox.post("/v1/tokens", {"wallet": wallet}).json()["error"]
    assert (error["code"], error["field"]) == (code, field)


def test_token_of_an_account_serves_that_account_only(sandbox: Sandbox) -> None:
    """A token made with a publishable key can't be charged by another account."""
    one, other = sandbox.open_account(), sandbox.open_account()
    made = sandbox.post("/v1/tokens", {"card": GOOD, "account": one.body["publishable_key"]})
    source = made.json()["id"]
    refused = other.post_charge(other.request(source=source))
    taken = one.post_charge(one.request(source=source))
    assert (refused.status_code, refused.json()["error"]["code"]) == (400, "token_unknown")
    assert (taken.status_code, taken.json()["status"]) == (201, "succeeded")


def test_token_is_good_for_one_charge(account: AccountAtSandbox) -> None:
    """The second charge is refused and leaves nothing."""
    first = account.request()
    account.post_charge(first)
    second = account.request(source=first["source"])
    answer = account.post_charge(second)
    found = account.get("/v1/charges", reference=second["reference"]).json()
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "token_used")
    assert found["data"] == []


def test_token_past_expiry_follows_the_sandbox_clock(own_sandbox: Sandbox) -> None:
    """A card of the current month is good today and past next month."""
    own_sandbox.start("--clock-start", "2026-11-21T00:00:00Z")
    assert own_sandbox.token(exp_month=11, exp_year=2026)
    own_sandbox.advance(10 * 86_400)
    answer = own_sandbox.post("/v1/tokens", {"card": GOOD | {"exp_month": 11, "exp_year": 2026}})
    assert answer.json()["error"]["code"] == "expiry_past"
