"""A payer who comes back from Mollie's page before they have paid there."""

import pytest

from adapters.gateways.contract.counterparts.mollie import MollieCounterpart
from surfaces.portal.doors.elsewhere.road import path_of, words


@pytest.fixture
def mollie(road):
    """Harrow Water is paid by Mollie."""
    there = MollieCounterpart()
    there.start()
    yield road(there)
    there.stop()


def test_the_page_that_was_not_finished_is_no_check_of_a_bank(mollie, issued, alice, portal):
    here = f"/invoices/{issued().number}"
    there = mollie.leave(alice, here, "hosted:card")
    (payment,) = mollie.there.server.payments.values()
    back = path_of(payment["redirectUrl"])

    for page in (words(alice.get(back, follow=True)), words(portal().get(back))):
        assert "The payment page was not finished" in page
        assert "Go on paying" in page
        assert "bank" not in page.replace("Bank transfer", "").replace("data-bank", "")
    assert f'href="{there}"' in words(alice.get(here))

    mollie.there.finish(payment["metadata"]["counterfoil"])
    assert "Payment received" in words(alice.get(back, follow=True))


def test_a_transfer_that_takes_days_promises_no_minute(mollie, issued, alice):
    here = f"/invoices/{issued().number}"
    mollie.leave(alice, here, "hosted:bank_redirect")
    (payment,) = mollie.there.server.payments.values()
    payment |= {"status": "pending", "method": "banktransfer", "details": None, "_links": {}}

    page = words(alice.get(path_of(payment["redirectUrl"]), follow=True))

    assert "which takes minutes or, with a transfer, a few days." in page
    assert "Online banking" in page
