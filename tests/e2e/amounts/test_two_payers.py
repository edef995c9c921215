"""Two tabs, two devices, two people: whoever comes second is told, and money moves once."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from e2e import pages, witness
from e2e.conftest import Device
from e2e.stack import Payer, Stack, eventually

pytestmark = pytest.mark.browser


@pytest.fixture
def slowly(payer: Payer) -> Iterator[None]:
    """The gateway thinks for four seconds about each charge."""
    payer.business.at_gateway.set_faults(delay_seconds=4)
    yield
    payer.business.at_gateway.set_faults(delay_seconds=0)


def both_ready(first: Page, second: Page, address: str) -> None:
    """The same invoice in two tabs, a card typed in both."""
    for tab in (first, second):
        tab.goto(address)
        pages.type_card(tab)


def wait_until_asked(stack: Stack, payer: Payer) -> None:
    """Waits until the gateway works on the first charge."""
    eventually(lambda: witness.tries(stack, payer) == ["processing"], "the gateway is asked")


def test_four_tabs_at_the_same_moment_charge_once(stack: Stack, page: Page, payer: Payer) -> None:
    tabs = [page, *(page.context.new_page() for _ in range(3))]
    for tab in tabs:
        tab.goto(payer.link)
        pages.type_card(tab)
    for tab in tabs:
        tab.evaluate("() => { document.querySelector('[data-pay-button]').click(); }")
    eventually(lambda: witness.paid_minor(stack, payer), "one of them pays")
    for tab in tabs:
        words = re.compile("^(Payment received|Paid in full)")
        expect(tab.get_by_role("heading", name=words).first).to_be_visible(timeout=pages.SLOW)
    witness.check_paid_once(stack, payer)
    assert witness.tries(stack, payer) == ["succeeded"]


def test_pay_in_a_second_tab_is_told_and_charges_once(
    stack: Stack, page: Page, payer: Payer, slowly: None
) -> None:
    other = page.context.new_page()
    both_ready(page, other, payer.link)
    pages.press_pay(page)
    wait_until_asked(stack, payer)
    pages.press_pay(other)
    pages.expect_heading(other, "This invoice is being paid right now")
    expect(other.get_by_role("status").filter(has_text="perhaps you in another")).to_be_visible()
    pages.expect_received(page, pages.SLOW)
    expect(other.get_by_role("heading", name="Paid in full")).to_be_visible(timeout=pages.SLOW)
    witness.check_paid_once(stack, payer)
    assert witness.tries(stack, payer) == ["succeeded"]


def test_two_devices_with_two_links_charge_once(
    stack: Stack, device: Device, payer: Payer, slowly: None
) -> None:
    link = stack.link(payer.business, payer.customer, payer.invoice, "clerk@moreau.example")
    desk, phone = device(), device(viewport={"width": 390, "height": 844})
    for tab, address in ((desk, payer.link), (phone, link)):
        tab.goto(address)
        pages.type_card(tab)
    pages.press_pay(desk)
    wait_until_asked(stack, payer)
    pages.press_pay(phone)
    pages.expect_heading(phone, "This invoice is being paid right now")
    status = phone.get_by_role("status").filter(has_text="being paid")
    expect(status).to_contain_text("Somebody else began to pay it on")
    expect(status).to_contain_text("Please do not pay again.")
    expect(status).not_to_contain_text(payer.email)
    pages.expect_received(desk, pages.SLOW)
    expect(phone.get_by_role("heading", name="Paid in full")).to_be_visible(timeout=pages.SLOW)
    witness.check_paid_once(stack, payer)


def test_a_colleague_is_told_who_pays_and_since_when(
    stack: Stack, device: Device, payer: Payer
) -> None:
    desk, phone, stranger = device(), device(), device()
    stack.give_password(payer)
    claude = stack.colleague(payer, "Claude Petit")
    for tab, person in ((desk, payer), (phone, claude)):
        pages.sign_in(tab, person)
        tab.goto(payer.invoice_url)
        pages.type_card(tab, pages.CHALLENGED)
    pages.press_pay(desk)
    expect(desk.get_by_role("button", name="Approve")).to_be_visible()
    pages.press_pay(phone)
    status = phone.get_by_role("status").filter(has_text="being paid right now")
    expect(status).to_contain_text(
        re.compile(f"{payer.name} began to pay it on .*[0-9]:[0-9]{{2}}")
    )
    expect(phone.get_by_role("link", name="Continue at your bank")).to_have_count(0)
    stranger.goto(payer.link)
    pages.expect_heading(stranger, "This invoice is being paid right now")
    expect(pages.pay_button(stranger)).to_have_count(0)
    assert payer.name not in stranger.locator("#stub").inner_text()
    desk.get_by_role("button", name="Approve").click()
    pages.expect_received(desk)
    for tab in (phone, stranger):
        expect(tab.get_by_role("heading", name="Paid in full")).to_be_visible(timeout=pages.SLOW)
    witness.check_paid_once(stack, payer)
    assert witness.tries(stack, payer) == ["succeeded"]


def test_a_form_that_was_left_open_cannot_pay_a_paid_invoice(
    stack: Stack, page: Page, payer: Payer
) -> None:
    late = page.context.new_page()
    both_ready(page, late, payer.link)
    pages.press_pay(page)
    pages.expect_received(page)
    pages.press_pay(late)
    expect(late.get_by_role("heading", name="Paid in full")).to_be_visible()
    witness.check_paid_once(stack, payer)
    assert witness.tries(stack, payer) == ["succeeded"]
