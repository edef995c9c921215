"""The real sandbox gateway in a process of its own."""

import shutil
import tempfile
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from adapters.gateways.contract.counterpart import Counterpart, Push, Wish
from adapters.gateways.contract.line import wait_until
from counterfoil.adapters.gateways.sandbox.adapter import SandboxGateway
from counterfoil.kernel.money import Money
from counterfoil.kernel.ports.gateways.account import GatewayAccount
from counterfoil.kernel.ports.gateways.charges import ChargeRequest
from counterfoil.kernel.ports.gateways.mandates import DebitScheme, MandateRequest
from counterfoil.kernel.ports.gateways.outcomes import FailureCode
from factories.outside.webhook_receiver import Receiver
from factories.sandbox_process import AccountAtSandbox, Sandbox

HOME = "http://localhost:8000"
CARDS = {
    Wish.SUCCEEDS: "4242 4242 4242 4242",
    Wish.NEEDS_STEP: "4000 0025 0000 3155",
    FailureCode.CARD_DECLINED: "4000 0000 0000 0002",
    FailureCode.INSUFFICIENT_FUNDS: "4000 0000 0000 9995",
    FailureCode.EXPIRED_CARD: "4000 0000 0000 0069",
    FailureCode.INCORRECT_CVC: "4000 0000 0000 0127",
}
GOOD_IBAN = "DE89370400440532013000"
DAY = 86_400


class SandboxCounterpart(Counterpart):
    """Money that moves nowhere, by rules of its own."""

    name = "sandbox"
    what = "the sandbox itself"
    gateway = SandboxGateway()
    wishes = frozenset(CARDS)
    amounts = (Money(20355, "EUR"), Money(5000, "JPY"), Money(12345, "KWD"))

    def start(self) -> None:
        """Starts the process."""
        self._folder = Path(tempfile.mkdtemp(prefix="contract-sandbox-"))
        self._sandbox = Sandbox(self._folder / "data").start()
        self._receiver = Receiver()
        self._there = self._open(webhook_url=self._receiver.url)
        self._other = self._open()
        self.url = self._sandbox.url

    def stop(self) -> None:
        """Ends the process."""
        self._sandbox.stop()
        self._receiver.close()
        shutil.rmtree(self._folder)

    def _open(self, **fields: object) -> AccountAtSandbox:
        return self._sandbox.open_account(origins=[HOME], settings={"card_fee": 30}, **fields)

    def account(self, url: str) -> GatewayAccount:
        """Ours."""
        return _held(self._there, url)

    def stranger(self, url: str) -> GatewayAccount:
        """Keys that it has never given out; the secret is another account's."""
        held = _held(self._other, url)
        return GatewayAccount(
            held.name, held.settings, {**held.secrets, "secret_key": "sk_sandbox_stranger"}
        )

    def request(
        self, wish: Wish | FailureCode, reference: str, amount: Money, *, save: bool = False
    ) -> ChargeRequest:
        """A charge of the test card that does this."""
        return ChargeRequest(
            reference=reference,
            amount=amount,
            source=self._sandbox.token(CARDS[wish]),
            customer="cus_contract",
            description=reference,
            return_url=f"{HOME}/return",
            save=save,
        )

    def finish(self, reference: str) -> None:
        """The payer says yes on the bank's page."""
        for charge in self._charges(reference):
            action = charge["next_action"]
            if charge["status"] == "requires_action":
                assert self._sandbox.http.post(f"{action['url']}/approve").status_code == 303

    def _charges(self, reference: str) -> list[Mapping[str, Any]]:
        rows: list[Mapping[str, Any]] = self._there.get(
            "/v1/charges", reference=reference, status="all"
        ).json()["data"]
        return rows

    def charged(self, reference: str) -> Sequence[Money]:
        """By its own list."""
        rows = self._charges(reference)
        good = [row for row in rows if row["status"] not in ("failed", "cancelled")]
        return [Money(row["amount"], row["currency"]) for row in good]

    def moves_money(self, method: str, path: str) -> bool:
        """A charge or a refund of one."""
        return method == "POST" and (path == "/v1/charges" or path.endswith("/refunds"))

    def pushes(self, reference: str) -> Sequence[Push]:
        """What came to the address that the account has."""

        def found() -> list[Push]:
            taken = self._receiver.wait_for(0)
            return [Push(*one) for one in taken if reference.encode() in one[1]]

        wait_until(lambda: bool(found()))
        return found()

    def refunded(self, reference: str) -> Sequence[Money]:
        """By its own list."""
        [charge] = self._charges(reference)
        rows = self._there.get("/v1/refunds", charge=charge["id"], status="all").json()["data"]
        return [Money(row["amount"], row["currency"]) for row in rows if row["status"] != "failed"]

    def cancellable(self, reference: str, amount: Money) -> ChargeRequest:
        """One that waits for its payer."""
        return self.request(Wish.NEEDS_STEP, reference, amount)

    def mandate_request(self, reference: str) -> MandateRequest:
        """A mandate of the account that pays."""
        answer = self._sandbox.post(
            "/v1/tokens", {"bank_debit": {"holder": "Ada Lovelace", "iban": GOOD_IBAN}}
        )
        return MandateRequest(
            reference=reference,
            source=answer.json()["id"],
            scheme=DebitScheme.SEPA_CORE,
            customer="cus_contract",
            accepted_at=datetime.now(UTC),
            return_url=f"{HOME}/return",
            evidence={"ip_address": "192.0.2.7", "user_agent": "Contract/1"},
        )

    def wallet_token(self) -> str:
        """Of Google Pay."""
        body = {"wallet": {"type": "google_pay", "card": "visa"}}
        return str(self._sandbox.post("/v1/tokens", body).json()["id"])

    def token(self) -> str:
        """A good card's."""
        return self._sandbox.token()

    def dispute(self, reference: str) -> str:
        """The payer's bank takes it back now."""
        [charge] = self._charges(reference)
        answer = self._sandbox.post(
            f"/v1/charges/{charge['id']}/dispute", {"reason_code": "fraudulent"}
        )
        assert answer.is_success, answer.text
        return str(answer.json()["id"])

    def pay_out(self) -> None:
        """A week goes by."""
        self._sandbox.advance(7 * DAY)


def _held(there: AccountAtSandbox, url: str) -> GatewayAccount:
    return GatewayAccount(
        "Sandbox",
        {
            "url": url,
            "publishable_key": there.body["publishable_key"],
            "pages": "bank_redirect digital_currency",
        },
        {name: there.body[name] for name in ("secret_key", "webhook_secret")},
    )
