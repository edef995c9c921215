"""Charges: what each card does, what is refused, and how charges are looked up."""

import re
from typing import Any

import pytest

from factories.sandbox_process import AccountAtSandbox, Sandbox

CAME_BACK = {"amount_refunded": 0, "amount_disputed": 0, "amount_returned": 0}
BRIEF_FIELDS = {"id", "amount", "currency", "status", "customer", "reference", "created"} | {
    "amount_captured",
    *CAME_BACK,
}


@pytest.mark.parametrize(
    ("number", "brand"), [("4242 4242 4242 4242", "visa"), ("5555 5555 5555 4444", "mastercard")]
)
def test_charge_good_card_succeeds(account: AccountAtSandbox, number: str, brand: str) -> None:
    """The whole answer of a charge that went through."""
    charge = account.charge(number, reference="pay_good", description="Invoice 7")
    assert re.fullmatch(r"ch_[0-9a-z]{26}", charge.pop("id"))
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", charge.pop("created"))
    assert re.fullmatch(r"[0-9a-f]{32}", charge.pop("fingerprint"))
    card = {"brand": brand, "last4": number[-4:], "exp_month": 12, "exp_year": 2034}
    assert charge == CAME_BACK | {
        "status": "succeeded",
        "amount": 20355,
        "amount_captured": 20355,
        "currency": "EUR",
        "customer": "cus_1",
        "reference": "pay_good",
        "description": "Invoice 7",
        "card": card,
        "instrument": {"kind": "card"} | card,
        "method": None,
        "mandate": None,
        "off_session": False,
        "failure": None,
        "return_code": None,
        "returned_at": None,
        "settles_at": None,
        "cancellable_until": None,
        "amount_is_open": False,
        "next_action": None,
    }


@pytest.mark.parametrize(
    ("number", "code"),
    [
        ("4000 0000 0000 0002", "card_declined"),
        ("4000 0000 0000 9995", "insufficient_funds"),
        ("4000 0000 0000 0069", "expired_card"),
        ("4000 0000 0000 0127", "incorrect_cvc"),
    ],
)
def test_charge_bad_card_fails_with_its_reason(
    account: AccountAtSandbox, number: str, code: str
) -> None:
    """A decline is an answer (201), with a code and a sentence; nothing was charged."""
    charge = account.charge(number, customer=f"cus_{code}")
    kinds = [event["type"] for event in account.events()]
    charged = account.sandbox.http.get("/v1/charges", params={"customer": f"cus_{code}"})
    assert (charge["status"], charge["failure"]["code"]) == ("failed", code)
    assert charge["failure"]["message"]
    assert kinds == ["charge.failed"]
    assert charged.json()["data"] == []


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"amount": 0}, "parameter_invalid", "amount"),
        ({"amount": -1}, "parameter_invalid", "amount"),
        ({"amount": 1.5}, "parameter_invalid", "amount"),
        ({"amount": "100"}, "parameter_invalid", "amount"),
        ({"amount": True}, "parameter_invalid", "amount"),
        ({"amount": 10**13}, "parameter_invalid", "amount"),
        ({"currency": "eur"}, "parameter_invalid", "currency"),
        ({"currency": "XXX"}, "parameter_invalid", "currency"),
        ({"source": "tok_unknown"}, "token_unknown", "source"),
        ({"reference": ""}, "parameter_invalid", "reference"),
        ({"reference": "a b"}, "parameter_invalid", "reference"),
        ({"colour": "red"}, "parameter_unknown", "colour"),
        ({"return_url": "https://evil.example/back"}, "return_url_not_allowed", "return_url"),
        ({"return_url": "http://localhost:8000@evil.example/"}, "return_url_not_allowed", None),
        ({"return_url": "javascript:alert(1)"}, "parameter_invalid", "return_url"),
        ({"return_url": "http://[::1"}, "parameter_invalid", "return_url"),
    ],
)
def test_charge_bad_parameter_starts_nothing(
    account: AccountAtSandbox, change: dict[str, Any], code: str, field: str | None
) -> None:
    """A refused charge leaves no charge, no event, and its token unspent."""
    good = account.request()
    answer = account.post_charge(good | change, key="refused")
    error = answer.json()["error"]
    assert (answer.status_code, error["code"]) == (400, code)
    assert field in {None, error["field"]}
    assert account.get("/v1/charges", status="all").json()["data"] == []
    assert account.events() == []
    assert account.post_charge(good, key="refused").status_code == 201


def test_charge_missing_parameter_is_named(account: AccountAtSandbox) -> None:
    """Every parameter but description, return address and locale is needed."""
    good = account.request()
    for name in good:
        body = {key: value for key, value in good.items() if key != name}
        error = account.post_charge(body, key="k").json()["error"]
        assert (error["code"], error["field"]) == ("parameter_missing", name)


