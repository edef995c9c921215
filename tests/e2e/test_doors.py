"""Who may open what: links, sign-in by code, scanners, strangers, and the neighbour's host."""

import re
import secrets
from typing import Any
from uuid import uuid4

import httpx
import pytest
from playwright.sync_api import Page, expect

from counterfoil.kernel.ids import encode
from e2e import pages, witness
from e2e.conftest import Device
from e2e.stack import Payer, Stack, eventually

pytestmark = pytest.mark.browser
SIGN_IN = "/sign-in/"


def scan(stack: Stack) -> list[str]:
    """A mail scanner opens every link of every mail twice, without cookies; gives what it saw."""
    ours = [
        link for link in witness.links_of(witness.all_mails(stack)) if f":{stack.port}/" in link
    ]
    assert ours
    for link in ours * 2:
        httpx.get(link, timeout=20)
    return ours


def ask_for_code(page: Page, payer: Payer) -> None:
    """Types the address and asks for a code by mail."""
    page.goto(f"{payer.business.url}{SIGN_IN}")
    page.get_by_label("Email").fill(payer.email)
    page.get_by_role("button", name="Email me a code").click()
    expect(page.get_by_label("Code")).to_be_visible()


def code_of(stack: Stack, payer: Payer) -> str:
    """The code in the newest mail."""

    def found() -> str:
        for mail in reversed(witness.mails_to(stack, payer.email)):
            if "code" in str(mail["Subject"]):
                lines = witness.text_of(mail).splitlines()
                return next((one for one in lines if re.fullmatch(r"[A-Z0-9-]{6,9}", one)), "")
        return ""

    return eventually(found, "a mail with a code")


def link_of(stack: Stack, payer: Payer) -> str:
    """The link that signs in, in the newest mail."""

    def found() -> str:
        links = witness.links_of(witness.mails_to(stack, payer.email))
        return next((one for one in reversed(links) if "/sign-in/link/" in one), "")

    return eventually(found, "a mail with a link that signs in")


def enter(page: Page, code: str) -> None:
    """Types the code."""
    page.get_by_label("Code").fill(code)
    page.get_by_role("button", name="Confirm").click()


def test_a_mailed_code_signs_in_once_whatever_a_scanner_opened(
    stack: Stack, device: Device, payer: Payer
) -> None:
    page, other = device(), device()
    ask_for_code(page, payer)
    code = code_of(stack, payer)
    pages.pay(other, payer)
    pages.expect_received(other)
    witness.wait_for_receipt(stack, payer)
    scan(stack)
    enter(page, code)
    expect(page).to_have_url(f"{payer.business.url}/")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Ines")
    ask_for_code(other, payer)
    enter(other, code)
    expect(other.get_by_label("Code")).to_have_attribute("aria-invalid", "true")
    assert other.request.get(f"{payer.business.url}/invoices/", max_redirects=0).status == 302


def test_the_button_of_a_mailed_link_signs_in_once_whatever_a_scanner_opened(
    stack: Stack, device: Device, payer: Payer
) -> None:
    """A phone that has never been here: opening the link does nothing, its button signs in."""
    desk, phone, late = device(), device(viewport={"width": 390, "height": 800}), device()
    ask_for_code(desk, payer)
    link = link_of(stack, payer)
    scan(stack)
    for page in (phone, late):
        page.goto(link)
        expect(page.get_by_text(payer.email)).to_be_visible()
        assert page.request.get(f"{payer.business.url}/", max_redirects=0).status == 302
    assert pages.findings(phone) == []
    phone.get_by_role("button", name="Sign in").press("Enter")
    expect(phone).to_have_url(f"{payer.business.url}/")
    expect(phone.get_by_role("heading", level=1)).to_contain_text("Ines")
    late.get_by_role("button", name="Sign in").click()
    expect(late.get_by_role("heading", name="This link does not work any more")).to_be_visible()
    assert late.request.get(f"{payer.business.url}/invoices/", max_redirects=0).status == 302


def test_an_unknown_address_gets_the_same_page_and_another_mail(
    stack: Stack, device: Device, payer: Payer
) -> None:
    texts = []
    for email in (payer.email, f"nobody-{secrets.token_hex(3)}@moreau.example"):
        page = device()
        page.goto(f"{payer.business.url}{SIGN_IN}")
        page.get_by_label("Email").fill(email)
        page.get_by_role("button", name="Email me a code").click()
        expect(page.get_by_label("Code")).to_be_visible()
        texts.append(page.get_by_role("main").inner_text().replace(email, "ADDRESS"))
    assert texts[0] == texts[1]
    mail = eventually(lambda: witness.mails_to(stack, email), "a mail to the stranger")[0]
    assert "No customer there has this address." in witness.text_of(mail)


