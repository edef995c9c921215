"""/payments from a bank account's token: the mandate that an integration vouches for, then the
debit, its end days later, and no debit that the business does not offer."""

import pytest

from counterfoil.domain.business import operations as businesses
from counterfoil.flows import resolve_uncertain
from counterfoil.kernel import clock
from counterfoil.kernel.ids import decode, encode
from factories.businesses import add_sandbox
from factories.invoices import line
from ledger_text import counts, trial_balance

PAID = {"iban": "DE89 3704 0044 0532 0130 00", "holder": "Ada Lovelace"}
RETURNED = {"iban": "DE62 3704 0044 0532 0130 01", "holder": "Ada Lovelace"}
AMERICAN = {
    "routing_number": "110000000",
    "account_number": "000123456789",
    "holder": "Ada Lovelace",
}
WEEK = 7 * 86_400


@pytest.fixture
def pay(api, business, customer, sandbox):
    """Pays an invoice from a bank account, as an integrator does."""
    offers = {"debit_schemes": ["sepa_core"], "creditor_ref": "DE98ZZZ09999999999"}
    businesses.change(business, offers)
    add_sandbox(business, sandbox)

    def with_account(given, invoice, *, key=""):
        token = sandbox.post("/v1/tokens", {"bank_debit": given}).json()["id"]
        amount = invoice.total_minor
        body = {
            "customer": encode("cus", customer), "currency": invoice.currency, "amount": amount,
            "source": token,
            "invoices": [{"invoice": encode("inv", invoice.id), "amount": amount}],
        }  # fmt: skip
        answers = [api.post("/payments", body, key=key) for _ in range(2 if key else 1)]
        assert len({one.content for one in answers}) == 1
        return answers[0]

    return with_account


def after_a_week(api, business, sandbox, payment):
    sandbox.advance(WEEK)
    resolve_uncertain.resolve(business, decode("pay", payment["id"]), at=clock.now())
    return api.get(f"/payments/{payment['id']}").body


def test_a_debit_is_processing_and_then_paid(api, business, customer, sandbox, pay, issued):
    made = pay(PAID, issued(line("123.45")), key="k-1")

    assert (made.status, made.body["status"]) == (201, "processing")
    assert made.body["instrument"]["kind"] == "bank_debit"
    [mandate] = api.get(f"/mandates?customer={encode('cus', customer)}").body["data"]
    assert (mandate["status"], mandate["scheme"]) == ("active", "sepa_core")
    assert after_a_week(api, business, sandbox, made.body)["status"] == "succeeded"
    assert trial_balance(business)["revenue"] == -trial_balance(business)["clearing:Sandbox"]


def test_one_that_comes_back_leaves_the_invoice_open(api, business, sandbox, pay, issued):
    invoice = issued(line("10.00"))
    made = pay(RETURNED, invoice)

    assert made.body["status"] == "processing"
    assert after_a_week(api, business, sandbox, made.body)["status"] == "failed"
    assert api.get(f"/invoices/{encode('inv', invoice.id)}").body["amount_due"] == 1_000


def test_a_bank_account_that_is_not_debited_here_is_refused(business, pay, issued):
    invoice, before = issued(line("10.00")), counts(business)
    made = pay(AMERICAN, invoice)
    assert (made.status, made.code) == (409, "debit_not_offered")
    assert [one["field"] for one in made.body["errors"]] == ["source"]
    assert counts(business) == before
