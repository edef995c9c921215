"""What paying one way costs is said before it is paid, on every pay face, and holds."""

import re

import pytest

from counterfoil.domain.business import operations as businesses
from counterfoil.surfaces.ui.middleware import HOSTS

CARD = {"card": {"percent": "1.5", "fixed": {"EUR": 30}}}  # 1.80 of 100.00


@pytest.fixture
def charging(business, gateway):
    businesses.change(business, {"surcharges": CARD})
    HOSTS.forget()
    return gateway


def quoted(html):
    found = re.search(r'name="fee.card" value="(\d+)"', html)
    return found.group(1) if found else None


@pytest.mark.parametrize("who", ["person", "guest"])
def test_the_quote_stands_beside_the_card_and_on_the_button(
    alice, portal, link, issued, charging, who
):
    invoice = issued()
    browser, path = (alice, f"/invoices/{invoice.number}")
    if who == "guest":
        browser, path = portal(), link(invoice)
    html = browser.get(path).content.decode()
    assert quoted(html) == "180"
    assert "Fee for paying this way" in html
    assert "Pay €101.80" in html

    browser.post(f"{path}/pay", {"form_key": "k", "source": "ok", "fee.card": "180"})

    assert charging.charges[0].amount.minor == 10_180


def test_the_confirm_page_says_it_too(alice, issued, charging):
    one, two = issued(), issued()
    html = alice.get(f"/pay?invoice={one.number}&invoice={two.number}").content.decode()

    assert quoted(html) == "330"
    assert "Confirm payment of €203.30" in html


@pytest.mark.parametrize("sent", [{}, {"fee.card": "100"}])
def test_a_quote_that_has_changed_is_refused_with_the_new_one(alice, issued, charging, sent):
    path = f"/invoices/{issued().number}"
    form = {"form_key": "k", "source": "ok", **sent}

    answer = alice.post(f"{path}/pay", form, headers={"accept": "application/json"})
    html = alice.get(answer.json()["go"]).content.decode()

    assert charging.charges == []
    assert "Nothing was charged" in html
    assert quoted(html) == "180"


def test_the_result_and_nothing_where_it_is_off(alice, business, issued, charging):
    path = f"/invoices/{issued().number}"
    answer = alice.post(f"{path}/pay", {"form_key": "k", "source": "ok", "fee.card": "180"})
    html = alice.get(answer["Location"]).content.decode()
    assert "Fee for paying this way" in html
    assert "€1.80" in html
    assert "€101.80" in html

    businesses.change(business, {"surcharges": {}})
    HOSTS.forget()
    assert quoted(alice.get(f"/invoices/{issued().number}").content.decode()) is None


@pytest.mark.parametrize("fee", ["x", "-1", "9" * 20])
def test_a_forged_quote_is_not_found(alice, issued, charging, fee):
    path = f"/invoices/{issued().number}"
    form = {"form_key": "k", "source": "ok", "fee.card": fee}

    assert alice.post(f"{path}/pay", form).status_code == 404
    assert charging.charges == []


@pytest.mark.parametrize(
    "page", ["/invoices/{0}", "/pay?invoice={0}", "/pay?invoice={0}&amount=50"]
)
def test_a_quote_is_the_one_that_holds_whichever_process_changed_it(
    alice, business, issued, charging, page
):
    """Each process remembers whose host it serves; another one has taken the change."""
    path = page.format(issued().number)
    assert quoted(alice.get(path).content.decode())

    businesses.change(business, {"surcharges": {"card": {"percent": "3"}}})

    assert quoted(alice.get(path).content.decode()) in ("300", "150")
