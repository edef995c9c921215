"""3-D Secure: the bank asks, the payer answers once, and comes back to where the charge said."""

import re

import httpx
import pytest

from factories.sandbox_process import JSON, AccountAtSandbox, Sandbox

CARD = "4000 0025 0000 3155"
HOME = "http://localhost:8000"
BACK = f"{HOME}/return?invoice=7"


def asked(account: AccountAtSandbox, **fields: str) -> JSON:
    """A charge that waits for the payer."""
    charge = account.charge(CARD, **{"return_url": BACK} | fields)
    assert charge["status"] == "requires_action"
    return charge


def page_of(charge: JSON) -> str:
    """The address of the bank's page."""
    assert charge["next_action"]["type"] == "redirect"
    url: str = charge["next_action"]["url"]
    return url


def now_is(account: AccountAtSandbox, charge: JSON) -> tuple[str, str | None]:
    """The charge's status and failure code."""
    found = account.get(f"/v1/charges/{charge['id']}").json()
    return found["status"], found["failure"] and found["failure"]["code"]


def test_page_says_what_is_paid_and_changes_nothing(account: AccountAtSandbox) -> None:
    """Reading the page, however often, decides nothing."""
    charge = asked(account, description="Invoice HW-1")
    for _ in range(2):
        page = httpx.get(page_of(charge))
    assert page.status_code == 200
    for text in (account.body["name"], "€203.55", "Invoice HW-1", "Visa ending 3155"):
        assert text in page.text
    assert f"form-action 'self' {HOME};" in page.headers["content-security-policy"]
    assert "frame-ancestors 'none'" in page.headers["content-security-policy"]
    assert now_is(account, charge) == ("requires_action", None)
    assert account.events() == []


@pytest.mark.parametrize(
    ("answer", "status", "code", "kind"),
    [
        ("approve", "succeeded", None, "charge.succeeded"),
        ("decline", "failed", "authentication_failed", "charge.failed"),
    ],
)
def test_answer_decides_and_sends_the_payer_back(
    account: AccountAtSandbox, answer: str, status: str, code: str | None, kind: str
) -> None:
    """One answer, one event, and the way back with the charge's id."""
    charge = asked(account)
    reply = httpx.post(f"{page_of(charge)}/{answer}")
    assert reply.status_code == 303
    assert reply.headers["location"] == f"{BACK}&charge={charge['id']}"
    assert now_is(account, charge) == (status, code)
    assert [event["type"] for event in account.events()] == [kind]


def test_second_answer_changes_nothing_and_redirects_again(account: AccountAtSandbox) -> None:
    """The first word counts, on both ways in."""
    charge = asked(account)
    httpx.post(page_of(charge) + "/decline")
    late = httpx.post(page_of(charge) + "/approve")
    again = httpx.get(page_of(charge))
    assert [late.status_code, again.status_code] == [303, 303]
    assert late.headers["location"] == again.headers["location"]
    assert now_is(account, charge) == ("failed", "authentication_failed")
    assert len(account.events()) == 1


def test_unanswered_for_half_an_hour_expires(own_sandbox: Sandbox) -> None:
    """By the sandbox clock; an approval after that is too late."""
    account = own_sandbox.start().open_account(origins=[HOME])
    charge = asked(account)
    own_sandbox.advance(29 * 60)
    assert now_is(account, charge) == ("requires_action", None)
    own_sandbox.advance(60)
    late = httpx.post(page_of(charge) + "/approve")
    assert late.status_code == 303
    assert now_is(account, charge) == ("failed", "authentication_expired")
    assert [event["type"] for event in account.events()] == ["charge.failed"]


def test_wrong_address_is_a_page_that_says_so(sandbox: Sandbox) -> None:
    """An unguessed address shows nothing, decides nothing."""
    page = sandbox.http.get("/3ds/tds_wrong")
    answer = sandbox.http.post("/3ds/tds_wrong/approve")
    assert [page.status_code, answer.status_code] == [404, 404]
    assert "Nothing was paid" in page.text


def test_unknown_answer_decides_nothing(account: AccountAtSandbox) -> None:
    """Only approve and decline are answers."""
    charge = asked(account)
    reply = httpx.post(page_of(charge) + "/other")
    assert reply.status_code == 404
    assert now_is(account, charge) == ("requires_action", None)


def test_without_return_address_a_plain_page_ends_it(account: AccountAtSandbox) -> None:
    """Nowhere to go back to: the page says that it is done."""
    charge = account.charge(CARD)
    reply = httpx.post(page_of(charge) + "/approve")
    assert reply.status_code == 200
    assert "The payment was approved" in reply.text


@pytest.mark.parametrize(
    ("locale", "currency", "amount", "shown"),
    [
        ("de", "EUR", 123456, "1.234,56\xa0€"),
        ("en", "JPY", 20355, "¥20,355"),
        ("en", "BHD", 1234567, "BHD\xa01,234.567"),
        ("ar-EG", "EUR", 20355, "203.55"),
        ("fr", "EUR", 20355, "€203.55"),
    ],
)
def test_page_speaks_the_payers_language(
    account: AccountAtSandbox, locale: str, currency: str, amount: int, shown: str
) -> None:
    """Words, direction and the currency's own decimals; an unknown language reads English."""
    charge = account.charge(CARD, locale=locale, currency=currency, amount=amount)
    page = httpx.get(page_of(charge))
    language = locale[:2] if locale != "fr" else "en"
    direction = "rtl" if language == "ar" else "ltr"
    assert re.search(rf'<html lang="{language}" dir="{direction}"', page.text)
    assert shown in page.text
