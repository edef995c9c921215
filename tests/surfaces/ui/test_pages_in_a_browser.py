"""Every page in Chromium: no finding of axe, no sideways scroll, no small target, no complaint."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

import counterfoil.surfaces as surfaces_of
from gallery.look import EVERY, look
from gallery.serving import Gallery

pytestmark = [pytest.mark.browser, pytest.mark.slow]
_LINE = "parseFloat(getComputedStyle(document.querySelector('textarea')).lineHeight)"
TAKES = [take for take in EVERY if take.name in {"320-light-de", "1440-dark-en", "390-light-ar"}]


@pytest.mark.parametrize("index", range(len(TAKES)), ids=[take.name for take in TAKES])
def test_no_page_has_a_finding(
    index: int, gallery: Gallery, browser: Browser, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each page once, a third of them each way; `python -m gallery.look` does all ways."""
    staying = [name for name in gallery.stories if name != "leave"]  # that one goes on by itself
    names = staying[index :: len(TAKES)]
    count = look(browser, gallery, names, (TAKES[index],), None)
    assert (count, capsys.readouterr().out) == (0, "")


def fill(page: Page, number: str) -> None:
    """Types a card into the gateway's frame."""
    frame = page.frame_locator("[data-card-fields] iframe")
    frame.get_by_label("Card number").fill(number)
    frame.get_by_label("Expiry").fill("12 / 34")
    frame.get_by_label("CVC").fill("123")


def test_a_decline_keeps_the_typed_card_and_the_second_try_pays(
    gallery: Gallery, browser: Browser
) -> None:
    gallery.sent.clear()
    page = browser.new_page(viewport={"width": 390, "height": 900})
    page.goto(f"{gallery.url}/invoice-payable")
    fill(page, "4242 4242 4242 4242")
    page.get_by_role("button", name="Pay €203.55").click()
    expect(page.get_by_role("heading", name="Payment declined")).to_be_visible()
    frame = page.frame_locator("[data-card-fields] iframe")
    assert frame.get_by_label("Card number").input_value() == "4242 4242 4242 4242"
    page.get_by_role("button", name="Pay €203.55").dblclick()
    expect(page.get_by_role("heading", name="Payment received")).to_be_visible()
    keys = [re.findall(rb'name="form_key"\s+(\w+)', body)[0] for body in gallery.sent]
    assert keys == [b"key_1", b"key_2"]
    assert all(re.search(rb'name="source"\s+tok_\w+', body) for body in gallery.sent)
    assert not any(b"4242" in body for body in gallery.sent)
    page.close()


def test_a_wrong_card_is_told_in_the_field_and_nothing_is_sent(
    gallery: Gallery, browser: Browser
) -> None:
    gallery.sent.clear()
    page = browser.new_page()
    page.goto(f"{gallery.url}/invoice-payable")
    fill(page, "4242 4242 4242 4241")
    page.get_by_role("button", name="Pay €203.55").click()
    frame = page.frame_locator("[data-card-fields] iframe")
    expect(frame.get_by_label("Card number")).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_role("button", name="Pay €203.55")).to_have_attribute(
        "aria-disabled", "false"
    )
    assert gallery.sent == []
    page.close()


def test_a_blocked_script_is_told_in_words(gallery: Gallery, browser: Browser) -> None:
    page = browser.new_page()
    page.goto(f"{gallery.url}/invoice-payable-blocked")
    expect(page.get_by_role("alert")).to_contain_text("The card form did not load")
    expect(page.get_by_role("alert")).to_contain_text("No money was taken.")
    expect(page.get_by_role("button", name="Pay")).to_have_count(0)
    page.close()


def test_without_javascript_the_page_says_how_to_go_on(gallery: Gallery, browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{gallery.url}/invoice-payable")
    expect(page.get_by_role("heading", name="Paying by card needs JavaScript")).to_be_visible()
    expect(page.get_by_role("heading", name="Invoice HW-2026-00418")).to_be_visible()
    expect(page.get_by_role("button", name="Pay")).to_have_count(0)
    context.close()


def test_the_pay_button_is_reached_and_pressed_by_keyboard(
    gallery: Gallery, browser: Browser
) -> None:
    gallery.sent.clear()
    page = browser.new_page()
    page.goto(f"{gallery.url}/invoice-payable")
    expect(page.locator("[data-card-loading]")).to_have_count(0)
    frame = page.frame_locator("[data-card-fields] iframe")
    frame.get_by_label("Card number").focus()
    for text in ("5555555555554444", "1234", "123"):
        page.keyboard.type(text)
        page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Pay €203.55")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Payment declined")).to_be_visible()
    assert len(gallery.sent) == 1
    page.close()


@pytest.mark.parametrize("name", ["home-looked", "home-unknown", "home-currencies"])
def test_what_stands_on_the_first_page_does_not_touch(
    name: str, gallery: Gallery, browser: Browser
) -> None:
    page = browser.new_page(viewport={"width": 390, "height": 900})
    page.goto(f"{gallery.url}/{name}")
    between = page.eval_on_selector_all(
        "main > .notice, main > .card, main > .block",
        "all => all.map(one => one.getBoundingClientRect()).map((one, index, every) => "
        "index ? Math.round(one.top - every[index - 1].bottom) : 16)",
    )
    page.close()
    assert len(between) > 1
    assert min(between) >= 16


def test_a_code_is_asked_for_with_the_typed_address(gallery: Gallery, browser: Browser) -> None:
    gallery.sent.clear()
    page = browser.new_page()
    page.goto(f"{gallery.url}/account-login")
    page.get_by_role("button", name="Email me a code").click()
    expect(page.get_by_label("Email")).to_be_focused()
    assert gallery.sent == []
    page.close()


def test_a_box_for_many_words_is_as_tall_as_its_template_says(browser: Browser) -> None:
    """A box that grows with its words starts at one line in a browser, whatever its rows."""
    surfaces = Path(surfaces_of.__file__).parent
    asked = {
        int(rows)
        for page in surfaces.rglob("*.html")
        for rows in re.findall(r'<textarea [^>]*rows="(\d+)"', page.read_text())
    }
    assert len(asked) > 1
    styles = [*(surfaces / "ui/static/ui").glob("*.css")]
    styles += (surfaces / "backoffice/static/backoffice").glob("*.css")
    page = browser.new_page()
    page.set_content(f"<style>{' '.join(one.read_text() for one in styles)}</style>")
    for rows in sorted(asked):
        box = f'<textarea class="input" rows="{rows}"></textarea>'
        page.evaluate("html => { document.body.innerHTML = html }", box)
        line = page.evaluate(_LINE)
        found = page.locator("textarea").bounding_box()
        assert found
        assert found["height"] >= rows * line, rows
    page.close()
