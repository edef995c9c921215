"""The wallet's button in a real browser: a sheet of the gateway's own, a confirmation, a token."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import FrameLocator, Page, expect

from factories.sandbox_process import Sandbox
from sandbox.fields.pages import WalletPage, wait_seen

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def wallet_page(sandbox: Sandbox) -> Iterator[WalletPage]:
    """A portal's page on another loopback port."""
    page = WalletPage(sandbox)
    yield page
    page.close()


def open_button(page: Page, wallet_page: WalletPage, query: str = "") -> FrameLocator:
    """Opens the payment page and waits for its button."""
    page.goto(f"{wallet_page.url}/{query}")
    frame = page.frame_locator("iframe")
    expect(frame.locator("#wallet-button")).to_be_visible()
    wait_seen(page, "ready")
    page.evaluate("card.on('token', (facts) => seen.push({ name: 'token', ...facts }))")
    return frame


def handed_out(page: Page) -> list[dict[str, Any]]:
    """The tokens that the button gave the page by itself."""
    found: list[dict[str, Any]] = page.evaluate("seen.filter((event) => event.name === 'token')")
    return found


def test_button_hands_out_a_token_once_the_payer_confirms(
    page: Page, wallet_page: WalletPage
) -> None:
    """By keyboard alone; the token is charged like a card's and says that it is a wallet's."""
    frame = open_button(page, wallet_page)
    page.evaluate("card.focus()")
    expect(frame.get_by_role("button", name="Pay with Apple Pay")).to_be_focused()
    page.keyboard.press("Enter")
    expect(frame.get_by_role("group", name="Apple Pay")).to_be_visible()
    expect(frame.get_by_text("€203.55")).to_be_visible()
    expect(frame.get_by_text(wallet_page.account.body["name"])).to_be_visible()
    expect(frame.get_by_label("Visa ending 4242")).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(frame.get_by_label("Mastercard ending 4444")).to_be_checked()
    page.keyboard.press("Tab")
    expect(frame.get_by_role("button", name="Confirm")).to_be_focused()
    page.keyboard.press("Enter")
    wait_seen(page, "token")
    [event] = handed_out(page)
    token = event.pop("token")
    facts = {"kind": "wallet", "wallet": "apple_pay", "brand": "mastercard", "last4": "4444"}
    assert event == {"name": "token"} | facts
    account = wallet_page.account
    charge = account.post_charge(account.request(source=token)).json()
    assert charge["status"] == "succeeded"
    assert {name: charge["instrument"][name] for name in facts} == facts
    assert charge["card"]["last4"] == "4444"
    expect(frame.locator("#wallet-button")).to_be_visible()


def test_page_opens_the_sheet_and_is_told(page: Page, wallet_page: WalletPage) -> None:
    """Its own Pay button waits for the payer; a declined card is declined as any."""
    frame = open_button(page, wallet_page)
    page.get_by_role("button", name="Pay EUR").click()
    frame.get_by_label("Visa ending 0002").check()
    frame.get_by_role("button", name="Confirm").click()
    expect(page.get_by_role("status")).to_have_text("failed visa 0002")
    assert handed_out(page) == []


@pytest.mark.parametrize("how", ["Escape", "button"])
def test_cancelling_pays_nothing(page: Page, wallet_page: WalletPage, how: str) -> None:
    """The page is told so in words, and the button is there again."""
    frame = open_button(page, wallet_page)
    before = len(wallet_page.sent)
    page.get_by_role("button", name="Pay EUR").click()
    expect(frame.get_by_label("Visa ending 4242")).to_be_focused()
    if how == "Escape":
        page.keyboard.press("Escape")
    else:
        frame.get_by_role("button", name="Cancel").click()
    expect(page.get_by_role("status")).to_have_text(
        "refused null: You cancelled. Nothing was paid."
    )
    expect(frame.get_by_role("button", name="Pay with")).to_be_focused()
    assert len(wallet_page.sent) == before


@pytest.mark.parametrize(
    ("query", "direction", "confirm"),
    [("?locale=de", "ltr", "Bestätigen"), ("?locale=ar&theme=dark", "rtl", "تأكيد")],
)
def test_sheet_speaks_and_fits(
    page: Page, wallet_page: WalletPage, query: str, direction: str, confirm: str
) -> None:
    """In every language, with a frame as high as its content, and buttons large enough."""
    frame = open_button(page, wallet_page, query)
    expect(frame.locator("html")).to_have_attribute("dir", direction)
    before = page.locator("iframe").bounding_box()
    frame.locator("#wallet-button").click()
    button = frame.get_by_role("button", name=confirm)
    expect(button).to_be_visible()
    page.wait_for_timeout(100)
    outer, inner = page.locator("iframe").bounding_box(), button.bounding_box()
    height = frame.locator("body").evaluate("(body) => body.getBoundingClientRect().height")
    assert before is not None
    assert outer is not None
    assert inner is not None
    assert outer["height"] == height > before["height"]
    assert inner["height"] >= 44
