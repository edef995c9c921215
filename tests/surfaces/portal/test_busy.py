"""While somebody pays, the invoice says so; only who began it is offered to go on at the bank."""

import pytest
from django.contrib.auth import get_user_model

from counterfoil.domain.customers import operations as customers
from counterfoil.domain.customers.rows import NewContact
from counterfoil.domain.identity import operations as identity
from factories.businesses import AT

AT_THE_BANK = "https://gateway.example/challenge"


@pytest.fixture
def namesake(business, customer, portal):
    """A colleague whose name is Alice's name too, signed in."""
    colleague = NewContact(name="Alice", email="alice.two@example.com")
    customers.add_contacts(business, customer, [colleague], at=AT)
    browser = portal()
    user_id = identity.make_user(colleague.email, name=colleague.name)
    backend = "allauth.account.auth_backends.AuthenticationBackend"
    browser.force_login(get_user_model().objects.get(id=user_id), backend=backend)
    return browser


def begin(browser, path):
    form = {"source": "challenge", "form_key": "k"}
    return browser.post(f"{path}/pay", form, headers={"accept": "application/json"})


def test_who_began_may_go_on_at_the_bank(alice, issued, gateway):
    path = f"/invoices/{issued().number}"
    assert begin(alice, path).json() == {"go": AT_THE_BANK}

    page = alice.get(path).content.decode()

    assert AT_THE_BANK in page
    assert "You began to pay at" in page


def test_a_colleague_of_the_same_name_is_not_sent_to_the_others_bank(
    alice, namesake, issued, gateway
):
    path = f"/invoices/{issued().number}"
    begin(alice, path)

    page = namesake.get(path).content.decode()

    assert AT_THE_BANK not in page
    assert "You began to pay" not in page
    assert "Alice" in page


def test_two_links_to_one_address_are_two_payers(portal, issued, link, gateway):
    invoice = issued()
    one, two = link(invoice), link(invoice)
    begin(portal(), one)

    assert AT_THE_BANK in portal().get(one).content.decode()
    assert AT_THE_BANK not in portal().get(two).content.decode()
