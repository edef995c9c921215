"""People in a browser: a forwarded link (J20), a bookkeeper who may only look (J21), and one person
with three companies in two tabs (J22)."""

import re

import pytest
from playwright.sync_api import Page, expect

from e2e import pages, witness
from e2e.conftest import Device
from e2e.stack import Payer, Stack, eventually
from factories.mails import mailbox, text_of

pytestmark = pytest.mark.browser


def test_a_forwarded_link_opens_one_invoice_and_is_taken_back_with_two_clicks(
    stack: Stack, device: Device, payer: Payer
) -> None:
    other = stack.issue(payer.business, payer.customer)
    stranger = device()
    pages.pay(stranger, payer)
    pages.expect_received(stranger)
    assert witness.tries(stack, payer) == ["succeeded"]
    stranger.goto(payer.link)
    expect(stranger.get_by_text("Whoever it is forwarded to")).to_be_visible()
    assert str(other["number"]) not in stranger.content()
    for path in ("/", "/payments/", "/profile/", "/people/", f"/invoices/{other['number']}"):
        stranger.goto(payer.business.url + path)
        expect(stranger.get_by_role("heading", name="Sign in")).to_be_visible()

    owner = device()
    stack.give_password(payer)
    pages.sign_in(owner, payer)
    owner.goto(f"{payer.business.url}/links/")
    expect(owner.get_by_text("Last used")).to_be_visible()
    owner.get_by_text("Last used").click()
    expect(owner.get_by_text("paid once")).to_be_visible()
    assert pages.findings(owner) == []
    used = owner.get_by_role("listitem").filter(has_text="paid once")
    used.get_by_role("button", name=re.compile("^Take back")).click()
    expect(owner.get_by_text("The link is taken back")).to_be_visible()

    answer = stranger.goto(payer.link)
    assert answer is not None
    assert answer.status == 410
    expect(stranger.get_by_role("heading", name="This link was taken back")).to_be_visible()


def invitation(stack: Stack, email: str) -> str:
    """The link in the mail to this address, once it has come."""

    def found() -> str:
        for one in mailbox(stack.mailbox):
            link = re.search(r"http\S+/join/\S+", text_of(one)) if one["To"] == email else None
            if link:
                return link.group()
        return ""

    return eventually(found, f"an invitation to {email}")


def test_a_bookkeeper_is_asked_in_and_can_only_look(
    stack: Stack, device: Device, payer: Payer
) -> None:
    email = f"books-{payer.email}"
    owner = device()
    stack.give_password(payer)
    pages.sign_in(owner, payer)
    owner.get_by_role("link", name=payer.name).click()  # 1: the profile
    owner.get_by_role("link", name="Invite and change").click()  # 2
    owner.get_by_label("Email", exact=True).fill(email)
    owner.get_by_role("radio", name=re.compile("^Sees only")).check()  # 3
    assert pages.findings(owner) == []
    owner.get_by_role("button", name="Send the invitation").click()  # 4
    expect(owner.get_by_text(f"An invitation is on its way to {email}")).to_be_visible()

    books = device()
    link = invitation(stack, email)
    for _ in range(2):  # as a scanner does
        assert books.request.get(link).status == 200
    books.goto(link)
    assert pages.findings(books) == []
    books.get_by_role("button", name="Accept the invitation").click()
    books.wait_for_url(f"{payer.business.url}/")
    books.goto(payer.invoice_url)

    expect(books.get_by_text("somebody else in your company pays it")).to_be_visible()
    expect(books.get_by_role("button", name=re.compile("^Pay"))).to_have_count(0)
    refused = books.evaluate(
        """async (url) => {
          const csrf = document.querySelector('[name=csrfmiddlewaretoken]').value;
          const body = new URLSearchParams({csrfmiddlewaretoken: csrf, source: 'x', form_key: 'k'});
          return (await fetch(url + '/pay', {method: 'POST', body})).status;
        }""",
        payer.invoice_url,
    )
    assert refused == 403
    assert witness.tries(stack, payer) == []
    answer = books.goto(f"{payer.business.url}/people/")
    assert answer is not None
    assert answer.status == 403
    expect(books.get_by_text(f"{payer.name} can change that")).to_be_visible()


def add(stack: Stack, person: Payer, to: Payer) -> None:
    """Lets a person act for another customer too."""
    contact = {"name": person.name, "email": person.email}
    stack.office("add_contact", business=to.business.id, customer=to.customer, contact=contact)


def test_three_companies_in_two_tabs_never_mix(stack: Stack, device: Device, payer: Payer) -> None:
    second = stack.payer()
    away = stack.payer(stack.mill)
    add(stack, payer, away)
    stack.give_password(payer)
    one = device()
    pages.sign_in(one, Payer(away.business, "", payer.name, payer.email, {}, ""))
    pages.sign_in(one, payer)
    add(stack, payer, second)
    one.goto(f"{payer.business.url}/")
    expect(one.get_by_role("heading", name="Where to?")).to_be_visible()
    assert pages.findings(one) == []
    one.get_by_role("link", name=re.compile("^Atelier Moreau")).first.click()
    one.goto(one.url + f"invoices/{payer.number}")

    two = one.context.new_page()
    two.goto(f"{payer.business.url}/invoices/{second.number}")  # a mail's link finds its customer
    expect(two.get_by_role("heading", name=f"Invoice {second.number}")).to_be_visible()
    two.get_by_role("link", name=re.compile("^Switch from")).click()  # 1
    expect(two.get_by_text("you are here")).to_be_visible()

    pages.type_card(one)
    pages.press_pay(one)  # the first tab pays for the first, though the second was opened since
    pages.expect_received(one)
    assert witness.tries(stack, payer) == ["succeeded"]
    assert witness.tries(stack, second) == []
    two.go_back()
    two.reload()
    expect(two.get_by_role("heading", name=f"Invoice {second.number}")).to_be_visible()
    assert payer.number not in two.content()

    two.get_by_role("link", name=re.compile("^Switch from")).click()  # 1
    two.get_by_role("button", name=re.compile("Mill Lane$")).click()  # 2
    two.wait_for_url(f"{away.business.url}/")
    two.goto(away.invoice_url)
    expect(two.get_by_role("heading", name=f"Invoice {away.number}")).to_be_visible()


def test_the_pages_are_usable_on_a_small_phone(stack: Stack, page: Page, payer: Payer) -> None:
    stack.give_password(payer)
    pages.sign_in(page, payer)
    page.set_viewport_size({"width": 320, "height": 700})
    for path in ("/people/", "/links/", "/switch/", "/register/"):
        page.goto(payer.business.url + path)
        assert pages.sideways(page) == 0, path
        assert pages.findings(page) == [], path
