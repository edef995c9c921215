"""Who holds a link, who used it, and how it is ended."""

from datetime import timedelta

import pytest

from counterfoil.domain.customers.writing import link_uses
from counterfoil.domain.identity import operations as identity
from counterfoil.domain.identity import queries
from counterfoil.infra.db import reading
from counterfoil.kernel import clock
from counterfoil.kernel.ids import encode
from factories.invoices import issued_invoice

AGENT = {"HTTP_USER_AGENT": "Mozilla/5.0 (Windows NT 10.0) Gecko Firefox/140.0"}


def uses(business, customer):
    with reading(business):
        return link_uses.uses(business, customer)


def test_a_stranger_sees_one_invoice_pays_and_the_owner_sees_who_it_was(
    owner, portal, business, customer, issued, link, gateway
):
    invoice, other = issued(), issued()
    path = link(invoice)
    stranger = portal()
    stranger.defaults.update(AGENT)
    html = stranger.get(path).content.decode()
    assert "Whoever it is forwarded to" in html
    assert other.number not in html
    stranger.head(path)
    stranger.get(path)
    stranger.post(f"{path}/pay", {"source": "ok", "form_key": "k"})
    for private in ("/", "/payments/", "/links/", "/people/", f"/invoices/{other.number}"):
        assert stranger.get(private).status_code == 302

    page = owner.get("/links/").content.decode()

    assert invoice.number in page
    assert "alice@example.com" in page
    assert "Firefox, Windows" in page
    assert "127.0.0.1" in page
    assert "opened 2 times" in page
    assert "paid once" in page
    assert "Take back" in page


def test_taken_back_with_two_clicks_and_then_gone(owner, portal, issued, link, gateway):
    path = link(issued())
    page = owner.get("/links/").content.decode()  # the first click
    revoke = next(
        part for part in page.split('"') if part.startswith("/links/lnk_") and "revoke" in part
    )

    assert owner.post(revoke).status_code == 302  # the second

    assert portal().get(path).status_code == 410
    assert portal().post(f"{path}/pay", {"source": "ok", "form_key": "k"}).status_code == 410
    assert "No link works" in owner.get("/links/").content.decode()
    assert owner.post(revoke).status_code == 404


def test_its_life_is_set(owner, business, issued, link):
    invoice = issued()
    link(invoice)
    page = owner.get("/links/").content.decode()
    life = next(part for part in page.split('"') if part.startswith("/links/") and "life" in part)

    assert owner.post(life, {"days": "1"}).status_code == 302
    assert owner.post(life, {"days": "9999"}).status_code == 404
    assert owner.post(life, {}).status_code == 404
    held = queries.customer_links(business, invoice.customer_id, at=clock.now())
    assert held[0].expires_at - clock.now() < timedelta(days=1, minutes=1)


def test_others_see_and_end_only_what_was_sent_to_them(
    colleague, business, customer, issued, link, gateway, portal
):
    _who, browser = colleague("sees")
    invoice = issued()
    path = link(invoice)  # to Alice
    identity.make_guest_link(
        business, invoice.id, customer, sent_to="SEES@example.com", at=clock.now()
    )

    page = browser.get("/links/").content.decode()
    assert "SEES@example.com" in page
    assert "alice@example.com" not in page
    shown = browser.get(f"/invoices/{invoice.number}").content.decode()
    assert "alice@example.com" not in shown
    alices = next(one for one in held_ids(business, customer) if one[1] == "alice@example.com")
    assert browser.post(f"/links/{alices[0]}/revoke").status_code == 404
    assert browser.post(f"/invoices/{invoice.number}/revoke?link={alices[0]}").status_code == 403
    assert portal().get(path).status_code == 200


def test_who_does_not_look_after_people_gives_their_links_no_longer_life(
    colleague, business, customer, issued, link, gateway
):
    _who, browser = colleague("statements")  # who may not see an invoice
    invoice, day = issued(), timedelta(days=1)
    token = identity.make_guest_link(
        business, invoice.id, customer, sent_to="statements@example.com", at=clock.now(), life=day
    )
    (outside, _) = next(
        one for one in held_ids(business, customer) if one[1] == "statements@example.com"
    )

    answer = browser.post(f"/links/{outside}/life", {"days": "90"})

    held = queries.guest_link(token)
    assert (answer.status_code, held.expires_at - clock.now() < day) == (403, True)
    assert "/life" not in browser.get("/links/").content.decode()


def held_ids(business, customer):
    found = queries.customer_links(business, customer, at=clock.now())
    return [(encode("lnk", one.id), one.sent_to) for one in found]


def test_another_customers_link_is_not_there(owner, business, other_customer, issued, gateway):
    theirs = issued_invoice(business, other_customer)
    identity.make_guest_link(business, theirs.id, other_customer, sent_to="b@b.bb", at=clock.now())
    outside = held_ids(business, other_customer)[0][0]

    assert "b@b.bb" not in owner.get("/links/").content.decode()
    assert owner.post(f"/links/{outside}/revoke").status_code == 404
    assert owner.post(f"/links/{outside}/life", {"days": "1"}).status_code == 404


@pytest.mark.parametrize("times", [3])
def test_uses_of_a_day_are_one_row(portal, business, customer, issued, link, gateway, times):
    path = link(issued())
    for _ in range(times):
        portal().get(path)

    (found,) = uses(business, customer).values()
    assert [(one.opened_count, one.paid_count) for one in found] == [(times, 0)]


@pytest.mark.parametrize(
    ("more", "headers"),
    [("", {"hx-request": "true"}), ("/pdf", {}), ("/pdf", {"hx-request": "true"})],
)
def test_nobody_looks_unseen(portal, business, customer, issued, link, gateway, more, headers):
    """Neither by a part of the page, as its own script asks for it, nor by the document alone."""
    path = link(issued())
    portal().get(f"{path}{more}", headers=headers)

    (found,) = uses(business, customer).values()
    assert [one.opened_count for one in found] == [1]


def test_a_page_that_asks_again_by_itself_was_opened_once(
    portal, business, customer, issued, link, gateway
):
    path, browser = link(issued()), portal()
    browser.get(path)
    for _ in range(3):
        browser.get(path, headers={"hx-request": "true"})

    (found,) = uses(business, customer).values()
    assert [one.opened_count for one in found] == [1]
