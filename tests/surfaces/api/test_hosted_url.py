"""The address of an invoice that the API names: it opens for whoever holds it, without signing in,
and is a guest link like any other, though nothing of its secret is kept."""

from datetime import UTC, datetime, time, timedelta
from functools import partial
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client, override_settings

from counterfoil.domain.identity import operations as identity
from counterfoil.domain.identity import queries as identities
from counterfoil.domain.identity.roles import Role
from counterfoil.domain.identity.secrets import hashed, invoice_secret
from counterfoil.kernel import clock
from counterfoil.kernel.ids import encode
from counterfoil.surfaces.ui.middleware import HOSTS
from factories.invoices import draft_invoice, issued_invoice, line
from factories.payments import pay
from factories.staff import Desk, client, hire, sign_in
from ledger_text import counts

NEW_KEY = "another-secret-key-of-this-installation-0123456789"


@pytest.fixture
def visit(business):
    """Opens an address in a browser that knows nobody."""
    HOSTS.forget()

    def get(address, host="harrow.example"):
        browser = Client(headers={"host": host, "accept-language": "en"})
        return browser.get(urlsplit(address).path, secure=True)

    yield get
    HOSTS.forget()


@pytest.fixture
def recent(business, customer):
    """Issues an invoice now."""
    return partial(issued_invoice, business, customer, at=clock.now())


@pytest.fixture
def hosted(api):
    """The address of an invoice, as the API gives it."""
    return lambda invoice: api.get(f"/invoices/{encode('inv', invoice.id)}").body["hosted_url"]


def rows(business, invoice):
    return identities.guest_links(business, invoice.id)


def test_it_opens_the_invoice_for_whoever_holds_it(visit, hosted, recent, gateway):
    invoice = recent()
    address = hosted(invoice)
    page = visit(address)

    assert address.startswith("http://harrow.example/i/")
    assert page.status_code == 200
    assert f"Invoice {invoice.number}" in page.content.decode()
    assert visit(f"{address}/pdf").status_code == 200


def test_staff_take_it_back_before_anybody_opened_it(business, visit, hosted, recent, gateway):
    invoice = recent()
    address = hosted(invoice)
    owner = sign_in(Desk(client()), hire(business, Role.OWNER))
    page = f"invoices/{encode('inv', invoice.id)}"
    assert "Nobody has opened it yet." in owner.get(page).content.decode()

    assert owner.post(f"{page}/links/own/revoke").status_code == 302

    assert visit(address).status_code == 410
    assert visit(f"{address}/pdf").status_code == 410
    assert "Nobody has opened it yet." not in owner.get(page).content.decode()
    assert owner.post(f"{page}/links/own/revoke").status_code == 404


def test_a_draft_has_no_address_to_take_back(business, customer):
    draft = draft_invoice(business, customer)
    owner = sign_in(Desk(client()), hire(business, Role.OWNER))
    page = f"invoices/{encode('inv', draft)}"

    assert "Nobody has opened it yet." not in owner.get(page).content.decode()
    assert owner.post(f"{page}/links/own/revoke").status_code == 404


def test_it_is_the_same_each_time_and_naming_it_writes_nothing(api, business, hosted, recent):
    invoice = recent()
    before = counts(business)
    first = hosted(invoice)

    assert hosted(invoice) == first
    assert [one["hosted_url"] for one in api.get("/invoices").body["data"]] == [first]
    assert counts(business) == before
    assert rows(business, invoice) == []


def test_the_first_opening_makes_a_link_to_take_back(business, visit, hosted, recent, gateway):
    invoice = recent()
    address = hosted(invoice)
    for _ in range(3):
        assert visit(address).status_code == 200
    [link] = rows(business, invoice)

    assert (link.customer_id, link.sent_to) == (invoice.customer_id, "")
    assert link.created_at == invoice.issued_at
    identity.revoke_guest_link(business, link.id, at=clock.now())
    taken = visit(address)
    assert (taken.status_code, "This link was taken back" in taken.content.decode()) == (410, True)
    assert hosted(invoice) == address


def test_it_lives_90_days_from_the_issue_or_the_due_date(business, visit, hosted, recent, gateway):
    now = clock.now()
    later = datetime.combine(now.date() + timedelta(days=40), time(), UTC)
    for due, lives_from in ((later.date(), later), (now.date() - timedelta(days=40), now)):
        invoice = recent(due=due, at=now)
        visit(hosted(invoice))
        assert [one.expires_at for one in rows(business, invoice)] == [
            lives_from + timedelta(days=90)
        ]


