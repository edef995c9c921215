"""The gateway's own pages: online banking and digital currency, paid, left, late or never."""

import re

import httpx
import pytest

from factories.sandbox_process import JSON, AccountAtSandbox, Sandbox

HOME = "http://localhost:8000"
BACK = f"{HOME}/return?invoice=7"


def asked(account: AccountAtSandbox, page: str = "bank_redirect", **fields: object) -> JSON:
    """A charge that waits for its payer on a page."""
    body = account.request(return_url=BACK, page=page, **fields)
    del body["source"]
    answer = account.post_charge(body)
    assert answer.status_code == 201, answer.text
    charge: JSON = answer.json()
    assert charge["status"] == "requires_action"
    assert charge["next_action"]["type"] == "redirect"
    return charge


def page_of(charge: JSON) -> str:
    """The address of its page."""
    url: str = charge["next_action"]["url"]
    return url.partition("?")[0]


def now_is(account: AccountAtSandbox, charge: JSON) -> tuple[str, str | None, int]:
    """The charge's status, failure code, and what it captured."""
    found = account.get(f"/v1/charges/{charge['id']}").json()
    code = found["failure"] and found["failure"]["code"]
    return found["status"], code, found["amount_captured"]


def kinds(account: AccountAtSandbox) -> list[str]:
    """What was told of."""
    return [event["type"] for event in account.events()]


def test_page_says_what_is_paid_and_changes_nothing(account: AccountAtSandbox) -> None:
    """Reading the page, however often, decides nothing."""
    charge = asked(account, description="Invoice HW-1")
    assert charge["instrument"] == {"kind": "bank_redirect"}
    assert (charge["card"], charge["amount_is_open"]) == (None, False)
    for _ in range(2):
        page = httpx.get(page_of(charge))
    assert page.status_code == 200
    for text in (account.body["name"], "€203.55", "Invoice HW-1", "online banking"):
        assert text in page.text
    assert "Amount to send" not in page.text
    assert f"form-action 'self' {HOME};" in page.headers["content-security-policy"]
    assert now_is(account, charge) == ("requires_action", None, 0)
    assert kinds(account) == []


@pytest.mark.parametrize(
    ("answer", "stands", "told"),
    [
        ("pay", ("succeeded", None, 20355), "charge.succeeded"),
        ("leave", ("failed", "page_left", 0), "charge.failed"),
    ],
)
def test_first_word_decides_and_sends_the_payer_back(
    account: AccountAtSandbox, answer: str, stands: tuple[str, str | None, int], told: str
) -> None:
    """One word, one event, and the way back with the charge's id; a second word is none."""
    charge = asked(account)
    for verb in (answer, "leave", "pay"):
        reply = httpx.post(f"{page_of(charge)}/{verb}")
        assert reply.status_code == 303
        assert reply.headers["location"] == f"{BACK}&charge={charge['id']}"
    assert now_is(account, charge) == stands
    assert kinds(account) == [told]


def test_never_finished_expires_after_half_an_hour(own_sandbox: Sandbox) -> None:
    """By the sandbox clock; online banking takes no money after that."""
    account = own_sandbox.start().open_account(origins=[HOME])
    charge = asked(account)
    own_sandbox.advance(29 * 60)
    assert now_is(account, charge) == ("requires_action", None, 0)
    own_sandbox.advance(60)
    assert httpx.post(f"{page_of(charge)}/pay").status_code == 303
    assert now_is(account, charge) == ("failed", "page_expired", 0)
    assert kinds(account) == ["charge.failed"]


@pytest.mark.parametrize(
    ("typed", "arrives"), [("203.55", 20355), ("150", 15000), ("210,00", 21000)]
)
def test_payer_decides_how_much_digital_currency_is_sent(
    account: AccountAtSandbox, typed: str, arrives: int
) -> None:
    """Short or over: the charge is over what arrived."""
    charge = asked(account, "digital_currency")
    assert charge["amount_is_open"] is True
    assert 'value="203.55"' in httpx.get(page_of(charge)).text
    reply = httpx.post(f"{page_of(charge)}/pay", data={"amount": typed})
    assert reply.status_code == 303
    assert now_is(account, charge) == ("succeeded", None, arrives)
    found = account.get(f"/v1/charges/{charge['id']}").json()
    assert (found["amount"], found["instrument"]) == (arrives, {"kind": "digital_currency"})


