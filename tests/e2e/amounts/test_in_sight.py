"""On low windows the button that pays covers nothing that somebody clicks or types in."""

import pytest
from playwright.sync_api import Locator, Page, expect

from e2e import pages
from e2e.conftest import Device
from e2e.stack import Payer

SIZES = [(1280, 720), (390, 667), (360, 560), (320, 480)]
HALF = """([frame, y]) => {
  const top = frame.getBoundingClientRect().top + window.scrollY + y;
  const bar = document.querySelector(".pay-bar").getBoundingClientRect();
  window.scrollTo(0, top - (window.innerHeight - bar.height));
}"""


def whole(page: Page, place: Locator) -> None:
    """Waits until all of it is in the window, above the button."""
    box, bar = {}, {}
    for _ in range(40):
        box, bar = place.bounding_box(), page.locator(".pay-bar").bounding_box()
        if box["y"] >= 0 and box["y"] + box["height"] <= bar["y"] + 0.5:
            return
        page.wait_for_timeout(50)
    raise AssertionError((box, bar))


def let_go(page: Page, field: Locator) -> None:
    """Takes the focus out of the frame, and waits until the frame knows: a click that came before
    would have its focus taken away again."""
    page.evaluate("document.activeElement.blur()")
    for _ in range(100):
        if not field.evaluate("() => document.hasFocus()"):
            return
        page.wait_for_timeout(20)
    raise AssertionError("the frame keeps the focus")


def half_hidden(page: Page, field: Locator) -> None:
    """Scrolls so that the button covers the lower half of the field, if the page is that long."""
    frame = page.locator("[data-card-fields]:visible iframe")
    inside = field.bounding_box()["y"] - frame.bounding_box()["y"]
    page.evaluate(HALF, [frame.element_handle(), inside + field.bounding_box()["height"] / 2])


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_a_field_that_is_clicked_is_whole_above_the_button(
    device: Device, payer: Payer, size: tuple[int, int]
) -> None:
    page = device(viewport={"width": size[0], "height": size[1]})
    page.goto(payer.link)
    fields = pages.card_fields(page)
    for name in ("Card number", "Expiry", "CVC"):
        field = fields.get_by_label(name)
        let_go(page, field)
        half_hidden(page, field)
        place = field.bounding_box()
        page.mouse.click(place["x"] + 20, place["y"] + 6)
        expect(field).to_be_focused()
        whole(page, field)


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_what_is_wrong_with_it_is_in_sight_too(
    device: Device, payer: Payer, size: tuple[int, int]
) -> None:
    page = device(viewport={"width": size[0], "height": size[1]})
    page.goto(payer.link)
    fields = pages.card_fields(page)
    fields.get_by_label("Card number").fill("4242 4242 4242 4241")
    pages.press_pay(page)
    wrong = fields.get_by_text("card number", exact=False).filter(visible=True).last
    expect(fields.get_by_label("Card number")).to_have_attribute("aria-invalid", "true")
    whole(page, fields.get_by_label("Card number"))
    whole(page, wrong)
