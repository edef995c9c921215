"""BTCPay Server in the shapes of its API description: a server of ours, not the real one."""

import hashlib
import hmac
import itertools
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from adapters.gateways.contract.counterpart import Counterpart, Push, Wish
from adapters.gateways.fake_service import Call, FakeService, Reply
from counterfoil.adapters.gateways.btcpay.adapter import BtcPayGateway
from counterfoil.kernel.money import Money, parse_decimal
from counterfoil.kernel.ports.gateways.account import GatewayAccount
from counterfoil.kernel.ports.gateways.charges import ChargeRequest
from counterfoil.kernel.ports.gateways.outcomes import FailureCode, MethodKind, Result

STORE, KEY, SECRET = "8Qc3store", "key-contract", "hooks-contract"
INVOICES = f"/api/v1/stores/{STORE}/invoices"
PULLS = f"/api/v1/stores/{STORE}/pull-payments"


class BtcPayServer(FakeService):
    """One store; its invoices in a dictionary, listed newest first, and its pull payments."""

    def __init__(self) -> None:
        super().__init__(Reply(404, {"code": "not-found", "message": "Nothing here"}))
        self.invoices: dict[str, dict[str, Any]] = {}
        self.pulls: dict[str, dict[str, Any]] = {}
        self.refunded: dict[str, str] = {}
        self.payouts: dict[str, list[dict[str, Any]]] = {}
        self._numbers = itertools.count(1)
        for method, path, answering in (
            ("POST", INVOICES, self._make),
            ("GET", INVOICES, self._list),
            ("GET", f"{INVOICES}/(\\w+)", self._get),
            ("POST", f"{INVOICES}/(\\w+)/refund", self._refund),
            ("GET", PULLS, self._pulls),
            ("GET", r"/api/v1/pull-payments/(\w+)/payouts", self._payouts),
        ):
            self.on(method, path, self._guarded(answering))

    def _guarded(self, answering: Any) -> Any:
        def guarded(call: Call) -> Reply:
            if call.headers.get("authorization") != f"token {KEY}":
                return Reply(401, {"code": "unauthenticated", "message": "Authentication required"})
            reply: Reply = answering(call)
            return reply

        return guarded

    def _make(self, call: Call) -> Reply:
        wanted = call.json
        parse_decimal(wanted["amount"])
        made = f"Inv{next(self._numbers):06}"
        now = int(datetime.now(UTC).timestamp())
        self.invoices[made] = {
            "id": made,
            "storeId": STORE,
            "amount": wanted["amount"],
            "paidAmount": "0",
            "currency": wanted["currency"],
            "type": "Standard",
            "checkoutLink": f"https://pay.example/i/{made}",
            "createdTime": now,
            "expirationTime": now + 900,
            "monitoringExpiration": now + 90_000,
            "status": "New",
            "additionalStatus": "None",
            "archived": False,
            "metadata": wanted["metadata"],
            "checkout": wanted["checkout"],
            "paymentMethods": [{"paymentMethodId": "BTC-CHAIN", "payments": []}],
        }
        return Reply(200, _without_payments(self.invoices[made]))

    def _get(self, call: Call) -> Reply:
        found = self.invoices.get(call.match[0])
        return Reply(200, self._shown(found, call)) if found else self._unknown

    def _list(self, call: Call) -> Reply:
        query = {name: values[0] for name, values in call.query.items()}
        rows = [
            row
            for row in reversed(self.invoices.values())
            if query.get("orderId") in (None, row["metadata"].get("orderId"))
            and int(query.get("startDate", 0)) <= row["createdTime"]
            and row["createdTime"] <= int(query.get("endDate", 10**11))
            and (query.get("includeArchived") == "true" or not row["archived"])
        ]
        skip = int(query.get("skip", 0))
        shown = rows[skip : skip + int(query.get("take", 10**6))]
        return Reply(200, [self._shown(row, call) for row in shown])

    def _refund(self, call: Call) -> Reply:
        wanted, invoice = call.json, self.invoices[call.match[0]]
        assert wanted["refundVariant"] == "Custom"
        if invoice["status"] != "Settled":
            problem = {"code": "non-refundable", "message": "Cannot refund this invoice"}
            return Reply(400, problem)
        made = f"Pull{next(self._numbers):06}"
        self.pulls[made] = {
            "id": made,
            "name": wanted["name"],
            "description": wanted["description"],
            "currency": wanted["customCurrency"],
            "amount": wanted["customAmount"],
            "autoApproveClaims": False,
            "archived": False,
            "viewLink": f"https://pay.example/pull-payments/{made}",
        }
        self.refunded[made] = invoice["id"]
        return Reply(200, self.pulls[made])

    def _pulls(self, call: Call) -> Reply:
        assert call.query["includeArchived"] == ["true"]
        return Reply(200, list(self.pulls.values()))

    def _payouts(self, call: Call) -> Reply:
        return Reply(200, self.payouts.get(call.match[0], []))

    def _shown(self, row: dict[str, Any], call: Call) -> dict[str, Any]:
        wanted = call.query.get("includePaymentMethods") == ["true"]
        return row if wanted else _without_payments(row)


