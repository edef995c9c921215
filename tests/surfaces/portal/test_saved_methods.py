"""Saved methods at the portal: kept with a tick, paid with one click, and nobody else's."""

import re
from dataclasses import replace

import pytest

from counterfoil.domain.payments import queries as payments
from counterfoil.domain.payments.methods import queries
from counterfoil.infra.db import reading
from counterfoil.kernel.errors import Unavailable
from counterfoil.kernel.ids import encode
from factories.keeping import CARD
from factories.statements import counted


def pay(browser, invoice, **form):
    return browser.post(f"/invoices/{invoice.number}/pay", {"form_key": invoice.number, **form})


def of(business, customer):
    with reading(business):
        return queries.methods_of(business, customer)


@pytest.fixture
def saved(alice, business, customer, issued, gateway):
    """Alice has paid and ticked the box."""
    pay(alice, issued(), source="ok", save="1")
    return of(business, customer)[0]


def test_a_tick_keeps_the_card(saved, business):
    assert (saved.brand, saved.last4, saved.is_default) == ("visa", "4242", False)
    assert saved.used_at is not None


def test_without_the_tick_nothing_is_kept(alice, business, customer, issued, gateway):
    pay(alice, issued(), source="ok")

    assert of(business, customer) == []
    assert gateway.charges[0].save is False


def test_a_declined_card_is_not_kept(alice, business, customer, issued, gateway):
    pay(alice, issued(), source="declined", save="1")

    assert of(business, customer) == []


def offered(html):
    """The rows of the choice of the pay form, and whether each is chosen."""
    rows = html.partition('class="ways"')[2].partition("</fieldset>")[0]
    return re.findall(r'name="way" value="([^"]+)"( checked)?', rows)


def test_what_is_saved_comes_first_and_pays_without_a_card_form(
    saved, alice, business, issued, gateway
):
    invoice = issued()
    html = alice.get(f"/invoices/{invoice.number}").content.decode()
    codes = offered(html)
    assert codes == [(encode("pm", saved.id), " checked"), ("card", "")]

    answer = pay(alice, invoice, way=encode("pm", saved.id))

    assert "/payments/pay_" in answer["Location"]
    charge = gateway.charges[-1]
    assert (charge.source, charge.is_off_session, charge.save) == ("kept:ok", False, False)
    with reading(business):
        attempt = payments.attempt_of_form(business, invoice.number)
    assert (attempt.state, attempt.method_id) == ("succeeded", saved.id)


def test_the_confirm_page_offers_it_too(saved, alice, issued, gateway):
    one, two = issued(), issued()
    address = f"/pay?invoice={one.number}&invoice={two.number}"
    html = alice.get(address).content.decode()
    assert f'value="{encode("pm", saved.id)}" checked' in html
    pays = html.partition('action="/planned')[0]
    fields = re.findall(r'type="hidden" name="(part|total|currency)" value="([^"]*)"', pays)
    form = {"form_key": "two", "way": encode("pm", saved.id)}
    form["part"] = [value for name, value in fields if name == "part"]
    form |= {name: value for name, value in fields if name != "part"}

    alice.post(address, form)

    assert gateway.charges[-1].source == "kept:ok"
    assert gateway.charges[-1].amount.minor == one.total_minor + two.total_minor


def test_a_guest_is_never_shown_it_and_can_not_use_it(saved, portal, link, issued, gateway):
    path, guest = link(issued()), portal()
    html = guest.get(path).content.decode()
    assert "4242" not in html
    assert 'name="save"' not in html
    before = len(gateway.charges)

    answer = guest.post(f"{path}/pay", {"form_key": "g", "way": encode("pm", saved.id)})

    assert answer.status_code == 404
    assert len(gateway.charges) == before


def test_a_guest_keeps_nothing_whatever_the_form_says(
    portal, link, business, customer, issued, gateway
):
    portal().post(f"{link(issued())}/pay", {"form_key": "g", "source": "ok", "save": "1"})

    assert gateway.charges[0].save is False
    assert of(business, customer) == []


def test_another_customers_is_not_charged(
    saved, business, other_customer, alice, issued, gateway, portal
):
    from factories.invoices import issued_invoice

    theirs = issued_invoice(business, other_customer)
    before = len(gateway.charges)

    assert pay(alice, theirs, way=encode("pm", saved.id)).status_code == 404
    assert len(gateway.charges) == before


def test_one_that_was_removed_meanwhile_charges_nothing(
    saved, alice, business, customer, issued, gateway
):
    invoice, before = issued(), len(gateway.charges)
    alice.post(f"/methods/{encode('pm', saved.id)}/remove")

    answer = pay(alice, invoice, way=encode("pm", saved.id))

    assert answer["Location"] == f"/invoices/{invoice.number}"
    assert len(gateway.charges) == before


