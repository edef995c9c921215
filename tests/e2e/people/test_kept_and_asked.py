"""In a browser: a session that ends in mid-form loses nothing typed (J24), a new device adds one
code (J2), and a large sum asks again who pays, a quarter of an hour after the last proof."""

import re
import secrets

import pytest
from playwright.sync_api import Page, expect

from e2e import pages, witness
from e2e.conftest import Device
from e2e.stack import PASSWORD, Payer, Stack, eventually
from e2e.test_saved_methods import issue, pay_and_save, signed_in

pytestmark = pytest.mark.browser

LOST = "You were signed out before your form was sent: nothing was done."


def sign_out_elsewhere(page: Page, home: str) -> None:
    """Another device of the same person ends every other session."""
    page.goto(f"{home}security/")
    page.get_by_role("button", name="Sign out all other devices").click()
    expect(page.get_by_text(re.compile("other devices? (is|are) signed out"))).to_be_visible()


def sign_in_again(page: Page, email: str) -> None:
    """On the page that the form led to."""
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_text(LOST)).to_be_visible()
    expect(page.get_by_text("It stands in the form again.")).to_be_visible()
    expect(page.get_by_role("button", name="Send it now")).to_have_count(0)


def test_what_was_typed_at_the_portal_is_there_after_signing_in_again(
    stack: Stack, device: Device, payer: Payer
) -> None:
    page, other = device(), device()
    signed_in(stack, page, payer)
    pages.sign_in(other, payer)
    page.goto(f"{payer.business.url}/profile/")
    page.get_by_label("Name", exact=True).fill("Inès «Moreau» & Fils")
    sign_out_elsewhere(other, f"{payer.business.url}/")

    page.get_by_role("button", name="Save changes").click()

    sign_in_again(page, payer.email)
    expect(page.get_by_label("Name", exact=True)).to_have_value("Inès «Moreau» & Fils")
    page.get_by_role("button", name="Save changes").click()
    expect(page.get_by_text("Your changes are saved.")).to_be_visible()
    page.reload()
    expect(page.get_by_label("Name", exact=True)).to_have_value("Inès «Moreau» & Fils")


def staff_at(page: Page, home: str, email: str) -> None:
    """A member of staff who has just signed in."""
    page.goto(f"{home}sign-in")
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(home)


def test_a_draft_of_an_invoice_loses_no_line(stack: Stack, device: Device, payer: Payer) -> None:
    email = f"fin-{secrets.token_hex(3)}@harrow.example"
    home = f"{payer.business.url}/backoffice/"
    stack.office(
        "add_staff", business=payer.business.id, email=email, password=PASSWORD, role="finance"
    )
    page, other = device(), device()
    staff_at(page, home, email)
    staff_at(other, home, email)
    page.goto(home + "customers/")
    page.get_by_role("searchbox").fill(payer.email)
    found = page.get_by_role("link", name=re.compile("^Atelier Moreau"))
    expect(page).to_have_url(re.compile("[?]q="))
    expect(found).to_have_count(1)
    found.click()
    page.get_by_role("link", name="New invoice").click()
    page.locator("#line-0-description").fill("A pump,\nand its <hose>")
    page.locator("#line-0-quantity").fill("3")
    page.locator("#id_notes").fill("Please call before you come.")
    sign_out_elsewhere(other, home)
    with page.expect_response("**/invoices/totals") as sums:
        page.locator("#line-0-unit_price").fill("19.50")
    assert sums.value.status == 204

    page.get_by_role("button", name="Save and preview").click()

    sign_in_again(page, email)
    expect(page.locator("#line-0-description")).to_have_value("A pump,\nand its <hose>")
    expect(page.locator("#line-0-unit_price")).to_have_value("19.50")
    expect(page.locator("#id_notes")).to_have_value("Please call before you come.")
    page.get_by_role("button", name="Save and preview").click()
    expect(page.get_by_text("58.50").first).to_be_visible()


def codes_to(stack: Stack, payer: Payer) -> set[str]:
    """Every code that was mailed to the payer."""
    texts = [witness.text_of(mail) for mail in witness.mails_to(stack, payer.email)]
    lines = {line.strip() for text in texts for line in text.splitlines()}
    return {line for line in lines if re.fullmatch(r"[A-Z0-9]{4}-[A-Z0-9]{4}", line)}


def one_code(stack: Stack, page: Page, payer: Payer) -> None:
    """Asks for a code by mail on the page that asks who it is, and types it."""
    known = codes_to(stack, payer)
    page.get_by_role("button", name="Email me a code").click()

    code = eventually(lambda: codes_to(stack, payer) - known, "a mail with a code").pop()
    page.get_by_label("Code").fill(code)
    page.get_by_role("button", name="Confirm").click()


def test_a_new_device_adds_one_code_once(stack: Stack, device: Device, payer: Payer) -> None:
    known = device()
    signed_in(stack, known, payer)
    pay_and_save(known, payer.invoice_url)
    new = device()
    pages.sign_in(new, payer)

    new.goto(issue(stack, payer))
    pages.press_pay(new)
    expect(new.get_by_text("The first payment with a saved method on this device")).to_be_visible()
    expect(new.get_by_label("Password")).to_have_count(0)
    assert pages.findings(new) == []
    one_code(stack, new, payer)
    pages.expect_received(new)

    new.goto(issue(stack, payer))
    pages.press_pay(new)
    pages.expect_received(new)
    assert witness.tries(stack, payer) == ["succeeded"] * 3


def test_a_large_sum_asks_again_who_pays_and_a_small_one_does_not(
    stack: Stack, device: Device, payer: Payer
) -> None:
    page = device()
    signed_in(stack, page, payer)
    pay_and_save(page, payer.invoice_url)
    large = [["A pump house", "1", "25000", "20", "0"]]
    made = stack.issue(payer.business, payer.customer, lines=large)
    stack.office("grow_old", email=payer.email)
    page.goto(issue(stack, payer))
    pages.press_pay(page)
    pages.expect_received(page)

    page.goto(f"{payer.business.url}/invoices/{made['number']}")
    pages.press_pay(page)
    expect(page.get_by_text("A payment of a large sum")).to_be_visible()
    assert pages.findings(page) == []
    assert witness.tries(stack, payer) == ["succeeded"] * 2
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Confirm").click()
    pages.expect_received(page)
    assert witness.tries(stack, payer) == ["succeeded"] * 3


def test_on_a_new_device_another_day_asks_like_today(
    stack: Stack, device: Device, payer: Payer
) -> None:
    known = device()
    signed_in(stack, known, payer)
    pay_and_save(known, payer.invoice_url)
    new = device()
    pages.sign_in(new, payer)

    new.goto(issue(stack, payer))
    new.get_by_text("Pay on another day").click()
    new.get_by_role("button", name="Plan this payment").click()
    expect(new.get_by_text("The first payment with a saved method on this device")).to_be_visible()
    one_code(stack, new, payer)

    expect(new.get_by_text("It is planned.")).to_be_visible()
    assert witness.tries(stack, payer) == ["succeeded"]
