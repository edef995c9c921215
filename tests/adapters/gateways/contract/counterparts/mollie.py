"""Mollie in the shapes of its documentation: a server of ours, not the real one."""

import itertools
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from adapters.gateways.contract.counterpart import Counterpart, Push, Wish
from adapters.gateways.fake_service import Call, FakeService, Reply
from counterfoil.adapters.gateways.mollie.adapter import MollieGateway
from counterfoil.kernel.money import Money, parse_decimal
from counterfoil.kernel.ports.gateways.account import GatewayAccount
from counterfoil.kernel.ports.gateways.capabilities import Capability
from counterfoil.kernel.ports.gateways.charges import ChargeRequest
from counterfoil.kernel.ports.gateways.outcomes import FailureCode, Result

KEY, TOKEN = "test_contract", "access_contract"
HOOK = "https://portal.example/hooks/harrow/gwa_1"
FAILURES = {
    FailureCode.INSUFFICIENT_FUNDS: "insufficient_funds",
    FailureCode.EXPIRED_CARD: "card_expired",
    FailureCode.INCORRECT_CVC: "invalid_cvv",
    FailureCode.AUTHENTICATION_FAILED: "authentication_failed",
    FailureCode.CARD_DECLINED: "refused_by_issuer",
}
CARD = {"cardNumber": "4242", "cardLabel": "Visa", "cardHolder": "Ada Lovelace"}
NEVER = "Mollie keeps a method by a payment on its page, not by a token"
SAME = "Mollie pushes the same bytes for every change: the moment tells them apart"


class MollieServer(FakeService):
    """One organisation with one profile; what there is in dictionaries, listed newest first."""

    def __init__(self) -> None:
        super().__init__(problem(404, "Not Found", "No such thing exists."))
        self.payments: dict[str, dict[str, Any]] = {}
        self.refunds: dict[str, dict[str, Any]] = {}
        self.chargebacks: dict[str, dict[str, Any]] = {}
        self.mandates: dict[str, dict[str, Any]] = {}
        self.settlements: dict[str, dict[str, Any]] = {}
        self._keys: dict[str, Reply] = {}
        self._numbers = itertools.count(1)
        for method, path, answering in (
            ("POST", "/v2/payments", self._pay),
            ("POST", "/v2/customers", self._customer),
            ("POST", r"/v2/payments/(\w+)/refunds", self._refund),
            ("GET", "/v2/payments", lambda call: page(call, "payments", self.payments)),
            ("GET", r"/v2/payments/(\w+)", self._payment),
            ("DELETE", r"/v2/payments/(\w+)", self._stop),
            ("GET", "/v2/refunds", lambda call: page(call, "refunds", self.refunds)),
            ("GET", r"/v2/payments/(\w+)/refunds", self._refunds_of),
            ("GET", r"/v2/customers/\w+/mandates/(\w+)", self._mandate),
            ("DELETE", r"/v2/customers/\w+/mandates/(\w+)", self._forget),
            ("GET", "/v2/settlements", lambda call: page(call, "settlements", self.settlements)),
            ("GET", r"/v2/settlements/(\w+)", self._settlement),
            ("GET", r"/v2/settlements/(\w+)/(\w+)", self._settled),
        ):
            self.on(method, path, self._guarded(path, answering))

    def new(self, prefix: str) -> str:
        """A fresh id."""
        return f"{prefix}_{next(self._numbers):06}"

    def _guarded(self, path: str, answering: Any) -> Any:
        key = TOKEN if "settlements" in path else KEY

        def guarded(call: Call) -> Reply:
            if call.headers.get("authorization") != f"Bearer {key}":
                return problem(401, "Unauthorized Request", "Failed to authenticate")
            known = self._keys.get(call.headers.get("idempotency-key", ""))
            if known:
                return known
            reply: Reply = answering(call)
            if call.method == "POST" and reply.status < 500:
                self._keys[call.headers["idempotency-key"]] = reply
            return reply

        return guarded

    def _pay(self, call: Call) -> Reply:
        wanted = call.json
        found = self.new("tr")
        is_recurring = wanted.get("sequenceType") == "recurring"
        if is_recurring and wanted["mandateId"] not in self.mandates:
            return problem(422, "Unprocessable Entity", "The mandate is invalid", "mandateId")
        links = (
            {} if is_recurring else {"checkout": {"href": f"https://pay.mollie.example/{found}"}}
        )
        if isinstance(wanted.get("method"), list):
            wanted = wanted | {"method": None}  # until its payer has chosen
        self.payments[found] = {
            "resource": "payment",
            "id": found,
            "createdAt": stamp(),
            "status": "paid" if is_recurring else "open",
            "isCancelable": True,
            "method": "creditcard" if is_recurring else None,
            "details": dict(CARD) if is_recurring else None,
            "sequenceType": "oneoff",
            "_links": links,
            **wanted,
        }
        return Reply(201, {**self.payments[found]})

    def _payment(self, call: Call) -> Reply:
        found = self.payments.get(call.match[0])
        if found is None:
            return self._unknown
        embedded = {
            noun: [row for row in rows.values() if row["paymentId"] == found["id"]]
            for noun, rows in (("refunds", self.refunds), ("chargebacks", self.chargebacks))
            if noun in call.query.get("embed", [""])[0]
        }
        return Reply(200, found | {"_embedded": embedded})

    def _stop(self, call: Call) -> Reply:
        found = self.payments[call.match[0]]
        if found["status"] not in ("open", "pending"):
            return problem(422, "Unprocessable Entity", "The payment cannot be canceled")
        found["status"] = "canceled"
        return Reply(200, found)

    def _customer(self, call: Call) -> Reply:
        return Reply(201, {"resource": "customer", "id": self.new("cst"), **call.json})

    def _refund(self, call: Call) -> Reply:
        payment, wanted = self.payments[call.match[0]], call.json
        given = sum(amount_of(row["amount"]).minor for row in self.refunds.values()
                    if row["paymentId"] == payment["id"])  # fmt: skip
        if given + amount_of(wanted["amount"]).minor > amount_of(payment["amount"]).minor:
            return problem(422, "Unprocessable Entity", "The amount is higher than the maximum")
        found = self.new("re")
        self.refunds[found] = {
            "resource": "refund",
            "id": found,
            "createdAt": stamp(),
            "status": "queued",
            "paymentId": payment["id"],
            **wanted,
        }
        return Reply(201, self.refunds[found])

    def _refunds_of(self, call: Call) -> Reply:
        rows = {found: row for found, row in self.refunds.items()
                if row["paymentId"] == call.match[0]}  # fmt: skip
        return page(call, "refunds", rows)

    def _mandate(self, call: Call) -> Reply:
        found = self.mandates.get(call.match[0])
        return Reply(200, found) if found else self._unknown

    def _forget(self, call: Call) -> Reply:
        return Reply(204) if self.mandates.pop(call.match[0], None) else self._unknown

    def _settlement(self, call: Call) -> Reply:
        found = self.settlements.get(call.match[0])
        return Reply(200, found) if found else self._unknown

    def _settled(self, call: Call) -> Reply:
        settlement, noun = call.match
        rows = {"payments": self.payments, "refunds": self.refunds}.get(noun, self.chargebacks)
        mine = {found: row for found, row in rows.items()
                if row.get("settlementId") == settlement}  # fmt: skip
        return page(call, noun, mine)


