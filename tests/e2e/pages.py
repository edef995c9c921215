"""What people do on the pages: open, type a card, pay, sign in, look for trouble."""

import re
from pathlib import Path
from typing import Any

from playwright.sync_api import Frame, FrameLocator, Page, expect

from e2e.stack import PASSWORD, Payer
from gallery.look import RUN_AXE

AXE = Path(__file__).parent / "vendor" / "axe.min.js"
GOOD = "4242 4242 4242 4242"
CHALLENGED = "4000 0025 0000 3155"
LOST = "4000 0000 0000 9979"
DECLINED = "4000 0000 0000 0002"
SLOW = 15_000  # milliseconds: a lost answer costs five seconds


def card_fields(page: Page) -> FrameLocator:
    """The gateway's frame, ready to be typed in."""
    expect(page.locator("[data-card-loading]").filter(visible=True)).to_have_count(0)
    frame = page.frame_locator("[data-card-fields]:visible iframe[src*='/elements/card']")
    expect(frame.get_by_label("Card number")).to_be_editable()
    return frame


def type_card(page: Page, number: str = GOOD) -> None:
    """Types a card by its English labels."""
    frame = card_fields(page)
    frame.get_by_label("Card number").fill(number)
    frame.get_by_label("Expiry").fill("12 / 34")
    frame.get_by_label("CVC").fill("123")


def pay_button(page: Page) -> Any:
    """The button that pays."""
    return page.get_by_role("button", name=re.compile("^Pay"))


def press_pay(page: Page) -> None:
    """One click on Pay."""
    pay_button(page).click()


def pay(page: Page, payer: Payer, number: str = GOOD) -> None:
    """Opens the link, types a card, pays."""
    page.goto(payer.link)
    type_card(page, number)
    press_pay(page)


def expect_heading(page: Page, words: str, milliseconds: float = 10_000) -> None:
    """Waits for a heading that begins with the words."""
    heading = page.get_by_role("heading", name=re.compile(f"^{re.escape(words)}"))
    expect(heading.first).to_be_visible(timeout=milliseconds)


def expect_received(page: Page, milliseconds: float = 10_000) -> None:
    """Waits for the result: the payment is received."""
    expect_heading(page, "Payment received", milliseconds)


def expect_declined(page: Page) -> None:
    """Waits for the words of a decline."""
    expect_heading(page, "Payment declined")


def download(page: Page, name: str) -> bytes:
    """What stands behind a link on the page, fetched with the reader's cookies."""
    address = page.get_by_role("link", name=name).first.get_attribute("href")
    assert address
    answer = page.request.get(absolute(page, address))
    assert (answer.status, answer.headers["content-type"]) == (200, "application/pdf")
    return answer.body()


def absolute(page: Page, path: str) -> str:
    """A path as an address of the site that the page is on."""
    return str(page.evaluate("path => new URL(path, location.href).href", path))


def sign_in(page: Page, payer: Payer) -> None:
    """Signs the payer in by password."""
    page.goto(f"{payer.business.url}/sign-in/")
    page.get_by_label("Email").fill(payer.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"{payer.business.url}/")


def speak(page: Page, language: str, url: str) -> None:
    """Chooses a language on this device, as the switch in the footer does."""
    page.context.add_cookies([{"name": "language", "value": language, "url": url}])


def sideways(page: Page) -> int:
    """By how many pixels the page is wider than its window."""
    script = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
    return int(page.evaluate(script))


def swap_language(page: Page, language: str) -> None:
    """The same page in another language, without loading again what does not depend on it: styles,
    fonts and scripts stay; what scripts have put in, the gateway's frames, is gone."""
    speak(page, language, page.url)
    page.evaluate("""async () => {
      const answer = await fetch(location.href);
      const other = new DOMParser().parseFromString(await answer.text(), 'text/html');
      const root = document.documentElement;
      root.lang = other.documentElement.lang;
      root.dir = other.documentElement.dir;
      document.title = other.title;
      document.body.replaceWith(document.adoptNode(other.body));
    }""")


def bring_axe(page: Page) -> None:
    """Has axe there on every page that is opened from now on: the browser compiles it once."""
    page.add_init_script(f"if (self === top) {{ {AXE.read_text()} }}")


def findings(page: Page | Frame, *rules: str) -> list[str]:
    """What axe finds on the page, by all of its rules or by these; its script comes in by the
    debugger, past the page's policy."""
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(AXE.read_text())
    return [
        f"{one['id']}: {node['html'][:120]} {'/'.join(map(str, node['target']))}"
        for one in page.evaluate(RUN_AXE, {"runOnly": rules} if rules else {})
        for node in one["nodes"]
    ]