def test_an_old_one_says_that_it_has_expired(visit, hosted, issued):
    answer = visit(hosted(issued(at=clock.now() - timedelta(days=200))))

    assert answer.status_code == 410
    assert "This link has expired" in answer.content.decode()


def test_no_other_secret_opens_it(business, other_business, visit, hosted, recent, gateway):
    invoice = recent()
    token = hosted(invoice).rpartition("/")[2]
    reference, _, mac = token.partition(".")
    other = invoice_secret(business, recent().id).partition(".")[2]
    assert len(mac) == 43  # all 256 bits
    for wrong in (
        reference, f"{reference}.", f"{reference}.{other}", f"{reference}.{mac[:-1]}",
        f"{reference}.{mac}=", f"{token}.{mac}", f"invoice:{invoice.id.hex}", f"x.{mac}",
        invoice_secret(other_business, invoice.id), token.replace("inv_", "pay_"),
    ):  # fmt: skip
        answer = visit(f"http://harrow.example/i/{wrong}")
        assert (wrong, answer.status_code) == (wrong, 404)
    assert rows(business, invoice) == []
    assert visit(hosted(invoice)).status_code == 200
    assert visit(f"http://harrow.example/i/invoice:{invoice.id.hex}").status_code == 404


def test_only_at_its_own_business(other_business, visit, hosted, recent, gateway):
    assert visit(hosted(recent()), host="limmat.example").status_code == 404


def test_a_draft_has_none(business, customer, api, visit):
    draft = draft_invoice(business, customer)

    assert api.get(f"/invoices/{encode('inv', draft)}").body["hosted_url"] is None
    secret = invoice_secret(business, draft)
    assert visit(f"http://harrow.example/i/{secret}").status_code == 404


def test_a_void_one_says_so(api, visit, hosted, recent):
    invoice = recent()
    api.post(f"/invoices/{encode('inv', invoice.id)}/void")
    page = visit(hosted(invoice))

    assert page.status_code == 200
    assert "void" in page.content.decode().lower()


def test_after_a_change_of_the_key(business, visit, hosted, recent, gateway):
    """What was handed out goes on while the old key is named, and what was taken back stays so."""
    invoice, taken = recent(), recent()
    old, old_taken = hosted(invoice), hosted(taken)
    visit(old_taken)
    identity.revoke_guest_link(business, rows(business, taken)[0].id, at=clock.now())
    with override_settings(SECRET_KEY=NEW_KEY, SECRET_KEY_FALLBACKS=[settings.SECRET_KEY]):
        new = hosted(invoice)
        assert new != old
        assert [visit(one).status_code for one in (old, new)] == [200, 200]
        assert len(rows(business, invoice)) == 1
        assert [visit(one).status_code for one in (old_taken, hosted(taken))] == [410, 410]
    with override_settings(SECRET_KEY=NEW_KEY, SECRET_KEY_FALLBACKS=[]):
        assert [visit(one).status_code for one in (old, new)] == [404, 200]


def test_nothing_of_the_secret_is_kept(visit, hosted, recent, gateway):
    token = hosted(recent()).rpartition("/")[2]
    visit(f"http://harrow.example/i/{token}")
    with connection.cursor() as cursor:
        cursor.execute("SELECT t::text FROM identity_guestlink t")
        [(kept,)] = cursor.fetchall()

    for secret in (token, token.partition(".")[2], hashed(token)):
        assert secret not in kept


def test_a_receipt_of_one_invoice_opens_too(api, business, visit, hosted, recent, gateway):
    invoice = recent()
    payment = encode("pay", pay(business, invoice).id)
    address = api.get(f"/payments/{payment}").body["receipt_url"]

    assert address == f"{hosted(invoice)}/payments/{payment}/receipt"
    assert visit(address)["Content-Type"] == "application/pdf"


def test_a_receipt_of_several_is_for_who_signs_in(api, customer, recent, gateway):
    parts = [{"invoice": encode("inv", recent(line(of)).id), "amount": 100} for of in ("1", "2")]
    body = {"customer": encode("cus", customer), "currency": "EUR", "amount": 200, "source": "ok"}
    made = api.post("/payments", body | {"invoices": parts}).body

    assert made["receipt_url"] == f"http://harrow.example/payments/{made['id']}/receipt"