def test_a_link_that_a_scanner_opened_twice_still_pays(
    stack: Stack, page: Page, payer: Payer
) -> None:
    invoice = stack.issue(payer.business, payer.customer, quiet=False, days_ago=0)
    mail = eventually(lambda: witness.mails_to(stack, payer.email), "the invoice by mail", 60)[0]
    [link] = [one for one in scan(stack) if "/i/" in one and one in witness.links_of([mail])]
    page.goto(link)
    expect(page.get_by_role("heading", name=f"Invoice {invoice['number']}")).to_be_visible()
    pages.type_card(page)
    pages.press_pay(page)
    pages.expect_received(page)
    assert [one["amount"] for one in witness.charges(stack, payer)] == [invoice["total"]]


def test_a_receipt_of_two_years_ago_is_one_search_and_one_click_away(
    stack: Stack, page: Page, payer: Payer
) -> None:
    old = stack.paid_long_ago(payer, days_ago=730)
    for days_ago in (700, 400, 40):
        stack.paid_long_ago(payer, days_ago)
    stack.give_password(payer)
    pages.sign_in(page, payer)
    page.get_by_role("link", name="Payments").first.click()
    expect(page.get_by_role("link", name="Download receipt")).to_have_count(4)
    page.get_by_label("Search").fill(old["number"])
    expect(page.get_by_role("link", name="Download receipt")).to_have_count(1)
    expect(page.get_by_role("row").filter(has_text=old["number"])).to_have_count(1)
    assert pages.download(page, "Download receipt").startswith(b"%PDF-")
    page.goto(f"{payer.business.url}/invoices/")
    page.get_by_label("Search").fill(old["number"])
    expect(page.get_by_role("row").filter(has_text=old["number"])).to_be_visible()
    expect(page.get_by_role("row")).to_have_count(2)


def status(page: Page, address: str) -> int:
    """The status of an address, redirects not followed."""
    return page.request.get(address, max_redirects=0).status


def test_a_forwarded_link_opens_that_invoice_and_nothing_else(
    stack: Stack, page: Page, payer: Payer
) -> None:
    other = stack.issue(payer.business, payer.customer)
    old = stack.paid_long_ago(payer, days_ago=60)
    page.goto(payer.link)
    expect(page.get_by_role("heading", name=f"Invoice {payer.number}")).to_be_visible()
    assert old["number"] not in page.content()
    assert other["number"] not in page.content()
    home = payer.business.url
    for path in ("/", "/invoices/", f"/invoices/{payer.number}", "/payments/", "/profile/",
                 "/payments.csv", f"/payments/{old['payment']}/receipt"):  # fmt: skip
        page.goto(f"{home}{path}")
        expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    assert status(page, f"{payer.link}/payments/{old['payment']}") == 404
    assert status(page, f"{payer.link}/payments/{old['payment']}/receipt") == 404
    there = payer.link.replace(home, stack.mill.url)
    assert (status(page, there), status(page, payer.link)) == (404, 200)


def test_a_payment_of_two_invoices_tells_a_guest_nothing_of_the_other(
    stack: Stack, page: Page, payer: Payer
) -> None:
    other = stack.issue(payer.business, payer.customer)
    payment = stack.pay(payer, [payer.invoice, other])
    page.goto(payer.link)
    expect(page.get_by_role("heading", name="Paid in full")).to_be_visible()
    expect(page.get_by_role("link", name="Download receipt")).to_have_count(0)
    assert other["number"] not in page.content()
    assert status(page, f"{payer.link}/payments/{payment}") == 404
    assert status(page, f"{payer.link}/payments/{payment}/receipt") == 404
    stack.give_password(payer)
    pages.sign_in(page, payer)
    page.goto(payer.invoice_url)
    assert pages.download(page, "Download receipt").startswith(b"%PDF-")
    witness.check_books(stack)


def test_the_owner_takes_a_link_back_with_two_clicks(
    stack: Stack, device: Device, payer: Payer
) -> None:
    owner, stranger = device(), device()
    stack.give_password(payer)
    pages.sign_in(owner, payer)
    stranger.goto(payer.link)
    pages.type_card(stranger)
    owner.goto(payer.invoice_url)
    owner.get_by_text("can open this invoice by link").click()
    owner.get_by_role("button", name=re.compile("^Take back")).click()
    expect(owner.get_by_role("heading", name=f"Invoice {payer.number}")).to_be_visible()
    expect(owner.get_by_text("can open this invoice by link")).to_have_count(0)
    pages.press_pay(stranger)
    expect(stranger.get_by_role("heading", name="This link was taken back")).to_be_visible(
        timeout=pages.SLOW
    )
    assert status(stranger, payer.link) == 410
    assert status(stranger, f"{payer.link}/pdf") == 410
    witness.check_nothing_moved(stack, payer)


def test_wrong_and_expired_links(stack: Stack, page: Page, payer: Payer) -> None:
    token = payer.link.rpartition("/")[2]
    changed = ("A" if token[0] != "A" else "B") + token[1:]
    home = payer.business.url
    for wrong in (changed, token[:-1], f"{token}x", secrets.token_urlsafe(32), "..%2f", "ü"):
        assert status(page, f"{home}/i/{wrong}") == 404
    expired = stack.link(payer.business, payer.customer, payer.invoice, payer.email, days=-0.001)
    assert status(page, expired) == 410
    page.goto(expired)
    expect(page.get_by_role("heading", name="This link has expired")).to_be_visible()
    assert payer.number not in page.content()


