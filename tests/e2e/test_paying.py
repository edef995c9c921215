"""From the link in the mail to paid, and every way in which that can be interrupted."""

import io
import re
from uuid import UUID

import httpx
import pikepdf
import pytest
from playwright.sync_api import Page, Route, expect

from counterfoil.kernel.ids import encode
from e2e import pages, witness
from e2e.stack import Payer, Stack, eventually

pytestmark = pytest.mark.browser

PAYING_AGAIN = "Please do not pay again."
REASONS = {
    "4000 0000 0000 0002": "Your bank said no and gave no reason.",
    "4000 0000 0000 9995": "There was not enough money available on the card.",
    "4000 0000 0000 0069": "The card has expired.",
    "4000 0000 0000 0127": "The security code (CVC) did not match the card.",
}


def test_a_guest_pays_with_two_clicks_and_one_form(stack: Stack, page: Page, payer: Payer) -> None:
    page.goto(payer.link)
    expect(page.get_by_role("heading", name=f"Invoice {payer.number}")).to_be_visible()
    pages.type_card(page)
    pages.press_pay(page)
    pages.expect_received(page)
    expect(page.get_by_role("link", name="Download receipt")).to_be_visible()
    receipt = pages.download(page, "Download receipt")
    with pikepdf.open(io.BytesIO(receipt)) as document:
        assert len(document.pages) == 1
    mail = witness.wait_for_receipt(stack, payer)
    assert [part.get_content_type() for part in mail.iter_attachments()] == ["application/pdf"]
    witness.check_paid_once(stack, payer)
    page.goto(payer.link)
    expect(page.get_by_role("heading", name="Paid in full")).to_be_visible()
    expect(pages.pay_button(page)).to_have_count(0)
    assert pages.download(page, "Download PDF").startswith(b"%PDF-")


def test_the_api_tells_the_same_truth(stack: Stack, page: Page, payer: Payer) -> None:
    pages.pay(page, payer)
    pages.expect_received(page)
    key = stack.office("add_key", business=payer.business.id)
    with httpx.Client(
        base_url=f"{payer.business.url}/api/v1", headers={"Authorization": f"Bearer {key}"}
    ) as api:
        customer = encode("cus", UUID(payer.customer))
        [invoice] = api.get("/invoices", params={"customer": customer}).json()["data"]
        [payment] = api.get("/payments", params={"customer": customer}).json()["data"]
        balance = api.get("/ledger/trial-balance").json()["data"]
    assert (invoice["number"], invoice["status"]) == (payer.number, "paid")
    assert (invoice["amount_due"], invoice["amount_paid"]) == (0, payer.invoice["total"])
    assert (payment["status"], payment["unapplied"]) == ("succeeded", 0)
    assert [one["reference"] for one in witness.charges(stack, payer)] == [payment["id"]]
    assert sum(row["debit"] for row in balance) == sum(row["credit"] for row in balance) > 0


def test_a_declined_card_keeps_the_form_and_the_next_one_pays(
    stack: Stack, page: Page, payer: Payer
) -> None:
    page.goto(payer.link)
    for number, reason in REASONS.items():
        pages.type_card(page, number)
        pages.press_pay(page)
        alert = page.get_by_role("alert").filter(has_text=reason)
        expect(alert).to_be_visible()
        expect(alert.get_by_role("heading")).to_have_text("Payment declined")
        expect(alert).to_contain_text("No money was taken, and nothing else has changed.")
        frame = pages.card_fields(page)
        expect(frame.get_by_label("Card number")).to_have_value(number)
        expect(frame.get_by_label("CVC")).to_have_value("123")
        assert page.url == payer.link
    witness.check_nothing_moved(stack, payer)
    pages.type_card(page)
    pages.press_pay(page)
    pages.expect_received(page)
    witness.check_paid_once(stack, payer)
    assert witness.tries(stack, payer) == ["failed"] * 4 + ["succeeded"]


def test_the_bank_approves(stack: Stack, page: Page, payer: Payer) -> None:
    pages.pay(page, payer, pages.CHALLENGED)
    page.get_by_role("button", name="Approve").click()
    pages.expect_received(page)
    witness.check_paid_once(stack, payer)


