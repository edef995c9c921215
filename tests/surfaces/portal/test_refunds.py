"""What the customer sees of a refund: on the payment, in the history, on the invoice."""

from counterfoil.kernel.ids import encode
from counterfoil.kernel.ports.gateways.outcomes import Result
from factories.gateways import refunded
from factories.payments import pay
from factories.refunds import refund


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