def shown(html: str) -> str:
    """The main part of a page, without the reference that every answer has of its own."""
    main = html[html.index("<main") : html.index("</main>")]
    return re.sub(r"Reference for questions: \w+", "", main)


def test_the_neighbours_things_are_not_there(stack: Stack, page: Page, payer: Payer) -> None:
    stack.give_password(payer)
    pages.sign_in(page, payer)
    there = stack.payer(stack.mill)
    for _ in range(9):  # so that the numbers of the two businesses do not meet
        last = stack.issue(stack.mill, there.customer)
    paid = stack.paid_long_ago(there, days_ago=30)
    another = stack.payer()
    home = payer.business.url
    foreign = [
        f"/invoices/{another.number}", f"/invoices/{another.number}/pdf",
        f"/payments/{paid['payment']}", f"/payments/{paid['payment']}/receipt",
        f"/credit-notes/{encode('cn', uuid4())}",
    ]  # fmt: skip
    absent = page.request.get(f"{home}/invoices/INV-1999-99999")
    for path in foreign:
        answer = page.request.get(f"{home}{path}")
        assert (answer.status, shown(answer.text())) == (404, shown(absent.text())), path
    found = page.request.get(f"{home}/invoices/?q={last['number']}").text()
    assert payer.number in found or "No invoice found" in found
    assert status(page, f"{stack.mill.url}/invoices/") == 302


def test_a_session_of_one_business_is_none_at_the_other(
    stack: Stack, page: Page, payer: Payer
) -> None:
    stack.give_password(payer)
    pages.sign_in(page, payer)
    cookies = [one for one in page.context.cookies() if one["name"] == "session"]
    assert [(one["httpOnly"], one["sameSite"]) for one in cookies] == [(True, "Lax")]
    stolen = {"Cookie": f"session={cookies[0]['value']}"}
    there = httpx.get(f"{stack.mill.url}/invoices/", headers=stolen)
    here = httpx.get(f"http://127.0.0.1:{stack.port}/invoices/", headers=stolen)
    assert (there.status_code, here.status_code) == (302, 302)


def test_a_post_without_the_forms_secret_is_refused(stack: Stack, page: Page, payer: Payer) -> None:
    body: dict[str, Any] = {"source": stack.sandbox.token(), "form_key": secrets.token_hex(8)}
    bare = page.request.post(f"{payer.link}/pay", form=body)
    foreign = page.request.post(
        f"{payer.link}/pay",
        form=body | {"csrfmiddlewaretoken": "x" * 64},
        headers={"Origin": "http://evil.example"},
    )
    assert (bare.status, foreign.status) == (403, 403)
    assert status(page, f"{payer.link}/pay") == 405
    assert witness.attempts(stack, payer) == []
    witness.check_nothing_moved(stack, payer)


def test_what_the_form_hides_cannot_be_changed(stack: Stack, page: Page, payer: Payer) -> None:
    page.goto(payer.link)
    secret = page.locator("form[data-pay] input[name=csrfmiddlewaretoken]").get_attribute("value")
    answer = page.request.post(
        f"{payer.link}/pay",
        form={
            "csrfmiddlewaretoken": secret or "", "form_key": secrets.token_hex(8),
            "source": stack.sandbox.token(), "amount": "1", "currency": "JPY",
            "invoice": "INV-0000", "customer": str(uuid4()),
        },
        headers={"Origin": payer.business.url},
        max_redirects=0,
    )  # fmt: skip
    assert answer.status == 302
    witness.check_paid_once(stack, payer)


def test_every_answer_wears_its_headers(stack: Stack, page: Page, payer: Payer) -> None:
    home = payer.business.url
    for address in (payer.link, f"{payer.link}/pdf", f"{home}/sign-in/", f"{home}/i/none",
                    f"{home}/nothing", f"{home}/healthz", f"{home}/invoices/"):  # fmt: skip
        headers = page.request.get(address, max_redirects=0).headers
        assert headers["x-content-type-options"] == "nosniff", address
        assert headers["x-frame-options"] == "DENY"
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert "unsafe" not in headers["content-security-policy"]
        assert {"private", "no-store"} <= set(headers["cache-control"].split(", "))
        assert headers["referrer-policy"] in ("same-origin", "strict-origin")


def test_a_stranger_asks_whether_a_document_is_genuine(page: Page, payer: Payer) -> None:
    """In a browser, which says where a form comes from only if the page lets it."""
    page.goto(f"{payer.business.url}/genuine/")
    page.get_by_role("button", name="Check").click()
    expect(page.get_by_label("Code")).to_have_attribute("aria-invalid", "true")
    page.get_by_label("Code").fill("7H2KQ-0M4XR-ABCDE-FGH12")
    page.get_by_role("button", name="Check").click()
    expect(page.get_by_text("has issued no such document")).to_be_visible()
    assert pages.findings(page) == []
