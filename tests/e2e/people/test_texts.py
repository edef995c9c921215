"""A code as a text message, in a browser: a number is added and proved, a stranger's phone gets
nothing, and the code signs in."""

import secrets

import pytest
from playwright.sync_api import Page, expect

from e2e import pages
from e2e.conftest import Device
from e2e.stack import Payer, Stack, eventually
from factories.outside.texts import Sent, sent

pytestmark = pytest.mark.browser


def text_to(stack: Stack, number: str, *, after: int = 0) -> Sent:
    """The newest text to this number, once there are more than so many."""

    def found() -> Sent | None:
        mine = [one for one in sent(stack.mailbox) if one.number == number]
        return mine[-1] if len(mine) > after else None

    newest = eventually(found, f"a text to {number}")
    assert newest is not None
    return newest


def add_number(stack: Stack, page: Page, home: str, number: str) -> None:
    """On one's own page: typed, proved."""
    page.goto(f"{home}/security/")
    page.get_by_role("link", name="Add a mobile number").click()
    assert pages.findings(page) == []
    page.get_by_label("Mobile number").fill(f"00{number[1:6]} {number[6:]}")
    page.get_by_role("button", name="Text me a code").click()
    expect(page.get_by_text(number)).to_be_visible()
    assert pages.findings(page) == []
    page.get_by_label("Code").fill(text_to(stack, number).code)
    page.get_by_role("button", name="Confirm").click()
    expect(page.get_by_text("Codes can go to your mobile number now.")).to_be_visible()
    expect(page.get_by_text(number)).to_be_visible()


def test_a_number_is_added_and_its_codes_sign_in(
    stack: Stack, device: Device, payer: Payer
) -> None:
    home, number = payer.business.url, f"+4477009{secrets.randbelow(10**5):05}"
    stack.give_password(payer)
    page = device()
    pages.sign_in(page, payer)
    add_number(stack, page, home, number)

    texts = []
    for email in (f"nobody-{secrets.token_hex(3)}@moreau.example", payer.email):
        other = device()
        other.goto(f"{home}/sign-in/")
        other.get_by_label("Email").fill(email)
        other.get_by_role("button", name="Text me a code").click()
        expect(other.get_by_label("Code")).to_be_visible()
        texts.append(other.get_by_role("main").inner_text().replace(email, "ADDRESS"))
    assert texts[0] == texts[1]
    assert "as a text message" in texts[0]
    assert pages.findings(other) == []

    text = text_to(stack, number, after=1)
    assert text.text == (f"Harrow Water: your code is {text.code}.\n\n@localhost #{text.code}")
    other.get_by_label("Code").fill(text.code.lower())
    other.get_by_role("button", name="Confirm").click()
    other.wait_for_url(f"{home}/")

    page.goto(f"{home}/security/number/")
    page.get_by_role("button", name="Remove the number").click()
    expect(page.get_by_text("Your mobile number was removed.")).to_be_visible()
    expect(page.get_by_text("None: codes come by e-mail only")).to_be_visible()
