"""Every page for everybody: by keyboard, at 320 pixels, at 400 % zoom, light and dark, in three
languages, with no finding of axe.

A page is opened in English, and looked at whole, by every rule of axe; then its German and its
Arabic are put in the place of the English, and looked at for what can differ: the direction, the
width, the colours in the dark, and what only a small screen shows.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

import pytest
from playwright.sync_api import Page, expect

from e2e import pages, tour, witness
from e2e.conftest import Device
from e2e.stack import Payer, Stack
from e2e.tour import History, Stop

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@dataclass(frozen=True)
class Look:
    """A language, the widths in which it is measured, and the rules by which axe looks at the last
    of them; no rule named: all."""

    language: str
    widths: tuple[int, ...]
    theme: str
    rules: tuple[str, ...] = ()
    has_axe: bool = True


# 320 x 256 is 1280 x 1024 at 400 %. German is the longest: it is measured in every width.
NARROW, PHONE, TABLET, DESK = 320, 390, 768, 1440
HEIGHT = 256
ENGLISH = Look("en", (PHONE, DESK), "light")
ON_A_SMALL_SCREEN = ("color-contrast", "scrollable-region-focusable", "button-name", "link-name")
OTHERS = (
    Look("de", (DESK, TABLET, PHONE, NARROW), "dark", ON_A_SMALL_SCREEN),
    Look("ar", (NARROW, TABLET), "dark", has_axe=False),
)


@pytest.fixture
def history(stack: Stack, device: Device) -> History:
    """Something to look at; made once, and kept with the stack."""
    if not hasattr(stack, "history"):
        stack.history = tour.make_history(stack, device)  # type: ignore[attr-defined]
    return stack.history  # type: ignore[attr-defined, no-any-return]


def troubles(page: Page, look: Look) -> list[str]:
    """What is wrong with the page that is open: at every width, and for axe at the last."""
    found = []
    language, direction, headings, title = page.evaluate("""() => {
      const root = document.documentElement;
      const headings = document.querySelectorAll('h1').length;
      return [root.lang, root.dir, headings, document.title.trim()];
    }""")
    if (language, direction or "ltr") != (look.language, "rtl" if language == "ar" else "ltr"):
        found.append(f"speaks {language} {direction}")
    if headings != 1 or not title:
        found.append("has not one heading and a title")
    page.emulate_media(color_scheme=look.theme)  # type: ignore[arg-type]
    for width in look.widths:
        page.set_viewport_size({"width": width, "height": HEIGHT})
        over = pages.sideways(page)
        if over > 0:
            found.append(f"at {width} it is {over} pixels too wide")
    seen = pages.findings(page, *look.rules) if look.has_axe else []
    return found + [f"at {width} {look.theme}: {one}" for one in seen]


def walk(page: Page, stops: Iterable[Stop], others: Iterable[Look] = OTHERS) -> list[str]:
    """What is wrong along the tour."""
    found = []
    pages.bring_axe(page)
    for stop in stops:
        for look in (ENGLISH, *others):
            if look is ENGLISH:
                page.context.clear_cookies(name="language")
                stop.open(page)
            else:
                pages.swap_language(page, look.language)
            found += [f"{stop.name} in {look.language}: {one}" for one in troubles(page, look)]
    return found


def test_the_pages_of_a_guest(device: Device, history: History) -> None:
    page = device(reduced_motion="reduce")
    assert walk(page, tour.guest_stops(history)) == []


def test_the_pages_behind_forms(page: Page, history: History) -> None:
    """Opened in English alone, because asking for codes is limited."""
    assert walk(page, tour.form_stops(history), others=()) == []


def test_the_pages_of_a_customer(stack: Stack, device: Device, history: History) -> None:
    page = device(reduced_motion="reduce")
    pages.sign_in(page, history.payer)
    assert walk(page, tour.person_stops(stack, history)) == []


def test_the_pages_of_the_backoffice(stack: Stack, device: Device, history: History) -> None:
    page = device(reduced_motion="reduce")
    tour.sign_staff_in(page, history)
    assert walk(page, tour.staff_stops(stack, history)) == []


def test_the_card_fields_in_their_frame(stack: Stack, page: Page, payer: Payer) -> None:
    page.goto(payer.link)
    pages.card_fields(page)
    frame = next(one for one in page.frames if one.url.startswith(stack.sandbox.url))
    # Those two are asked of the page around it.
    asked = ("landmark-one-main", "page-has-heading-one")
    assert [one for one in pages.findings(frame) if not one.startswith(asked)] == []


def test_a_page_with_a_fault_is_noticed(page: Page, payer: Payer) -> None:
    """So that the silence of the tests above means something."""
    page.goto(payer.link)
    page.evaluate("""() => {
      const image = document.createElement('img');
      image.src = '/logo';
      const wide = document.createElement('div');
      wide.style.width = '3000px';
      wide.append(image, 'wide');
      document.querySelector('main').append(wide);
    }""")
    assert [one.split(":")[0] for one in pages.findings(page)] == ["image-alt"]
    assert pages.sideways(page) > 0


def test_another_language_takes_the_place_of_the_first(page: Page, payer: Payer) -> None:
    page.goto(payer.link)
    pages.swap_language(page, "ar")
    heading = page.get_by_role("heading", level=1)
    expect(heading).to_have_text(re.compile("الفاتورة"))
    assert heading.evaluate("e => getComputedStyle(e).direction") == "rtl"
    page.evaluate("() => { document.querySelector('main').style.minWidth = '3000px' }")
    wide = [f"at {width} it is {3000 - width} pixels too wide" for width in (320, 768)]
    assert troubles(page, OTHERS[-1]) == wide
    assert troubles(page, ENGLISH)[0] == "speaks ar rtl"


def tab_until(page: Page, words: str, most: int = 30) -> None:
    """Presses Tab until what has the focus is called by these words."""
    script = """() => {
      const focused = document.activeElement;
      if (focused.tagName === 'IFRAME') return 'frame';
      return focused.getAttribute('aria-label') || focused.textContent;
    }"""
    for _ in range(most):
        page.keyboard.press("Tab")
        if re.search(words, page.evaluate(script).strip()):
            return
    raise AssertionError(f"Tab never reached {words}")


def test_paying_by_keyboard_alone_at_320_pixels(stack: Stack, device: Device, payer: Payer) -> None:
    page = device(viewport={"width": 320, "height": 568})
    page.goto(payer.link)
    frame = pages.card_fields(page)
    tab_until(page, "^frame$")
    expect(frame.get_by_label("Card number")).to_be_focused()
    for text in ("4000000000000002", "1234", "123"):
        page.keyboard.type(text)
        page.keyboard.press("Tab")
    expect(pages.pay_button(page)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert").filter(has_text="Payment declined")).to_be_visible()
    for label in ("CVC", "Expiry", "Card number"):
        page.keyboard.press("Shift+Tab")
        expect(frame.get_by_label(label)).to_be_focused()
    page.keyboard.press("Control+a")
    page.keyboard.type("4242424242424242")
    page.keyboard.press("Enter")
    pages.expect_received(page)
    assert page.title().startswith("Payment received")
    tab_until(page, "^Download receipt")
    witness.check_paid_once(stack, payer)


def test_signing_in_and_finding_an_invoice_by_keyboard(
    stack: Stack, page: Page, payer: Payer
) -> None:
    stack.give_password(payer)
    page.goto(f"{payer.business.url}/sign-in/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    tab_until(page, "^Use a passkey$", most=1)
    page.keyboard.press("Tab")
    expect(page.get_by_label("Email")).to_be_focused()
    page.keyboard.type(payer.email)
    page.keyboard.press("Tab")
    page.keyboard.type("pay-me-4242")
    page.keyboard.press("Enter")
    page.wait_for_url(f"{payer.business.url}/")
    tab_until(page, "^Invoices$")
    page.keyboard.press("Enter")
    page.wait_for_url("**/invoices/")
    tab_until(page, f"^{payer.number}")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name=f"Invoice {payer.number}")).to_be_visible()
