"""A mandate that is given on the gateway's own page, in a browser: there and back, back too early
and never mind, the webhook first, and a bank account without a payment. GoCardless is a server of
ours in the shapes of its documentation, with a page of its own; its list is the witness."""

import json
import re
from collections.abc import Callable, Iterator

import httpx
import pytest
from playwright.sync_api import Page, expect

from adapters.gateways.contract.counterparts.gocardless import (
    GoCardlessCounterpart,
    GoCardlessServer,
    signed,
)
from adapters.gateways.fake_service import Call, Reply
from e2e import pages, witness
from e2e.stack import Payer, Stack, eventually
from e2e.test_saved_methods import signed_in

pytestmark = pytest.mark.browser

PAGE = """<!doctype html><html lang="en"><title>GoCardless</title><h1>Set up a mandate</h1>
<form method="post"><button>Confirm the mandate</button></form>
<a href="{back}">Not now</a></html>"""


class PageServer(GoCardlessServer):
    """With the page that payers are sent to."""

    def __init__(self) -> None:
        super().__init__()
        self.backs: dict[str, str] = {}
        self.when_given: Callable[[str], None] = lambda _reference: None
        self.on("GET", "/flow/(BRQ[0-9]+)", self._page)
        self.on("POST", "/flow/(BRQ[0-9]+)", self._give)

    def _flow(self, call: Call) -> Reply:
        wanted = call.json["billing_request_flows"]
        found = wanted["links"]["billing_request"]
        self.backs[found] = wanted["redirect_uri"]
        url = f"{self.url}/flow/{found}"
        return Reply(201, {"billing_request_flows": {"id": "BRF1", "authorisation_url": url}})

    def _page(self, call: Call) -> Reply:
        body = PAGE.format(back=self.backs[call.match[0]]).encode()
        return Reply(200, body, {"Content-Type": "text/html; charset=utf-8"})

    def _give(self, call: Call) -> Reply:
        asked = self.rows["billing_requests"][call.match[0]]
        self.when_given(asked["metadata"]["counterfoil"])
        return Reply(303, b"", {"Location": self.backs[call.match[0]]})


class Bank(GoCardlessCounterpart):
    """GoCardless whose page works."""

    server: PageServer

    def start(self) -> None:
        """Starts the server."""
        super().start()
        self.server.close()
        self.server = PageServer()
        self.url = self.server.url
        self.server.when_given = self.finish_mandate

    def debits(self) -> list[tuple[int, str]]:
        """Amount and state of every debit."""
        rows = self.server.rows["payments"].values()
        return [(row["amount"], row["status"]) for row in rows]


@pytest.fixture(scope="module")
def connected(stack: Stack) -> Iterator[tuple[Bank, str]]:
    """Harrow Water debits by GoCardless while these tests run; the bank and our account there."""
    bank = Bank()
    bank.start()
    held = bank.account(bank.url)
    ours = stack.office(
        "connect_other",
        business=stack.harrow.id,
        kind="gocardless",
        settings=dict(held.settings),
        secrets=dict(held.secrets),
    )
    yield bank, ours
    stack.office("pause_account", business=stack.harrow.id, account=ours)
    bank.stop()


@pytest.fixture
def bank(connected: tuple[Bank, str]) -> Bank:
    """The bank, with nothing debited yet."""
    bank = connected[0]
    bank.server.rows["payments"].clear()
    return bank


def leave(page: Page, payer: Payer) -> None:
    """Chooses bank debit and goes to GoCardless."""
    page.goto(payer.link)
    page.get_by_role("radio", name=re.compile("^Bank debit")).check()
    expect(page.get_by_text("You go on to the payment gateway's own page.")).to_be_visible()
    assert pages.findings(page) == []
    page.get_by_role("button", name=re.compile("^Pay .* by bank debit$")).click()
    expect(page.get_by_role("heading", name="Set up a mandate")).to_be_visible()


def give(page: Page) -> None:
    """Confirms there, and is sent back."""
    page.get_by_role("button", name="Confirm the mandate").click()


