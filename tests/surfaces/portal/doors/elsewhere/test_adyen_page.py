"""A payer on Adyen's page, by a link: there, back too early, paid, and told by a notification."""

import pytest

from adapters.gateways.contract.counterparts.adyen import AdyenCounterpart, item_of, signed
from counterfoil.kernel.ports.gateways.outcomes import FailureCode
from surfaces.portal.doors.elsewhere.road import path_of, printed, words

WAY = "hosted:card"
BANK_WORDS = ("at your bank", "Your bank wants", "the bank's page", "at their bank", "at the bank")


@pytest.fixture
def adyen(road):
    """Harrow Water is paid by Adyen."""
    there = AdyenCounterpart()
    there.start()
    yield road(there)
    there.stop()


def link_of(adyen):
    (link,) = adyen.there.server.links.values()
    return link


def notify(adyen):
    """The notification of what was paid."""
    for push in adyen.there.pushes(link_of(adyen)["reference"]):
        adyen.push(push)


def test_from_our_page_to_theirs_and_back_to_a_receipt(adyen, issued, alice, mails, staff):
    invoice = issued()
    here = f"/invoices/{invoice.number}"
    there = adyen.leave(alice, here, WAY)
    link = link_of(adyen)
    assert (there, link["amount"]) == (
        link["url"], {"currency": "EUR", "value": invoice.total_minor}
    )  # fmt: skip

    adyen.there.finish(link["reference"])
    back = words(alice.get(path_of(link["returnUrl"]), follow=True))
    assert "Payment processing" in back
    assert "The payment gateway still has to confirm it, mostly in less than a minute." in back
    assert "hx-get" in back
    assert "The bank needs" not in back
    assert "mostly in less than a minute" in words(alice.get(here))

    notify(adyen)
    page = alice.get(f"/payments/{link['reference']}")
    assert "Payment received" in words(page)
    assert "•••• 1111" in words(page)
    assert "Paid in full" in words(alice.get(here))
    [receipt] = mails()
    assert receipt.startswith("Payment received: €100.00 to Harrow Water")
    assert "Visa •••• 1111" in receipt
    assert "Visa •••• 1111" in printed(alice.get(f"/payments/{link['reference']}/receipt"))
    assert "Received" in staff("payments/")
    notify(adyen)
    assert len(mails()) == 1


def test_back_before_it_is_paid_the_page_says_so_and_names_no_bank(
    adyen, issued, alice, portal, staff
):
    here = f"/invoices/{issued().number}"
    there = adyen.leave(alice, here, WAY)
    link = link_of(adyen)

    back = words(alice.get(path_of(link["returnUrl"]), follow=True))
    stranger = words(portal().get(path_of(link["returnUrl"])))
    confirm = words(alice.get("/pay?currency=EUR"))
    seen = staff(f"payments/{link['reference']}")

    assert "The payment page was not finished" in back
    assert f'href="{there}">Go on paying' in back
    assert "The payment page was not finished" in stranger
    assert "the payment has not been made on the payment gateway's page yet" in stranger
    assert "Go on paying" in stranger
    assert "Go on paying" in confirm
    assert "The payer has not paid on the gateway's page yet." in seen
    assert "The payer was sent to the gateway's page" in seen
    for page in (back, stranger, confirm, seen, words(alice.get("/"))):
        assert [said for said in BANK_WORDS if said in page] == []


def test_staff_are_told_of_a_page_that_was_left_open(adyen, issued, alice, staff, days_pass):
    adyen.leave(alice, f"/invoices/{issued().number}", WAY)
    days_pass()

    page = staff("")

    assert "Payment page open for" in page
    assert "The payer was sent to the gateway's page and has not paid there." in page
    assert [said for said in BANK_WORDS if said in page] == []


def test_the_link_is_stopped_and_the_invoice_is_free(adyen, issued, alice):
    here = f"/invoices/{issued().number}"
    adyen.leave(alice, here, WAY)
    link = link_of(adyen)
    page = words(alice.get(here))
    assert "If it can still be stopped, no money moves" in page

    stopped = words(alice.post(f"/payments/{link['reference']}/stop", follow=True))

    assert "is stopped. No money moves." in stopped
    assert link["status"] == "expired"
    assert "data-pay-button" in words(alice.get(here))


def test_a_link_that_dies_frees_the_invoice(adyen, issued, alice):
    here = f"/invoices/{issued().number}"
    adyen.leave(alice, here, WAY)
    link = link_of(adyen)
    adyen.there._wishes[link["reference"]] = FailureCode.ABANDONED
    adyen.there.finish(link["reference"])

    page = words(alice.get(path_of(link["returnUrl"]), follow=True))

    assert "The payment page was left, or its time was over." in page
    assert "data-pay-button" in page


def test_what_nobody_signed_settles_nothing(adyen, issued, alice, portal):
    here = f"/invoices/{issued().number}"
    adyen.leave(alice, here, WAY)
    link = link_of(adyen)
    told = item_of("AUTHORISATION", merchantReference=link["reference"], amount=link["amount"])
    forged = signed(told, key="00" * 32)

    with pytest.raises(AssertionError):
        adyen.push(forged)

    assert "Paid in full" not in words(alice.get(here))


def test_an_amount_that_is_another_is_not_booked(adyen, issued, alice, staff, mails):
    here = f"/invoices/{issued().number}"
    adyen.leave(alice, here, WAY)
    link = link_of(adyen)
    adyen.there.finish(link["reference"])
    (item,) = adyen.there.payments.values()
    adyen.push(signed(item | {"amount": {"currency": "EUR", "value": 1}}))

    assert "Checking your payment" in words(alice.get(here))
    assert "The gateway took another amount" in staff(f"payments/{link['reference']}")
    assert mails() == []
