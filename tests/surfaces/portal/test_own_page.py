"""A mandate on the gateway's own page, as its payer meets it: sent there, back, back too early,
never mind; and a bank account that is added without paying."""

import re
from html import unescape

import pytest

CREDITOR = "DE98ZZZ09999999999"
JSON = {"accept": "application/json"}
WAY = "page:sepa_core"


@pytest.fixture
def bank(business):
    """Harrow Water debits accounts by a gateway that keeps mandates on its own page."""
    from django.test import override_settings

    from counterfoil.domain.business import operations as businesses
    from factories.businesses import add_gateway
    from factories.gateways import Script, ScriptedGateway
    from flows.debits.scripted import Bank, DebitGateway, debit

    class AnySource(dict):
        """Every debit is on its way."""

        def get(self, key, default=None):
            return debit if key.startswith("mdt_") else default

    ScriptedGateway.script, DebitGateway.bank = Script(answers=AnySource()), Bank()
    businesses.change(business, {"debit_schemes": ["sepa_core"], "creditor_ref": CREDITOR})
    with override_settings(GATEWAYS={"scripted": "flows.debits.scripted.PageGateway"}):
        add_gateway(business, "scripted")
        yield DebitGateway.bank


def form_of(page):
    """What the page's form sends for a bank account that is named elsewhere."""
    names = ("form_key", f"mandate.{WAY}")
    found = {
        name: re.search(rf'name="{re.escape(name)}" value="([^"]+)"', page).group(1)
        for name in names
    }
    return found | {"way": WAY}


def leave(browser, here):
    """Chooses bank debit and goes to the gateway's page."""
    form = form_of(browser.get(here).content.decode())
    return browser.post(f"{here}/pay", form, headers=JSON).json()["go"]


def give(bank):
    """The payer fills the page in."""
    from flows.debits.scripted import given_there

    for reference in bank.mandates:
        bank.mandates[reference] = given_there(reference)


def path_back(bank):
    return bank.requests[-1].return_url.removeprefix("https://harrow.example")


def charges():
    from factories.gateways import ScriptedGateway

    return ScriptedGateway.script.charges


def words(answer):
    return " ".join(unescape(answer.content.decode()).split())


def test_the_payer_goes_there_and_the_debit_is_on_its_way_when_they_are_back(bank, issued, alice):
    invoice = issued()
    here = f"/invoices/{invoice.number}"
    page = words(alice.get(here))
    assert "You go on to the payment gateway's own page." in page
    assert "Nothing is charged until you have given the mandate there." in page

    assert leave(alice, here).startswith("https://gateway.example/mandates/HARROW-")
    assert charges() == []
    give(bank)
    for _ in range(2):
        back = alice.get(path_back(bank), follow=True)
        assert "Processing until 4 March 2026" in words(back)
    assert [one.amount.minor for one in charges()] == [invoice.total_minor]


def test_back_too_early_the_way_on_and_the_way_out_are_there(bank, issued, alice):
    here = f"/invoices/{issued().number}"
    there = leave(alice, here)
    answer = alice.get(path_back(bank), follow=True)
    page = words(answer)
    assert "The mandate is not given yet" in page
    assert there in page
    stop = re.search(r'action="(/payments/pay_[^"]+/stop)"', page).group(1)

    page = words(alice.post(stop, follow=True))

    assert "is stopped. No money moves." in page
    assert "data-pay-button" in page
    give(bank)
    alice.get(path_back(bank))
    assert charges() == []


def test_a_browser_that_knows_nobody_is_told_that_it_is_not_finished(bank, issued, alice, portal):
    there = leave(alice, f"/invoices/{issued().number}")
    back = path_back(bank)
    page = portal().get(back)
    assert "Your payment is not finished" in words(page)
    assert portal().get(f"{back}/finish")["Location"] == there


def test_a_guest_gives_one_too_and_is_not_shown_whose_it_is(bank, issued, link, portal):
    browser, here = portal(), link(issued())
    leave(browser, here)
    give(bank)
    assert "Payment processing" in words(browser.get(path_back(bank), follow=True))
    assert len(charges()) == 1


def test_a_bank_account_is_added_without_paying_and_pays_from_then_on(
    business, bank, issued, alice
):
    form = form_of(alice.get("/methods/").content.decode())
    there = alice.post("/mandates/", form, headers=JSON).json()["go"]
    assert there.startswith("https://gateway.example/mandates/HARROW-")
    again = alice.post("/mandates/", form, headers=JSON)
    assert again.json()["go"] == there  # the same form, the same mandate

    early = words(alice.get(path_back(bank)))
    assert "You have not given it yet" in early
    again = re.search(r'href="(/mandates/mdt_[^"]+/continue)"', early).group(1)
    assert alice.get(again)["Location"] == there

    give(bank)
    assert "In force" in words(alice.get(path_back(bank)))
    assert charges() == []
    invoice = issued()
    page = alice.get(f"/invoices/{invoice.number}").content.decode()
    code = re.search(r'value="(mdt_[^"]+)" checked', page).group(1)
    form = form_of(page) | {"way": code}
    alice.post(f"/invoices/{invoice.number}/pay", form)
    assert [one.amount.minor for one in charges()] == [invoice.total_minor]


def test_a_gateway_that_does_not_answer_is_said_and_nothing_is_left_half(bank, alice):
    form = form_of(alice.get("/methods/").content.decode())
    bank.is_down = True
    page = words(alice.post("/mandates/", form, follow=True))
    assert "The payment gateway did not answer. Nothing was charged." in page
    bank.is_down = False
    answer = alice.post("/mandates/", form, headers=JSON)
    assert answer.json()["go"].startswith("https://gateway.example/")


def test_what_was_not_shown_is_not_agreed_to(bank, alice):
    form = form_of(alice.get("/methods/").content.decode()) | {f"mandate.{WAY}": "0" * 32}
    page = words(alice.post("/mandates/", form, follow=True))
    assert "The mandate has changed meanwhile." in page
    assert alice.post("/mandates/", form | {"way": "page:none"}).status_code == 404
    assert bank.requests == []


def test_another_customers_mandate_is_not_found(business, bank, alice, other_customer, customer):
    from counterfoil.domain.payments import mandates
    from counterfoil.infra.db import execute, reading, run
    from counterfoil.kernel.ids import encode

    alice.post("/mandates/", form_of(alice.get("/methods/").content.decode()))
    with reading(business):
        (mandate,) = mandates.mandates_of(business, customer)
    theirs = {"b": business, "c": other_customer, "m": mandate.id}
    run(business, lambda: execute(
        "UPDATE payments_mandate SET customer_id = %(c)s WHERE business_id = %(b)s AND id = %(m)s",
        theirs,
    ))  # fmt: skip
    path = f"/mandates/{encode('mdt', mandate.id)}"
    assert alice.get(path).status_code == 404
    assert alice.get(f"{path}/continue").status_code == 404


def test_without_a_script_a_link_leads_there(bank, issued, alice):
    """A form of ours may not end on another site: browsers refuse it."""
    here = f"/invoices/{issued().number}"
    form = form_of(alice.get(here).content.decode())
    page = alice.post(f"{here}/pay", form, follow=True)
    assert re.search(r'href="https://gateway.example/mandates/[^"]+"', page.content.decode())
    form = form_of(alice.get("/methods/").content.decode())
    page = alice.post("/mandates/", form, follow=True).content.decode()
    link = re.search(r'href="(/mandates/mdt_[^"]+/continue)"', page).group(1)
    assert alice.get(link)["Location"].startswith("https://gateway.example/mandates/")
