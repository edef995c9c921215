"""Bank debit on the pages of the portal: the mandate in full, what is known again, what is told."""

import re

import pytest

CREDITOR = "DE98ZZZ09999999999"
JSON = {"accept": "application/json"}


@pytest.fixture
def bank(business):
    """Harrow Water debits accounts in the euro area, by a gateway that does as it is told."""
    from django.test import override_settings

    from counterfoil.domain.business import operations as businesses
    from factories.businesses import add_gateway
    from factories.gateways import Script, ScriptedGateway
    from flows.debits.scripted import Bank, DebitGateway, debit

    ScriptedGateway.script, DebitGateway.bank = Script(), Bank()
    ScriptedGateway.script.answers = {"account": debit, "pm_giro": debit}
    businesses.change(business, {"debit_schemes": ["sepa_core"], "creditor_ref": CREDITOR})
    with override_settings(GATEWAYS={"scripted": "flows.debits.scripted.DebitGateway"}):
        add_gateway(business, "scripted")
        yield DebitGateway.bank


def form_of(page):
    """What the page's pay form sends for a new bank account."""
    names = ("form_key", "mandate.debit:sepa_core")
    found = {
        name: re.search(rf'name="{re.escape(name)}" value="([^"]+)"', page).group(1)
        for name in names
    }
    return found | {"way": "debit:sepa_core", "source": "account"}


def pay(browser, invoice, **more):
    here = f"/invoices/{invoice.number}"
    form = form_of(browser.get(here).content.decode()) | more
    return browser.post(f"{here}/pay", form, headers=JSON).json()


def given(business, customer):
    from counterfoil.domain.payments import mandates
    from counterfoil.infra.db import reading

    with reading(business):
        return mandates.mandates_of(business, customer)


def test_the_mandate_stands_on_the_page_in_full_and_is_kept_as_it_stood(
    business, customer, bank, issued, alice
):
    from html import unescape

    invoice = issued()
    page = unescape(alice.get(f"/invoices/{invoice.number}").content.decode())
    answer = pay(alice, invoice)

    (mandate,) = given(business, customer)
    assert answer["go"].startswith("/payments/pay_")
    for words in mandate.text.split("\n\n")[2:]:
        assert words in page
    assert CREDITOR in page
    assert (mandate.accepted_by, mandate.ip_address) == ("Alice", "127.0.0.1")
    result = alice.get(answer["go"]).content.decode()
    assert "Payment processing" in result
    assert "Processing until 4 March 2026" in result


def test_the_address_that_is_kept_is_the_payer_s_and_not_the_proxy_s(
    business, customer, bank, issued, alice
):
    from django.test import override_settings

    alice.defaults["HTTP_X_FORWARDED_FOR"] = "192.0.2.1, 203.0.113.5"
    with override_settings(TRUSTED_PROXIES=1):
        pay(alice, issued())
    (mandate,) = given(business, customer)
    assert mandate.ip_address == "203.0.113.5"


def test_nobody_can_pay_again_while_it_is_processing(business, bank, issued, alice):
    invoice = issued()
    pay(alice, invoice)
    page = alice.get(f"/invoices/{invoice.number}").content.decode()
    assert "data-pay-button" not in page
    assert "Processing until 4 March 2026" in page
    assert "data-pay-button" not in alice.get("/").content.decode()


def test_a_mandate_that_was_not_shown_is_not_taken(business, customer, bank, issued, alice):
    invoice = issued()
    answer = pay(alice, invoice, **{"mandate.debit:sepa_core": "0" * 32})
    assert answer == {"go": f"/invoices/{invoice.number}"}
    assert given(business, customer) == []
    assert "The mandate has changed meanwhile." in alice.get(answer["go"]).content.decode()


def test_a_known_account_is_chosen_by_itself_and_pays_without_fields(
    business, customer, bank, issued, alice
):
    pay(alice, issued())
    (mandate,) = given(business, customer)
    from counterfoil.kernel.ids import encode

    code = encode("mdt", mandate.id)
    invoice = issued()
    page = alice.get(f"/invoices/{invoice.number}").content.decode()
    assert re.search(rf'value="{code}" checked', page)
    assert f"…{mandate.reference[-6:]}" in page  # one account may have several
    answer = pay(alice, invoice, way=code, source="")
    assert "Payment processing" in alice.get(answer["go"]).content.decode()
    assert len(bank.requests) == 1


