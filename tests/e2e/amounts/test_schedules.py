"""Planned payments in a browser: planned, moved, cancelled, charged on their day; where the bank
asks, a mail leads there in two clicks. And J12: a card that ends before the day is told of ahead, a
new one is put in on the same page, nothing is sent in vain, and a renewal saves it too. The
sandbox's list is the witness."""

import re
from datetime import date, timedelta

import pytest
from playwright.sync_api import Page, expect

from e2e import pages, witness
from e2e.stack import Payer, Stack, eventually
from e2e.test_saved_methods import paid, save, signed_in

pytestmark = pytest.mark.browser

SECONDS_5 = 5_000


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


def last_of_month() -> date:
    """Until when the card is good."""
    first = date.today().replace(day=1)  # noqa: DTZ011  the browser's day
    return (first + timedelta(days=32)).replace(day=1) - timedelta(days=1)


def save_card_that_ends(stack: Stack, page: Page, payer: Payer) -> None:
    """Saves a card, and has its network tell that it is good for this month only. (Typed so, it
    could be over already there: other tests move the gateway's clock on.)"""
    page.goto(f"{payer.business.url}/methods/")
    pages.type_card(page)
    page.get_by_role("button", name="Save this card").click()
    expect(page.get_by_text("The card is saved. Nothing was charged.")).to_be_visible()
    told_by_network(stack, payer, last_of_month())


def told_by_network(stack: Stack, payer: Payer, last_day: date) -> None:
    """Until when the card is good, as its network tells it."""
    [(ref,)] = witness.rows(
        stack, "SELECT gateway_ref FROM payments_method WHERE customer_id = %s", payer.customer
    )
    until = {"exp_month": last_day.month, "exp_year": last_day.year}
    answer = stack.sandbox.post(f"/v1/methods/{ref}/update_from_network", until)
    assert answer.status_code == 200, answer.text

    def is_known() -> bool:
        kept = "SELECT exp_month, exp_year FROM payments_method WHERE customer_id = %s"
        return witness.rows(stack, kept, payer.customer) == [tuple(until.values())]

    eventually(is_known, "the card's new end is known")


def plan_after_its_end(page: Page, payer: Payer) -> str:
    """Plans the invoice for two days after the card's last; gives the day."""
    day = (last_of_month() + timedelta(days=2)).isoformat()
    page.goto(payer.invoice_url)
    page.get_by_text("Pay on another day").click()
    page.get_by_label("Day of payment").fill(day)
    page.get_by_role("button", name="Plan this payment").click()
    pages.expect_heading(page, "Planned payment")
    return day


def mail_about(stack: Stack, payer: Payer, words: str) -> str:
    """The link of the mail whose subject says so."""

    def found() -> list[str]:
        mails = witness.mails_to(stack, payer.email)
        told = [one for one in mails if words in str(one["Subject"])]
        return [link for link in witness.links_of(told) if "/planned/" in link]

    return eventually(found, f"a mail about {words}")[0]


def test_mail_new_card_and_the_result_on_the_same_page(
    stack: Stack, page: Page, payer: Payer
) -> None:
    signed_in(stack, page, payer)
    save_card_that_ends(stack, page, payer)
    day = plan_after_its_end(page, payer)
    page.goto(f"{payer.business.url}/")
    expect(page.get_by_text(re.compile("The card ends on .* before this payment"))).to_be_visible()
    assert pages.findings(page) == []

    stack.office("tell_expiries", business=payer.business.id)
    page.goto(mail_about(stack, payer, "ends on"))
    expect(page.get_by_text(re.compile("The card ends on .* before this payment"))).to_be_visible()
    assert pages.findings(page) == []
    page.set_viewport_size({"width": 320, "height": 700})
    assert pages.sideways(page) == 0
    pages.type_card(page, "5555 5555 5555 4444")
    page.get_by_role("button", name="Use this for the payment").click()

    changed = page.get_by_text("It is paid with Mastercard •••• 4444 now.")
    expect(changed).to_be_visible(timeout=SECONDS_5)
    expect(page.get_by_text("The card ends on")).to_have_count(0)
    assert paid(stack, payer) == []
    ran = [stack.office("run_planned", business=payer.business.id, day=day) for _ in range(2)]
    assert ran == [1, 0]
    assert paid(stack, payer) == ["succeeded"]


def test_what_nobody_mends_is_not_sent_in_vain_and_a_new_card_pays_at_once(
    stack: Stack, page: Page, payer: Payer
) -> None:
    signed_in(stack, page, payer)
    save_card_that_ends(stack, page, payer)
    day = plan_after_its_end(page, payer)

    assert stack.office("run_planned", business=payer.business.id, day=day) == 0
    assert paid(stack, payer) == []
    page.goto(mail_about(stack, payer, "is off"))
    expect(page.get_by_text("The card that was to pay it had expired")).to_be_visible()
    page.get_by_role("link", name="Pay by hand").click()
    page.get_by_label("Another card").check()
    pages.type_card(page)
    page.get_by_role("button", name=re.compile("^Confirm payment")).click()

    pages.expect_received(page, SECONDS_5)
    assert paid(stack, payer) == ["succeeded"]


def test_a_card_that_its_network_renews_pays_as_planned(
    stack: Stack, page: Page, payer: Payer
) -> None:
    signed_in(stack, page, payer)
    save_card_that_ends(stack, page, payer)
    day = plan_after_its_end(page, payer)
    told_by_network(stack, payer, last_of_month() + timedelta(days=4 * 365))

    def is_mended() -> bool:
        page.goto(f"{payer.business.url}/")
        return "The card ends on" not in page.content()

    eventually(is_mended, "the hint is gone")
    assert stack.office("run_planned", business=payer.business.id, day=day) == 1
    assert paid(stack, payer) == ["succeeded"]
