"""A first bank debit, from the mandate to the money, and what happens when the bank says no."""

import re
from uuid import UUID

import httpx
import pytest
from playwright.sync_api import FrameLocator, Page, expect

from counterfoil.kernel.ids import encode
from e2e import pages, witness
from e2e.stack import PASSWORD, Payer, Stack, eventually

pytestmark = pytest.mark.browser

PAYS = "DE89 3704 0044 0532 0130 00"
RETURNED = "DE62 3704 0044 0532 0130 01"
RETURNED_LATE = "DE51 3704 0044 0532 0130 05"
DAY = 86_400


def bank_fields(page: Page) -> FrameLocator:
    """The bank's fields, ready to be typed in, after bank debit was chosen."""
    page.get_by_role("radio", name=re.compile("^Bank debit")).check()
    frame = page.frame_locator("[data-card-fields]:visible iframe")
    expect(frame.get_by_label("IBAN")).to_be_editable()
    return frame


def pay_by_debit(page: Page, payer: Payer, iban: str, link: str = "") -> None:
    """Opens the link, chooses bank debit, types the account, confirms the mandate."""
    page.goto(link or payer.link)
    frame = bank_fields(page)
    frame.get_by_label("Account holder").fill("Ines Moreau")
    frame.get_by_label("IBAN").fill(iban)
    page.get_by_role("button", name=re.compile("^Pay .* by bank debit$")).click()
    pages.expect_heading(page, "Payment processing")


def states(stack: Stack, payer: Payer) -> list[str]:
    """What became of the payer's attempts."""
    return witness.attempts(stack, payer)


def wait_for(stack: Stack, payer: Payer, state: str) -> None:
    """Waits until the newest attempt has come so far."""
    eventually(lambda: states(stack, payer)[-1:] == [state], f"the payment is {state}")


def mail_of(stack: Stack, payer: Payer, words: str):
    """The mail to the payer whose subject says so."""

    def found():
        return [one for one in witness.mails_to(stack, payer.email) if words in str(one["Subject"])]

    return eventually(found, f"a mail about {words}")[0]


def test_a_first_debit_is_processing_until_a_date_and_then_paid(
    stack: Stack, page: Page, payer: Payer
) -> None:
    page.goto(payer.link)
    frame = bank_fields(page)
    mandate = page.get_by_role("region", name="SEPA Direct Debit Mandate")
    expect(mandate).to_be_visible()
    expect(mandate).to_contain_text("authorise (A) Harrow Water SAS to send instructions")
    expect(mandate).to_contain_text("DE98ZZZ09999999999")
    reference = re.search(r"HARROW(-\w{4}){4}", mandate.inner_text())
    assert reference
    assert pages.findings(page) == []
    frame.get_by_label("Account holder").fill("Ines Moreau")
    frame.get_by_label("IBAN").fill(PAYS)
    page.get_by_role("button", name=re.compile("^Pay .* by bank debit$")).click()

    pages.expect_heading(page, "Payment processing")
    expect(page.get_by_text("Processing until")).to_be_visible()
    expect(page.get_by_text("Please do not pay again.")).to_be_visible()
    assert pages.findings(page) == []
    assert witness.tries(stack, payer) == ["processing"]
    page.goto(payer.link)
    expect(pages.pay_button(page)).to_have_count(0)
    expect(page.get_by_text("Processing until")).to_be_visible()
    notice = mail_of(stack, payer, "debits")
    text = notice.get_body(("plain",)).get_content()
    assert reference.group() in text
    assert "DE98ZZZ09999999999" in text
    assert witness.receipts(stack, payer) == []
    api_refuses(stack, payer)

    stack.sandbox.advance(4 * DAY)
    wait_for(stack, payer, "succeeded")
    witness.wait_for_receipt(stack, payer)
    page.goto(payer.link)
    expect(page.get_by_role("heading", name="Paid in full")).to_be_visible()
    [charge] = witness.charges(stack, payer)
    assert (charge["status"], charge["amount"]) == ("succeeded", payer.invoice["total"])
    assert witness.paid_minor(stack, payer) == payer.invoice["total"]