def test_a_guest_is_neither_shown_nor_given_what_is_known(
    business, customer, bank, issued, alice, link, portal
):
    pay(alice, issued())
    (mandate,) = given(business, customer)
    from counterfoil.kernel.ids import encode

    code = encode("mdt", mandate.id)
    invoice = issued()
    guest, here = portal(), link(invoice)
    page = guest.get(here).content.decode()
    assert code not in page
    form = form_of(page) | {"way": code, "source": ""}
    assert guest.post(f"{here}/pay", form).status_code == 404
    assert guest.get(f"/mandates/{code}").status_code == 302


def test_the_customer_reads_and_revokes_a_mandate(business, customer, bank, issued, alice):
    pay(alice, issued())
    (mandate,) = given(business, customer)
    from counterfoil.kernel.ids import encode

    here = f"/mandates/{encode('mdt', mandate.id)}"
    assert mandate.reference in alice.get("/methods/").content.decode()
    page = alice.get(here).content.decode()
    assert "SEPA Direct Debit Mandate" in page
    assert alice.get(f"{here}/revoke").status_code == 405

    assert alice.post(f"{here}/revoke").status_code == 302
    (ended,) = given(business, customer)
    assert (ended.state, ended.end_reason) == ("revoked", "revoked_by_payer")
    assert bank.revoked == [mandate.reference]
    assert alice.post(f"{here}/revoke").status_code == 302
    assert "Revoke the mandate" not in alice.get(here).content.decode()


def test_another_customers_mandate_is_not_there(
    business, customer, other_customer, bank, issued, alice
):
    from counterfoil.domain.payments import mandates
    from counterfoil.domain.payments.rows import NewMandate
    from counterfoil.infra.db import reading, run
    from counterfoil.kernel.actor import SYSTEM
    from counterfoil.kernel.ids import encode
    from factories.businesses import AT

    pay(alice, issued())
    (mine,) = given(business, customer)
    new = NewMandate(
        other_customer, mine.gateway_account_id, "sepa_core", "REF-2", "Harrow", CREDITOR,
        "text", "en", "Bob", "", "",
    )  # fmt: skip
    theirs = run(business, lambda: mandates.begin_mandate(business, new, at=AT, by=SYSTEM))
    here = f"/mandates/{encode('mdt', theirs)}"
    assert alice.get(here).status_code == alice.post(f"{here}/revoke").status_code == 404
    invoice = issued()
    form = {"way": encode("mdt", theirs), "source": ""}
    page = alice.get(f"/invoices/{invoice.number}").content.decode()
    answer = alice.post(f"/invoices/{invoice.number}/pay", form_of(page) | form)
    assert answer.status_code == 404
    with reading(business):
        assert mandates.mandate(business, theirs).state == "created"


def test_a_debit_that_came_back_is_told_on_the_invoice_and_in_the_list(
    business, customer, bank, issued, alice
):
    from counterfoil.domain.payments import queries
    from counterfoil.domain.payments.outcomes import AttemptOutcome
    from counterfoil.flows.settle_payment import settle
    from counterfoil.infra.db import reading
    from counterfoil.kernel.actor import SYSTEM
    from counterfoil.kernel.ids import decode
    from counterfoil.kernel.ports.gateways.outcomes import Result
    from factories.businesses import AT
    from flows.debits.scripted import told

    invoice = issued()
    reference = pay(alice, invoice)["go"].rpartition("/")[2]
    attempt_id = decode("pay", reference)
    with reading(business):
        amount = queries.attempt(business, attempt_id).amount
    for result, code in ((Result.SUCCEEDED, ""), (Result.RETURNED, "AM04")):
        outcome = AttemptOutcome(attempt_id, told(reference, result, amount, code))
        settle(business, [outcome], at=AT, by=SYSTEM)

    page = alice.get(f"/invoices/{invoice.number}").content.decode()
    assert "The bank sent the payment back" in page
    assert "There was not enough money on the bank account." in page
    assert "data-pay-button" in page
    assert "Came back" in alice.get("/payments/").content.decode()
    result = alice.get(f"/payments/{reference}").content.decode()
    assert "Your bank sent the payment back" in result
    assert alice.get(f"/payments/{reference}/receipt").status_code == 404


def charges():
    from factories.gateways import ScriptedGateway

    return ScriptedGateway.script.charges


def add(browser, **more):
    """Fills in the bank's fields on the page of saved methods; returns the page afterwards."""
    from html import unescape

    form = form_of(browser.get("/methods/").content.decode()) | more
    answer = browser.post("/mandates/", form, headers=JSON)
    assert answer.json()["go"] == "/methods/"
    return " ".join(unescape(browser.get("/methods/").content.decode()).split())


