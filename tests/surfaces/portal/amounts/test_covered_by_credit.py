"""An invoice that credit covered says so, and names nothing that did not pay it."""

from datetime import timedelta

from counterfoil.domain.business import operations as businesses
from counterfoil.flows.aftermath.move_payment import keep_as_credit
from counterfoil.flows.apply_credit import apply_to_invoice
from counterfoil.kernel.actor import SYSTEM
from counterfoil.kernel.money import Money
from factories.businesses import AT
from factories.invoices import credit_note, issued_invoice, line
from factories.payments import pay

HOUR = timedelta(hours=1)
LATER = AT + HOUR


def text(response):
    return " ".join(response.content.decode().split())


def parts(page):
    """The stub of an invoice's page, and the sums under its lines."""
    stub, rest = page.split('id="stub"')[1].split('class="sheet-body"')
    return stub, rest.split('class="totals"')[1].split("</dl>")[0]


def test_the_rest_of_a_card_payment_is_named_as_credit(
    alice, portal, link, business, customer, issued, gateway
):
    payment = pay(business, issued(), amount_minor=20_000)
    invoice = issued_invoice(business, customer, at=LATER)

    stub, totals = parts(text(alice.get(f"/invoices/{invoice.number}")))

    assert "Visa" not in stub
    assert "Paid with" not in stub
    assert "pay_" not in stub
    assert "From your credit</dt><dd>" in stub
    assert "€100.00" in stub
    assert "Visa" not in totals
    assert "From your credit 1 Mar 2026" in totals
    assert "Download receipt" in totals  # of the payment that the credit is left of
    assert payment.instrument_brand == "visa"
    stub, totals = parts(text(portal().get(link(invoice), follow=True)))
    assert "Visa" not in stub + totals
    assert "Download receipt" not in stub + totals  # it is of another invoice too


def test_a_part_by_credit_and_the_rest_by_card_names_both(
    alice, business, customer, issued, gateway
):
    pay(business, issued(), amount_minor=13_000)
    invoice = issued_invoice(business, customer, at=LATER)
    pay(business, invoice, amount_minor=7_000, parts=((invoice.id, 7_000),))

    stub, totals = parts(text(alice.get(f"/invoices/{invoice.number}")))

    assert "Paid with</dt>" in stub
    assert "Visa" in stub
    assert "From your credit</dt><dd>" in stub
    assert "€30.00" in stub
    assert "From your credit 1 Mar 2026" in totals
    assert "Paid 1 Mar 2026" in totals


def test_the_card_stays_where_credit_came_last(alice, business, customer, issued, gateway):
    businesses.change(business, {"applies_credit": False})
    invoice = issued()
    pay(business, invoice, amount_minor=6_000, parts=((invoice.id, 6_000),))
    pay(business, issued(), amount_minor=14_000)
    apply_to_invoice(business, customer, invoice.id, at=LATER)

    stub, _totals = parts(text(alice.get(f"/invoices/{invoice.number}")))

    assert "Paid with</dt>" in stub
    assert "Visa" in stub
    assert "From your credit</dt><dd>" in stub
    assert "€40.00" in stub


def test_credit_that_is_taken_off_again_is_no_card(alice, business, customer, issued, gateway):
    payment = pay(business, issued(), amount_minor=20_000)
    invoice = issued_invoice(business, customer, at=LATER)
    keep_as_credit(business, payment.id, Money(6_000, "EUR"), at=LATER + HOUR, by=SYSTEM)

    _stub, totals = parts(text(alice.get(f"/invoices/{invoice.number}")))

    assert "Moved to the credit 1 Mar 2026" in totals
    assert "Visa" not in totals


def test_a_free_credit_note_that_covers_all_takes_nothing_back(alice, business, customer):
    credit_note(business, customer, line("100"))
    invoice = issued_invoice(business, customer, at=LATER)

    stub, _totals = parts(text(alice.get(f"/invoices/{invoice.number}")))

    assert "Covered by your credit" in stub
    assert "took the whole amount back" not in stub
