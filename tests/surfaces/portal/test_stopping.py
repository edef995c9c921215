"""Stopping a payment that has moved no money: by whom, until when, and what is said."""

import re
from html import unescape

import pytest

from counterfoil.kernel.errors import Unavailable
from counterfoil.kernel.ids import encode
from counterfoil.kernel.ports.gateways.charges import Outcome
from counterfoil.kernel.ports.gateways.outcomes import Result
from factories.gateways import succeeded
from factories.payments import pay


def page_of(attempt):
    return f"/payments/{encode('pay', attempt.id)}"


def words(answer):
    return " ".join(unescape(answer.content.decode()).split())


def stop(browser, attempt, **more):
    """Reads the payment's page and presses the button that is there."""
    page = browser.get(page_of(attempt)).content.decode()
    action = re.search(r'action="(/payments/pay_[^"]+/stop)"', page).group(1)
    return browser.post(action, follow=True)


def is_payable(browser, invoice):
    return "data-pay-button" in browser.get(f"/invoices/{invoice.number}").content.decode()


def test_what_is_processing_is_stopped_and_the_invoice_is_free_at_once(
    business, issued, gateway, alice
):
    invoice = issued()
    attempt = pay(business, invoice, source="slow")
    assert page_of(attempt) in words(alice.get(f"/invoices/{invoice.number}"))
    assert "Stop this payment" in words(alice.get(page_of(attempt)))

    answer = words(stop(alice, attempt))

    assert "The payment of €100.00 is stopped. No money moves." in answer
    assert is_payable(alice, invoice)
    stopped = words(alice.get(page_of(attempt)))
    assert "Payment stopped" in stopped
    assert "No money moves: nothing is taken for it." in stopped
    assert "Payment declined" not in stopped
    assert "Stop this payment" not in stopped
    listed = alice.get("/payments/").content.decode()
    assert ">Stopped</span>" in listed
    assert ">Cancelled</span>" not in listed


def test_too_late_is_said_and_what_stands_is_shown(business, issued, gateway, alice):
    invoice = issued()
    attempt = pay(business, invoice, source="slow")
    gateway.after.cancel_answer = lambda reference: Outcome(
        reference, Result.PROCESSING, attempt.gateway_ref
    )
    answer = words(stop(alice, attempt))
    assert "It is too late to stop this payment" in answer
    assert "Payment processing" in answer
    assert not is_payable(alice, invoice)

    gateway.after.cancel_answer = lambda reference: succeeded(reference, attempt.amount)
    answer = words(stop(alice, attempt))
    assert "It is too late to stop this payment" in answer
    assert "Payment received" in answer


@pytest.mark.parametrize(
    ("trouble", "said"),
    [("lost", "its answer was lost"), ("down", "The payment gateway did not answer")],
)
def test_not_knowing_is_said_and_nobody_may_pay_again(
    business, issued, gateway, alice, trouble, said
):
    invoice = issued()
    attempt = pay(business, invoice, source="slow")

    def answer(reference):
        if trouble == "down":
            raise Unavailable
        return Outcome(reference, Result.UNKNOWN)

    gateway.after.cancel_answer = answer
    page = words(stop(alice, attempt))
    assert said in page
    assert "Payment processing" in page
    assert not is_payable(alice, invoice)


def test_nothing_is_offered_where_it_is_decided_or_the_gateway_can_not(
    business, issued, gateway, alice, monkeypatch
):
    from counterfoil.kernel.ports.gateways.capabilities import Capability
    from factories.gateways import ScriptedGateway

    paid = pay(business, issued())
    slow = pay(business, issued(), source="slow")
    fewer = ScriptedGateway.capabilities - {Capability.CANCELS}
    monkeypatch.setattr(ScriptedGateway, "capabilities", fewer)
    for attempt in (paid, slow):
        assert "Stop this payment" not in words(alice.get(page_of(attempt)))
        answer = alice.post(f"{page_of(attempt)}/stop", follow=True)
        assert "It is too late to stop this payment" in words(answer)


def test_who_may_not_pay_it_may_not_stop_it(
    business, other_customer, issued, gateway, alice, link, portal
):
    from factories.invoices import issued_invoice

    invoice = issued()
    theirs = pay(business, issued_invoice(business, other_customer), source="slow")
    hers = pay(business, invoice, source="slow")
    assert alice.post(f"{page_of(theirs)}/stop").status_code == 404
    guest, here = portal(), link(invoice)  # whose link did not begin it
    seen = f"{here}{page_of(hers)}"
    assert "Stop this payment" not in words(guest.get(seen))
    assert guest.post(f"{seen}/stop").status_code == 404
    assert portal().post(f"{page_of(hers)}/stop").status_code == 302
    assert alice.get(f"{page_of(hers)}/stop").status_code == 405
    assert gateway.after.cancels == []


def test_a_guest_stops_what_their_own_link_began(issued, gateway, link, portal):
    invoice = issued()
    guest, here = portal(), link(invoice)
    page = guest.get(here).content.decode()
    form_key = re.search(r'name="form_key" value="([^"]+)"', page).group(1)
    seen = guest.post(f"{here}/pay", {"source": "slow", "form_key": form_key})["Location"]
    action = re.search(r'action="([^"]+/stop)"', guest.get(seen).content.decode()).group(1)
    answer = guest.post(action, follow=True)
    assert "is stopped. No money moves." in words(answer)
    assert "data-pay-button" in answer.content.decode()
