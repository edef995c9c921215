"""Three of forty invoices, by keys alone: what is overdue is ticked already, the sum follows."""

import pytest
from playwright.sync_api import Page, expect

from e2e import pages, witness
from e2e.conftest import Device
from e2e.stack import Payer, Stack

pytestmark = pytest.mark.browser
FORTY = 40


def forty(stack: Stack, payer: Payer) -> tuple[list[str], list[str]]:
    """Three that are overdue and others that are not, with the payer's own forty; the numbers of
    both, those that are due first standing first."""

    def issue(price: str, due_in_days: int) -> str:
        lines = [["Water", "1", price, "0", "0"]]
        made = stack.issue(
            payer.business, payer.customer, lines=lines, due_in_days=due_in_days, days_ago=60
        )
        return str(made["number"])

    late = [issue(price, days) for price, days in (("10", -30), ("20.50", -20), ("40", -3))]
    rest = [issue("80", 10 + day) for day in range(FORTY - len(late) - 1)]
    return late, [payer.number, *rest]


def ticked(page: Page) -> list[str]:
    """The numbers that are ticked."""
    return [
        str(box.get_attribute("value")) for box in page.locator("input[name=invoice]:checked").all()
    ]


def expect_sum(page: Page, words: str) -> None:
    """Waits for the sum under the list."""
    expect(page.locator("[data-choose-sum]")).to_have_text(words)


def expect_kept_while_looking(page: Page, late: str, other: str) -> None:
    """Ticks one more, turns the page and searches while it is typed: the sum stays, and follows."""
    page.get_by_role("button", name="To pay").press("Enter")
    page.get_by_label("Sort by").select_option("due")
    page.get_by_role("checkbox", name=f"Choose {other}").press("Space")
    expect_sum(page, "€120.00")
    page.get_by_role("button", name="Next").press("Enter")
    expect(page.get_by_text("2 of them are not on this page.")).to_be_visible()
    expect_sum(page, "€120.00")
    page.get_by_role("searchbox").fill(late)
    expect(page.get_by_text("One invoice", exact=True)).to_be_visible()
    expect_sum(page, "€120.00")
    assert ticked(page) == [late]
    page.get_by_role("checkbox", name=f"Choose {late}").press("Space")
    expect_sum(page, "€80.00")
    page.get_by_role("searchbox").fill(other)
    expect(page.get_by_role("checkbox", name=f"Choose {other}")).to_be_checked()
    expect_sum(page, "€80.00")
    assert pages.findings(page) == []


def test_three_of_forty_invoices_are_paid_by_keys_alone(
    stack: Stack, device: Device, payer: Payer
) -> None:
    late, rest = forty(stack, payer)
    stack.give_password(payer)
    page = device()
    pages.sign_in(page, payer)
    page.get_by_role("link", name="Choose invoices").press("Enter")
    pages.expect_heading(page, "Invoices")
    expect(page.get_by_text("40 invoices")).to_be_visible()
    assert ticked(page) == late
    expect_sum(page, "€70.50")
    assert pages.findings(page) == []
    page.get_by_role("checkbox", name=f"Choose {late[2]}").press("Space")
    expect_sum(page, "€30.50")
    page.get_by_role("checkbox", name=f"Choose {rest[1]}").press("Space")
    expect_sum(page, "€110.50")
    page.get_by_role("button", name="Pay chosen").press("Enter")
    pages.expect_heading(page, "Confirm your payment")
    pages.type_card(page)
    page.get_by_role("button", name="Confirm payment of €110.50").press("Enter")
    pages.expect_received(page)
    assert [one["amount"] for one in witness.charges(stack, payer)] == [11_050]
    paid = witness.rows(
        stack,
        "SELECT number FROM receivables_openitem WHERE customer_id = %s AND paid_minor > 0"
        " ORDER BY number",
        payer.customer,
    )
    assert [number for (number,) in paid] == sorted([late[0], late[1], rest[1]])
    witness.check_books(stack)

    page.goto(f"{payer.business.url}/invoices/?status=due&sort=due")
    assert ticked(page) == [late[2]]
    page.get_by_role("link", name="Choose none").press("Enter")
    expect_sum(page, "Tick what you want to pay together.")
    assert ticked(page) == []
    page.goto(f"{payer.business.url}/invoices/")
    assert ticked(page) == []
    page.get_by_role("button", name="Overdue").press("Enter")
    expect_sum(page, "€40.00")
    assert ticked(page) == [late[2]]

    expect_kept_while_looking(page, late[2], rest[2])

    phone = device(viewport={"width": 320, "height": 700}, java_script_enabled=False)
    phone.context.add_cookies(page.context.cookies())  # type: ignore[arg-type]  # as they came
    phone.goto(f"{payer.business.url}/invoices/?status=due&sort=due")
    assert ticked(phone) == [late[2]]
    expect_sum(phone, "€40.00")
    phone.get_by_role("checkbox", name=f"Choose {rest[2]}").check()
    phone.get_by_role("button", name="Next").click()
    expect_sum(phone, "€120.00")
    phone.get_by_role("searchbox").fill(rest[-1])
    phone.get_by_role("searchbox").press("Enter")
    phone.get_by_role("checkbox", name=f"Choose {rest[-1]}").check()
    phone.get_by_role("button", name="Pay chosen").click()
    pages.expect_heading(phone, "Confirm your payment")
    for number in (late[2], rest[2], rest[-1]):
        expect(phone.get_by_role("link", name=number)).to_be_visible()
