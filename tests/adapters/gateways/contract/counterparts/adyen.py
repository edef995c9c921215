"""Adyen in the shapes of its documentation: a server of ours, not the real one."""

import base64
import hashlib
import hmac
import itertools
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from adapters.gateways.contract.counterpart import Counterpart, Push, Wish
from adapters.gateways.fake_service import Call, FakeService, Reply
from counterfoil.adapters.gateways.adyen.adapter import AdyenGateway
from counterfoil.kernel.money import Money
from counterfoil.kernel.ports.gateways.account import GatewayAccount
from counterfoil.kernel.ports.gateways.capabilities import Capability
from counterfoil.kernel.ports.gateways.charges import ChargeRequest
from counterfoil.kernel.ports.gateways.outcomes import FailureCode, Result

KEY, MERCHANT = "AQE-contract", "HarrowWaterECOM"
HMAC = "44782DEF547AAA06C910C43932B1EB0C71FC68D9D0C057550C48EC2ACF6BA056"
HUNDREDS = {"ISK": 100, "CLP": 100}  # Adyen counts hundredths of what has none
BY_PUSH = "Adyen has no way to ask for a payment or a refund: notifications tell"
LATER = "Adyen takes every wish to refund at first and refuses it by notification"


class AdyenServer(FakeService):
    """Links and refunds in dictionaries."""

    def __init__(self) -> None:
        super().__init__(problem(404, "000", "Not found"))
        self.links: dict[str, dict[str, Any]] = {}
        self.refunds: dict[str, dict[str, Any]] = {}
        self._keys: dict[str, Reply] = {}
        self._numbers = itertools.count(1)
        for method, path, answering in (
            ("POST", "/v71/paymentLinks", self._link),
            ("GET", r"/v71/paymentLinks/(\w+)", self._get),
            ("PATCH", r"/v71/paymentLinks/(\w+)", self._end),
            ("POST", r"/v71/payments/(\w+)/refunds", self._refund),
        ):
            self.on(method, path, self._guarded(answering))

    def new(self, prefix: str) -> str:
        """A fresh id."""
        return f"{prefix}{next(self._numbers):014}"

    def _guarded(self, answering: Any) -> Any:
        def guarded(call: Call) -> Reply:
            if call.headers.get("x-api-key") != KEY:
                return problem(401, "000", "HTTP Status Response - Unauthorized")
            if call.method == "POST" and call.json["merchantAccount"] != MERCHANT:
                return problem(403, "901", "Invalid Merchant Account")
            known = self._keys.get(call.headers.get("idempotency-key", ""))
            if known:
                return known
            reply: Reply = answering(call)
            if call.method == "POST":
                self._keys[call.headers["idempotency-key"]] = reply
            return reply

        return guarded

    def _link(self, call: Call) -> Reply:
        found = self.new("PL")
        self.links[found] = {
            "id": found,
            "status": "active",
            "url": f"https://pay.adyen.example/{found}",
            "updatedAt": stamp(),
            **call.json,
        }
        return Reply(201, dict(self.links[found]))

    def _get(self, call: Call) -> Reply:
        found = self.links.get(call.match[0])
        return Reply(200, found) if found else self._unknown

    def _end(self, call: Call) -> Reply:
        link = self.links[call.match[0]]
        if link["status"] != "active":
            return problem(422, "14_032", "The link is not active")
        link |= {"status": call.json["status"], "updatedAt": stamp()}
        return Reply(200, link)

    def _refund(self, call: Call) -> Reply:
        found = self.new("RF")
        self.refunds[found] = {
            "pspReference": found,
            "paymentPspReference": call.match[0],
            "status": "received",
            **call.json,
        }
        return Reply(201, self.refunds[found])


def problem(status: int, code: str, message: str) -> Reply:
    """An error in Adyen's shape."""
    return Reply(status, {"status": status, "errorCode": code, "message": message})


