"""/payments against the real gateway process: what it charged is what the books say."""

import pytest

from counterfoil.flows import resolve_uncertain
from counterfoil.kernel import clock
from counterfoil.kernel.ids import decode, encode
from factories.businesses import add_sandbox
from factories.invoices import line
from ledger_text import trial_balance


@pytest.fixture
def pay(api, business, customer, sandbox):
    """Pays an invoice with a card of this number, as an integrator does."""
    add_sandbox(business, sandbox)

    def with_card(number, invoice, *, key="", **more):
        outside, amount = encode("inv", invoice.id), invoice.total_minor
        body = {
            "customer": encode("cus", customer), "currency": invoice.currency, "amount": amount,
            "source": more.pop("source", None) or sandbox.token(number),
            "invoices": [{"invoice": outside, "amount": amount}],
        }  # fmt: skip
        return api.post("/payments", body | more, key=key)

    return with_card


def charged(sandbox, customer):
    """What the gateway really charged, newest first."""
    found = sandbox.http.get(
        "/v1/charges", params={"customer": encode("cus", customer), "limit": 200}
    )
    return [
        (row["reference"], row["amount"], row["currency"])
        for row in found.json()["data"]
        if row["status"] == "succeeded"
    ]


def test_success_is_charged_once(api, business, customer, sandbox, pay, issued):
    invoice, token = issued(line("123.45")), sandbox.token()
    first = pay("", invoice, source=token, key="k-1")
    again = pay("", invoice, source=token, key="k-1")

    assert (first.status, first.body["status"]) == (201, "succeeded")
    assert first.body["instrument"] == {"kind": "card", "brand": "visa", "last4": "4242"}
    assert again.content == first.content
    assert charged(sandbox, customer) == [(first.body["id"], 12_345, "EUR")]
    assert trial_balance(business)["revenue"] == -trial_balance(business)["clearing:Sandbox"]


@pytest.mark.parametrize(
    ("number", "code"),
    [
        ("4000 0000 0000 0002", "card_declined"),
        ("4000 0000 0000 9995", "insufficient_funds"),
        ("4000 0000 0000 0069", "expired_card"),
        ("4000 0000 0000 0127", "incorrect_cvc"),
    ],
)
def test_declined(customer, sandbox, pay, issued, number, code):
    answer = pay(number, issued())

    assert (answer.status, answer.body["status"]) == (201, "failed")
    assert answer.body["failure"]["code"] == code
    assert charged(sandbox, customer) == []


def test_a_token_that_is_none(customer, sandbox, pay, issued):
    answer = pay("", issued(), source="tok_nobody")

    assert (answer.status, answer.body["status"]) == (201, "failed")
    assert answer.body["failure"]["code"] == "token_invalid"
    assert charged(sandbox, customer) == []


def test_three_d_secure(pay, sandbox, issued):
    answer = pay("4000 0025 0000 3155", issued())

    assert (answer.status, answer.body["status"]) == (201, "requires_action")
    assert answer.body["next_step"]["type"] == "redirect"
    assert answer.body["next_step"]["url"].startswith(sandbox.url)


@pytest.mark.slow
def test_a_lost_answer_settles_by_asking(api, business, customer, sandbox, pay, issued):
    """The gateway charges and never answers: unknown, then found out by our own reference."""
    invoice = issued()
    answer = pay("4000 0000 0000 9979", invoice, key="k-1")
    path = f"/payments/{answer.body['id']}"

    assert (answer.status, answer.body["status"]) == (201, "unknown")
    assert api.get(path).body["status"] == "unknown"
    again = pay("4242 4242 4242 4242", invoice)
    assert (again.status, again.code) == (409, "being_paid")
    resolve_uncertain.resolve(business, decode("pay", answer.body["id"]), at=clock.now())
    assert api.get(path).body["status"] == "succeeded"
    assert charged(sandbox, customer) == [(answer.body["id"], 10_000, "EUR")]
