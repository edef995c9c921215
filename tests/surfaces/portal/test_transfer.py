"""Paying by bank transfer on the invoice's page: the account, the reference, the code."""

import pytest

from factories.bank_files import Booking, add_account, reference_of, statement
from factories.businesses import AT
from factories.statements import counted


@pytest.fixture
def bank(business):
    return add_account(business)


def test_reference_account_and_code_stand_beside_the_card(alice, business, bank, issued, gateway):
    invoice = issued()
    page = alice.get(f"/invoices/{invoice.number}").content.decode()
    assert "Pay by bank transfer" in page
    assert f'data-copy="{reference_of(business, invoice.id)}"' in page
    assert 'data-copy="DE89370400440532013000"' in page
    assert 'data-copy="100.00"' in page
    assert "<svg" in page.split("transfer-code")[1]


def test_amount_to_transfer_is_what_is_left(alice, business, bank, issued, gateway):
    from counterfoil.flows.banking import import_statement
    from counterfoil.kernel.actor import SYSTEM

    invoice = issued()
    plan = import_statement.preview(business, statement(Booking("30.00", invoice.number)))
    import_statement.apply(business, plan, at=AT, by=SYSTEM)
    page = alice.get(f"/invoices/{invoice.number}").content.decode()
    assert 'data-copy="70.00"' in page
    assert "Pay by bank transfer" in page


def test_invoice_in_another_currency_shows_no_account(alice, bank, issued, gateway):
    page = alice.get(f"/invoices/{issued(currency='USD').number}").content.decode()
    assert "Amount due" in page
    assert "data-copy" not in page


def test_the_account_costs_no_query(alice, business, issued, gateway):
    path = f"/invoices/{issued().number}"
    alice.get(path)
    with counted() as without:
        alice.get(path)
    add_account(business)
    with counted() as with_account:
        alice.get(path)
    assert with_account.count == without.count


def test_pdf_holds_the_code(business, bank, issued):
    from counterfoil.flows.render_document import invoice_pdf

    assert invoice_pdf(business, issued().id, at=AT)[:5] == b"%PDF-"
