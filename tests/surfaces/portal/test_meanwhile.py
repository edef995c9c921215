"""What a payer reads when somebody or something was quicker: their payment was not started, nothing
was charged, and why."""

import re
from html import unescape

import pytest

from counterfoil.infra.db import execute, run
from counterfoil.kernel.actor import SYSTEM
from counterfoil.kernel.ids import encode
from factories.businesses import AT
from factories.keeping import keep_method
from factories.payments import pay

JSON = {"accept": "application/json"}


def words(answer):
    return " ".join(unescape(answer.content.decode()).split())


@pytest.fixture
def form():
    """The pay form of a page, with a card filled in."""

    def read(browser, here):
        page = browser.get(here).content.decode()
        key = re.search(r'name="form_key" value="([^"]+)"', page).group(1)
        return {"form_key": key, "way": "card", "source": "ok"}

    return read


def send(browser, here, sent):
    """Pays; gives what the payer reads next."""
    answer = browser.post(f"{here}/pay", sent, headers=JSON).json()
    assert answer == {"go": here}
    return words(browser.get(here))


def test_somebody_else_pays_it(business, issued, gateway, alice, form):
    invoice = issued()
    here = f"/invoices/{invoice.number}"
    mine = form(alice, here)
    pay(business, invoice, source="slow")
    page = send(alice, here, mine)
    assert "so this one was not started and charged nothing." in page
    assert len(gateway.charges) == 1


def test_the_tab_that_paid_is_told_of_its_own_payment_only(issued, gateway, alice, form):
    """Both tabs are of one browser: what the one is told, the other may not say of itself."""
    here = f"/invoices/{issued().number}"
    first, second = form(alice, here) | {"source": "slow"}, form(alice, here)
    began = alice.post(f"{here}/pay", first, headers=JSON).json()["go"]
    assert alice.post(f"{here}/pay", second, headers=JSON).json() == {"go": here}
    told = "so this one was not started and charged nothing."
    assert [told in words(alice.get(page)) for page in (began, here, here)] == [False, True, False]


def test_it_was_paid(business, issued, gateway, alice, form):
    invoice = issued()
    here = f"/invoices/{invoice.number}"
    mine = form(alice, here)
    pay(business, invoice)
    page = words(alice.post(f"{here}/pay", mine, follow=True))
    assert "Paid in full" in page
    assert len(gateway.charges) == 1


def test_less_is_due(business, issued, gateway, alice, form):
    from counterfoil.flows.pay_invoices import start
    from factories.payments import command

    invoice = issued()
    mine = {"invoice": invoice.number, "total": str(invoice.total_minor), "currency": "EUR",
            "part": f"{invoice.total_minor}:{invoice.number}"}  # fmt: skip
    mine |= form(alice, f"/invoices/{invoice.number}")
    part = command(invoice.customer_id, invoice, parts=((invoice.id, 4_000),))
    start(business, part, by=SYSTEM, at=AT)
    here = f"/pay?invoice={invoice.number}&currency=EUR"
    answer = alice.post(here, mine, headers=JSON).json()
    page = words(alice.get(answer["go"]))
    assert "Less is due than when you opened the page" in page
    assert "You were charged nothing" in page
    assert len(gateway.charges) == 1


def test_what_should_pay_it_is_gone(business, customer, issued, gateway, alice, form):
    from counterfoil.domain.payments.methods import operations as methods
    from counterfoil.kernel.ids import encode

    here = f"/invoices/{issued().number}"
    saved = keep_method(business, customer)
    mine = form(alice, here) | {"way": encode("pm", saved), "source": ""}
    methods.remove(business, customer, saved, at=AT)
    page = send(alice, here, mine)
    assert "is not there any more, so your payment was not started" in page
    assert gateway.charges == []


def test_the_business_has_stopped_taking_payments(business, issued, gateway, alice, form):
    here = f"/invoices/{issued().number}"
    mine = form(alice, here)
    run(business, lambda: execute(
        "UPDATE payments_gatewayaccount SET is_active = false WHERE business_id = %(b)s",
        {"b": business},
    ))  # fmt: skip
    page = send(alice, here, mine)
    assert "Paying online is not possible here at the moment. Nothing was charged." in page


def test_the_form_came_without_what_pays(issued, gateway, alice, form):
    here = f"/invoices/{issued().number}"
    page = send(alice, here, form(alice, here) | {"source": ""})
    assert "did not arrive. Nothing was charged. Please try again." in page


def test_a_form_that_is_too_old_is_called_so(business, issued, link, portal):
    from django.test import Client

    guest = Client(enforce_csrf_checks=True, headers={"host": "harrow.example"})
    answer = guest.post(f"{link(issued())}/pay", {"source": "ok", "form_key": "k"}, secure=True)
    page = words(answer)
    assert answer.status_code == 403
    assert "This page was open for too long" in page
    assert "You are signed in" not in page
    assert "No money was taken" in page


def test_what_was_declined_and_paid_since_is_not_to_be_tried_again(
    alice, business, issued, gateway
):
    invoice = issued()
    declined = pay(business, invoice, source="declined")
    path = f"/payments/{encode('pay', declined.id)}"
    assert "Try again with €100.00" in alice.get(path).content.decode()
    part = invoice.total_minor // 4
    pay(business, invoice, parts=((invoice.id, part),))
    assert "See what is still due" in alice.get(path).content.decode()
    rest = invoice.total_minor - part
    pay(business, invoice, parts=((invoice.id, rest),))

    page = alice.get(path).content.decode()

    assert "Try again" not in page
    assert "See what is still due" not in page
    assert "Nothing is due any more of what it was to pay." in page


def test_a_session_that_ended_leads_the_pay_form_to_the_sign_in_page(issued, gateway, alice, form):
    """The form is sent by a script: it is told where to go, and takes no other page for words."""
    here = f"/invoices/{issued().number}"
    mine = form(alice, here)
    alice.logout()
    answer = alice.post(f"{here}/pay", mine, headers=JSON)
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/json")
    assert answer.json()["go"].startswith("/sign-in/?next=")
    assert gateway.charges == []


def test_a_page_that_waits_is_led_to_the_sign_in_page_as_a_whole(issued, gateway, alice, form):
    here = f"/invoices/{issued().number}"
    result = alice.post(f"{here}/pay", form(alice, here) | {"source": "lost"}, headers=JSON).json()
    alice.logout()
    answer = alice.get(result["go"], headers={"hx-request": "true"})
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer["HX-Redirect"].startswith("/sign-in/?next=%2Fpayments%2Fpay_")
