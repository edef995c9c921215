"""Paying everything, a choice, a part, more than is due, and ahead: each is confirmed first."""

import re

import pytest

from counterfoil.domain.business import operations as businesses
from counterfoil.domain.insights.proofs import prove
from counterfoil.domain.payments import queries as payments
from counterfoil.domain.receivables import queries
from counterfoil.infra.db import reading
from counterfoil.kernel import clock
from counterfoil.kernel.ids import decode
from counterfoil.surfaces.ui.middleware import HOSTS
from factories.invoices import credit_note, issued_invoice, line
from factories.payments import pay
from factories.refunds import refund
from ledger_text import counts

JSON = {"accept": "application/json"}


@pytest.fixture(autouse=True)
def _taking(gateway):
    """The scripted gateway takes new payments."""


def shown(answer):
    """The page as text."""
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def fields(html):
    """The hidden fields of the form that confirms."""
    form = re.search(r'<form class="stub-form".*?</form>', html, re.DOTALL)
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', form[0])
    sent = {}
    for name, value in found:
        sent.setdefault(name, []).append(value)
    sent.pop("csrfmiddlewaretoken", None)
    return sent


def confirm(browser, address, *, source="ok", note="", **more):
    """Opens the page to confirm, and confirms exactly what it shows."""
    sent = fields(shown(browser.get(address)))
    return browser.post(address, {**sent, "source": source, "note": note, **more}, headers=JSON)


def left(business, *invoices):
    with reading(business):
        found = queries.items(business, [one.id for one in invoices])
    return [found[one.id].open_minor for one in invoices]


def credit(business, customer):
    with reading(business):
        rows = queries.balances(business, customer, today=clock.now().date())
    return {row.currency: row.unapplied_minor for row in rows if row.unapplied_minor}


def charges(gateway):
    return [charge.amount.minor for charge in gateway.charges]


def test_pay_all_is_one_charge_and_one_payment_with_its_split(business, alice, issued, gateway):
    invoices = [issued(line(price)) for price in ("10", "20", "30")]

    home = shown(alice.get("/"))
    assert 'action="/pay"' in home
    assert "Pay all €60.00" in home
    page = shown(alice.get("/pay?currency=EUR"))
    assert "Confirm payment of €60.00" in page
    assert all(one.number in page for one in invoices)
    went = confirm(alice, "/pay?currency=EUR").json()["go"]

    assert charges(gateway) == [6000]
    assert left(business, *invoices) == [0, 0, 0]
    result = shown(alice.get(went))
    assert all(one.number in result for one in invoices)
    assert counts(business)["payments_attempt"] == 1
    assert prove(business).holds


def test_what_someone_is_paying_is_told_apart_and_the_rest_is_offered(
    business, alice, issued, gateway
):
    free, held = issued(line("10")), issued(line("20"))
    pay(business, held, source="slow", payer="Jo Books")

    page = shown(alice.get("/pay?currency=EUR"))

    assert "Confirm payment of €10.00" in page
    assert "Left out: being paid already" in page
    assert held.number in page
    confirm(alice, "/pay?currency=EUR")
    assert charges(gateway) == [2000, 1000]
    assert left(business, free) == [0]


def test_two_tabs_and_a_second_click_are_one_charge(business, alice, issued, gateway):
    issued(), issued()
    first, second = (fields(shown(alice.get("/pay?currency=EUR"))) for _ in range(2))

    went = [
        alice.post("/pay?currency=EUR", {**sent, "source": "slow"}, headers=JSON).json()["go"]
        for sent in (first, first, second)
    ]

    assert charges(gateway) == [20_000]
    assert went[0] == went[1]
    assert went[2] == "/pay?currency=EUR"
    assert "Nothing to pay here" in shown(alice.get(went[2]))


def test_some_of_the_list_are_chosen(business, alice, issued, gateway):
    one, two, three = issued(line("10")), issued(line("20")), issued(line("30"))
    html = shown(alice.get("/invoices/"))
    assert html.count('type="checkbox" name="invoice"') == 3
    assert "Pay chosen" in html

    confirm(alice, f"/pay?chosen=1&invoice={one.number}&invoice={three.number}")

    assert left(business, one, two, three) == [0, 2000, 0]
    assert charges(gateway) == [4000]


def test_nothing_chosen_is_not_everything(alice, issued, gateway):
    issued()

    answer = alice.get("/pay?chosen=1", follow=True)

    assert "Choose at least one invoice first." in shown(answer)


