"""A live search asks once for what was typed and sent by Enter, on the lists of both doors."""

import secrets

import pytest
from playwright.sync_api import Page, Request, expect

from e2e import pages
from e2e.conftest import Device
from e2e.people.test_kept_and_asked import staff_at
from e2e.stack import PASSWORD, Payer, Stack

pytestmark = pytest.mark.browser
LISTS = ("customers/", "invoices/", "payments/", "bank/")


def asked_of(page: Page, address: str, words: str) -> list[str]:
    """The addresses that a page asks for while the words are typed and sent at once."""
    page.goto(address)
    asked: list[str] = []

    def note(request: Request) -> None:
        if request.resource_type in ("xhr", "fetch", "document"):
            asked.append(request.url)

    page.on("request", note)
    box = page.get_by_role("searchbox")
    box.press_sequentially(words)
    box.press("Enter")
    page.wait_for_url(lambda url: f"q={words}" in url)
    page.wait_for_timeout(600)  # twice the time for which typing is waited for
    page.get_by_role("heading", level=1).click()  # the box is left: nothing new to ask for
    page.wait_for_timeout(600)
    page.remove_listener("request", note)
    expect(box).to_have_value(words)
    return asked


def test_enter_asks_once(stack: Stack, device: Device, payer: Payer) -> None:
    email = f"fin-{secrets.token_hex(3)}@harrow.example"
    home = f"{payer.business.url}/backoffice/"
    stack.office(
        "add_staff", business=payer.business.id, email=email, password=PASSWORD, role="finance"
    )
    desk = device()
    staff_at(desk, home, email)
    found = {path: len(asked_of(desk, home + path, "abc")) for path in LISTS}
    assert found == dict.fromkeys(LISTS, 1)

    stack.give_password(payer)
    stack.paid_long_ago(payer, 3)
    page = device()
    pages.sign_in(page, payer)
    for path in ("invoices/", "payments/"):
        assert len(asked_of(page, f"{payer.business.url}/{path}", "abc")) == 1, path
