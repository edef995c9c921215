"""Everything at once, a part, and more than is due, in a browser; the sandbox's list is the
witness."""

import re

import pytest
from playwright.sync_api import Page, expect

from e2e import pages, witness
from e2e.stack import Payer, Stack, eventually

pytestmark = pytest.mark.browser


def confirm(page: Page, amount: str) -> None:
    """Types a card on the page to confirm, and confirms this amount."""
    pages.expect_heading(page, "Confirm your payment")
    pages.type_card(page)
    page.get_by_role("button", name=f"Confirm payment of {amount}").click()
    pages.expect_received(page)


def charged(stack: Stack, payer: Payer) -> list[int]:
    """What the sandbox really charged, the oldest first."""
    return [int(one["amount"]) for one in reversed(witness.charges(stack, payer))]


def due(stack: Stack, number: object) -> int:
    """What our own books have open on an invoice."""
    [(left,)] = witness.rows(
        stack,
        "SELECT total_minor - paid_minor - credited_minor FROM receivables_openitem "
        "WHERE number = %s",
        number,
    )
    return int(left)


def signed_in(stack: Stack, page: Page, payer: Payer) -> None:
    """The payer at their home page, with a password."""
    stack.give_password(payer)
    pages.sign_in(page, payer)
    page.goto(f"{payer.business.url}/")


def issue(stack: Stack, payer: Payer, price: str) -> str:
    """One more invoice, in euro, without tax."""
    line = [["Water", "1", price, "0", "0"]]
    made = stack.issue(payer.business, payer.customer, lines=line)
    return str(made["number"])


def test_pay_all_then_a_part_then_too_much_and_the_credit_covers_the_next(
    stack: Stack, page: Page, payer: Payer
) -> None:
    first = int(payer.invoice["total"])
    numbers = [payer.number, issue(stack, payer, "20"), issue(stack, payer, "30")]
    signed_in(stack, page, payer)
    page.get_by_role("button", name="Pay all").click()
    for number in numbers:
        expect(page.get_by_role("link", name=number)).to_be_visible()
    pages.expect_heading(page, "Confirm your payment")
    pages.type_card(page)
    page.get_by_role("button", name=re.compile("^Confirm payment")).dblclick()
    pages.expect_received(page)
    for number in numbers:
        expect(page.get_by_role("link", name=re.compile(number))).to_be_visible()
    assert charged(stack, payer) == [first + 5000]
    assert [due(stack, number) for number in numbers] == [0, 0, 0]

    parted = issue(stack, payer, "100")
    page.goto(f"{payer.business.url}/invoices/{parted}")
    page.get_by_text("Pay another amount").click()
    page.get_by_label("Amount to pay").fill("12,50")
    page.get_by_role("button", name="Pay this amount").click()
    page.get_by_label("Why is it less than is due?").fill("Meter disputed")
    confirm(page, "€12.50")
    assert charged(stack, payer)[1:] == [1250]
    assert due(stack, parted) == 8750

    page.goto(f"{payer.business.url}/invoices/{parted}")
    page.get_by_text("Pay another amount").click()
    page.get_by_label("Amount to pay").fill("€ 107.50")
    page.get_by_label("Amount to pay").press("Enter")
    expect(page.get_by_text("€20.00 more than is due: it stays as your credit")).to_be_visible()
    confirm(page, "€107.50")
    assert charged(stack, payer)[2:] == [10_750]
    following = issue(stack, payer, "50")
    eventually(lambda: due(stack, following) == 3000, "the credit covers the next invoice")
    assert len(charged(stack, payer)) == 3
    witness.check_books(stack)


def test_ticks_in_the_list_sum_up_and_only_those_are_paid(
    stack: Stack, page: Page, payer: Payer
) -> None:
    numbers = [issue(stack, payer, price) for price in ("10", "20.50", "40")]
    signed_in(stack, page, payer)
    page.goto(f"{payer.business.url}/invoices/")
    for number in numbers[:2]:
        page.get_by_role("checkbox", name=f"Choose {number}").press("Space")
    expect(page.get_by_role("status").filter(has_text="€30.50")).to_be_visible()
    page.get_by_role("button", name="Pay chosen").click()
    confirm(page, "€30.50")
    assert charged(stack, payer) == [3050]
    assert [due(stack, number) for number in numbers] == [0, 0, 4000]
    page.go_back()
    page.reload()
    expect(page.get_by_role("button", name=re.compile("^Confirm payment"))).to_have_count(0)
    witness.check_books(stack)
