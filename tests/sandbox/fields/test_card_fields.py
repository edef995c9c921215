"""The card fields in a real browser, in a frame of a page on another origin with a strict CSP."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, FrameLocator, Page, Route, expect

from factories.payment_page import PaymentPage
from factories.sandbox_process import Sandbox
from sandbox.fields.pages import wait_seen

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def payment_page(sandbox: Sandbox) -> Iterator[PaymentPage]:
    """A portal's page on another loopback port."""
    page = PaymentPage(sandbox)
    yield page
    page.close()


def open_fields(page: Page, payment_page: PaymentPage, query: str = "") -> FrameLocator:
    """Opens the payment page and waits for its fields."""
    page.goto(f"{payment_page.url}/{query}")
    frame = page.frame_locator("iframe")
    expect(frame.locator("#number")).to_be_visible()
    wait_seen(page, "ready")
    return frame


def fill(frame: FrameLocator, number: str, expiry: str = "12 / 34", cvc: str = "123") -> None:
    """Types a card by its English labels."""
    frame.get_by_label("Card number").fill(number)
    frame.get_by_label("Expiry").fill(expiry)
    frame.get_by_label("CVC").fill(cvc)


def test_keyboard_alone_pays(page: Page, payment_page: PaymentPage) -> None:
    """Focus, type, tab through the frame and out to Pay, Enter: paid, and no digit came out."""
    frame = open_fields(page, payment_page)
    page.evaluate("card.focus()")
    expect(frame.get_by_label("Card number")).to_be_focused()
    for text in ("4242424242424242", "1234", "123"):
        page.keyboard.type(text)
        page.keyboard.press("Tab")
    expect(frame.get_by_label("Card number")).to_have_value("4242 4242 4242 4242")
    expect(frame.get_by_label("Expiry")).to_have_value("12 / 34")
    expect(page.get_by_role("button", name="Pay")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_have_text("succeeded visa 4242")
    assert all(b"4242424" not in body for body in payment_page.sent)
    assert "4242 4242" not in str(page.evaluate("JSON.stringify(seen)"))


def test_enter_in_a_field_submits_the_page(page: Page, payment_page: PaymentPage) -> None:
    """As in any form."""
    frame = open_fields(page, payment_page)
    fill(frame, "4000 0000 0000 0002")
    frame.get_by_label("CVC").press("Enter")
    expect(page.get_by_role("status")).to_have_text("failed visa 0002")


def test_challenge_returns_to_the_page(page: Page, payment_page: PaymentPage) -> None:
    """3155: to the bank, approve, and back to the return address with the charge's id."""
    frame = open_fields(page, payment_page)
    fill(frame, "4000 0025 0000 3155")
    page.get_by_role("button", name="Pay").click()
    page.get_by_role("button", name="Approve payment").click()
    page.wait_for_url(re.compile(r"/back\?invoice=7&charge=ch_"))
    found = payment_page.account.get(f"/v1/charges/{page.url.rpartition('=')[2]}").json()
    assert found["status"] == "succeeded"


def test_mistakes_are_told_at_their_fields(page: Page, payment_page: PaymentPage) -> None:
    """Paying with bad fields shows each mistake, focuses the first, and asks for no token."""
    frame = open_fields(page, payment_page)
    fill(frame, "4242 4242 4242 4241", expiry="13/34", cvc="1")
    page.get_by_role("button", name="Pay").click()
    number = frame.get_by_label("Card number")
    expect(number).to_be_focused()
    expect(number).to_have_attribute("aria-invalid", "true")
    expect(number).to_have_accessible_description(
        "This card number is not right. Check the digits."
    )
    expect(frame.get_by_label("Expiry")).to_have_accessible_description(
        "The month is between 01 and 12."
    )
    expect(frame.get_by_label("CVC")).to_have_accessible_description("The CVC has 3 or 4 digits.")
    expect(page.get_by_role("status")).to_contain_text("refused number:")
    number.fill("4242424242424242")
    expect(number).not_to_have_attribute("aria-invalid", "true")


def test_refusal_of_the_gateway_is_told_at_its_field(
    browser: Browser, payment_page: PaymentPage
) -> None:
    """What only the gateway knows is shown like any other mistake, until the field changes."""
    context = browser.new_context()
    page = context.new_page()
    frame = open_fields(page, payment_page)
    fill(frame, "4111 1111 1111 1111")
    page.get_by_role("button", name="Pay").click()
    number = frame.get_by_label("Card number")
    told = "This is a test page: only its test cards work here."
    expect(number).to_have_accessible_description(told)
    expect(number).to_be_focused()
    page.keyboard.press("Tab")
    expect(number).to_have_accessible_description(told)
    number.fill("4242424242424242")
    expect(number).to_have_accessible_description("")
    context.close()


def test_date_in_the_past_is_told_at_once(page: Page, payment_page: PaymentPage) -> None:
    """As soon as the field is left, by the sandbox clock."""
    frame = open_fields(page, payment_page)
    frame.get_by_label("Expiry").fill("01 / 20")
    frame.get_by_label("CVC").focus()
    expect(frame.get_by_label("Expiry")).to_have_accessible_description("This date is in the past.")


def test_what_was_typed_before_the_script_ran_counts(page: Page, payment_page: PaymentPage) -> None:
    """A slow line: the fields are there, their script is not yet. Nothing typed is lost."""
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/assets/form.js", hold)
    page.goto(payment_page.url, wait_until="domcontentloaded")
    frame = page.frame_locator("iframe")
    fill(frame, "4242424242424242", expiry="1234")
    expect(frame.get_by_label("Card number")).to_have_value("4242424242424242")
    held[0].continue_()
    wait_seen(page, "ready")
    expect(frame.get_by_label("Card number")).to_have_value("4242 4242 4242 4242")
    expect(frame.get_by_label("Expiry")).to_have_value("12 / 34")
    wait_seen(page, "change")
    assert page.evaluate("seen.some((event) => event.is_complete)")


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("1234", "12 / 34"),
        ("534", "05 / 34"),
        ("1/34", "01 / 34"),
        ("12/2034", "12 / 34"),
        ("١٢٣٤", "12 / 34"),
    ],
)
def test_expiry_is_formatted_while_typing(
    page: Page, payment_page: PaymentPage, typed: str, shown: str
) -> None:
    """People and browsers write dates in many ways."""
    field = open_fields(page, payment_page).get_by_label("Expiry")
    field.fill(typed) if "20" in typed else field.press_sequentially(typed)
    expect(field).to_have_value(shown)