@pytest.mark.parametrize("typed", ["", "0", "-5", "1.234", "NaN", "1e99", "much"])
def test_amount_that_is_none_is_asked_for_again(account: AccountAtSandbox, typed: str) -> None:
    """And nothing is sent."""
    charge = asked(account, "digital_currency")
    reply = httpx.post(f"{page_of(charge)}/pay", data={"amount": typed})
    assert reply.status_code == 422
    assert re.search(r'aria-invalid="true".*role="alert"', reply.text, re.DOTALL)
    assert f'name="amount" value="{typed}"' in reply.text
    assert now_is(account, charge) == ("requires_action", None, 0)


def test_digital_currency_that_comes_late_arrives(own_sandbox: Sandbox) -> None:
    """Nobody can refuse it: the charge had failed, then it waits to be confirmed, and then it has
    succeeded; but not one that its account has called back."""
    account = own_sandbox.start().open_account(origins=[HOME])
    late, gone = asked(account, "digital_currency"), asked(account, "digital_currency")
    cancel = f"/v1/charges/{gone['id']}/cancel"
    assert own_sandbox.post(cancel, {}, **account.auth).status_code == 200
    own_sandbox.advance(31 * 60)
    assert now_is(account, late) == ("failed", "page_expired", 0)
    assert "still arrives" in httpx.get(page_of(late)).text
    for charge in (late, gone, late):
        httpx.post(f"{page_of(charge)}/pay", data={"amount": "200"})
    assert now_is(account, late) == ("processing", None, 0)
    own_sandbox.advance(10 * 60)
    assert now_is(account, late) == ("succeeded", None, 20000)
    assert now_is(account, gone) == ("cancelled", None, 0)
    told = ["charge.cancelled", "charge.failed", "charge.processing", "charge.succeeded"]
    assert kinds(account) == told


def test_what_came_by_a_page_can_be_given_back(account: AccountAtSandbox) -> None:
    """As a card's."""
    charge = asked(account)
    httpx.post(f"{page_of(charge)}/pay")
    headers = account.auth | {"Idempotency-Key": "ref_1"}
    refund = {"reference": f"ref_{charge['id']}"}
    answer = account.sandbox.post(f"/v1/charges/{charge['id']}/refunds", refund, **headers)
    assert (answer.status_code, answer.json()["amount"]) == (201, 20355)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"source": None, "page": None}, "source"),
        ({"page": "bank_redirect"}, "page"),
        ({"source": None, "page": "bank_redirect", "save": True}, "page"),
        ({"source": None, "page": "bank_redirect", "off_session": True}, "page"),
        ({"source": None, "page": "cheque"}, "page"),
    ],
)
def test_a_page_or_a_source(account: AccountAtSandbox, change: JSON, field: str) -> None:
    """One of them, and nothing is kept of a page."""
    body = {key: value for key, value in (account.request() | change).items() if value is not None}
    answer = account.post_charge(body)
    assert (answer.status_code, answer.json()["error"]["field"]) == (400, field)


def test_wrong_address_is_a_page_that_says_so(sandbox: Sandbox, account: AccountAtSandbox) -> None:
    """An unguessed address shows nothing; a bank's question is no such page, nor the other way."""
    challenge = account.charge("4000 0025 0000 3155")
    secret = challenge["next_action"]["url"].rpartition("/")[2]
    here = page_of(asked(account)).rpartition("/")[2]
    for path in ("/pay/page_wrong", f"/pay/{secret}", f"/3ds/{here}"):
        assert sandbox.http.get(path).status_code == 404
    assert sandbox.http.post(f"/pay/{secret}/pay").status_code == 404
    assert now_is(account, challenge)[0] == "requires_action"


@pytest.mark.parametrize("locale", ["de", "ar"])
def test_page_speaks_the_payers_language(account: AccountAtSandbox, locale: str) -> None:
    """The charge's language, as its address says it; every word is there."""
    charge = asked(account, "digital_currency", locale=locale)
    page = httpx.get(charge["next_action"]["url"])
    assert f'<html lang="{locale}"' in page.text
    assert "Amount to send" not in page.text