def stamp() -> str:
    """Now, as Adyen writes it."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def amount_of(told: dict[str, Any]) -> Money:
    """An amount by the server's own arithmetic."""
    if told["currency"] == "IDR":
        return Money(told["value"] * 100, "IDR")
    return Money(told["value"] // HUNDREDS.get(told["currency"], 1), told["currency"])


class AdyenCounterpart(Counterpart):
    """Links that are paid, or not."""

    name = "adyen"
    gateway = AdyenGateway()
    wishes = frozenset({Wish.SUCCEEDS, Wish.NEEDS_STEP, FailureCode.ABANDONED})
    at_first = Result.ACTION_REQUIRED
    amounts = (Money(20355, "EUR"), Money(5000, "JPY"), Money(12345, "KWD"), Money(700, "ISK"),
               Money(1_500_000, "IDR"))  # fmt: skip
    signs_time = False
    ends_by_push = True
    recorded = frozenset({Capability.EVENTS, Capability.REFUNDS})
    gaps = {
        "test_the_look_up_tells_what_the_charge_told": BY_PUSH,
        "test_a_charge_that_settled_is_told_as_it_stands": BY_PUSH,
        "test_a_part_goes_back_and_is_found_by_its_reference": BY_PUSH,
        "test_all_that_is_left_can_go_back_and_nothing_more": LATER,
        "test_a_refund_whose_answer_is_lost_is_unknown_and_found": BY_PUSH,
        "test_a_refund_that_was_never_sent_is_absent": BY_PUSH,
        "test_an_altered_body_is_refused": "Adyen signs the fields of an item, not the body",
        "test_a_wrong_or_missing_signature_is_refused": "Adyen's signature is not in a header",
    }

    def start(self) -> None:
        """Starts the server."""
        self.server = AdyenServer()
        self.url = self.server.url
        self._wishes: dict[str, Wish | FailureCode] = {}
        self.payments: dict[str, dict[str, Any]] = {}

    def stop(self) -> None:
        """Ends it."""
        self.server.close()

    def account(self, url: str) -> GatewayAccount:
        """Ours."""
        return held(url, KEY, HMAC)

    def stranger(self, url: str) -> GatewayAccount:
        """Nobody's."""
        return held(url, "AQE-other", "00" * 32)

    def request(
        self, wish: Wish | FailureCode, reference: str, amount: Money, *, save: bool = False
    ) -> ChargeRequest:
        """A link whose payer does this."""
        self._wishes[reference] = wish
        return ChargeRequest(
            reference=reference,
            amount=amount,
            source="",
            customer="cus_contract",
            description="Water, March",
            return_url="https://portal.example/return",
        )

    def links(self, reference: str) -> list[dict[str, Any]]:
        """Those that carry this reference."""
        return [row for row in self.server.links.values() if row["reference"] == reference]

    def finish(self, reference: str) -> None:
        """The payer pays by card, or lets the link die."""
        wish = self._wishes.get(reference, Wish.SUCCEEDS)
        for link in self.links(reference):
            if link["status"] != "active":
                continue
            if wish is FailureCode.ABANDONED:
                link |= {"status": "expired", "updatedAt": link["expiresAt"]}
                continue
            link["status"] = "completed"
            psp = self.server.new("PSP")
            self.payments[psp] = item_of(
                "AUTHORISATION",
                pspReference=psp,
                merchantReference=reference,
                amount=link["amount"],
                additionalData={
                    "cardSummary": "1111", "expiryDate": "03/2030", "paymentLinkId": link["id"],
                },
            )  # fmt: skip

    def charged(self, reference: str) -> Sequence[Money]:
        """What links are for, if they were or can be paid."""
        rows = [row for row in self.links(reference) if row["status"] != "expired"]
        return [amount_of(row["amount"]) for row in rows]

    def moves_money(self, method: str, path: str) -> bool:
        """A link or a refund."""
        return method == "POST"

    def amount_text(self, amount: Money) -> bytes:
        """As it stands in an answer."""
        return f'"value": {amount.minor}'.encode()

    def pushes(self, reference: str) -> Sequence[Push]:
        """A notification for each payment."""
        rows = self.payments.values()
        return [signed(row) for row in rows if row["merchantReference"] == reference]

    def refunded(self, reference: str) -> Sequence[Money]:
        """By its list."""
        ids = {psp for psp, row in self.payments.items() if row["merchantReference"] == reference}
        rows = self.server.refunds.values()
        return [amount_of(row["amount"]) for row in rows if row["paymentPspReference"] in ids]


def held(url: str, key: str, hmac_key: str) -> GatewayAccount:
    """An account with these keys."""
    settings = {"url": url, "merchant_account": MERCHANT}
    return GatewayAccount("Adyen", settings, {"api_key": key, "hmac_key": hmac_key})


def item_of(code: str, **fields: Any) -> dict[str, Any]:
    """An item of a notification that is not signed yet."""
    return {
        "additionalData": {},
        "amount": {"currency": "EUR", "value": 20355},
        "eventCode": code,
        "eventDate": "2026-03-02T09:30:01+01:00",
        "merchantAccountCode": MERCHANT,
        "merchantReference": "pay_1",
        "originalReference": "",
        "paymentMethod": "visa",
        "pspReference": "PSP1",
        "reason": "",
        "success": "true",
        **fields,
    }


def signed(*items: dict[str, Any], key: str = HMAC) -> Push:
    """A push of items, each signed as Adyen signs them."""
    rows = []
    for item in items:
        amount = item["amount"]
        fields = [item["pspReference"], item["originalReference"], item["merchantAccountCode"],
                  item["merchantReference"], amount["value"], amount["currency"],
                  item["eventCode"], item["success"]]  # fmt: skip
        signing = ":".join(map(str, fields)).encode()
        found = hmac.new(bytes.fromhex(key), signing, hashlib.sha256).digest()
        signature = {"hmacSignature": base64.b64encode(found).decode()}
        row = item | {"additionalData": item["additionalData"] | signature}
        rows.append({"NotificationRequestItem": row})
    body = json.dumps({"live": "false", "notificationItems": rows}).encode()
    return Push({"Content-Type": "application/json"}, body)
