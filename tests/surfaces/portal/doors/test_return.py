"""Back from the bank: the address holds no secret and shows one payment's result, for a day."""

from datetime import timedelta
from urllib.parse import urlsplit

import pytest

from counterfoil.domain.identity import operations as identity
from counterfoil.domain.identity import queries as identities
from counterfoil.domain.receivables import queries as receivables
from counterfoil.flows.addresses import RETURN_LIFE, return_url
from counterfoil.flows.pay_invoices import start
from counterfoil.flows.resolve_uncertain import resolve
from counterfoil.infra.db import reading
from counterfoil.kernel import clock
from counterfoil.kernel.actor import SYSTEM
from counterfoil.kernel.ids import decode, encode, new_id
from factories.gateways import failed, succeeded
from factories.payments import command
from ledger_text import counts

SITE = "https://harrow.example"


@pytest.fixture
def leave(gateway):
    """`leave(browser, path)`: begins to pay there, and is sent to the bank; gives the way back."""

    def begin(browser, path):
        browser.post(f"{path}/pay", {"source": "challenge", "form_key": path[-40:]})
        return urlsplit(gateway.charges[-1].return_url)

    return begin


def decide(gateway, *, yes=True):
    """The bank has made up its mind."""
    charge = gateway.charges[-1]
    paid = succeeded(charge.reference, charge.amount)
    gateway.known[charge.reference] = paid if yes else failed(charge.reference)


def test_nothing_that_leaves_holds_the_links_secret(portal, issued, link, gateway):
    paths = [link(issued()) for _ in range(3)]
    for path, source in zip(paths, ["ok", "declined", "challenge"], strict=True):
        browser = portal()
        page = browser.get(path)
        browser.post(f"{path}/pay", {"source": source, "form_key": source})
        assert page.status_code == 200

    assert len(gateway.charges) == 3
    for path, charge in zip(paths, gateway.charges, strict=True):
        assert path.removeprefix("/i/") not in repr(charge)
        assert charge.return_url.startswith(f"{SITE}/back/")


def test_a_guest_comes_back_to_the_pages_of_the_link(portal, issued, link, gateway, leave):
    browser, path = portal(), link(issued())
    back = leave(browser, path)
    decide(gateway)

    first = browser.get(back.path)
    page = browser.get(first["Location"])

    reference = gateway.charges[0].reference
    assert first["Location"] == f"{path}/payments/{reference}?back=1"
    assert "Payment received" in page.content.decode()
    assert f"{path}/payments/{reference}/receipt" in page.content.decode()


def test_a_guest_in_another_browser_sees_the_result_alone(portal, issued, link, gateway, leave):
    path = link(issued())
    back = leave(portal(), path)
    decide(gateway)

    answer = portal().get(f"{back.path}?charge=ch_1")
    page = answer.content.decode()

    assert answer.status_code == 200
    assert "Payment received" in page
    assert "INV-2026-00001" in page
    assert (path in page, "/receipt" in page, "/invoices/" in page) == (False, False, False)


def test_a_declined_guest_is_back_at_the_form(portal, issued, link, gateway, leave):
    browser, path = portal(), link(issued())
    back = leave(browser, path)
    decide(gateway, yes=False)

    page = browser.get(browser.get(back.path)["Location"])

    assert page["Location"] == f"{path}?declined={gateway.charges[0].reference}"


def test_a_decline_that_the_gateway_told_first_is_answered_by_the_form_too(
    business, portal, issued, link, gateway, leave
):
    browser, path = portal(), link(issued())
    back = leave(browser, path)
    decide(gateway, yes=False)
    reference = gateway.charges[0].reference
    resolve(business, decode("pay", reference), at=clock.now())

    page = browser.get(browser.get(back.path)["Location"])

    assert page["Location"] == f"{path}?declined={reference}"


def test_a_declined_guest_in_another_browser_is_told(portal, issued, link, gateway, leave):
    back = leave(portal(), link(issued()))
    decide(gateway, yes=False)

    page = portal().get(back.path).content.decode()

    assert "Payment declined" in page
    assert "open the link in your e-mail again" in page


def test_who_signed_in_comes_back_to_their_payment(alice, issued, gateway, leave):
    back = leave(alice, f"/invoices/{issued().number}")
    decide(gateway)

    answer = alice.get(back.path)

    assert answer["Location"] == f"/payments/{gateway.charges[0].reference}?back=1"
    assert "Payment received" in alice.get(answer["Location"]).content.decode()


