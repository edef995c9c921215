"""Surcharges through a payment's life: part of the payment, never of the invoice."""

from decimal import Decimal

import pytest

from counterfoil.domain.business import operations as businesses
from counterfoil.domain.receivables import queries
from counterfoil.flows.letters import render_document
from counterfoil.flows.letters.send_messages import send_receipt
from counterfoil.flows.pay_invoices import SurchargeChanged
from counterfoil.infra.db import execute, reading, run
from factories.businesses import AT
from factories.payments import pay
from factories.refunds import refund
from factories.sealed import letters
from ledger_text import broken, journal, trial_balance

CARD = {"card": {"percent": "1.5", "fixed": {"EUR": 30}}}  # 1.80 of 100.00


@pytest.fixture
def charging(business, gateway):
    """Harrow Water asks 1.5 % and 0.30 for cards."""
    businesses.change(business, {"surcharges": CARD})
    return business


def test_it_is_charged_booked_and_covers_nothing(charging, issued, gateway):
    invoice = issued()
    attempt = pay(charging, invoice, fee_minor=180)

    assert (attempt.amount_minor, attempt.surcharge_minor) == (10_180, 180)
    assert gateway.charges[0].amount.minor == 10_180
    assert trial_balance(charging)["surcharges"] == Decimal("-1.80")
    with reading(charging):
        fact = queries.payment(charging, attempt.id)
    assert (fact.unapplied_minor, fact.parts[0]["applied"]) == (0, 10_000)
    assert broken(charging) == []


@pytest.mark.parametrize("quoted", [0, 179, 181])
def test_another_quote_is_refused_and_nothing_is_charged(charging, issued, gateway, quoted):
    with pytest.raises(SurchargeChanged) as refused:
        pay(charging, issued(), fee_minor=quoted)

    assert refused.value.facts["quote"] == 180
    assert gateway.charges == []


def test_who_asks_for_none_pays_none(charging, issued, gateway):
    assert pay(charging, issued()).surcharge_minor == 0


def test_a_part_refund_keeps_it_and_the_whole_gives_it_back(charging, issued, gateway):
    attempt = pay(charging, issued(), fee_minor=180)

    refund(charging, attempt, amount_minor=4_000)
    assert trial_balance(charging)["surcharges"] == Decimal("-1.80")
    refund(charging, attempt)

    assert trial_balance(charging).get("surcharges", 0) == 0
    assert trial_balance(charging)["receivable:Alice"] == 100
    assert journal(charging).endswith("surcharges            clearing:scripted        1.80 EUR\n")
    assert broken(charging) == []


def test_the_receipt_shows_it_on_a_line_of_its_own(charging, issued, gateway):
    attempt = pay(charging, issued(), fee_minor=180)

    send_receipt(charging, attempt.id, at=AT)
    [(text,)] = letters(charging, "text", where="m.template = 'receipt'")

    assert "Fee for paying this way: €1.80" in text.replace("\u2068", "").replace("\u2069", "")
    assert render_document.receipt_pdf(charging, attempt.id, at=AT)[:5] == b"%PDF-"


def test_the_proof_finds_a_surcharge_that_the_books_do_not_have(charging, issued, gateway):
    attempt = pay(charging, issued(), fee_minor=180)
    wrong = (
        "UPDATE payments_attempt SET surcharge_minor = 170 "
        "WHERE business_id = %(business)s::uuid AND id = %(id)s::uuid"
    )
    run(charging, lambda: execute(wrong, {"business": charging, "id": attempt.id}))

    found = {invariant for invariant, _subject, _found in broken(charging)}
    assert "surcharges in the books are what payments carried" in found
