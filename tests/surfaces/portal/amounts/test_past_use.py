"""The order of the ways to pay: what was put first, then by the customer's own past use."""

import re
from dataclasses import replace

import pytest

from counterfoil.domain.payments import mandates
from counterfoil.domain.payments.methods import queries
from counterfoil.infra.db import reading
from counterfoil.kernel.ids import encode
from factories.bank_files import Booking, add_account, reference_of, statement
from factories.businesses import AT
from factories.keeping import CARD
from surfaces.portal.test_bank_debit import bank, form_of
from surfaces.portal.test_planned import days, fields

__all__ = ["bank"]


@pytest.fixture
def ways(bank, gateway_script):
    """A gateway that takes cards and bank debits."""
    return bank


@pytest.fixture
def gateway_script(bank):
    from factories.gateways import ScriptedGateway

    return ScriptedGateway.script


def offered(html):
    """The rows of the choice of the pay form, and whether each is chosen."""
    rows = html.partition('class="ways"')[2].partition("</fieldset>")[0]
    return re.findall(r'name="way" value="([^"]+)"( checked)?', rows)


def page_of(browser, invoice):
    return browser.get(f"/invoices/{invoice.number}").content.decode()


def by_card(browser, invoice, **more):
    form = {"form_key": invoice.number, "way": "card", "source": "ok"} | more
    return browser.post(f"/invoices/{invoice.number}/pay", form)


def by_debit(browser, invoice, **more):
    form = form_of(page_of(browser, invoice)) | {"form_key": invoice.number} | more
    if not more:
        form = form_of(page_of(browser, invoice))
    return browser.post(f"/invoices/{invoice.number}/pay", form)


def code_of_card(business, customer):
    with reading(business):
        return encode("pm", queries.methods_of(business, customer)[0].id)


def code_of_account(business, customer):
    with reading(business):
        return encode("mdt", mandates.mandates_of(business, customer)[0].id)


def test_three_debits_come_before_one_card(alice, business, customer, ways, issued):
    by_card(alice, issued(), save="1")
    by_debit(alice, issued())
    account = code_of_account(business, customer)
    for _time in range(2):
        by_debit(alice, issued(), way=account)
    card = code_of_card(business, customer)

    codes = offered(page_of(alice, issued()))

    assert codes[:2] == [(account, " checked"), (card, "")]


def test_one_debit_after_two_cards_does_not_turn_the_order(alice, business, customer, ways, issued):
    by_card(alice, issued(), save="1")
    card = code_of_card(business, customer)
    by_card(alice, issued(), way=card, source="")
    by_debit(alice, issued())

    codes = offered(page_of(alice, issued()))

    assert codes[:2] == [(card, " checked"), (code_of_account(business, customer), "")]


def test_what_was_put_first_comes_first_whatever_was_used(alice, business, customer, ways, issued):
    by_card(alice, issued(), save="1")
    by_debit(alice, issued())
    account, card = code_of_account(business, customer), code_of_card(business, customer)
    by_debit(alice, issued(), way=account)

    alice.post(f"/methods/{card}/default")
    assert offered(page_of(alice, issued()))[0] == (card, " checked")

    alice.post(f"/mandates/{account}/default")
    assert offered(page_of(alice, issued()))[0] == (account, " checked")
    with reading(business):
        assert not queries.methods_of(business, customer)[0].is_default

    alice.post(f"/methods/{card}/default")
    assert offered(page_of(alice, issued()))[0] == (card, " checked")