def test_another_customer_who_signed_in_sees_the_result_alone(
    business, other_customer, alice, gateway
):
    asked = command(other_customer, source="challenge", amount_minor=500, site=SITE)
    start(business, asked, by=SYSTEM, at=clock.now())
    decide(gateway)

    page = alice.get(urlsplit(gateway.charges[0].return_url).path)

    assert page.status_code == 200
    assert "Payment received" in page.content.decode()
    assert "/receipt" not in page.content.decode()


def test_an_open_outcome_is_awaited_there(portal, issued, link, gateway, leave):
    back = leave(portal(), link(issued()))

    page = portal().get(back.path).content.decode()
    waiting = portal().get(back.path, headers={"HX-Request": "true"}).content.decode()

    asked = len(gateway.look_ups)
    decide(gateway)
    known = portal().get(back.path)
    told = portal().get(back.path, headers={"HX-Request": "true"})

    assert "Your payment is not finished" in page
    assert "No money has moved" in page
    assert f'href="{back.path}/finish"' in page
    assert f'hx-get="{back.path}"' in waiting
    assert asked == 1
    assert "Payment received" in known.content.decode()
    assert told["HX-Refresh"] == "true"


@pytest.mark.parametrize("claim", ["status=succeeded", "redirect_status=succeeded&payment=paid"])
def test_what_the_address_claims_pays_nothing(
    business, customer, portal, issued, link, gateway, leave, claim
):
    invoice = issued()
    back = leave(portal(), link(invoice))
    before = counts(business)

    answers = [portal().get(f"{back.path}?{claim}"), portal().get(f"{back.path}/finish?{claim}")]

    shown = answers[0].content.decode()
    assert ("Payment received" in shown, "Your payment is not finished" in shown) == (False, True)
    assert "No money has moved" in shown
    assert [one.status_code for one in answers] == [200, 302]
    assert len(gateway.look_ups) >= 1  # the gateway was asked instead
    assert counts(business) == before
    with reading(business):
        (item,) = receivables.open_items(business, customer, "EUR")
    assert (item.id, item.paid_minor, item.settled_at) == (invoice.id, 0, None)


def test_another_businesss_host_knows_nothing_of_it(
    other_business, portal, issued, link, gateway, leave
):
    back = leave(portal(), link(issued()))

    answer = portal().get(back.path, headers={"host": "mill.example"})

    assert answer.status_code == 404
    assert "INV-2026" not in answer.content.decode()


def test_a_changed_address_says_so(business, portal, issued, link, gateway, leave):
    back = leave(portal(), link(issued())).path
    token = back.removeprefix("/back/")
    other = encode("pay", new_id())
    head, rest = token.split(".", 1)
    changed = [f"{token}x", token[:-1], f"{other}.{rest}", f"{head}.ffffffff.{rest.split('.')[1]}"]
    before = counts(business)

    answers = [portal().get(f"/back/{one}") for one in changed]

    assert [one.status_code for one in answers] == [404] * 4
    assert all("This address is not complete" in one.content.decode() for one in answers)
    assert all("please do not pay again yet" in one.content.decode() for one in answers)
    assert counts(business) == before


@pytest.mark.parametrize(("late", "status"), [(-60, 200), (60, 410)])
def test_it_is_shown_for_a_day(business, portal, issued, link, gateway, leave, late, status):
    leave(portal(), link(issued()))
    decide(gateway)
    began = clock.now() - RETURN_LIFE - timedelta(seconds=late)
    attempt_id = decode("pay", gateway.charges[0].reference)
    address = return_url(business, SITE, attempt_id, at=began)

    answer = portal().get(urlsplit(address).path)

    assert answer.status_code == status
    assert ("This address has expired" in answer.content.decode()) == (status == 410)


def test_it_opens_nothing_else(portal, issued, link, gateway, leave):
    token = leave(portal(), link(issued())).path.removeprefix("/back/")
    reference = token.split(".")[0]

    paths = [f"/i/{token}", f"/back/{token}/receipt", f"/i/{token}/payments/{reference}"]

    assert [portal().get(path).status_code for path in paths] == [404] * 3


def test_a_link_that_was_taken_back_leads_to_the_result_alone(
    business, portal, issued, link, gateway, leave
):
    browser, path = portal(), link(issued())
    back = leave(browser, path)
    decide(gateway)
    found = identities.guest_link(path.removeprefix("/i/"))
    identity.revoke_guest_link(business, found.id, at=clock.now())

    page = browser.get(back.path)

    assert page.status_code == 200
    assert "Payment received" in page.content.decode()
    assert "/receipt" not in page.content.decode()
