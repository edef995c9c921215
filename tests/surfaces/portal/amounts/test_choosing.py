"""Choosing among invoices: what is overdue is ticked already where somebody begins to choose."""

import re
from datetime import timedelta
from html import unescape
from urllib.parse import urlencode

import pytest

from counterfoil.kernel import clock
from factories.invoices import issued_invoice, line
from factories.payments import pay
from factories.statements import counted

CHOOSING = "/invoices/?status=due&sort=due"
HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')
NUMBERS = re.compile(r'class="row-link"[^>]*><bdi>([^<]+)</bdi>')


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


def kept(html):
    """The numbers that are ticked on other pages, as the form of this one keeps them."""
    return re.findall(r'<input type="hidden" name="invoice" value="([^"]+)"', html)


def sent(browser, html, press, *, tick=(), untick=(), q=None):
    """What a browser without a script gets for a press on the button with these words, with boxes
    ticked and unticked before."""
    form = re.search(r'<form [^>]*id="list"[^>]*>.*?</form>', html, re.DOTALL)[0]
    [button] = [
        one for one in re.findall(r"<button[^>]*>[^<]*</button>", form) if f">{press}<" in one
    ]
    facts = [(name, unescape(held)) for name, held in HIDDEN.findall(form)]
    facts += [("invoice", one) for one in (*ticked(html), *tick) if one not in untick]
    facts += [
        ("q", re.search(r'name="q"[^>]*?(?: value="([^"]*)")?', form)[1] or "" if q is None else q)
    ]
    facts += [("sort", re.search(r'<option value="([^"]*)" selected', form)[1])]
    facts += re.findall(r' name="([^"]+)" value="([^"]*)"', button)
    found = re.search(r'formaction="([^"]+)"', button) or re.search(r'action="([^"]+)"', form)
    return shown(browser, f"{unescape(found[1])}?{urlencode(facts)}")


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
    second = sent(alice, first, "Next")

    assert ticked(first) == late[:20]
    assert summed(first) == "€200.00"
    assert NUMBERS.findall(second) == late[20:]
    assert ticked(second) == []


def test_what_is_ticked_stays_ticked_on_every_page_and_is_summed(alice, owed):
    made = [owed(str(10 + n), 5 + n) for n in range(43)]
    first = shown(alice)
    second = sent(alice, first, "Next", tick=made[1:3])

    assert NUMBERS.findall(second) == made[20:40]
    assert (ticked(second), kept(second), summed(second)) == ([], made[1:3], "€23.00")
    assert "2 of them are not on this page." in second
    third = sent(alice, second, "Next", tick=[made[25]])
    assert (kept(third), summed(third)) == ([made[1], made[2], made[25]], "€58.00")
    before = sent(alice, third, "Previous")
    assert (ticked(before), kept(before), summed(before)) == ([made[25]], made[1:3], "€58.00")
    back = sent(alice, before, "Previous")
    assert (ticked(back), kept(back), summed(back)) == (made[1:3], [made[25]], "€58.00")
    assert "One of them is not on this page." in back
    less = sent(alice, back, "Next", untick=[made[1]])
    assert (ticked(less), kept(less), summed(less)) == ([made[25]], [made[2]], "€47.00")
    confirmed = sent(alice, less, "Pay chosen")
    assert "Confirm payment of €47.00" in confirmed


@pytest.mark.parametrize("press", ["All", "Overdue", "Paid", "Search"])
def test_what_is_ticked_outlives_a_filter_and_a_search(alice, owed, press):
    late, chosen = owed("10", -3), owed("20", 4)
    first = sent(alice, shown(alice, "/invoices/"), "Search", tick=[chosen])

    found = sent(alice, first, press, q="nothing" if press == "Search" else "")

    assert ticked(found) + kept(found) == [chosen]
    assert late not in ticked(found)
    assert summed(found) == "€20.00"
    assert "Confirm payment of €20.00" in sent(alice, found, "Pay chosen")
    none = unescape(re.search(r'href="([^"]+)">Choose none', found)[1])
    assert ticked(shown(alice, none)) + kept(shown(alice, none)) == []


def test_who_ticked_nothing_finds_the_overdue_ticked_by_a_filter(alice, owed):
    late = owed("10", -3)

    assert ticked(sent(alice, shown(alice, "/invoices/"), "Overdue")) == [late]


def test_who_unticked_all_finds_nothing_ticked_on_the_next_page(alice, owed):
    late = [owed("10", -60 + day) for day in range(23)]

    second = sent(alice, shown(alice), "Next", untick=late)

    assert (ticked(second), kept(second)) == ([], [])
    assert ticked(sent(alice, second, "Previous")) == []


def test_only_what_is_the_readers_own_and_due_can_be_kept(
    alice, business, other_customer, issued, owed
):
    theirs = issued_invoice(business, other_customer).number
    paid, mine = issued(), owed("20", 4)
    pay(business, paid)
    asked = "".join(f"&invoice={one}" for one in (theirs, paid.number, "INV-none", mine))

    html = shown(alice, f"/invoices/?status=paid&chosen=1{asked}")

    assert (ticked(html), kept(html), summed(html)) == ([], [mine], "€20.00")


def test_two_currencies_are_summed_each_by_itself(alice, owed):
    euro, dollars = owed("10", 3), owed("20", 4, "USD")

    html = shown(alice, f"/invoices/?sort=due&invoice={euro}&invoice={dollars}")

    assert summed(html) == "€10.00 + $20.00"


def test_what_was_ticked_costs_one_query_and_only_where_it_is_elsewhere(alice, owed):
    made = [owed("10", 5 + n) for n in range(21)]

    def queries(address):
        with counted() as asked:
            shown(alice, address)
        return asked.count

    queries("/invoices/?sort=due")
    bare = queries("/invoices/?sort=due")
    assert queries(f"/invoices/?sort=due&invoice={made[0]}") == bare
    assert queries(f"/invoices/?sort=due&invoice={made[20]}") == bare + 1


def test_what_somebody_is_paying_is_not_ticked(business, customer, alice, owed):
    due = clock.now().date() - timedelta(days=9)
    held = issued_invoice(business, customer, line("10"), due=due)
    other = owed("20", -3)
    pay(business, held, source="slow")

    assert ticked(shown(alice)) == [other]
