"""While somebody pays, the invoice says so; only who began it is offered to go on at the bank."""

import pytest
from django.contrib.auth import get_user_model

from counterfoil.domain.customers import operations as customers
from counterfoil.domain.customers.rows import NewContact
from counterfoil.domain.identity import operations as identity
from counterfoil.infra.db import execute, run
from counterfoil.kernel import clock
from factories.businesses import AT
from factories.invoices import line
from factories.payments import pay

AT_THE_BANK = "https://gateway.example/challenge"
PLANNED = """UPDATE payments_attempt SET failure_code = 'authentication_required'
    WHERE business_id = %(b)s::uuid"""
NAMELESS = """UPDATE receivables_claim SET taken_by = ''
    WHERE business_id = %(b)s::uuid AND taken_by_ref LIKE 'guest%%'"""
ONLY_SEE = """UPDATE customers_contact SET rights = '["see"]' WHERE business_id = %(b)s::uuid"""


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
    form = {"source": "challenge", "form_key": path}
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
    payer = portal()
    begin(payer, one)

    assert AT_THE_BANK in payer.get(one).content.decode()
    assert AT_THE_BANK not in payer.get(two).content.decode()


def test_a_guest_who_began_in_this_browser_may_go_on(portal, issued, link, gateway):
    path, payer = link(issued()), portal()
    begin(payer, path)

    page = payer.get(path).content.decode()

    assert AT_THE_BANK in page
    assert "You began to pay at" in page


def test_another_browser_with_the_same_link_is_told_that_somebody_began(
    portal, issued, link, gateway
):
    path = link(issued())
    begin(portal(), path)

    page = portal().get(path).content.decode()

    assert "You began to pay" not in page
    assert AT_THE_BANK not in page  # a bank's page may show whose card it is
    assert "•••• " not in page
    assert "Somebody who has this link began to pay it on" in page
    assert "alice@example.com" in page  # where the link was sent
    assert f"{path}/payments/" in page  # it may be stopped: that moves no money
    assert "Stop this payment" in page


def test_the_mark_of_a_browser_opens_no_other_payment(portal, issued, link, gateway):
    one, two = issued(), issued()
    first, second = link(one), link(two)
    payer, other = portal(), portal()
    begin(other, second)
    begin(payer, first)

    assert AT_THE_BANK not in payer.get(second).content.decode()


def test_a_guest_with_what_is_owed_is_told_the_same(business, customer, portal, issued, gateway):
    invoice, payer = issued(), portal()
    token = identity.make_guest_link(
        business, None, customer, sent_to="jo@example.com", at=clock.now()
    )
    path = f"/b/{token}"
    form = {"form_key": "k", "source": "challenge", "currency": "EUR"}
    form |= {"total": str(invoice.total_minor), "part": f"{invoice.total_minor}:{invoice.number}"}
    payer.post(path, form, headers={"accept": "application/json"})

    mine, theirs = payer.get(path).content.decode(), portal().get(path).content.decode()

    assert AT_THE_BANK in mine
    assert AT_THE_BANK not in theirs
    assert "Somebody who has this link began to pay it on" in theirs


def cells(browser):
    """What the first page says of what waits to be confirmed: by the reader, and by others."""
    page = " ".join(browser.get("/").content.decode().split())
    found = page.split("<dt>Payment not finished</dt>")[1:]
    return [one.partition("</div>")[0] for one in found]


def cell(browser):
    (only,) = cells(browser)
    return only


def test_the_lists_say_that_a_payment_of_it_waits_to_be_confirmed(alice, issued, gateway):
    invoice = issued()
    begin(alice, f"/invoices/{invoice.number}")

    for page in ("/", "/invoices/", f"/invoices/{invoice.number}"):
        html = alice.get(page).content.decode()
        assert ">Payment not finished</span>" in html, page
        assert ">Due in" not in html, page


def test_the_first_page_says_whose_payment_waits(alice, namesake, issued, gateway):
    invoice = issued()
    begin(alice, f"/invoices/{invoice.number}")

    assert "Waiting for you" in cell(alice)
    assert "Waits for Alice" in cell(namesake)
    mine, theirs = (one.get("/").content.decode() for one in (alice, namesake))
    assert ("A payment waits for you" in mine, "Nothing to pay now" in mine) == (True, False)
    assert ("A payment waits for you" in theirs, "Nothing to pay now" in theirs) == (False, True)
    assert ">Waiting for you</span>" in alice.get("/payments/").content.decode()
    theirs = namesake.get("/payments/").content.decode()
    assert ">Waiting for you</span>" not in theirs
    assert ">Waiting for the payer</span>" in theirs


def test_what_waits_for_the_reader_is_not_mixed_with_what_waits_for_others(
    alice, namesake, issued, gateway
):
    begin(alice, f"/invoices/{issued(line('30')).number}")
    begin(namesake, f"/invoices/{issued(line('50')).number}")
    begin(namesake, f"/invoices/{issued(line('8')).number}")

    mine, others = cells(alice)

    assert ("€30.00" in mine, "Waiting for you" in mine) == (True, True)
    assert ("€58.00" in others, "Waits for Alice" in others) == (True, True)
    assert "€88.00" not in alice.get("/").content.decode()
    theirs, of_alice = cells(namesake)
    assert ("€58.00" in theirs, "€30.00" in of_alice) == (True, True)


def test_a_planned_payment_waits_for_whoever_may_pay(
    business, customer, alice, namesake, issued, gateway
):
    pay(business, issued(), source="challenge")
    assert "Waits for alice@example.com" in cell(alice)

    run(business, lambda: execute(PLANNED, {"b": business}))

    assert "Waiting for you" in cell(alice)
    assert "Waiting for you" in cell(namesake)
    run(business, lambda: execute(ONLY_SEE, {"b": business}))
    assert "Waits for alice@example.com" in cell(alice)


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("challenge", ("A payment waits for you", "Please do not pay it a second time.")),
        ("slow", ("Nothing to pay now", "Please do not pay it again.")),
        ("lost", ("Nothing to pay now", "Please do not pay it again.")),
    ],
)
def test_nobody_is_said_to_owe_nothing_while_it_is_only_being_paid(
    alice, issued, gateway, source, said
):
    path = f"/invoices/{issued().number}"
    alice.post(f"{path}/pay", {"source": source, "form_key": path})

    page = " ".join(alice.get("/").content.decode().split())

    assert "You owe Harrow Water nothing" not in page
    assert [one for one in said if one not in page] == []


def test_of_several_who_are_waited_for_one_without_a_name_is_not_left_out(
    business, alice, namesake, portal, issued, link, gateway
):
    begin(alice, f"/invoices/{issued().number}")
    begin(portal(), link(issued()))
    run(business, lambda: execute(NAMELESS, {"b": business}))

    assert "Waits for who began it" in cell(namesake)
