"""Every page for everybody: by keyboard, at 320 pixels, at 400 % zoom, light and dark, in three
languages, with no finding of axe."""

import re
from collections.abc import Iterable

import pytest
from playwright.sync_api import Page, expect

from e2e import pages, tour, witness
from e2e.conftest import Device
from e2e.stack import Payer, Stack
from e2e.tour import History, Stop

pytestmark = [pytest.mark.browser, pytest.mark.slow]

LANGUAGES = ("en", "de", "ar")
WIDTHS = ((320, 256), (390, 844), (768, 1024), (1440, 900))  # the first is 1280 x 1024 at 400 %
LOOKS = {"en": (1440, "light"), "de": (320, "dark"), "ar": (390, "light")}


@pytest.fixture
def history(stack: Stack, device: Device) -> History:
    """Something to look at; made once, and kept with the stack."""
    if not hasattr(stack, "history"):
        stack.history = tour.make_history(stack, device)  # type: ignore[attr-defined]
    return stack.history  # type: ignore[attr-defined, no-any-return]


def troubles(page: Page, stop: Stop, language: str) -> list[str]:
    """What is wrong with a page: at every width, and in the look that goes with a language."""
    stop.open(page)
    found = []
    root = page.evaluate("() => [document.documentElement.lang, document.documentElement.dir]")
    if root[0] != language or root[1] not in ("rtl" if language == "ar" else "ltr", ""):
        found.append(f"speaks {root}")
    for width, height in WIDTHS:
        page.set_viewport_size({"width": width, "height": height})
        if pages.sideways(page) > 0:
            found.append(f"at {width} it is {pages.sideways(page)} pixels too wide")
    width, theme = LOOKS[language]
    page.set_viewport_size({"width": width, "height": 800})
    page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
    found += [f"at {width} {theme}: {one}" for one in pages.findings(page)]
    if page.locator("h1").count() != 1 or not page.title().strip():
        found.append("has not one heading and a title")
    return [f"{stop.name} in {language}: {one}" for one in found]


def walk(page: Page, stops: Iterable[Stop], language: str) -> list[str]:
    """What is wrong along the tour."""
    return [trouble for stop in stops for trouble in troubles(page, stop, language)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_pages_of_a_guest(
    stack: Stack, device: Device, history: History, language: str
) -> None:
    page = device(reduced_motion="reduce")
    pages.speak(page, language, history.payer.business.url)
    assert walk(page, tour.guest_stops(history), language) == []


def test_the_pages_behind_forms(stack: Stack, page: Page, history: History) -> None:
    assert walk(page, tour.form_stops(history), "en") == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_pages_of_a_customer(
    stack: Stack, device: Device, history: History, language: str
) -> None:
    page = device(reduced_motion="reduce")
    pages.sign_in(page, history.payer)
    pages.speak(page, language, history.payer.business.url)
    assert walk(page, tour.person_stops(history), language) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_pages_of_the_backoffice(
    stack: Stack, device: Device, history: History, language: str
) -> None:
    page = device(reduced_motion="reduce")
    tour.sign_staff_in(page, history)
    pages.speak(page, language, history.payer.business.url)
    assert walk(page, tour.staff_stops(stack, history), language) == []


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
    for _ in range(3):
        page.keyboard.press("Shift+Tab")
    expect(frame.get_by_label("Card number")).to_be_focused()
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
