"""On a gateway's own page a payer finds what they were quoted a price for, and nothing dearer or
cheaper."""

import re

import pytest

from adapters.gateways.contract.counterparts.adyen import AdyenCounterpart
from adapters.gateways.contract.counterparts.mollie import MollieCounterpart
from counterfoil.domain.business import operations as businesses
from counterfoil.surfaces.ui.middleware import HOSTS
from ledger_text import broken
from surfaces.portal.doors.elsewhere.road import JSON

CARD_COSTS = {"card": {"percent": "1.5", "fixed": {"EUR": 30}}}  # 1.80 of 100.00


@pytest.fixture
def costs(business):
    """`costs(surcharges)`: what paying costs from now on."""

    def set_to(surcharges):
        businesses.change(business, {"surcharges": surcharges})
        HOSTS.forget()

    return set_to


@pytest.fixture(params=[MollieCounterpart, AdyenCounterpart])
def road_there(request, road):
    """Harrow Water is paid on this gateway's page."""
    there = request.param()
    there.start()
    yield road(there)
    there.stop()


@pytest.fixture
def mollie(road):
    """Harrow Water is paid by Mollie."""
    there = MollieCounterpart()
    there.start()
    yield road(there)
    there.stop()


def leave(browser, here, way):
    """Pays this way at the price that the page names."""
    page = browser.get(here).content.decode()
    key = re.search(r'name="form_key" value="([^"]+)"', page).group(1)
    fee = re.search(rf'name="fee.{way}" value="(\d+)"', page)
    form = {"form_key": key, "way": way} | ({f"fee.{way}": fee.group(1)} if fee else {})
    return browser.post(f"{here}/pay", form, headers=JSON).json()["go"]


def offered(there):
    """What the page was told to offer; None where it was told nothing."""
    (body,) = [call.json for call in there.server.calls if call.method == "POST"]
    names = body.get("method", body.get("allowedPaymentMethods"))
    return {names} if isinstance(names, str) else names and {*names}


def test_a_cards_price_is_paid_by_cards_alone(road_there, costs, issued, alice):
    costs(CARD_COSTS)
    leave(alice, f"/invoices/{issued().number}", "hosted:card")
    assert offered(road_there.there) <= {"creditcard", "scheme", "bcmc"}


def test_a_price_that_is_not_a_cards_is_paid_by_no_card(road_there, costs, issued, alice):
    costs(CARD_COSTS)
    leave(alice, f"/invoices/{issued().number}", "hosted:bank_redirect")
    names = offered(road_there.there)
    assert {"ideal", "paypal"} <= names
    assert not names & {"creditcard", "scheme", "bcmc"}


def test_where_all_cost_the_same_the_payer_chooses_there(road_there, costs, issued, alice):
    costs({})
    leave(alice, f"/invoices/{issued().number}", "hosted:card")
    assert offered(road_there.there) is None


def test_what_paid_in_spite_of_it_is_told_and_the_quote_stays(
    mollie, costs, business, issued, alice
):
    """Mollie's page of cards has wallets on it, which nobody can take off."""
    costs(CARD_COSTS)
    invoice = issued()
    leave(alice, f"/invoices/{invoice.number}", "hosted:card")
    (payment,) = mollie.there.server.payments.values()
    mollie.there.finish(payment["metadata"]["counterfoil"])
    payment["details"] |= {"wallet": "applepay"}

    back = payment["redirectUrl"].partition("://")[2].partition("/")[2]
    page = alice.get(f"/{back}", follow=True).content.decode()

    assert "Payment received" in page
    assert "€101.80" in page
    assert broken(business) == []
