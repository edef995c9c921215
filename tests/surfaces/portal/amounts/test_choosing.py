"""Choosing among invoices: what is overdue is ticked already where somebody begins to choose."""

import re
from datetime import timedelta
from html import unescape

import pytest

from counterfoil.kernel import clock
from factories.invoices import issued_invoice, line
from factories.payments import pay

CHOOSING = "/invoices/?status=due&sort=due"


@pytest.fixture(autouse=True)
def _taking(gateway):
    """The scripted gateway takes new payments."""


@pytest.fixture
def owed(business, customer):
    """Issues an invoice of this price, due so many days from today; gives its number."""

    def issue(price, days, currency="EUR"):
        due = clock.now().date() + timedelta(days=days)
        return issued_invoice(business, customer, line(price), currency=currency, due=due).number

    return issue


def shown(browser, address=CHOOSING):
    answer = browser.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def ticked(html):
    """The numbers that are ticked, of those with a box."""
    boxes = re.findall(r'<input type="checkbox" name="invoice" value="([^"]+)"([^>]*)>', html)
    return [number for number, rest in boxes if "checked" in rest]


def summed(html):
    """What stands under the list, as it came from the server."""
    return re.search(r"data-choose-sum[^>]*>\s*(.*?)\s*</p>", html, re.DOTALL)[1]


def test_where_somebody_begins_to_choose_the_overdue_are_ticked_and_summed(alice, owed):
    late = [owed("10", -40), owed("20.50", -3)]
    today, later = owed("40", 0), owed("80", 9)
    assert f"{CHOOSING.replace('&', '&amp;')}" in shown(alice, "/")

    html = shown(alice)

    assert ticked(html) == late
    assert today in html
    assert later in html
    assert summed(html) == "€30.50"
    assert "What is overdue is ticked already." in html
    none = unescape(re.search(r'href="([^"]+)">Choose none', html)[1])
    emptied = shown(alice, none)
    assert ticked(emptied) == []
    assert summed(emptied) == "Tick what you want to pay together."
    assert "Choose none" not in emptied


def test_of_several_currencies_only_that_of_the_longest_overdue_is_ticked(alice, owed):
    dollars, euro = owed("10", -40, "USD"), owed("20", -3)

    html = shown(alice)

    assert ticked(html) == [dollars]
    assert euro in html
    assert summed(html) == "$10.00"
    assert "What is overdue in USD is ticked already." in html


@pytest.mark.parametrize("address", ["/invoices/", "/invoices/?status=due&q=INV"])
def test_who_reads_or_looks_for_one_finds_nothing_ticked(alice, owed, address):
    owed("10", -40)

    html = shown(alice, address)

    assert 'type="checkbox" name="invoice"' in html
    assert ticked(html) == []
    assert "ticked already" not in html


def test_nothing_is_ticked_that_is_not_on_the_page(alice, owed):
    late = [owed("10", -60 + day) for day in range(23)]

    first = shown(alice)
    following = unescape(re.search(r'href="([^"]+after=[^"]+)"', first)[1])

    assert ticked(first) == late[:20]
    assert summed(first) == "€200.00"
    assert ticked(shown(alice, following)) == late[20:]


def test_what_somebody_is_paying_is_not_ticked(business, customer, alice, owed):
    due = clock.now().date() - timedelta(days=9)
    held = issued_invoice(business, customer, line("10"), due=due)
    other = owed("20", -3)
    pay(business, held, source="slow")

    assert ticked(shown(alice)) == [other]