def api_refuses(stack: Stack, payer: Payer) -> None:
    """The API takes no second payment either while the debit is on its way."""
    key = stack.office("add_key", business=payer.business.id)
    asked = {
        "customer": encode("cus", UUID(payer.customer)),
        "currency": "EUR",
        "amount": payer.invoice["total"],
        "source": stack.sandbox.token(),
        "invoices": [
            {
                "invoice": encode("inv", UUID(str(payer.invoice["id"]))),
                "amount": payer.invoice["total"],
            }
        ],
    }
    answer = httpx.post(
        f"{payer.business.url}/api/v1/payments",
        json=asked,
        headers={"Authorization": f"Bearer {key}"},
    )
    assert (answer.status_code, answer.json()["code"]) == (409, "being_paid")


def test_a_debit_that_the_bank_refuses_opens_the_invoice_again(
    stack: Stack, page: Page, payer: Payer
) -> None:
    pay_by_debit(page, payer, RETURNED)
    stack.sandbox.advance(4 * DAY)
    wait_for(stack, payer, "failed")
    witness.check_nothing_moved(stack, payer)
    mail = mail_of(stack, payer, "did not go through")
    assert "There was not enough money on the bank account." in mail.get_body(
        ("plain",)
    ).get_content().replace("\n", " ")
    page.goto(payer.link)
    pages.type_card(page)
    pages.press_pay(page)
    pages.expect_received(page)
    assert states(stack, payer) == ["failed", "succeeded"]


def test_a_debit_that_comes_back_after_it_was_paid_opens_the_invoice_again(
    stack: Stack, page: Page, payer: Payer
) -> None:
    pay_by_debit(page, payer, RETURNED_LATE)
    stack.sandbox.advance(4 * DAY)
    wait_for(stack, payer, "succeeded")
    stack.sandbox.advance(9 * DAY)
    wait_for(stack, payer, "returned")
    [charge] = witness.charges(stack, payer)
    assert charge["amount_returned"] == payer.invoice["total"]
    assert witness.paid_minor(stack, payer) == 0
    mail_of(stack, payer, "came back")
    page.goto(payer.link)
    expect(page.get_by_role("heading", name="The bank sent the payment back")).to_be_visible()
    expect(
        page.get_by_text("The owner of the account had the bank take the debit back.")
    ).to_be_visible()
    assert pages.findings(page) == []
    pages.type_card(page)
    pages.press_pay(page)
    pages.expect_received(page)


def test_a_known_account_is_offered_again_and_can_be_taken_back(
    stack: Stack, page: Page, payer: Payer
) -> None:
    first, again = [stack.issue(payer.business, payer.customer) for _ in range(2)]
    stack.office("add_sign_in", email=payer.email, name=payer.name, password=PASSWORD)
    pages.sign_in(page, payer)
    pay_by_debit(page, payer, PAYS, f"{payer.business.url}/invoices/{first['number']}")
    page.goto(f"{payer.business.url}/invoices/{again['number']}")
    expect(page.get_by_role("radio", name=re.compile("3000"))).to_be_checked()
    assert pages.findings(page) == []
    page.get_by_role("button", name=re.compile("^Pay .* by bank debit$")).click()
    pages.expect_heading(page, "Payment processing")
    assert witness.tries(stack, payer) == ["processing", "processing"]

    page.goto(f"{payer.business.url}/methods/")
    page.get_by_text("Revoke").first.click()
    page.get_by_role("button", name="Revoke the mandate").click()
    expect(page.get_by_text("this account is not debited any more")).to_be_visible()
    assert pages.findings(page) == []
    last = stack.issue(payer.business, payer.customer)
    page.goto(f"{payer.business.url}/invoices/{last['number']}")
    expect(page.get_by_role("radio", name=re.compile("3000"))).to_have_count(0)


@pytest.mark.parametrize("language", ["en", "ar"])
def test_the_mandate_fits_a_small_screen(
    stack: Stack, page: Page, payer: Payer, language: str
) -> None:
    page.set_viewport_size({"width": 320, "height": 700})
    pages.speak(page, language, payer.business.url)
    page.goto(payer.link)
    page.locator('input[value="debit:sepa_core"]').check()
    expect(page.locator(".mandate")).to_be_visible()
    assert pages.sideways(page) <= 0
