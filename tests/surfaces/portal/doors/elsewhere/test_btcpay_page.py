"""A payer of digital currency on BTCPay's page: in full, in part, too little, too much, late."""

import itertools

import pytest

from adapters.gateways.contract.counterparts.btcpay import BtcPayCounterpart, event_of, signed
from surfaces.portal.doors.elsewhere.road import path_of, printed, words

WAY = "hosted:digital_currency"
DENIED = (
    "No money",
    "no money has",
    "no money moves",
    "nothing was charged",
    "at your bank",
    "bank's page",
    "The bank",
)


class Coins:
    """One invoice that is paid at BTCPay: what its payer does, and what BTCPay then pushes."""

    def __init__(self, road, browser, here):
        self.there = road.leave(browser, here, WAY)
        self._road, self._numbers = road, itertools.count(1)
        self.row = list(road.there.server.invoices.values())[-1]
        self.reference = self.row["metadata"]["orderId"]
        self.back = path_of(self.row["checkout"]["redirectURL"])

    def become(self, status, addition="None", paid="0", *payments, told="InvoiceReceivedPayment"):
        """The invoice over there stands so, and its event says that something happened."""
        methods = [{"payments": [{"status": state} for state in payments]}]
        self.row |= {"status": status, "additionalStatus": addition, "paidAmount": paid}
        self.row["paymentMethods"] = methods
        number = f"d-{self.row['id']}-{next(self._numbers)}"
        event = event_of(self.row, type=told, deliveryId=number, originalDeliveryId=number)
        self._road.push(signed(event))


@pytest.fixture
def btcpay(road):
    """Harrow Water takes digital currency by its own BTCPay Server."""
    there = BtcPayCounterpart()
    there.start()
    yield road(there)
    there.stop()


@pytest.fixture
def here(issued):
    """The page of an invoice over 100 euros."""
    return f"/invoices/{issued().number}"


@pytest.fixture
def coins(btcpay, alice, here):
    """Alice has gone on to BTCPay's page."""
    return Coins(btcpay, alice, here)


def denials(page):
    return [said for said in DENIED if said in page]


def test_from_our_page_to_theirs_and_back_to_a_receipt(coins, alice, here, mails, staff):
    assert coins.there == coins.row["checkoutLink"]
    back = words(alice.get(coins.back, follow=True))
    assert "Waiting for your coins" in back
    assert f'href="{coins.there}">Go on paying' in back
    assert denials(back) == []
    assert "The gateway waits for the payer's coins." in staff(f"payments/{coins.reference}")

    coins.become("Processing", paid="100.00")
    for page in (words(alice.get(here)), words(alice.get(coins.back, follow=True))):
        assert "Your coins have been seen." in page
        assert "which takes minutes, sometimes an hour" in page
        assert denials(page) == []

    coins.become("Settled", paid="100.00", told="InvoiceSettled")
    result = words(alice.get(f"/payments/{coins.reference}"))
    assert "Payment received" in result
    assert "Digital currency" in result
    assert "Other method" not in result
    assert "Paid in full" in words(alice.get(here))
    [receipt] = mails()
    assert receipt.startswith("Payment received: €100.00 to Harrow Water")
    assert "Digital currency" in receipt
    paper = printed(alice.get(f"/payments/{coins.reference}/receipt"))
    assert "Digital currency" in paper
    seen = staff(f"payments/{coins.reference}")
    assert "Received" in seen
    assert "Digital currency" in seen


def test_a_part_that_has_arrived_is_told_and_so_is_how_to_send_the_rest(
    coins, alice, portal, here, staff, mails
):
    coins.become("New", "PaidPartial", "60.00")

    mine, theirs = words(alice.get(here)), words(portal().get(coins.back))
    for page in (mine, theirs):
        assert "A part of your coins has arrived" in page
        assert "€60.00 has arrived, €40.00 is still missing" in page
        assert "Send the rest" in page
        assert denials(page) == []
    assert f'href="{coins.there}"' in mine
    assert "Send the rest" in words(alice.get("/pay?currency=EUR"))
    seen = staff(f"payments/{coins.reference}")
    assert "€60.00 has arrived in coins, €40.00 is missing." in seen
    assert "Nothing is booked yet." in seen
    assert denials(seen) == []
    assert mails() == []

    coins.become("New", "PaidPartial", "75.00")
    assert "€75.00 has arrived, €25.00 is still missing" in words(alice.get(here))
    coins.become("Settled", paid="100.00", told="InvoiceSettled")
    assert "Paid in full" in words(alice.get(here))
    assert len(mails()) == 1