def page(call: Call, noun: str, rows: dict[str, dict[str, Any]]) -> Reply:
    """Three rows from `from` on, newest first."""
    newest = list(reversed(rows.values()))
    ids = [row["id"] for row in newest]
    start = ids.index(call.query["from"][0]) if "from" in call.query else 0
    following = ids[start + 3] if len(ids) > start + 3 else None
    href = f"https://api.mollie.com{call.path}?from={following}&limit=250"
    links = {"next": {"href": href} if following else None}
    shown = newest[start : start + 3]
    return Reply(200, {"count": len(shown), "_embedded": {noun: shown}, "_links": links})


def problem(status: int, title: str, detail: str, field: str = "") -> Reply:
    """An error in Mollie's shape."""
    named = {"field": field} if field else {}
    return Reply(status, {"status": status, "title": title, "detail": detail, **named})


def stamp() -> str:
    """Now, as Mollie writes it."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def amount_of(told: dict[str, str]) -> Money:
    """An amount by the server's own arithmetic."""
    return Money.of_decimal(parse_decimal(told["value"]), told["currency"])


class MollieCounterpart(Counterpart):
    """Payments on a page whose ends are known from the start."""

    name = "mollie"
    gateway = MollieGateway()
    wishes = frozenset({Wish.SUCCEEDS, Wish.NEEDS_STEP, FailureCode.ABANDONED, *FAILURES})
    at_first = Result.ACTION_REQUIRED
    amounts = (Money(20355, "EUR"), Money(5000, "JPY"), Money(700, "ISK"), Money(99, "GBP"))
    signs_time = False
    signs = False
    recorded = frozenset(
        {Capability.CHARGES, Capability.REFUNDS, Capability.METHODS, Capability.PAYOUTS}
    )
    gaps = {
        "test_a_push_that_comes_again_is_the_same_event": SAME,
        "test_names_of_headers_have_no_case": SAME,
        "test_a_kept_method_shows_what_it_is": NEVER,
        "test_keeping_the_same_twice_is_one_method": NEVER,
        "test_a_kept_method_is_charged_while_nobody_is_there": NEVER,
        "test_a_method_that_paid_can_be_kept": "the payer has to pay on Mollie's page first",
        "test_a_method_that_is_forgotten_charges_nothing_more": NEVER,
        "test_a_gateway_that_can_not_be_reached_forgets_nothing": NEVER,
    }

    def start(self) -> None:
        """Starts the server."""
        self.server = MollieServer()
        self.url = self.server.url
        self._wishes: dict[str, Wish | FailureCode] = {}

    def stop(self) -> None:
        """Ends it."""
        self.server.close()

    def account(self, url: str) -> GatewayAccount:
        """Ours."""
        return held(url, KEY, TOKEN)

    def stranger(self, url: str) -> GatewayAccount:
        """Nobody's."""
        return held(url, "test_other", "access_other")

    def request(
        self, wish: Wish | FailureCode, reference: str, amount: Money, *, save: bool = False
    ) -> ChargeRequest:
        """A payment on Mollie's page."""
        self._wishes[reference] = wish
        return ChargeRequest(
            reference=reference,
            amount=amount,
            source="",
            customer="cus_contract",
            description="Water, March",
            return_url="https://portal.example/return",
            save=save,
        )

    def payments(self, reference: str) -> list[dict[str, Any]]:
        """Those that carry this reference."""
        rows = self.server.payments.values()
        return [row for row in rows if row["metadata"].get("counterfoil") == reference]

    def finish(self, reference: str) -> None:
        """The payer pays by card, or does not."""
        wish = self._wishes.get(reference, Wish.SUCCEEDS)
        for row in self.payments(reference):
            if row["status"] != "open":
                continue
            row["_links"] = {}
            row |= {"method": "creditcard", "details": dict(CARD)}
            if isinstance(wish, Wish):
                row["status"] = "paid"
            elif wish is FailureCode.ABANDONED:
                row["status"] = "expired"
            else:
                row["status"] = "failed"
                row["details"]["failureReason"] = FAILURES[wish]
            if row.get("sequenceType") == "first" and row["status"] == "paid":
                mandate = self.server.new("mdt")
                row["mandateId"] = mandate
                self.server.mandates[mandate] = {
                    "id": mandate, "status": "valid", "method": "creditcard",
                    "details": {**CARD, "cardExpiryDate": "2029-04-30"},
                }  # fmt: skip

    def charged(self, reference: str) -> Sequence[Money]:
        """Payments that have not come to nothing."""
        nothing = ("failed", "expired", "canceled")
        rows = [row for row in self.payments(reference) if row["status"] not in nothing]
        return [amount_of(row["amount"]) for row in rows]

    def moves_money(self, method: str, path: str) -> bool:
        """A payment or a refund."""
        return method == "POST" and (path == "/v2/payments" or path.endswith("/refunds"))

    def amount_text(self, amount: Money) -> bytes:
        """With its decimals."""
        return f'"{amount.decimal:f}"'.encode()

    def pushes(self, reference: str) -> Sequence[Push]:
        """The id of each payment."""
        return [pushed(row["id"]) for row in self.payments(reference)]

    def refunded(self, reference: str) -> Sequence[Money]:
        """By its list."""
        ids = {row["id"] for row in self.payments(reference)}
        rows = self.server.refunds.values()
        return [amount_of(row["amount"]) for row in rows if row["paymentId"] in ids]

    def pay_out(self) -> None:
        """Everything paid goes out, less costs of four decimals."""
        rows = [row for row in self.server.payments.values()
                if row["status"] == "paid" and "settlementId" not in row]  # fmt: skip
        for currency in {row["amount"]["currency"] for row in rows}:
            mine = [row for row in rows if row["amount"]["currency"] == currency]
            found = self.server.new("stl")
            for row in mine:
                row |= {"settlementId": found, "settlementAmount": row["amount"]}
            cost = Money(len(mine), currency)
            net = Money(sum(amount_of(row["amount"]).minor for row in mine), currency) - cost
            exact = {"currency": currency, "value": f"{cost.decimal:f}"}
            self.server.settlements[found] = {
                "resource": "settlement",
                "id": found,
                "reference": "1234567.2603.01",
                "createdAt": stamp(),
                "settledAt": stamp(),
                "status": "paidout",
                "amount": {"currency": currency, "value": f"{net.decimal:f}"},
                "periods": {"2026": {"03": {"revenue": [], "costs": [{"amountGross": exact}]}}},
            }


def held(url: str, key: str, token: str) -> GatewayAccount:
    """An account with these keys."""
    settings = {"url": url, "webhook_url": HOOK}
    return GatewayAccount("Mollie", settings, {"api_key": key, "settlements_token": token})


def pushed(found: str) -> Push:
    """A push as Mollie sends it."""
    return Push({"Content-Type": "application/x-www-form-urlencoded"}, f"id={found}".encode())