def test_the_bank_declines_and_another_card_pays(stack: Stack, page: Page, payer: Payer) -> None:
    pages.pay(page, payer, pages.CHALLENGED)
    page.get_by_role("button", name="Decline").click()
    pages.expect_declined(page)
    expect(page.get_by_role("alert")).to_contain_text(
        "Your bank could not confirm that it was you."
    )
    witness.check_nothing_moved(stack, payer)
    pages.type_card(page)
    pages.press_pay(page)
    pages.expect_received(page)
    witness.check_paid_once(stack, payer)


def test_who_leaves_the_bank_finds_back_by_the_invoice(
    stack: Stack, page: Page, payer: Payer
) -> None:
    pages.pay(page, payer, pages.CHALLENGED)
    expect(page.get_by_role("button", name="Approve")).to_be_visible()
    page.goto(payer.link)
    pages.expect_heading(page, "Your bank wants to check that it is you")
    witness.check_nothing_moved(stack, payer)
    page.get_by_role("link", name="Continue at your bank").click()
    page.get_by_role("button", name="Approve").click()
    pages.expect_received(page)
    witness.check_paid_once(stack, payer)


def test_the_browsers_back_button_does_not_pay_twice(
    stack: Stack, page: Page, payer: Payer
) -> None:
    pages.pay(page, payer)
    pages.expect_received(page)
    page.go_back()
    expect(page.get_by_role("heading", name="Paid in full")).to_be_visible()
    witness.check_paid_once(stack, payer)


def test_a_double_click_pays_once(stack: Stack, page: Page, payer: Payer) -> None:
    page.goto(payer.link)
    pages.type_card(page)
    pages.pay_button(page).dblclick()
    pages.expect_received(page)
    witness.check_paid_once(stack, payer)
    assert witness.tries(stack, payer) == ["succeeded"]


@pytest.mark.slow
def test_a_lost_answer_is_told_and_settles_by_itself(
    stack: Stack, page: Page, payer: Payer
) -> None:
    with witness.held(stack, "ledger_posting"):  # it can't settle before it has been seen
        pages.pay(page, payer, pages.LOST)
        pages.expect_heading(page, "Checking your payment", pages.SLOW)
        expect(page.get_by_role("status").filter(has_text=PAYING_AGAIN)).to_be_visible()
        assert [one["status"] for one in witness.charges(stack, payer)] == ["succeeded"]
        again = page.context.new_page()
        again.goto(payer.link)
        pages.expect_heading(again, "Checking your payment")
        expect(pages.pay_button(again)).to_have_count(0)
    pages.expect_received(page, 30_000)
    expect(again.get_by_role("heading", name="Paid in full")).to_be_visible(timeout=30_000)
    witness.check_paid_once(stack, payer)
    witness.wait_for_receipt(stack, payer)


def test_the_answer_to_pay_is_cut_and_reloading_tells_the_truth(
    stack: Stack, page: Page, payer: Payer
) -> None:
    def cut(route: Route) -> None:
        route.fetch()
        route.abort()

    page.goto(payer.link)
    page.route(re.compile("/pay$"), cut)
    pages.type_card(page)
    pages.press_pay(page)
    expect(page.get_by_role("alert")).to_contain_text("Please do not pay again")
    expect(page.get_by_role("heading", name="Paid in full")).to_be_visible(timeout=pages.SLOW)
    witness.check_paid_once(stack, payer)


def test_pay_that_never_arrived_takes_nothing_and_can_be_repeated(
    stack: Stack, page: Page, payer: Payer
) -> None:
    page.goto(payer.link)
    page.route(re.compile("/pay$"), lambda route: route.abort())
    pages.type_card(page)
    pages.press_pay(page)
    expect(page.get_by_role("alert")).to_contain_text("Please do not pay again")
    expect(page.get_by_role("alert")).to_have_count(0, timeout=pages.SLOW)
    witness.check_nothing_moved(stack, payer)
    page.unroute_all()
    pages.type_card(page)
    pages.press_pay(page)
    pages.expect_received(page)
    witness.check_paid_once(stack, payer)


def test_the_payer_may_close_the_page_while_paying(stack: Stack, page: Page, payer: Payer) -> None:
    payer.business.at_gateway.set_faults(delay_seconds=1)
    try:
        pages.pay(page, payer)
        eventually(lambda: witness.tries(stack, payer), "the gateway is asked")
        page.close()
        eventually(lambda: witness.charges(stack, payer), "the charge is made")
    finally:
        payer.business.at_gateway.set_faults(delay_seconds=0)
    eventually(lambda: witness.paid_minor(stack, payer), "the payment is booked")
    witness.check_paid_once(stack, payer)