def test_currencies_are_never_mixed(business, customer, alice, issued, gateway):
    euro, dollar = issued(), issued_invoice(business, customer, currency="USD")
    address = f"/pay?chosen=1&invoice={euro.number}&invoice={dollar.number}"

    page = shown(alice.get(address))

    assert "data-pay-button" not in page
    assert "Pay in EUR: €100.00" in page
    assert "Pay in USD: $100.00" in page
    confirm(alice, f"{address}&currency=USD")
    assert left(business, euro, dollar) == [10_000, 0]


def test_a_part_is_paid_with_a_word_of_why(business, alice, issued, gateway):
    invoice = issued()
    address = f"/pay?invoice={invoice.number}&amount=12%2C50"
    page = shown(alice.get(address))
    assert "Confirm payment of €12.50" in page
    assert "€87.50 still due afterwards" in page
    assert "Why is it less than is due?" in page

    refused = confirm(alice, address)
    assert (refused.status_code, charges(gateway)) == (422, [])
    assert "in a few words" in refused.json()["words"][0]
    told = confirm(alice, address, note="  Meter  is\tdisputed ")
    result = shown(alice.get(told.json()["go"]))
    assert "€87.50 still due" in result
    assert "See what is still due" in result
    assert "Nothing more to do" not in result

    assert (charges(gateway), left(business, invoice)) == ([1250], [8750])
    with reading(business):
        [paid] = queries.payments(business, queries.PaymentFilter())
    assert paid.note == "Meter is disputed"


def test_a_part_below_the_floor_is_refused_also_behind_the_page(business, alice, issued, gateway):
    businesses.change(business, {"part_floor": 25})
    HOSTS.forget()
    invoice = issued()
    address = f"/pay?invoice={invoice.number}&amount=24.99"

    page = shown(alice.get(address))
    assert "At least €25.00 can be paid here." in page
    assert 'value="24.99"' in page
    sent = fields(shown(alice.get(f"/pay?invoice={invoice.number}&amount=25")))
    sent |= {"part": f"2499:{invoice.number}", "total": "2499", "source": "ok", "note": "less"}
    assert alice.post(address, sent, headers=JSON).status_code == 422
    assert charges(gateway) == []


def test_what_is_due_may_be_paid_though_it_is_below_the_floor(business, alice, issued, gateway):
    businesses.change(business, {"part_floor": 25})
    HOSTS.forget()
    invoice = issued(line("10"))

    confirm(alice, f"/pay?invoice={invoice.number}&amount=10")

    assert left(business, invoice) == [0]


def test_what_is_over_becomes_credit_and_covers_the_next_invoice(
    business, customer, alice, issued, gateway
):
    invoice = issued()
    address = f"/pay?invoice={invoice.number}&amount=%E2%82%AC+120.00"
    assert "€20.00 more than is due: it stays as your credit" in shown(alice.get(address))

    went = confirm(alice, address).json()["go"]

    assert (charges(gateway), credit(business, customer)) == ([12_000], {"EUR": 2000})
    assert "Kept as your credit" in shown(alice.get(went))
    assert "Your credit" in shown(alice.get("/"))
    assert left(business, issued()) == [8000]
    assert credit(business, customer) == {}
    assert prove(business).holds


def test_an_invoice_that_credit_covers_no_longer_is_not_told(
    business, customer, alice, issued, gateway
):
    invoice = issued()
    went = confirm(alice, f"/pay?invoice={invoice.number}&amount=120").json()["go"]
    later = issued_invoice(business, customer, at=clock.now())
    assert later.number in shown(alice.get(went))
    with reading(business):
        paid = payments.attempt(business, decode("pay", went.rpartition("/")[2]))

    refund(business, paid, 2_500)

    page = shown(alice.get(went))
    assert invoice.number in page
    assert "€5.00 still due" in page
    assert later.number not in page


@pytest.mark.parametrize("text", ["", "abc", "1.234", "0", "-5", "12.345", "$5", "٪", "9" * 70])
def test_bad_input_is_asked_again_and_nothing_is_charged(alice, issued, gateway, text):
    invoice = issued()

    page = shown(alice.get("/pay", {"invoice": invoice.number, "amount": text}))

    assert "field-error" in page
    assert "data-pay-button" not in page
    if text:
        assert f'value="{text}"' in page


def test_amounts_of_several_are_changed_one_by_one(business, customer, alice, issued, gateway):
    one, two, three = issued(), issued(), issued()
    numbers = "&".join(f"invoice={invoice.number}" for invoice in (one, two, three))
    amounts = f"amount.{one.number}=40&amount.{two.number}=0&amount.{three.number}=130"

    confirm(alice, f"/pay?{numbers}&{amounts}", note="half now")

    assert left(business, one, two, three) == [6000, 10_000, 0]
    assert (charges(gateway), credit(business, customer)) == ([17_000], {"EUR": 3000})
    assert prove(business).holds


