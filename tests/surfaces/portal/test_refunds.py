"""What the customer sees of a refund: on the payment, in the history, on the invoice."""

from django.test import override_settings

from counterfoil.domain.payments.states import ByHand
from counterfoil.flows.aftermath.move_payment import keep_as_credit
from counterfoil.flows.letters import deliver_messages, send_messages
from counterfoil.flows.refunds import refund_by_hand
from counterfoil.kernel.actor import SYSTEM
from counterfoil.kernel.ids import encode
from counterfoil.kernel.money import Money
from counterfoil.kernel.ports.gateways.outcomes import Result
from factories.businesses import AT
from factories.gateways import refunded
from factories.invoices import credit_note, line
from factories.payments import pay
from factories.refunds import by_hand, by_transfer, refund


def text(response):
    return " ".join(response.content.decode().split())


def test_a_part_that_was_paid_back(alice, business, issued, gateway):
    invoice = issued()
    payment = pay(business, invoice)
    refund(business, payment, 6_000)

    page = text(alice.get(f"/payments/{encode('pay', payment.id)}"))
    assert "Partly refunded" in page
    assert "€60.00 of it was paid back to you." in page
    assert "Partly refunded" in text(alice.get("/payments/"))
    bill = text(alice.get(f"/invoices/{invoice.number}"))
    assert "Paid back" in bill
    assert "Pay €60.00" in bill
    receipt = alice.get(f"/payments/{encode('pay', payment.id)}/receipt")
    assert receipt.content[:5] == b"%PDF-"


def test_all_of_it(alice, business, issued, gateway):
    invoice = issued()
    payment = pay(business, invoice)
    refund(business, payment)
    assert "Refunded" in text(alice.get("/payments/"))
    bill = text(alice.get(f"/invoices/{invoice.number}"))
    assert "Pay €100.00" in bill
    assert "is paid." not in bill


def test_what_was_paid_back_and_credited_is_no_receipt_of_nothing(
    alice, business, customer, issued, gateway
):
    invoice = issued()
    payment = pay(business, invoice)
    refund(business, payment)
    credit_note(business, customer, line("100"), invoice_id=invoice.id)

    bill = text(alice.get(f"/invoices/{invoice.number}"))

    assert "Credited in full" in bill
    assert "Keep this part as your proof" not in bill


def test_one_that_is_on_its_way(alice, business, issued, gateway):
    payment = pay(business, issued())
    gateway.refund_answer = lambda request: refunded(request, result=Result.PROCESSING)
    refund(business, payment, 6_000)
    page = text(alice.get(f"/payments/{encode('pay', payment.id)}"))
    assert "A refund of €60.00 is on its way to you." in page


def test_a_guest_sees_it_by_the_link(portal, link, business, issued, gateway):
    invoice = issued()
    refund(business, pay(business, invoice), 2_500)
    assert "Pay €25.00" in text(portal().get(link(invoice)))


def test_one_that_has_to_be_fetched_says_so_and_leads_there(
    alice, portal, link, business, issued, gateway
):
    invoice = issued()
    payment = pay(business, invoice)
    waits = {"result": Result.PROCESSING, "claim_url": "https://pay.example/pull/1"}
    gateway.refund_answer = lambda request: refunded(request, **waits)
    refund(business, payment, 6_000)

    page = text(alice.get(f"/payments/{encode('pay', payment.id)}"))

    assert "A refund of €60.00 waits for you." in page
    assert 'href="https://pay.example/pull/1"' in page
    assert "There is nothing to do" not in page
    guest = portal()
    guest.get(link(invoice), follow=True)
    assert "https://pay.example/pull/1" not in text(guest.get(f"{link(invoice)}"))


def test_what_the_business_sends_itself_is_told_as_it_is(alice, business, customer, issued):
    payment = by_transfer(business, customer, "110.00", issued())
    address = f"/payments/{encode('pay', payment)}"
    sent = by_hand(business, payment, 1_000)
    waits = "A refund of €10.00 is on its way to you by bank transfer."
    assert waits in text(alice.get(address))

    refund_by_hand.confirm_sent(business, sent.id, AT.date(), at=AT, by=SYSTEM)
    by_hand(business, payment, 500, method=ByHand.CASH, on=AT.date())

    page = text(alice.get(address))
    assert waits not in page
    assert "€10.00 of it was paid back to you by bank transfer on 1 Mar 2026." in page
    assert "€5.00 of it was handed back to you on 1 Mar 2026." in page
    assert "5 to 10 working days" not in page


def test_what_was_withdrawn_is_not_told(alice, business, customer, issued):
    payment = by_transfer(business, customer, "110.00", issued())
    refund_by_hand.withdraw(business, by_hand(business, payment).id, at=AT, by=SYSTEM)
    page = text(alice.get(f"/payments/{encode('pay', payment)}"))
    assert "on its way" not in page
    assert "paid back" not in page


def test_a_receipt_is_said_to_be_on_its_way_only_until_it_has_gone(
    alice, business, issued, gateway, tmp_path
):
    payment = pay(business, issued())
    here = f"/payments/{encode('pay', payment.id)}"
    (message,) = send_messages.send_receipt(business, payment.id, at=AT)
    assert "We are mailing the receipt to alice@example.com." in text(alice.get(here))

    with override_settings(MAIL=f"file:{tmp_path}"):
        deliver_messages.deliver(business, message, at=AT)

    page = text(alice.get(here))
    assert "The receipt was mailed to alice@example.com." in page
    assert "We are mailing" not in page


def test_what_was_only_moved_to_the_credit_was_not_paid_back(alice, business, issued, gateway):
    invoice = issued()
    payment = pay(business, invoice)
    keep_as_credit(business, payment.id, Money(6_000, "EUR"), at=AT, by=SYSTEM)

    bill = text(alice.get(f"/invoices/{invoice.number}"))

    assert "Moved to the credit" in bill
    assert "Paid back" not in bill


def test_each_part_of_what_paid_an_invoice_has_its_receipt(
    alice, business, issued, gateway, link, portal
):
    invoice = issued()
    parts = ((invoice.id, 4_000),), ((invoice.id, 6_000),)
    first, second = (pay(business, invoice, parts=part) for part in parts)

    for browser, path in ((alice, f"/invoices/{invoice.number}"), (portal(), link(invoice))):
        bill = text(browser.get(path))
        assert "Paid in full" in bill
        for payment in (first, second):
            assert bill.count(f"{encode('pay', payment.id)}/receipt") == 1
