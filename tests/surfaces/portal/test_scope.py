"""Whoever opens a portal page sees their own customer's, and a guest one invoice only."""

import re

import pytest
from django.db import connection

from counterfoil.domain.identity import operations as identity
from counterfoil.domain.identity import queries as identities
from counterfoil.domain.identity.secrets import hashed
from counterfoil.kernel import clock
from counterfoil.kernel.ids import encode
from factories.invoices import issued_invoice
from factories.payments import pay
from factories.statements import counted
from ledger_text import counts

PRIVATE = ["/", "/invoices/", "/payments/", "/payments.csv", "/profile/"]


@pytest.mark.parametrize("path", [*PRIVATE, "/invoices/HW-1", "/payments/pay_1"])
def test_signed_out_is_sent_to_the_sign_in_page(portal, path):
    answer = portal().get(path)

    assert answer.status_code == 302
    assert answer["Location"].startswith("/sign-in/?next=%2F")


def test_another_customers_invoice_is_not_found(business, other_customer, alice, gateway):
    theirs = issued_invoice(business, other_customer)

    paths = [f"/invoices/{theirs.number}", f"/invoices/{theirs.number}/pdf"]
    assert [alice.get(path).status_code for path in paths] == [404, 404]
    form = {"source": "ok", "form_key": "k"}
    assert alice.post(f"/invoices/{theirs.number}/pay", form).status_code == 404
    assert counts(business)["payments_attempt"] == 0


def test_another_customers_payment_is_not_found(business, other_customer, alice, gateway):
    attempt = pay(business, issued_invoice(business, other_customer))
    outside = encode("pay", attempt.id)

    paths = [f"/payments/{outside}", f"/payments/{outside}/receipt"]
    assert [alice.get(path).status_code for path in paths] == [404, 404]


def test_a_link_opens_one_invoice_and_nothing_else(portal, issued, link, gateway):
    one, two = issued(), issued()
    browser = portal()

    assert browser.get(link(one)).status_code == 200
    assert [browser.get(path).status_code for path in PRIVATE] == [302] * len(PRIVATE)
    assert browser.get(f"/invoices/{two.number}").status_code == 302


def test_a_link_shows_no_payment_of_another_invoice(business, portal, issued, link, gateway):
    one, two = issued(), issued()
    other = encode("pay", pay(business, two).id)

    assert portal().get(f"{link(one)}/payments/{other}").status_code == 404
    assert portal().get(f"{link(one)}/payments/{other}/receipt").status_code == 404


def test_opening_a_link_changes_nothing(business, portal, issued, link, gateway):
    path = link(issued())
    before = counts(business)

    for _ in range(3):
        assert portal().get(path).status_code == 200
        assert portal().head(path).status_code == 405

    found = identities.guest_link(path.removeprefix("/i/"))
    assert (counts(business), found.last_opened_at) == (before, None)


def test_an_expired_link_says_so(portal, issued, link):
    answer = portal().get(link(issued(), days=-1))

    assert answer.status_code == 410
    assert "This link has expired" in answer.content.decode()


def test_a_link_that_was_taken_back_says_so(business, portal, issued, link):
    path = link(issued())
    found = identities.guest_link(path.removeprefix("/i/"))
    identity.revoke_guest_link(business, found.id, at=clock.now())

    answer = portal().get(path)

    assert answer.status_code == 410
    assert "This link was taken back" in answer.content.decode()


def test_the_owner_takes_a_link_back(business, alice, portal, issued, link, gateway):
    invoice = issued()
    path = link(invoice)
    found = identities.guest_link(path.removeprefix("/i/"))

    alice.post(f"/invoices/{invoice.number}/revoke?link={encode('lnk', found.id)}")

    assert portal().get(path).status_code == 410


def test_a_link_of_another_businesss_host_is_not_found(other_business, portal, issued, link):
    assert portal().get(link(issued(), owner=other_business)).status_code == 404


def test_an_unknown_link_is_not_found(portal):
    assert portal().get("/i/nothing-like-this").status_code == 404


def test_only_the_hash_of_a_link_is_kept(portal, issued, link):
    token = link(issued()).removeprefix("/i/")

    with connection.cursor() as cursor:
        cursor.execute("SELECT token_hash FROM identity_guestlink")
        assert cursor.fetchall() == [(hashed(token),)]


def test_a_host_of_nobodys_is_not_found(other_business, portal):
    assert portal().get("/sign-in/", headers={"host": "127.0.0.1"}).status_code == 404


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(
    ("path", "queries"), [("/", 4), ("/invoices/", 4), ("/payments/", 3), ("/profile/", 4)]
)
def test_queries_of_a_page(business, alice, issued, gateway, path, queries, rows):
    for _ in range(rows):
        pay(business, issued())
        issued()
    alice.get(path)

    with counted() as found:
        assert alice.get(path).status_code == 200

    assert found.count == queries, found.statements


@pytest.mark.parametrize("rows", [1, 3])
def test_queries_of_an_invoice(alice, issued, gateway, rows):
    invoices = [issued() for _ in range(rows)]
    alice.get("/")

    with counted() as found:
        assert alice.get(f"/invoices/{invoices[0].number}").status_code == 200

    assert found.count == 5, found.statements


def test_the_policy_lets_nothing_in_from_elsewhere(alice):
    policy = alice.get("/")["Content-Security-Policy"]

    assert "default-src 'none'" in policy
    assert "script-src 'self';" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy


def test_a_guest_opens_the_pdf_from_the_page_of_their_link(portal, issued, link, gateway):
    browser = portal()
    page = browser.get(link(issued())).content.decode()

    answer = browser.get(re.search(r'href="([^"]+)">Download PDF', page)[1])

    assert (answer.status_code, answer.content[:5]) == (200, b"%PDF-")


def test_an_invoice_s_own_address_comes_back_to_it_after_the_sign_in(portal, customer, issued):
    identity.make_user("alice@example.com", name="Alice", password="right and long")
    browser = portal()
    for wanted in (f"/invoices/{issued().number}", f"/invoices/{issued().number}/pdf"):
        browser.logout()
        door = browser.get(wanted)["Location"]
        page = browser.get(door).content.decode()
        assert page.count(f'name="next" value="{wanted}"') == 3  # by password, code and passkey

        form = {"login": "alice@example.com", "password": "right and long", "next": wanted}
        assert browser.post("/sign-in/", form)["Location"] == wanted
        assert browser.get(wanted).status_code == 200
