"""Payment pages on another origin that pay by bank debit and by wallet."""

import json
import secrets
import time
from typing import Any

from playwright.sync_api import Page

from factories.payment_page import PaymentPage

_SECONDS_MAX = 20


def wait_seen(page: Page, name: str) -> None:
    """Waits until the page was told this by its fields; its policy forbids Playwright's own way."""
    deadline = time.monotonic() + _SECONDS_MAX
    while not page.evaluate("(name) => seen.some((event) => event.name === name)", name):
        assert time.monotonic() < deadline, name
        page.wait_for_timeout(20)


class BankPage(PaymentPage):
    """Pays by a bank account: asks for a mandate, then charges."""

    def html(self, query: dict[str, list[str]]) -> str:
        """The page with bank fields of the scheme that its address asks for."""
        scheme = query.get("scheme", ["sepa"])[0]
        options = f'<div id="fields" data-method="bank_debit" data-scheme="{scheme}"'
        return super().html(query).replace('<div id="fields"', options)

    def pay(self, body: bytes) -> dict[str, Any]:
        """Takes the mandate, as a portal's server does, and charges."""
        token = json.loads(body)["token"]
        for scheme in ("sepa", "ach", "bacs"):
            mandate = {
                "token": token,
                "scheme": scheme,
                "reference": f"M-{secrets.token_hex(8)}",
                "accepted_at": "2026-03-02T09:00:00Z",
                "customer": "cus_1",
            }
            self.sandbox.http.post("/v1/mandates", json=mandate, headers=self.account.auth)
        return super().pay(body)


class WalletPage(PaymentPage):
    """Pays by the wallet; what its button hands out by itself is kept in `seen`."""

    def html(self, query: dict[str, list[str]]) -> str:
        """The page with the wallet's button."""
        options = (
            '<div id="fields" data-method="wallet" data-wallet="apple_pay"'
            ' data-amount="20355" data-currency="EUR"'
        )
        return super().html(query).replace('<div id="fields"', options)