def test_paying_ahead_where_the_business_allows_it(business, customer, alice, gateway):
    assert alice.get("/pay?ahead=1").status_code == 404
    businesses.change(business, {"takes_prepayments": True})
    HOSTS.forget()
    assert "Pay ahead" in shown(alice.get("/"))
    assert "data-pay-button" not in shown(alice.get("/pay?ahead=1"))

    confirm(alice, "/pay?ahead=1&currency=EUR&amount=50")

    assert (charges(gateway), credit(business, customer)) == ([5000], {"EUR": 5000})
    assert prove(business).holds


def test_credit_is_used_for_an_invoice_when_asked(business, customer, alice, issued, gateway):
    invoice = issued()
    credit_note(business, customer, line("30"))
    assert "You have a credit of €30.00." in shown(alice.get(f"/invoices/{invoice.number}"))

    answer = alice.post(f"/invoices/{invoice.number}/credit", follow=True)

    assert "€30.00 of your credit was used" in shown(answer)
    assert left(business, invoice) == [7000]
    again = alice.post(f"/invoices/{invoice.number}/credit", follow=True)
    assert "There is no credit left" in shown(again)


def test_another_customers_invoice_cannot_be_confirmed(
    business, other_customer, alice, issued, gateway
):
    mine, theirs = issued(), issued_invoice(business, other_customer)

    page = shown(alice.get(f"/pay?invoice={theirs.number}"))
    sent = fields(shown(alice.get(f"/pay?invoice={mine.number}")))
    sent |= {"part": f"10000:{theirs.number}", "source": "ok"}
    alice.post("/pay", sent, headers=JSON)
    alice.post(f"/invoices/{theirs.number}/credit")

    assert "Nothing to pay here" in page
    assert (charges(gateway), left(business, theirs)) == ([], [10_000])


def test_a_guest_may_pay_another_amount_of_their_invoice_only(
    business, portal, issued, link, gateway
):
    mine, other = issued(), issued()
    browser, path = portal(), link(mine)
    assert "Pay another amount" in shown(browser.get(path))

    page = shown(browser.get(f"{path}/confirm?invoice={other.number}&amount=40"))
    assert f"<bdi>{mine.number}</bdi>" in page
    assert f"<bdi>{other.number}</bdi>" not in page
    confirm(browser, f"{path}/confirm?amount=40", note="later")

    assert left(business, mine, other) == [6000, 10_000]
    sent = fields(shown(browser.get(f"{path}/confirm")))
    sent |= {"part": f"10000:{other.number}", "total": "10000", "source": "ok"}
    browser.post(f"{path}/confirm", sent, headers=JSON)
    assert left(business, other) == [10_000]


def test_a_guest_pays_nothing_else_along_with_their_invoice(
    business, portal, issued, link, gateway
):
    mine, other = issued(), issued()
    browser, path = portal(), link(mine)
    sent = fields(shown(browser.get(f"{path}/confirm")))
    sent |= {"part": [f"10000:{mine.number}", f"10000:{other.number}"], "total": "20000"}

    browser.post(f"{path}/confirm", sent | {"source": "ok"}, headers=JSON)

    assert (charges(gateway), left(business, mine, other)) == ([], [10_000, 10_000])


@pytest.fixture
def balance_link(business, customer):
    from counterfoil.domain.identity import operations as identity

    token = identity.make_guest_link(
        business, None, customer, sent_to="jo@example.com", at=clock.now()
    )
    return f"/b/{token}"


def test_a_link_to_the_balance_pays_what_is_open_and_shows_nothing_else(
    business, other_customer, portal, issued, gateway, balance_link
):
    one, two = issued(), issued()
    theirs = issued_invoice(business, other_customer)
    earlier = pay(business, issued())
    browser = portal()
    page = shown(browser.get(balance_link))
    assert "Confirm payment of €200.00" in page
    assert theirs.number not in page
    assert f"/invoices/{one.number}" not in page

    went = confirm(browser, balance_link).json()["go"]

    assert went.startswith(balance_link + "/payments/pay_")
    assert one.number in shown(browser.get(went))
    assert left(business, one, two, theirs) == [0, 0, 10_000]
    from counterfoil.kernel.ids import encode

    assert browser.get(f"{balance_link}/payments/{encode('pay', earlier.id)}").status_code == 404
    token = balance_link.removeprefix("/b/")
    assert [browser.get(f"/i/{token}{more}").status_code for more in ("", "/pdf", "/confirm")] == [
        404, 404, 404,
    ]  # fmt: skip


def test_a_link_to_an_invoice_opens_no_balance(portal, issued, link, gateway):
    assert portal().get(link(issued()).replace("/i/", "/b/")).status_code == 404
