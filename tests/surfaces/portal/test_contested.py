"""What the customer reads where their bank took a payment back."""

from counterfoil.flows.aftermath.settle_chargeback import settle_chargeback
from counterfoil.kernel.actor import SYSTEM
from counterfoil.kernel.ids import encode
from counterfoil.kernel.ports.gateways.chargebacks import ChargebackStage
from factories.aftermath import contested, staged
from factories.businesses import AT
from factories.payments import pay


def page_of(alice, invoice):
    return " ".join(alice.get(f"/invoices/{invoice.number}").content.decode().split())


def lose(business, payment):
    """The payer contests the payment, and their bank decides for them."""
    for stage in (ChargebackStage.NEEDS_RESPONSE, ChargebackStage.LOST):
        settle_chargeback(business, payment.id, staged(contested(payment), stage), at=AT, by=SYSTEM)


def test_an_invoice_that_is_open_again_says_why(alice, business, issued, gateway):
    invoice = issued()
    payment = pay(business, invoice)
    assert "You contested the payment" not in page_of(alice, invoice)

    lose(business, payment)

    page = page_of(alice, invoice)
    assert "Taken back by the bank" in page
    assert "You contested the payment, and your bank gave €100.00 of it back to you" in page
    assert "Pay €100.00" in page


def test_the_list_says_of_each_what_its_page_says(alice, business, issued, gateway):
    payment = pay(business, issued())
    settle_chargeback(
        business,
        payment.id,
        staged(contested(payment), ChargebackStage.NEEDS_RESPONSE),
        at=AT,
        by=SYSTEM,
    )
    pages = ("/", "/payments/", f"/payments/{encode('pay', payment.id)}")
    waiting = [alice.get(one).content.decode() for one in pages]
    assert [page.count("With the bank") for page in waiting] == [1, 1, 1]
    assert "Taken back by the bank" not in "".join(waiting)

    lose(business, payment)

    lost = [alice.get(one).content.decode() for one in pages]
    assert ["With the bank" in page for page in lost] == [False] * 3
    assert ["Taken back by the bank" in page for page in lost] == [True] * 3