def test_there_and_back_and_the_debit_is_made_once(
    stack: Stack, page: Page, payer: Payer, bank: Bank
) -> None:
    leave(page, payer)
    assert bank.debits() == []
    give(page)

    pages.expect_heading(page, "Payment processing")
    expect(page.get_by_text("Processing until")).to_be_visible()
    assert pages.findings(page) == []
    page.go_back()
    give(page)  # twice
    pages.expect_heading(page, "Payment processing")
    assert bank.debits() == [(payer.invoice["total"], "pending_submission")]

    page.get_by_text("Stop this payment").click()
    page.get_by_role("button", name="Yes, stop it").click()
    expect(page.get_by_text("is stopped. No money moves.")).to_be_visible()
    expect(pages.pay_button(page)).to_be_visible()
    assert bank.debits() == [(payer.invoice["total"], "cancelled")]
    mail = eventually(
        lambda: [one for one in witness.mails_to(stack, payer.email)
                 if "was stopped" in str(one["Subject"])],
        "the mail that it was stopped",
    )  # fmt: skip
    assert "No money moves" in mail[0].get_body(("plain",)).get_content()
    witness.check_nothing_moved(stack, payer)


def test_back_too_early_and_never_mind(stack: Stack, page: Page, payer: Payer, bank: Bank) -> None:
    leave(page, payer)
    page.get_by_role("link", name="Not now").click()
    pages.expect_heading(page, "The mandate is not given yet")
    assert pages.findings(page) == []
    page.set_viewport_size({"width": 320, "height": 700})
    assert pages.sideways(page) == 0

    page.get_by_text("Stop this payment").click()
    page.get_by_role("button", name="Yes, stop it").click()
    expect(page.get_by_text("is stopped. No money moves.")).to_be_visible()
    pages.type_card(page)  # another way, at once
    pages.press_pay(page)
    pages.expect_received(page)
    assert bank.debits() == []


def test_who_never_comes_back_is_debited_when_the_webhook_tells(
    stack: Stack, page: Page, payer: Payer, bank: Bank, connected: tuple[Bank, str]
) -> None:
    leave(page, payer)
    request = page.url.rpartition("/")[2]
    fulfil(bank, request)
    event = bank.server.put(
        "events", "EV", resource_type="billing_requests", action="fulfilled",
        links={"billing_request": request}, details={},
    )  # fmt: skip
    told = signed(json.dumps({"events": [event]}).encode())
    hook = f"{payer.business.url}/hooks/{payer.business.slug}/{connected[1]}"
    assert httpx.post(hook, content=told.body, headers=dict(told.headers)).status_code == 200

    eventually(lambda: witness.attempts(stack, payer) == ["processing"], "the debit is made")
    assert bank.debits() == [(payer.invoice["total"], "pending_submission")]


def fulfil(bank: Bank, request: str) -> None:
    """The payer has filled the page in, and closed it."""
    row = bank.server.rows["billing_requests"][request]
    bank.finish_mandate(row["metadata"]["counterfoil"])


def test_a_bank_account_is_added_and_pays_with_two_clicks(
    stack: Stack, page: Page, payer: Payer, bank: Bank
) -> None:
    signed_in(stack, page, payer)
    page.goto(f"{payer.business.url}/methods/")
    assert pages.findings(page) == []
    page.get_by_role("button", name="Continue to the mandate").click()
    give(page)
    expect(page.get_by_text("In force")).to_be_visible()
    assert bank.debits() == []

    page.goto(payer.invoice_url)
    expect(page.locator("[data-pay] [name=way]:checked")).to_have_value(re.compile("^mdt_"))
    pages.press_pay(page)
    pages.expect_heading(page, "Payment processing")
    assert bank.debits() == [(payer.invoice["total"], "pending_submission")]


def test_a_bank_account_is_saved_in_the_gateways_own_fields_and_pays_with_two_clicks(
    stack: Stack, page: Page, payer: Payer, connected: tuple[Bank, str]
) -> None:
    """The sandbox's, while nothing goes to GoCardless: nothing is charged by saving."""
    stack.office("pause_account", business=stack.harrow.id, account=connected[1])
    signed_in(stack, page, payer)
    page.goto(f"{payer.business.url}/methods/")
    form = page.locator("form", has=page.get_by_role("button", name="Save this bank account"))
    frame = form.frame_locator("iframe")
    frame.get_by_label("Account holder").fill("Ines Moreau")
    frame.get_by_label("IBAN").fill("DE89 3704 0044 0532 0130 00")
    assert pages.findings(page) == []
    form.get_by_role("button", name="Save this bank account").click()
    expect(page.get_by_text("The bank account is saved. Nothing was charged.")).to_be_visible()
    expect(page.get_by_text("In force")).to_be_visible()
    assert witness.attempts(stack, payer) == []

    page.goto(payer.invoice_url)
    expect(page.locator("[data-pay] [name=way]:checked")).to_have_value(re.compile("^mdt_"))
    pages.press_pay(page)
    pages.expect_heading(page, "Payment processing")
    assert witness.attempts(stack, payer) == ["processing"]