def test_what_was_declined_is_not_chosen_again_by_itself(
    alice, business, customer, issued, gateway
):
    gateway.keeping.shown["declined"] = replace(CARD, last4="0341")
    form = {"form_key": "add", "source": "declined"}
    alice.post("/methods/", form)
    mine, invoice = of(business, customer)[0], issued()

    answer = pay(alice, invoice, way=encode("pm", mine.id))
    html = alice.get(answer["Location"]).content.decode()

    assert "Payment declined" in html
    assert [code for code, is_chosen in offered(html) if is_chosen] == ["card"]


def test_an_ended_card_is_not_offered(alice, issued, gateway):
    gateway.keeping.shown["ok"] = replace(CARD, exp_year=2020)
    alice.post("/methods/", {"form_key": "add", "source": "ok"})

    html = alice.get(f"/invoices/{issued().number}").content.decode()
    assert 'value="pm_' not in html
    assert "Expired" in alice.get("/methods/").content.decode()


def test_adding_charges_nothing_and_twice_is_once(alice, business, customer, gateway):
    form = {"form_key": "add", "source": "ok"}
    for _ in range(2):
        answer = alice.post("/methods/", form, headers={"accept": "application/json"})
        assert answer.json() == {"go": "/methods/"}

    assert len(of(business, customer)) == 1
    assert gateway.charges == []


@pytest.mark.parametrize("trouble", [None, Unavailable()])
def test_what_can_not_be_saved_says_so(alice, business, customer, gateway, trouble):
    gateway.keeping.trouble = trouble
    answer = alice.post(
        "/methods/",
        {"form_key": "add", "source": "refused"},
        headers={"accept": "application/json"},
    )

    assert answer.status_code == 422
    assert "Nothing was charged" in answer.json()["words"][0]
    assert (answer.json()["form_key"] == "add") is bool(trouble)  # a definite no: a new form
    assert of(business, customer) == []


def test_name_default_and_remove(saved, alice, business, customer, gateway):
    path = f"/methods/{encode('pm', saved.id)}"
    alice.post(f"{path}/name", {"name": "  Company   card "})
    alice.post(f"{path}/default")
    html = alice.get("/methods/").content.decode()
    assert "Company card" in html
    assert "Comes first" in html

    alice.post(f"{path}/remove")

    assert "Nothing is saved yet" in alice.get("/methods/").content.decode()
    assert alice.post(f"{path}/remove").status_code == 404


def test_nobody_else_changes_it(saved, business, other_customer, portal, gateway):
    from django.contrib.auth import get_user_model

    from counterfoil.domain.identity import operations as identity

    bob = portal()
    user = get_user_model().objects.get(id=identity.make_user("bob@example.com", name="Bob"))
    bob.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    path = f"/methods/{encode('pm', saved.id)}"

    for verb in ("name", "default", "remove"):
        assert bob.post(f"{path}/{verb}", {"name": "x"}).status_code == 404
    assert "4242" not in bob.get("/methods/").content.decode()
    assert portal().get("/methods/").status_code == 302


@pytest.mark.parametrize("rows", [1, 3])
def test_queries_of_the_page(alice, gateway, rows):
    for number in range(rows):
        gateway.keeping.shown[f"ok{number}"] = replace(CARD, last4=f"000{number}")
        alice.post("/methods/", {"form_key": f"add{number}", "source": f"ok{number}"})
    alice.get("/methods/")

    with counted() as found:
        html = alice.get("/methods/").content.decode()

    assert html.count('class="saved-head"') == rows
    assert found.count == 5, found.statements


def proved_by_password(browser):
    """Another device, on which the right password was typed, and nothing more."""
    from django.contrib.auth import get_user_model

    from factories.outside.devices import show_proof, use_known_device

    user = get_user_model().objects.get(email="alice@example.com")
    user.set_password("a password for tests")
    user.save()
    browser.force_login(user)
    use_known_device(browser, user, proved=False)
    show_proof(browser, user, "password")


def test_a_new_device_asks_for_more_than_a_password_first(saved, portal, issued, gateway):
    other, invoice = portal(), issued()
    proved_by_password(other)
    answer = pay(other, invoice, way=encode("pm", saved.id))
    assert answer["Location"] == "/security/confirm/"
    assert 'value="password"' not in other.get("/security/confirm/").content.decode()
    wrong = {"by": "password", "password": "a password for tests"}
    assert other.post("/security/confirm/", wrong).status_code == 422
    assert len(gateway.charges) == 1  # the card that was saved


def test_a_large_sum_asks_again_before_it_is_charged(saved, alice, business, issued, gateway):
    from counterfoil.domain.business import operations
    from counterfoil.surfaces.ui.middleware import HOSTS

    operations.change(business, {"step_up_over": 50})
    HOSTS.forget()
    session = alice.session
    session["account_authentication_methods"] = [{"method": "code", "at": 0}]
    session.save()
    answer = pay(alice, issued(), way=encode("pm", saved.id))
    assert answer["Location"] == "/security/confirm/"
    assert len(gateway.charges) == 1