def test_editing_in_the_middle_keeps_the_caret(page: Page, payment_page: PaymentPage) -> None:
    """A forgotten digit is put where the caret is; deleting goes back through the blanks."""
    field = open_fields(page, payment_page).get_by_label("Card number")
    field.press_sequentially("424242424242424")
    field.evaluate("(input) => input.setSelectionRange(2, 2)")
    page.keyboard.type("9")
    expect(field).to_have_value("4294 2424 2424 2424")
    assert field.evaluate("(input) => input.selectionStart") == 3
    page.keyboard.press("End")
    for _ in range(16):
        page.keyboard.press("Backspace")
    expect(field).to_have_value("")


@pytest.mark.parametrize(("locale", "direction"), [("en", "ltr"), ("de", "ltr"), ("ar", "rtl")])
def test_fields_are_large_named_and_in_order(
    page: Page, payment_page: PaymentPage, locale: str, direction: str
) -> None:
    """Visible labels, 44 px and more, the browser's own card filling, in every language."""
    frame = open_fields(page, payment_page, f"?locale={locale}")
    expect(frame.locator("html")).to_have_attribute("dir", direction)
    for name, filling in (("number", "cc-number"), ("expiry", "cc-exp"), ("cvc", "cc-csc")):
        field = frame.locator(f"#{name}")
        box = field.bounding_box()
        assert box is not None
        assert box["height"] >= 44
        expect(field).to_have_attribute("autocomplete", filling)
        expect(field).to_have_attribute("inputmode", "numeric")
        expect(frame.locator(f"label[for={name}]")).to_be_visible()


def test_frame_is_as_high_as_its_content(page: Page, payment_page: PaymentPage) -> None:
    """No scroll bar in the frame, no gap under it, also when messages appear."""
    frame = open_fields(page, payment_page)
    before = page.locator("iframe").bounding_box()
    fill(frame, "1", expiry="1", cvc="1")
    page.get_by_role("button", name="Pay").click()
    expect(frame.locator("#number-error")).not_to_be_empty()
    page.wait_for_timeout(100)
    after = page.locator("iframe").bounding_box()
    height = frame.locator("body").evaluate("(body) => body.getBoundingClientRect().height")
    assert before is not None
    assert after is not None
    assert after["height"] == height
    assert after["height"] > before["height"]


def test_accent_is_the_focus_ring(page: Page, payment_page: PaymentPage) -> None:
    """The brand's colour, 3 px, also in dark where it is lightened until it shows."""
    ring = "(input) => getComputedStyle(input).outline"
    frame = open_fields(page, payment_page, "?theme=light&accent=%23a3262a")
    frame.get_by_label("Card number").focus()
    assert frame.get_by_label("Card number").evaluate(ring) == "rgb(163, 38, 42) solid 3px"
    frame = open_fields(page, payment_page, "?theme=dark&accent=%23a3262a")
    frame.get_by_label("Card number").focus()
    dark = frame.get_by_label("Card number").evaluate(ring)
    assert dark != "rgb(163, 38, 42) solid 3px"
    assert dark.endswith("solid 3px")


def test_page_of_an_unregistered_origin_gets_no_fields(
    browser: Browser, payment_page: PaymentPage
) -> None:
    """The browser itself refuses the frame."""
    other = payment_page.sandbox.open_account(origins=["https://elsewhere.example"])
    context = browser.new_context()
    tab = context.new_page()
    tab.goto(f"{payment_page.url}/?account={other.body['publishable_key']}")
    tab.wait_for_timeout(500)
    assert tab.frame_locator("iframe").locator("input").count() == 0
    assert tab.evaluate("seen.length") == 0
    context.close()
