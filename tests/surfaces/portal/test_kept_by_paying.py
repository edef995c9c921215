"""A card that is typed on the gateway's own page and kept by the first payment with it (Mollie):
the next payment needs no page any more."""

import re
from datetime import UTC, datetime
from html import unescape
from urllib.parse import urlsplit

import pytest

from adapters.gateways.contract.counterparts.mollie import MollieCounterpart

JSON = {"accept": "application/json"}


@pytest.fixture
def mollie(business):
    """Harrow Water is paid by Mollie."""
    from counterfoil.flows.setting_up.open_business import connect_gateway

    there = MollieCounterpart()
    there.start()
    held = there.account(there.url)
    connect_gateway(
        business,
        kind="mollie",
        name="Mollie",
        settings=held.settings,
        secrets=held.secrets,
        at=datetime.now(UTC),
    )
    yield there
    there.stop()


def pay(browser, here, **form):
    page = browser.get(here).content.decode()
    key = re.search(r'name="form_key" value="([^"]+)"', page).group(1)
    return browser.post(f"{here}/pay", {"form_key": key, **form}, headers=JSON).json()["go"]


def words(answer):
    return " ".join(unescape(answer.content.decode()).split())


def finish(mollie):
    """The payer pays on Mollie's page; gives the path that they come back by."""
    (payment,) = mollie.server.payments.values()
    mollie.finish(payment["metadata"]["counterfoil"])
    return urlsplit(payment["redirectUrl"]).path


def test_the_first_payment_keeps_the_card_and_the_second_needs_no_page(mollie, issued, alice):
    first, second = issued(), issued()
    here = f"/invoices/{first.number}"
    assert "Save this card for next time" in words(alice.get(here))
    there = pay(alice, here, way="hosted:card", save="1")
    assert there.startswith("https://")
    assert "Payment received" in words(alice.get(finish(mollie), follow=True))

    here = f"/invoices/{second.number}"
    known = re.search(r'value="(pm_[^"]+)" checked', alice.get(here).content.decode()).group(1)
    result = pay(alice, here, way=known)
    assert "Payment received" in words(alice.get(result))
    assert len(mollie.server.payments) == 2


def test_without_the_tick_nothing_is_kept(mollie, issued, alice):
    pay(alice, f"/invoices/{issued().number}", way="hosted:card")
    alice.get(finish(mollie))
    assert "Nothing is saved yet" in words(alice.get("/methods/"))


def test_a_guest_keeps_nothing_even_if_they_say_so(mollie, issued, link, portal, alice):
    browser, here = portal(), link(issued())
    assert "Save this card" not in words(browser.get(here))
    pay(browser, here, way="hosted:card", save="1")
    browser.get(finish(mollie))
    assert "Nothing is saved yet" in words(alice.get("/methods/"))
