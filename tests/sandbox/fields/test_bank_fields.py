"""The bank fields in a real browser: the same frame, keyboard and languages as the card fields."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import FrameLocator, Page, expect

from factories.sandbox_process import Sandbox
from sandbox.fields.pages import BankPage, wait_seen

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def bank_page(sandbox: Sandbox) -> Iterator[BankPage]:
    """A portal's page on another loopback port."""
    page = BankPage(sandbox)
    yield page
    page.close()


def open_fields(page: Page, bank_page: BankPage, query: str = "") -> FrameLocator:
    """Opens the payment page and waits for its fields."""
    page.goto(f"{bank_page.url}/{query}")
    frame = page.frame_locator("iframe")
    expect(frame.locator("#holder")).to_be_visible()
    wait_seen(page, "ready")
    return frame


def test_keyboard_alone_debits(page: Page, bank_page: BankPage) -> None:
    """Name, IBAN as it is found on paper, out to Pay, Enter: processing, and no digit came out."""
    frame = open_fields(page, bank_page)
    page.evaluate("card.focus()")
    expect(frame.get_by_label("Account holder")).to_be_focused()
    for text in ("Alice Adams", "de89370400440532013000"):
        page.keyboard.type(text)
        page.keyboard.press("Tab")
    expect(frame.get_by_label("IBAN")).to_have_value("DE89 3704 0044 0532 0130 00")
    expect(page.get_by_role("button", name="Pay")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_have_text("processing 3000")
    assert all(b"0532" not in body for body in bank_page.sent)
    seen = str(page.evaluate("JSON.stringify(seen)"))
    assert "0532" not in seen
    assert "Alice" not in seen


@pytest.mark.parametrize(
    ("scheme", "typed", "last4"),
    [
        ("ach", {"Routing number": "110000000", "Account number": "000123456789"}, "6789"),
        ("bacs", {"Sort code": "10 88 00", "Account number": "00012345"}, "2345"),
    ],
)
def test_other_schemes_have_their_fields(
    page: Page, bank_page: BankPage, scheme: str, typed: dict[str, str], last4: str
) -> None:
    """Routing and account number, or sort code and account number."""
    frame = open_fields(page, bank_page, f"?scheme={scheme}")
    frame.get_by_label("Account holder").fill("Alice Adams")
    for label, text in typed.items():
        frame.get_by_label(label).fill(text)
    expect(frame.get_by_label("IBAN")).to_have_count(0)
    frame.get_by_label("Account number").press("Enter")
    expect(page.get_by_role("status")).to_have_text(f"processing {last4}")


@pytest.mark.parametrize(
    ("scheme", "label", "typed", "told"),
    [
        ("sepa", "IBAN", "DE88370400440532013000", "not right. Check the letters"),
        ("sepa", "IBAN", "DE8937040044", "not complete"),
        ("sepa", "IBAN", "ZZ89", "not right"),
        ("sepa", "IBAN", "", "Enter the IBAN."),
        ("ach", "Routing number", "110000001", "not right. Check the digits"),
        ("ach", "Routing number", "1100", "has 9 digits"),
        ("ach", "Account number", "123", "not complete"),
        ("bacs", "Sort code", "1088", "has 6 digits"),
        ("bacs", "Account number", "1234567", "not complete"),
        ("bacs", "Account holder", " ", "Enter the account holder"),
    ],
)
def test_mistake_is_told_at_its_field(
    page: Page, bank_page: BankPage, scheme: str, label: str, typed: str, told: str
) -> None:
    """And asks for no token; mending it takes the message away."""
    frame = open_fields(page, bank_page, f"?scheme={scheme}")
    good = {"Account holder": "Alice", "IBAN": "DE89370400440532013000",
            "Routing number": "110000000", "Sort code": "108800",
            "Account number": "00012345"}  # fmt: skip
    names = {"sepa": ["IBAN"], "ach": ["Routing number", "Account number"],
             "bacs": ["Sort code", "Account number"]}[scheme]  # fmt: skip
    for name in ["Account holder", *names]:
        frame.get_by_label(name).fill(typed if name == label else good[name])
    page.get_by_role("button", name="Pay").click()
    field = frame.get_by_label(label)
    expect(field).to_be_focused()
    expect(field).to_have_attribute("aria-invalid", "true")
    assert told in field.evaluate(
        "(input) => document.getElementById(input.getAttribute('aria-describedby')).textContent"
    )
    expect(page.get_by_role("status")).to_contain_text("refused ")
    field.fill(good[label])
    expect(field).not_to_have_attribute("aria-invalid", "true")


def test_a_message_does_not_push_pay_away_under_the_finger(page: Page, bank_page: BankPage) -> None:
    """A click takes a tenth of a second, in which the field before it has lost the focus."""
    frame = open_fields(page, bank_page)
    frame.get_by_label("Account holder").fill("Alice")
    frame.get_by_label("IBAN").fill("DE88370400440532013000")
    page.get_by_role("button", name="Pay").click(delay=100)
    expect(frame.get_by_label("IBAN")).to_be_focused()
    expect(page.get_by_role("status")).to_contain_text("refused ")


def test_editing_an_iban_in_the_middle_keeps_the_caret(page: Page, bank_page: BankPage) -> None:
    """Letters count as well as digits."""
    field = open_fields(page, bank_page).get_by_label("IBAN")
    field.press_sequentially("DE8937040044")
    field.evaluate("(input) => input.setSelectionRange(2, 2)")
    page.keyboard.type("x")
    expect(field).to_have_value("DEX8 9370 4004 4")
    assert field.evaluate("(input) => input.selectionStart") == 3
    page.keyboard.press("End")
    for _ in range(13):
        page.keyboard.press("Backspace")
    expect(field).to_have_value("")


def test_sort_code_is_written_in_pairs(page: Page, bank_page: BankPage) -> None:
    """While typing, and back again."""
    field = open_fields(page, bank_page, "?scheme=bacs").get_by_label("Sort code")
    field.press_sequentially("108800")
    expect(field).to_have_value("10-88-00")
    for _ in range(6):
        page.keyboard.press("Backspace")
    expect(field).to_have_value("")


@pytest.mark.parametrize(("locale", "direction"), [("en", "ltr"), ("de", "ltr"), ("ar", "rtl")])
@pytest.mark.parametrize("scheme", ["sepa", "ach", "bacs"])
def test_fields_are_large_and_named(
    page: Page, bank_page: BankPage, locale: str, direction: str, scheme: str
) -> None:
    """Visible labels and 44 px and more in every language, and a frame as high as its content."""
    frame = open_fields(page, bank_page, f"?locale={locale}&scheme={scheme}")
    expect(frame.locator("html")).to_have_attribute("dir", direction)
    for name in frame.locator("input").evaluate_all("(all) => all.map((input) => input.id)"):
        box = frame.locator(f"#{name}").bounding_box()
        assert box is not None
        assert box["height"] >= 44
        expect(frame.locator(f"label[for={name}]")).to_be_visible()
    outer = page.locator("iframe").bounding_box()
    assert outer is not None
    height = frame.locator("body").evaluate("(body) => body.getBoundingClientRect().height")
    assert outer["height"] == height