def test_too_little_counts_once_it_is_confirmed_and_the_rest_stays_due(
    coins, alice, here, mails, staff
):
    coins.become("New", "PaidPartial", "60.00", "Processing")
    coins.become("Expired", "PaidPartial", "60.00", "Processing", told="InvoiceExpired")
    for page in (words(alice.get(here)), words(alice.get(coins.back, follow=True))):
        assert "€60.00 has arrived, and its network still has to confirm it." in page
        assert "so the rest stays due" in page
        assert denials(page) == []
    assert "€60.00 has arrived in coins, less than was asked for." in staff(
        f"payments/{coins.reference}"
    )

    coins.become("Expired", "PaidPartial", "60.00", "Settled", told="InvoicePaymentSettled")
    result, invoice = words(alice.get(f"/payments/{coins.reference}")), words(alice.get(here))
    assert "Payment received" in result
    assert "€40.00 still due" in result
    assert "€60.00 of €100.00 is paid." in invoice
    assert "data-pay-button" in invoice
    [receipt] = mails()
    assert receipt.startswith("Payment received: €60.00 to Harrow Water")
    assert "€40.00" in receipt
    assert "€60.00" in staff(f"payments/{coins.reference}")


def test_coins_that_come_too_late_hold_the_invoice_until_they_are_confirmed(
    coins, alice, here, mails, staff
):
    coins.become("Expired", told="InvoiceExpired")
    assert "data-pay-button" in words(alice.get(here))

    coins.become("Expired", "PaidLate", "100.00", "Processing")
    for page in (words(alice.get(here)), words(alice.get(coins.back, follow=True))):
        assert "Your coins have been seen." in page
        assert "data-pay-button" not in page
        assert denials(page) == []
    assert "declined" not in words(alice.get("/payments/"))

    coins.become("Expired", "PaidLate", "100.00", "Settled", told="InvoicePaymentSettled")
    assert "Paid in full" in words(alice.get(here))
    assert "Payment received" in words(alice.get(f"/payments/{coins.reference}"))
    assert len([mail for mail in mails() if mail.startswith("Payment received")]) == 1


def test_late_coins_that_are_never_confirmed_leave_the_invoice_payable(coins, alice, here):
    coins.become("Expired", told="InvoiceExpired")
    coins.become("Expired", "PaidLate", "100.00", "Processing")
    coins.become("Invalid", "PaidLate", "0", told="InvoiceInvalid")
    assert "data-pay-button" in words(alice.get(here))


def test_late_coins_of_an_invoice_that_is_being_paid_otherwise_become_credit(
    coins, btcpay, alice, here, mails
):
    coins.become("Expired", told="InvoiceExpired")
    again = Coins(btcpay, alice, here)
    coins.become("Expired", "PaidLate", "100.00", "Processing")
    assert "Your coins have been seen." not in words(alice.get(f"/payments/{coins.reference}"))
    again.become("Settled", paid="100.00", told="InvoiceSettled")
    coins.become("Expired", "PaidLate", "100.00", "Settled", told="InvoicePaymentSettled")

    assert "Paid in full" in words(alice.get(here))
    assert "Your credit" in words(alice.get("/"))
    assert "Kept as credit for you: €100.00" in " ".join(mails())


def test_staff_are_told_of_coins_that_do_not_come(coins, staff, days_pass):
    days_pass()
    assert "The gateway has not seen the payer's coins yet." in staff("")
    coins.become("New", "PaidPartial", "60.00")
    assert "A part of the payer's coins has arrived, the rest is missing." in staff("")


def test_too_much_becomes_the_payers_credit(coins, alice, here, mails, staff):
    coins.become("Settled", "PaidOver", "120.00", told="InvoiceSettled")

    result = words(alice.get(f"/payments/{coins.reference}"))
    assert "Payment received" in result
    assert "Kept as your credit" in result
    assert "€20.00" in result
    assert "Paid in full" in words(alice.get(here))
    [receipt] = mails()
    assert receipt.startswith("Payment received: €120.00 to Harrow Water")
    assert "€20.00" in receipt
    assert "€20.00" in staff(f"payments/{coins.reference}")


def test_too_late_is_received_all_the_same(coins, alice, here, mails, staff):
    coins.become("Expired", told="InvoiceExpired")
    back = words(alice.get(coins.back, follow=True))
    assert "The payment page was left, or its time was over." in back
    assert "data-pay-button" in back
    assert "Declined" in staff(f"payments/{coins.reference}")
    assert mails() == []  # who left the page knows it

    coins.become("Expired", "PaidLate", "100.00", "Settled", told="InvoicePaymentSettled")
    assert "Payment received" in words(alice.get(f"/payments/{coins.reference}"))
    assert "Paid in full" in words(alice.get(here))
    [receipt] = mails()
    assert receipt.startswith("Payment received: €100.00 to Harrow Water")
    assert "Received" in staff(f"payments/{coins.reference}")


def test_what_nobody_signed_settles_nothing(btcpay, coins, alice, here):
    coins.row |= {"status": "Settled", "paidAmount": "100.00"}
    with pytest.raises(AssertionError):
        btcpay.push(signed(event_of(coins.row), "another"))
    assert "Waiting for your coins" in words(alice.get(here))


def test_a_guest_who_sent_a_part_reads_the_same_in_their_browser(btcpay, issued, link, portal):
    browser, path = portal(), link(issued())
    coins = Coins(btcpay, browser, path)
    coins.become("New", "PaidPartial", "60.00")

    assert "€60.00 has arrived, €40.00 is still missing" in words(browser.get(path))
    other = words(portal().get(path))
    assert "This invoice is being paid right now" in other
    assert denials(other) == []