def test_a_planned_payment_offers_them_in_the_same_order(
    alice, business, customer, ways, issued, gateway_script
):
    by_card(alice, issued(), save="1")
    by_debit(alice, issued())
    card, account = code_of_card(business, customer), code_of_account(business, customer)
    gateway_script.keeping.shown["other"] = replace(CARD, last4="0341")
    alice.post("/methods/", {"form_key": "add", "source": "other"})
    with reading(business):
        codes = [encode("pm", one.id) for one in queries.methods_of(business, customer)]
    (other,) = set(codes) - {card}
    form = fields(page_of(alice, issued())) | {"way": other, "pay_date": days(5)}
    plan = alice.post("/planned/", form)["Location"]
    codes = offered(alice.get(plan).content.decode())
    assert codes[:2] == [(account, " checked"), (card, "")]

    alice.post(f"/methods/{card}/default")
    codes = offered(alice.get(plan).content.decode())
    assert codes[:2] == [(card, " checked"), (account, "")]


def test_who_types_a_card_each_time_is_offered_the_fields_first(
    alice, business, customer, ways, issued, gateway_script
):
    gateway_script.keeping.shown["other"] = replace(CARD, last4="0341")
    alice.post("/methods/", {"form_key": "add", "source": "other"})
    for _time in range(2):
        by_card(alice, issued())

    assert offered(page_of(alice, issued()))[0] == ("card", " checked")


def test_who_pays_by_transfer_sees_that_first(alice, business, customer, ways, issued):
    from counterfoil.flows.banking import import_statement
    from counterfoil.kernel.actor import SYSTEM

    add_account(business)
    by_card(alice, issued())
    html = page_of(alice, issued())
    assert html.index("Pay with") < html.index("Pay by bank transfer")
    for n in range(2):
        booking = Booking("100.00", reference=reference_of(business, issued().id), ref=f"T{n}")
        plan = import_statement.preview(business, statement(booking))
        import_statement.apply(business, plan, at=AT, by=SYSTEM)

    html = page_of(alice, issued())

    assert html.index("Pay by bank transfer") < html.index("Pay with")
    assert '<details class="other other--bank" open>' in html


def test_a_guest_is_told_nothing_of_what_was_used(
    alice, portal, link, business, customer, ways, issued
):
    for _time in range(2):
        by_debit(alice, issued())
    html = portal().get(link(issued())).content.decode()
    assert offered(html)[0] == ("card", " checked")
    assert code_of_account(business, customer) not in html


def test_a_bank_account_has_a_name_and_a_place_as_cards_have(
    alice, business, customer, ways, issued
):
    by_debit(alice, issued())
    account = code_of_account(business, customer)
    page = alice.get("/methods/").content.decode()
    assert f'action="/mandates/{account}/name"' in page
    assert f'action="/mandates/{account}/default"' in page

    alice.post(f"/mandates/{account}/name", {"name": "  Company   account "})
    alice.post(f"/mandates/{account}/default")

    page = alice.get("/methods/").content.decode()
    assert "Company account" in page
    assert "Comes first" in page
    assert f'action="/mandates/{account}/default"' not in page
    assert "Company account" in page_of(alice, issued())


def test_another_customer_s_account_is_not_found_and_one_that_ended_is_not_put_first(
    alice, business, customer, other_customer, ways, issued, portal
):
    from counterfoil.infra.db import execute, run

    by_debit(alice, issued())
    account = code_of_account(business, customer)
    alice.post(f"/mandates/{account}/revoke")
    answer = alice.post(f"/mandates/{account}/default", follow=True).content.decode()
    assert "may not be debited any more" in answer
    assert "Comes first" not in answer

    words = "UPDATE payments_mandate SET customer_id = %(c)s::uuid WHERE business_id = %(b)s::uuid"
    run(business, lambda: execute(words, {"b": business, "c": other_customer}))
    assert alice.post(f"/mandates/{account}/name", {"name": "x"}).status_code == 404
    assert alice.post(f"/mandates/{account}/default").status_code == 404


def test_a_guess_is_shown_as_one(alice, business, ways, issued, gateway_script):
    from flows.debits.scripted import debit

    gateway_script.answers["account"] = lambda request: replace(debit(request), settles_on=None)
    invoice = issued()
    result = alice.get(by_debit(alice, invoice)["Location"]).content.decode()
    assert "Processing until about " in result
    assert "Processing until about " in page_of(alice, invoice)
