"""Planned payments in a browser: planned, moved, cancelled, charged on their day; where the bank
asks, a mail leads there in two clicks."""

import re
from datetime import date, timedelta

import pytest
from playwright.sync_api import Page, expect

from e2e import pages, witness
from e2e.stack import Payer, Stack, eventually
from e2e.test_saved_methods import paid, save, signed_in

pytestmark = pytest.mark.browser


def plan(page: Page, payer: Payer, in_days: int) -> str:
    """Plans the invoice from its page; gives the day."""
    day = (date.today() + timedelta(days=in_days)).isoformat()  # noqa: DTZ011  the browser's day
    page.goto(payer.invoice_url)
    page.get_by_text("Pay on another day").click()
    page.get_by_label("Day of payment").fill(day)
    page.get_by_role("button", name="Plan this payment").click()
    pages.expect_heading(page, "Planned payment")
    return day


def test_planned_seen_moved_and_cancelled(stack: Stack, page: Page, payer: Payer) -> None:
    signed_in(stack, page, payer)
    save(page, payer, pages.GOOD)
    plan(page, payer, 5)
    assert pages.findings(page) == []
    page.goto(f"{payer.business.url}/")
    expect(page.get_by_text("will be paid on")).to_be_visible()
    page.set_viewport_size({"width": 320, "height": 700})
    assert pages.sideways(page) == 0

    page.get_by_role("link", name="Change or cancel").click()
    assert pages.sideways(page) == 0
    page.get_by_role("button", name="Cancel this payment").click()

    expect(page.get_by_text("Nothing will be charged")).to_be_visible()
    assert paid(stack, payer) == []


def test_charged_on_its_day_and_once(stack: Stack, page: Page, payer: Payer) -> None:
    signed_in(stack, page, payer)
    save(page, payer, pages.GOOD)
    day = plan(page, payer, 3)

    ran = [stack.office("run_planned", business=payer.business.id, day=day) for _ in range(2)]

    assert ran == [1, 0]
    assert paid(stack, payer) == ["succeeded"]
    page.goto(payer.invoice_url)
    expect(page.get_by_text("Keep this part as your proof")).to_be_visible()


def test_where_the_bank_asks_a_mail_leads_there_in_two_clicks(
    stack: Stack, page: Page, payer: Payer
) -> None:
    signed_in(stack, page, payer)
    save(page, payer, pages.CHALLENGED)
    day = plan(page, payer, 3)
    stack.office("run_planned", business=payer.business.id, day=day)

    def finish() -> list[str]:
        links = witness.links_of(witness.mails_to(stack, payer.email))
        return [link for link in links if link.endswith("/finish")]

    link = eventually(finish, "the mail with the way to the bank")[0]
    page.goto(link)
    page.get_by_role("button", name=re.compile("^(Approve|Confirm|Yes)")).first.click()

    pages.expect_received(page)
    assert paid(stack, payer) == ["succeeded"]
