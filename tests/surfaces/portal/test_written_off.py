"""What the customer sees of an invoice that was written off: what happened, in their words."""

from counterfoil.flows.aftermath.write_off import write_off
from counterfoil.kernel.actor import SYSTEM
from factories.businesses import AT
from factories.payments import pay
from factories.refunds import refund


def text(response):
    return " ".join(response.content.decode().split())


def off(business, invoice):
    write_off(business, invoice.id, "They went out of business.", at=AT, by=SYSTEM)


def test_it_is_no_longer_due_and_nothing_is_asked(alice, business, issued, gateway):
    invoice = issued()
    pay(business, invoice, parts=((invoice.id, 4_000),))
    off(business, invoice)

    page = text(alice.get(f"/invoices/{invoice.number}"))

    assert "Nothing to pay" in page
    assert "gave up what was left of it, €60.00, and asks you for no payment." in page
    assert "Pay €" not in page
    assert "They went out of business" not in page
    assert "No longer due" in text(alice.get("/invoices/"))
    sent = alice.post(f"/invoices/{invoice.number}/pay", {"form_key": "k", "source": "ok"})
    assert sent.headers["Location"].endswith(f"/invoices/{invoice.number}")


def test_one_that_is_open_again_asks_for_what_came_off(alice, business, issued, gateway):
    invoice = issued()
    payment = pay(business, invoice, parts=((invoice.id, 4_000),))
    off(business, invoice)
    refund(business, payment)

    page = text(alice.get(f"/invoices/{invoice.number}"))

    assert "Pay €40.00" in page
    assert "is paid." not in page
