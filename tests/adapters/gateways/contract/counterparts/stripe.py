"""Stripe, by a server in the shapes of its documentation."""

import hashlib
import hmac
import json
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from adapters.gateways.contract.counterpart import Counterpart, Push, Wish
from adapters.gateways.contract.counterparts.stripe_server import (
    ASKS,
    KEY,
    PUBLISHABLE,
    StripeServer,
)
from counterfoil.adapters.gateways.stripe.adapter import StripeGateway
from counterfoil.kernel.money import Money
from counterfoil.kernel.ports.gateways.account import GatewayAccount
from counterfoil.kernel.ports.gateways.capabilities import Capability
from counterfoil.kernel.ports.gateways.charges import ChargeRequest
from counterfoil.kernel.ports.gateways.mandates import DebitScheme, MandateRequest
from counterfoil.kernel.ports.gateways.outcomes import FailureCode

SECRET = "whsec_contract"
CARDS = {
    Wish.SUCCEEDS: "4242",
    Wish.NEEDS_STEP: ASKS,
    FailureCode.CARD_DECLINED: "0002",
    FailureCode.INSUFFICIENT_FUNDS: "9995",
    FailureCode.EXPIRED_CARD: "0069",
    FailureCode.INCORRECT_CVC: "0127",
}
WIRE = {"ISK": 100, "KWD": 1, "JPY": 1, "EUR": 1}  # their smallest units in one of ours


def wire(amount: Money) -> int:
    """By hand, from Stripe's page on currencies."""
    return amount.minor * WIRE[amount.currency]


def signed(secret: str, body: bytes) -> Push:
    """A webhook as Stripe signs it."""
    stamp = int(time.time())
    mark = hmac.new(secret.encode(), b"%d.%s" % (stamp, body), hashlib.sha256).hexdigest()
    return Push({"Stripe-Signature": f"t={stamp},v1={mark},v0=0ld"}, body)


class StripeCounterpart(Counterpart):
    """Cards by confirmation tokens, SEPA debits, disputes, payouts."""

    name = "stripe"
    recorded = frozenset(
        {
            Capability.CHARGES,
            Capability.REFUNDS,
            Capability.MANDATES,
            Capability.METHODS,
            Capability.PAYOUTS,
        }
    )
    gateway = StripeGateway()
    wishes = frozenset(CARDS)
    amounts = (Money(20355, "EUR"), Money(5000, "JPY"), Money(12340, "KWD"), Money(700, "ISK"))

    def start(self) -> None:
        """Starts the server."""
        self.server = StripeServer()
        self.url = self.server.url

    def stop(self) -> None:
        """Ends it."""
        self.server.close()

    def account(self, url: str) -> GatewayAccount:
        """Ours."""
        return _held(url, KEY, SECRET)

    def stranger(self, url: str) -> GatewayAccount:
        """Another's."""
        return _held(url, "sk_test_stranger", "whsec_stranger")

    def request(
        self, wish: Wish | FailureCode, reference: str, amount: Money, *, save: bool = False
    ) -> ChargeRequest:
        """A charge of a confirmation token."""
        return ChargeRequest(
            reference=reference,
            amount=amount,
            source=self.server.token(self.server.card(CARDS[wish])),
            customer="cus_contract",
            description=reference,
            return_url="http://localhost:8000/return",
            save=save,
        )

    def finish(self, reference: str) -> None:
        """The payer says yes at the bank; a debit arrives."""
        for intent in self._intents(reference):
            if intent["status"] in ("requires_action", "processing"):
                self.server.succeed(intent)

    def _intents(self, reference: str) -> list[dict[str, Any]]:
        found = self.server.all("payment_intent")
        return [one for one in found if one["metadata"].get("reference") == reference]

    def charged(self, reference: str) -> Sequence[Money]:
        """By its charges."""
        dead = ("requires_payment_method", "canceled")
        good = [one for one in self._intents(reference) if one["status"] not in dead]
        return [_money(one) for one in good]

    def moves_money(self, method: str, path: str) -> bool:
        """An intent or a refund that is made."""
        return method == "POST" and path in ("/v1/payment_intents", "/v1/refunds")

    def amount_text(self, amount: Money) -> bytes:
        """In a JSON body."""
        return b": %d" % wire(amount)

    def pushes(self, reference: str) -> Sequence[Push]:
        """The event of the intent as it stands."""
        made = []
        for intent in self._intents(reference):
            event = {"id": f"evt_{intent['id']}", "object": "event", "created": int(time.time()),
                     "type": f"payment_intent.{intent['status']}", "livemode": False,
                     "data": {"object": intent}}  # fmt: skip
            made.append(signed(SECRET, json.dumps(event, indent=2).encode()))
        return made

    def refunded(self, reference: str) -> Sequence[Money]:
        """By its refunds."""
        [intent] = self._intents(reference)
        rows = self.server.all("refund")
        return [_money(row) for row in rows if row["payment_intent"] == intent["id"]]

    def cancellable(self, reference: str, amount: Money) -> ChargeRequest:
        """One that waits for its payer."""
        return self.request(Wish.NEEDS_STEP, reference, amount)

    def mandate_request(self, reference: str) -> MandateRequest:
        """A mandate of the Payment Element."""
        return MandateRequest(
            reference=reference,
            source=self.server.token(self.server.account()),
            scheme=DebitScheme.SEPA_CORE,
            customer="cus_contract",
            accepted_at=datetime.now(UTC),
            return_url="http://localhost:8000/return",
            evidence={"ip_address": "192.0.2.7", "user_agent": "Contract/1"},
        )

    def token(self) -> str:
        """A good card's."""
        return self.server.token(self.server.card())

    def wallet_token(self) -> str:
        """Of Google Pay: a card that it hands over."""
        card = self.server.card()
        card["card"]["wallet"] = {"type": "google_pay"}
        return self.server.token(card)

    def dispute(self, reference: str) -> str:
        """The payer's bank takes it back."""
        [intent] = self._intents(reference)
        return str(self.server.dispute(self.server.get(intent["latest_charge"]))["id"])

    def pay_out(self) -> None:
        """What waits is paid."""
        self.server.pay_out()


def _held(url: str, key: str, secret: str) -> GatewayAccount:
    settings = {"url": url, "publishable_key": PUBLISHABLE}
    return GatewayAccount("Stripe", settings, {"secret_key": key, "webhook_secret": secret})


def _money(row: dict[str, Any]) -> Money:
    currency = row["currency"].upper()
    return Money(row["amount"] // WIRE[currency], currency)