def test_an_account_is_saved_without_paying_and_pays_from_then_on(
    business, customer, bank, issued, alice
):
    from factories.gateways import ScriptedGateway
    from flows.debits.scripted import debit

    ScriptedGateway.script.answers["kept:account"] = debit
    page = alice.get("/methods/").content.decode()
    assert "SEPA Direct Debit Mandate" in page
    policy = alice.get("/methods/").headers["Content-Security-Policy"]
    assert "script-src 'self' https://gateway.example;" in policy
    form = form_of(page)
    for _ in range(2):  # the same form, the same mandate
        alice.post("/mandates/", form, headers=JSON)
    (mandate,) = given(business, customer)
    assert (mandate.state, mandate.source_ref) == ("active", "kept:account")
    assert charges() == []
    assert (
        "The bank account is saved. Nothing was charged." in alice.get("/methods/").content.decode()
    )

    page = alice.get(f"/invoices/{issued().number}").content.decode()
    assert re.search(r'value="mdt_[^"]+" checked', page)


def test_an_account_that_the_gateway_does_not_take_is_said_and_not_kept(
    business, customer, bank, alice
):
    assert "did not take this bank account" in add(alice, source="mandate-refused")
    (mandate,) = given(business, customer)
    assert mandate.state == "failed"


def test_an_account_that_is_not_kept_has_no_mandate_either(business, customer, bank, alice):
    from factories.gateways import ScriptedGateway
    from flows.debits.scripted import debit

    ScriptedGateway.script.answers["refused"] = debit
    assert "did not take this bank account" in add(alice, source="refused")
    (mandate,) = given(business, customer)
    assert (mandate.state, mandate.end_reason) == ("revoked", "not_kept")


def test_while_the_gateway_does_not_answer_nothing_is_lost_by_trying_again(
    business, customer, bank, alice
):
    form = form_of(alice.get("/methods/").content.decode())
    bank.is_down = True
    alice.post("/mandates/", form, headers=JSON)
    page = alice.get("/methods/").content.decode()
    assert "The payment gateway did not answer. Nothing was charged." in page
    bank.is_down = False
    alice.post("/mandates/", form, headers=JSON)
    (mandate,) = given(business, customer)
    assert mandate.can_be_charged_again


def test_without_a_token_nothing_is_kept(business, customer, bank, alice):
    form = form_of(alice.get("/methods/").content.decode()) | {"source": ""}
    assert alice.post("/mandates/", form).status_code == 404
    assert given(business, customer) == []


def test_an_account_that_a_guest_named_is_nobody_else_s_to_debit(
    business, customer, bank, issued, alice, link, portal
):
    """A link may be forwarded to anybody, and so the account is anybody's."""
    from counterfoil.kernel.ids import encode
    from factories.gateways import ScriptedGateway

    first = issued()
    guest, here = portal(), link(first)
    form = form_of(guest.get(here).content.decode())
    assert "/payments/" in guest.post(f"{here}/pay", form, headers=JSON).json()["go"]
    (mandate,) = given(business, customer)
    code = encode("mdt", mandate.id)

    invoice = issued()
    assert code not in alice.get(f"/invoices/{invoice.number}").content.decode()
    pay(alice, invoice, way=code, source="")
    assert len(ScriptedGateway.script.charges) == 1  # what the guest confirmed
    page = alice.get("/methods/").content.decode()
    assert mandate.reference in page  # read and revoked it can be
    assert "Put first" not in page


def test_a_debit_that_the_bank_refused_is_told_on_the_invoice_until_it_is_paid(
    business, bank, issued, alice, link, portal
):
    """While it was on its way the page said: then it says here why the bank said no."""
    from counterfoil.domain.payments.outcomes import AttemptOutcome
    from counterfoil.flows.settle_payment import settle
    from counterfoil.kernel.actor import SYSTEM
    from counterfoil.kernel.ids import decode
    from counterfoil.kernel.ports.gateways.outcomes import Result
    from factories.businesses import AT
    from flows.debits.scripted import told

    invoice = issued()
    here = f"/invoices/{invoice.number}"
    reference = pay(alice, invoice)["go"].rpartition("/")[2]
    assert "or why the bank said no" in alice.get(here).content.decode()
    outcome = told(reference, Result.FAILED, code="AM04")
    settle(business, [AttemptOutcome(decode("pay", reference), outcome)], at=AT, by=SYSTEM)

    for browser, path in ((alice, here), (portal(), link(invoice))):
        page = browser.get(path).content.decode()
        assert "The bank refused the debit" in page
        assert "so no money has moved" in page
        assert "There was not enough money on the bank account." in page
        assert "sent the payment back" not in page
        assert "You contested" not in page
        assert "data-pay-button" in page
    pay(alice, invoice)
    assert "refused the debit" not in alice.get(here).content.decode()