def test_charge_needs_key_and_idempotency_key(account: AccountAtSandbox) -> None:
    """Without either, nothing starts."""
    post = account.sandbox.http.post
    body = account.request()
    bare = post("/v1/charges", json=body, headers={"Idempotency-Key": "k"})
    wrong = post(
        "/v1/charges",
        json=body,
        headers={"Idempotency-Key": "k", "Authorization": "Bearer sk_sandbox_wrong"},
    )
    keyless = post("/v1/charges", json=body, headers=account.auth)
    assert [bare.status_code, wrong.status_code, keyless.status_code] == [401, 401, 400]
    assert keyless.json()["error"]["code"] == "idempotency_key_required"
    assert account.get("/v1/charges", status="all").json()["data"] == []


def test_charge_is_found_by_id_and_by_reference(account: AccountAtSandbox) -> None:
    """Both look-ups give the same whole charge; an unknown one is empty or 404."""
    charge = account.charge("4000 0000 0000 0002", reference="pay_look")
    assert account.get(f"/v1/charges/{charge['id']}").json() == charge
    assert account.get("/v1/charges", reference="pay_look").json()["data"] == [charge]
    assert account.get("/v1/charges", reference="pay_never").json()["data"] == []
    assert account.get("/v1/charges/ch_never").status_code == 404


def test_charge_of_another_account_is_not_there(
    sandbox: Sandbox, account: AccountAtSandbox
) -> None:
    """Foreign and absent are the same answer."""
    charge = account.charge(reference="pay_mine")
    other = sandbox.open_account()
    foreign = other.get(f"/v1/charges/{charge['id']}")
    absent = other.get("/v1/charges/ch_absent")
    assert (foreign.status_code, foreign.text) == (404, absent.text)
    assert other.get("/v1/charges", reference="pay_mine").json()["data"] == []


def test_list_without_key_shows_what_was_charged(account: AccountAtSandbox) -> None:
    """In brief, newest first, succeeded only; every state on demand."""
    first = account.charge(customer="cus_list")
    failed = account.charge("4000 0000 0000 0002", customer="cus_list")
    last = account.charge(customer="cus_list")
    get = account.sandbox.http.get
    charged = get("/v1/charges", params={"customer": "cus_list", "limit": 200}).json()
    everything = get("/v1/charges", params={"customer": "cus_list", "status": "all"}).json()
    assert [row["id"] for row in charged["data"]] == [last["id"], first["id"]]
    assert {frozenset(row) for row in charged["data"]} == {frozenset(BRIEF_FIELDS)}
    assert [row["id"] for row in everything["data"]] == [last["id"], failed["id"], first["id"]]


def test_list_goes_on_behind_its_limit(account: AccountAtSandbox) -> None:
    """Three charges in pages of two."""
    made = [account.charge(customer="cus_pages")["id"] for _ in range(3)]
    query: dict[str, Any] = {"customer": "cus_pages", "limit": 2}
    first = account.sandbox.http.get("/v1/charges", params=query).json()
    rest = account.sandbox.http.get(
        "/v1/charges", params=query | {"cursor": first["next_cursor"]}
    ).json()
    ids = [row["id"] for row in first["data"] + rest["data"]]
    assert ids == made[::-1]
    assert rest["next_cursor"] is None


@pytest.mark.parametrize("query", [{"limit": 0}, {"limit": 201}, {"limit": "x"}, {"status": "no"}])
def test_list_bad_parameter_is_refused(sandbox: Sandbox, query: dict[str, Any]) -> None:
    """Limits are 1 to 200, states are known ones."""
    assert sandbox.http.get("/v1/charges", params=query).status_code == 400


def test_account_of_the_same_name_is_found_again(sandbox: Sandbox) -> None:
    """A second opening gives the same keys and takes the new address."""
    body = {"name": "Harrow Water", "business_id": "b1", "webhook_url": "http://127.0.0.1:1/a"}
    first = sandbox.post("/v1/accounts", body)
    again = sandbox.post("/v1/accounts", body | {"webhook_url": "http://127.0.0.1:2/b"})
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json() == first.json() | {"webhook_url": "http://127.0.0.1:2/b"}


def test_account_changes_need_its_own_key(sandbox: Sandbox, account: AccountAtSandbox) -> None:
    """The owner moves the webhook address; nobody else does."""
    body = {"webhook_url": "http://127.0.0.1:9/hooks"}
    path = f"/v1/accounts/{account.id}"
    changed = sandbox.http.post(path, json=body, headers=account.auth)
    foreign = sandbox.http.post(path, json=body, headers=sandbox.open_account().auth)
    keyless = sandbox.http.post(path, json=body)
    assert changed.json() == account.body | body
    assert [foreign.status_code, keyless.status_code] == [404, 401]
