"""Paying by bank transfer on the invoice's page: the account, the reference, the code; and what is
left where a gateway account can't take a payment."""

from html import unescape

import pytest

from factories.bank_files import Booking, add_account, reference_of, statement
from factories.businesses import AT, add_gateway
from factories.statements import counted

NOT_ONLINE = "You can’t pay online at the moment"


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
    from counterfoil.flows.letters.render_document import invoice_pdf

    assert invoice_pdf(business, issued().id, at=AT)[:5] == b"%PDF-"


def page_of(browser, invoice):
    answer = browser.get(f"/invoices/{invoice.number}")
    assert answer.status_code == 200
    return unescape(answer.content.decode())


@pytest.fixture
def kinds(business):
    """Gateways of this very business: one that is as it should be, and one that a test breaks."""
    from django.test import override_settings

    with override_settings(
        GATEWAYS={
            "sandbox": "factories.gateways.QuietGateway",
            "scripted": "factories.gateways.ScriptedGateway",
            "broken": "factories.gateways.BrokenGateway",
            "gone": "factories.no_such_module.Gateway",
        }
    ):
        yield


def seal_with_another_key(business):
    """What is stored of every account's secrets can't be opened any more."""
    from counterfoil.infra.db import execute, run

    statement = "UPDATE payments_gatewayaccount SET secrets = 'gAAAAA' WHERE business_id = %(b)s"
    run(business, lambda: execute(f"{statement} RETURNING id", {"b": business}))


@pytest.mark.parametrize("kind", ["broken", "gone", "unheard"])
def test_the_other_ways_stay(alice, business, issued, kinds, kind):
    add_gateway(business, "scripted")
    add_gateway(business, kind)  # the newest would be the first choice
    page = page_of(alice, issued())
    assert "data-pay-button" in page
    assert NOT_ONLINE not in page


@pytest.mark.parametrize("kind", ["broken", "gone", "unheard"])
def test_where_none_is_left_the_page_says_so_and_keeps_the_bank_transfer(
    alice, business, issued, kinds, kind
):
    add_gateway(business, kind)
    invoice = issued()
    page = page_of(alice, invoice)
    assert NOT_ONLINE in page
    assert "data-pay-button" not in page
    add_account(business)
    assert "Pay by bank transfer" in page_of(alice, invoice)
    answer = alice.get(f"/pay?invoice={invoice.number}")
    assert answer.status_code == 200
    assert NOT_ONLINE in unescape(answer.content.decode())


def test_secrets_that_cant_be_opened_leave_the_account_out(alice, business, issued):
    seal_with_another_key(business)
    assert NOT_ONLINE in page_of(alice, issued())
    assert alice.get("/methods/").status_code == 200


def test_several_invoices_are_transferred_under_the_customers_own_reference(
    alice, business, customer, bank, issued, gateway
):
    from counterfoil.domain.receivables.references import customer_reference

    one, two = issued(), issued()
    page = alice.get(f"/pay?invoice={one.number}&invoice={two.number}").content.decode()
    assert f'data-copy="{customer_reference(customer)}"' in page
    assert 'data-copy="DE89370400440532013000"' in page
    assert 'data-copy="200.00"' in page
    assert "<svg" in page.split("transfer-code")[1]
    assert "ui/copy" in page
    assert "your oldest open invoices first" in page


def test_the_link_to_a_balance_shows_it_too_and_a_link_to_one_invoice_does_not(
    business, customer, bank, issued, gateway, portal, link
):
    from counterfoil.domain.identity import operations as identity
    from counterfoil.domain.receivables.references import customer_reference
    from counterfoil.kernel import clock

    one, _two = issued(), issued()
    token = identity.make_guest_link(
        business, None, customer, sent_to="a@example.com", at=clock.now()
    )
    page = portal().get(f"/b/{token}").content.decode()
    assert f'data-copy="{customer_reference(customer)}"' in page
    assert 'data-copy="200.00"' in page

    page = portal().get(link(one)).content.decode()
    assert customer_reference(customer) not in page


def test_without_a_gateway_the_transfer_is_the_way(alice, business, bank, issued):
    one, two = issued(), issued()
    page = unescape(alice.get(f"/pay?invoice={one.number}&invoice={two.number}").content.decode())
    assert "Pay by bank transfer" in page
    assert NOT_ONLINE not in page
