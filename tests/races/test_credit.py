"""Credit asked for twice at once, and beside a payment: it covers so much and no more."""

import pytest

from counterfoil.domain.business import operations as businesses
from counterfoil.domain.insights.proofs import prove
from counterfoil.flows.apply_credit import apply_to_invoice, apply_to_open
from counterfoil.flows.pay_invoices import start
from counterfoil.kernel.actor import SYSTEM
from factories.businesses import AT
from factories.invoices import credit_note, issued_invoice, line
from factories.payments import command
from ledger_text import trial_balance
from races.racing import kinds, race


@pytest.fixture
def by_hand(business):
    businesses.change(business, {"applies_credit": False})


def test_credit_asked_for_twice_covers_once(business, customer, issued, by_hand, turn):
    invoice = issued()
    credit_note(business, customer, line("30"))

    results = race(*[lambda: apply_to_invoice(business, customer, invoice.id, at=AT)] * 4)

    assert kinds(results) == ["NoCredit"] * 3 + ["ok"]
    assert trial_balance(business)["receivable:Alice"] == 70
    assert prove(business).holds


def test_one_credit_for_two_invoices_is_spent_once(business, customer, issued, by_hand, turn):
    one, two = issued(), issued()
    credit_note(business, customer, line("130"))

    results = race(
        lambda: apply_to_invoice(business, customer, one.id, at=AT),
        lambda: apply_to_invoice(business, customer, two.id, at=AT),
        lambda: apply_to_open(business, customer, "EUR", at=AT),
    )

    assert "ok" in kinds(results)
    assert set(kinds(results)) <= {"ok", "NoCredit", "NothingDue"}
    assert trial_balance(business)["receivable:Alice"] == 70
    assert prove(business).holds


def test_new_invoices_share_one_credit(business, customer, turn):
    credit_note(business, customer, line("130"))

    race(*[lambda: issued_invoice(business, customer)] * 3)

    assert trial_balance(business)["receivable:Alice"] == 170
    assert prove(business).holds


def test_credit_and_a_payment_at_once(business, customer, issued, gateway, by_hand, turn):
    invoice = issued()
    credit_note(business, customer, line("30"))
    asked = command(customer, invoice)

    race(
        lambda: start(business, asked, by=SYSTEM, at=AT),
        lambda: apply_to_invoice(business, customer, invoice.id, at=AT),
    )

    owed = trial_balance(business)
    assert owed.get("receivable:Alice", 0) + owed.get("customer_credit:Alice", 0) in (0, -30, 70)
    assert prove(business).holds


def test_pay_all_in_two_tabs_is_one_charge(business, customer, issued, gateway, turn):
    """Each tab has its own form; the invoices are claimed by whoever is first."""
    invoices = [issued() for _ in range(3)]
    asked = [command(customer, *invoices, source="slow") for _ in range(2)]

    results = race(*(lambda one=one: start(business, one, by=SYSTEM, at=AT) for one in asked))

    assert kinds(results) == ["BeingPaid", "ok"]
    assert [charge.amount.minor for charge in gateway.charges] == [30_000]