def _without_payments(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name != "paymentMethods"}


class BtcPayCounterpart(Counterpart):
    """Invoices that are paid in full, in part, or not at all."""

    name = "btcpay"
    gateway = BtcPayGateway()
    wishes = frozenset(
        {Wish.SUCCEEDS, Wish.NEEDS_STEP, FailureCode.ABANDONED,
         FailureCode.GATEWAY_REFUSED}
    )  # fmt: skip
    at_first = Result.ACTION_REQUIRED
    amounts = (Money(20355, "EUR"), Money(5000, "JPY"), Money(12345, "KWD"), Money(700, "ISK"))
    signs_time = False
    gaps = {
        "test_all_that_is_left_can_go_back_and_nothing_more": "BTCPay sends as much as it is told "
        "to; that no more is asked for than is left is our own cap",
        "test_each_refund_is_listed_once": "BTCPay's links have no time and name no invoice: each "
        "is asked about by its name",
    }

    def start(self) -> None:
        """Starts the server."""
        self.server = BtcPayServer()
        self.url = self.server.url
        self._wishes: dict[str, Wish | FailureCode] = {}

    def stop(self) -> None:
        """Ends it."""
        self.server.close()

    def account(self, url: str) -> GatewayAccount:
        """Ours."""
        return held(url, KEY, SECRET)

    def stranger(self, url: str) -> GatewayAccount:
        """Nobody's."""
        return held(url, "key-other", "another")

    def request(
        self, wish: Wish | FailureCode, reference: str, amount: Money, *, save: bool = False
    ) -> ChargeRequest:
        """An invoice whose payer does this."""
        self._wishes[reference] = wish
        return ChargeRequest(
            reference=reference,
            amount=amount,
            source="",
            customer="cus_contract",
            description="Water, March",
            return_url="https://portal.example/return",
            method=MethodKind.DIGITAL_CURRENCY,
        )

    def invoices(self, reference: str) -> list[dict[str, Any]]:
        """Those that carry this reference."""
        rows = self.server.invoices.values()
        return [row for row in rows if row["metadata"]["orderId"] == reference]

    def finish(self, reference: str) -> None:
        """The payer pays, or the time is over."""
        ends = {
            FailureCode.ABANDONED: ("Expired", "None", "0"),
            FailureCode.GATEWAY_REFUSED: ("Invalid", "None", "0"),
        }
        for row in self.invoices(reference):
            if row["status"] == "New":
                good = ("Settled", "None", row["amount"])
                wish = self._wishes.get(reference, Wish.SUCCEEDS)
                end = good if isinstance(wish, Wish) else ends[wish]
                row["status"], row["additionalStatus"], row["paidAmount"] = end

    def charged(self, reference: str) -> Sequence[Money]:
        """What its invoices are for, if they were or can be paid."""
        return [
            Money.of_decimal(parse_decimal(row["amount"]), row["currency"])
            for row in self.invoices(reference)
            if row["status"] not in ("Expired", "Invalid")
        ]

    def moves_money(self, method: str, path: str) -> bool:
        """Making an invoice, or a link to fetch money by."""
        return method == "POST"

    def amount_text(self, amount: Money) -> bytes:
        """With its decimals."""
        return f'"{amount.decimal:f}"'.encode()

    def refunded(self, reference: str) -> Sequence[Money]:
        """What its links are over."""
        ids = {row["id"] for row in self.invoices(reference)}
        pulls = [self.server.pulls[pull] for pull, of in self.server.refunded.items() if of in ids]
        return [Money.of_decimal(parse_decimal(one["amount"]), one["currency"]) for one in pulls]

    def pushes(self, reference: str) -> Sequence[Push]:
        """One for each invoice, signed now."""
        return [signed(event_of(row)) for row in self.invoices(reference)]


def held(url: str, key: str, secret: str) -> GatewayAccount:
    """An account with these keys."""
    settings = {"url": url, "store_id": STORE}
    return GatewayAccount("BTCPay", settings, {"api_key": key, "webhook_secret": secret})


def event_of(invoice: dict[str, Any], **change: Any) -> dict[str, Any]:
    """The event that an invoice was settled."""
    return {
        "deliveryId": f"d-{invoice['id']}",
        "webhookId": "w-1",
        "originalDeliveryId": f"d-{invoice['id']}",
        "isRedelivery": False,
        "type": "InvoiceSettled",
        "timestamp": 1_772_000_000,
        "storeId": STORE,
        "invoiceId": invoice["id"],
        "metadata": invoice["metadata"],
        "manuallyMarked": False,
        "overPaid": False,
        **change,
    }


def signed(event: Any, secret: str = SECRET) -> Push:
    """A push as BTCPay signs it."""
    body = event if isinstance(event, bytes) else json.dumps(event).encode()
    signature = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return Push({"BTCPay-Sig": f"sha256={signature}"}, body)
