"""What seeding asks of the sandbox gateway itself: an account, cards, its clock, its silence."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import httpx

from counterfoil.demo.cast import VISA
from counterfoil.kernel import clock

_TIMEOUT_SECONDS = 20
_PLAN = "/v1/faults/plan"
_CARD = {"exp_month": 12, "exp_year": 2049, "cvc": "123"}


@dataclass(frozen=True, slots=True)
class SandboxAccount:
    """Our account there, as the gateway hands it out."""

    id: str
    publishable_key: str
    secret_key: str = field(repr=False)
    webhook_secret: str = field(repr=False)


class Sandbox:
    """The sandbox gateway at one address."""

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/")
        self._offset: timedelta | None = None
        self._http = httpx.Client(base_url=self.url, timeout=_TIMEOUT_SECONDS, trust_env=False)

    def close(self) -> None:
        """Lets the connection go."""
        self._http.close()

    def _post(
        self, path: str, body: Mapping[str, Any], key: str = "", once: str = ""
    ) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        headers |= {"Idempotency-Key": once} if once else {}
        answer = self._http.post(path, json=body, headers=headers)
        answer.raise_for_status()
        said: dict[str, Any] = answer.json()
        return said

    def open_account(
        self, name: str, *, business_id: str, origins: Sequence[str]
    ) -> SandboxAccount:
        """Opens the account of this name, or finds it and renews the origins of its pages."""
        body = {
            "name": name,
            "business_id": business_id,
            "origins": list(origins),
            "settings": {"payout_weekday": 0},
        }
        said = self._post("/v1/accounts", body)
        names = ("id", "publishable_key", "secret_key", "webhook_secret")
        return SandboxAccount(**{one: said[one] for one in names})

    def send_webhooks_to(self, account: SandboxAccount, url: str, origins: Sequence[str]) -> None:
        """Webhooks of the account go there from now on; its pages may be of these origins."""
        body = {"webhook_url": url, "origins": list(origins)}
        self._post(f"/v1/accounts/{account.id}", body, account.secret_key)

    def keep_silent(self, account: SandboxAccount, *, silent: bool) -> None:
        """While silent, events are written and never sent: nobody listens while history is made."""
        faults = {"webhooks": "lost" if silent else "ok"}
        self._post("/v1/faults", faults, account.secret_key)

    def token(self, number: str) -> str:
        """A token for one charge of this test card."""
        said = self._post("/v1/tokens", {"card": {"number": number, **_CARD}})
        return str(said["id"])

    def bank_token(self, holder: str, iban: str) -> str:
        """A token for one mandate on this test account."""
        said = self._post("/v1/tokens", {"bank_debit": {"holder": holder, "iban": iban}})
        return str(said["id"])

    def wallet_token(self) -> str:
        """A token for one charge of a wallet."""
        said = self._post("/v1/tokens", {"wallet": {"type": "google_pay", "card": "visa"}})
        return str(said["id"])

    def dispute_of(self, key: str, charge: str) -> str:
        """The chargeback of a charge, if the payer's bank has taken it back; else empty."""
        headers = {"Authorization": f"Bearer {key}"}
        answer = self._http.get("/v1/disputes", params={"charge": charge}, headers=headers)
        answer.raise_for_status()
        return next((str(one["id"]) for one in answer.json()["data"]), "")

    def answer_dispute(self, key: str, dispute: str, evidence: str) -> None:
        """Somebody answers a chargeback in the gateway's own dashboard."""
        self._post(f"/v1/disputes/{dispute}/evidence", {"text": evidence}, key)

    def send_back(self, charge: str, code: str) -> None:
        """The payer's bank sends a paid debit back."""
        self._post(f"/v1/charges/{charge}/return", {"return_code": code})

    def send_refund_back(self, refund: str) -> None:
        """The payer's bank does not take the money of a refund."""
        self._post(f"/v1/refunds/{refund}/fail", {"code": "account_closed"})

    def pay_out_slowly(self, name: str, days: int) -> None:
        """From now on the payouts of the account of this name arrive so many working days late."""
        self._post("/v1/accounts", {"name": name, "settings": {"payout_days": days}})

    def send_payouts_back(self, key: str) -> None:
        """Our bank does not take the payouts that are on their way."""
        headers = {"Authorization": f"Bearer {key}"}
        answer = self._http.get("/v1/payouts", params={"status": "in_transit"}, headers=headers)
        answer.raise_for_status()
        for one in answer.json()["data"]:
            self._post(f"/v1/payouts/{one['id']}/fail", {"code": "declined"})

    def charge_past_us(self, key: str, amount: int, currency: str, reference: str) -> None:
        """Somebody charges a card in the gateway's own dashboard."""
        body = {
            "amount": amount,
            "currency": currency,
            "source": self.token(VISA),
            "customer": "counter",
            "reference": reference,
        }
        self._post("/v1/charges", body, key, once=reference)

    def fall_ill(self) -> None:
        """The gateway does what it is asked, and answers whoever charges or gives back, or asks
        what became of it, with a fault of its own."""
        calls = [
            {"operation": "charge.create", "fault": "error_after"},
            {"operation": "charge.get", "fault": "error_before"},
            {"operation": "charge.list", "fault": "error_before"},
            {"operation": "refund.create", "fault": "error_after"},
            {"operation": "refund.get", "fault": "error_before"},
            {"operation": "refund.list", "fault": "error_before"},
        ]
        self._post(_PLAN, {"calls": calls, "webhooks": [{"fault": "lost"}]})

    def get_well(self) -> None:
        """It answers as it should."""
        self._http.delete(_PLAN).raise_for_status()

    def move_clock_to(self, at: datetime, *, slack: timedelta = timedelta()) -> None:
        """Moves the gateway's clock forward to `at`; it never goes back, and a difference within
        `slack` is left alone. Where the clock stands is asked once and reckoned from then on."""
        if self._offset is None:
            answer = self._http.get("/v1/clock")
            answer.raise_for_status()
            self._offset = timedelta(seconds=answer.json()["offset_seconds"])
        ahead = at - (clock.now() + self._offset)
        if ahead > slack:
            said = self._post("/v1/clock", {"advance_seconds": ahead.total_seconds()})
            self._offset = timedelta(seconds=said["offset_seconds"])
