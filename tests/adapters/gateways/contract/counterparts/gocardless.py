"""GoCardless in the shapes of its documentation: a server of ours, not the real one."""

import hashlib
import hmac
import itertools
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from adapters.gateways.contract.counterpart import Counterpart, Push, Wish
from adapters.gateways.fake_service import Call, FakeService, Reply
from counterfoil.adapters.gateways.gocardless.adapter import GoCardlessGateway
from counterfoil.kernel.money import Money
from counterfoil.kernel.ports.gateways.account import GatewayAccount
from counterfoil.kernel.ports.gateways.capabilities import Capability
from counterfoil.kernel.ports.gateways.charges import ChargeRequest
from counterfoil.kernel.ports.gateways.mandates import DebitScheme, MandateRequest
from counterfoil.kernel.ports.gateways.outcomes import FailureCode, MethodKind, Result

TOKEN, SECRET = "sandbox_contract", "hooks-contract"
CAUSES = {
    FailureCode.INSUFFICIENT_FUNDS: ("insufficient_funds", "AM04"),
    FailureCode.ACCOUNT_CLOSED: ("bank_account_closed", "AC04"),
    FailureCode.ACCOUNT_INVALID: ("invalid_bank_details", "AC01"),
    FailureCode.DEBIT_NOT_AUTHORISED: ("mandate_cancelled", "MD01"),
    Wish.RETURNED: ("refund_requested", "MD06"),
}
DEBITABLE = ("pending_submission", "submitted", "active")
STOPPABLE = ("pending_customer_approval", "pending_submission")
NOTHING_TAKEN = ("failed", "cancelled", "customer_approval_denied")


class GoCardlessServer(FakeService):
    """Its resources in dictionaries; newest last, listed newest first."""

    def __init__(self) -> None:
        super().__init__(error(404, "invalid_api_usage", "resource_not_found", "Not found"))
        self.rows: dict[str, dict[str, dict[str, Any]]] = {
            noun: {}
            for noun in ("payments", "refunds", "mandates", "billing_requests", "events",
                         "payouts", "payout_items", "customer_bank_accounts")
        }  # fmt: skip
        self._keys: dict[tuple[str, str], str] = {}
        self._numbers = itertools.count(1)
        for noun in self.rows:
            self._route("GET", f"/{noun}", self._list(noun))
            self._route("GET", f"/{noun}/([A-Z0-9]+)", self._get(noun))
        for noun, make in {
            "payments": self._pay, "refunds": self._refund, "billing_requests": self._ask
        }.items():  # fmt: skip
            self._route("POST", f"/{noun}", self._create(noun, make))
        self._route("POST", "/billing_request_flows", self._flow)
        self._route("POST", "/payments/([A-Z0-9]+)/actions/cancel", self._cancel_payment)
        self._route("POST", "/mandates/([A-Z0-9]+)/actions/cancel", self._cancel_mandate)
        self._route("POST", "/billing_requests/([A-Z0-9]+)/actions/cancel", self._drop_request)
        self.put("customer_bank_accounts", "BA", account_number_ending="00",
                 country_code="DE", account_holder_name="Ada Lovelace")  # fmt: skip

    def put(self, noun: str, prefix: str, **fields: Any) -> dict[str, Any]:
        """Adds a resource."""
        made = f"{prefix}{next(self._numbers):06}"
        self.rows[noun][made] = {
            "id": made, "created_at": stamp(), "metadata": {}, "links": {}, **fields
        }  # fmt: skip
        return self.rows[noun][made]

    def tell(self, noun: str, action: str, links: Mapping[str, str], **details: str) -> None:
        """Adds an event."""
        self.put("events", "EV", resource_type=noun, action=action, links=dict(links),
                 details={"origin": "bank", "cause": f"{noun}_{action}", **details})  # fmt: skip

    def _route(self, method: str, path: str, answering: Any) -> None:
        def guarded(call: Call) -> Reply:
            if call.headers.get("authorization") != f"Bearer {TOKEN}":
                return error(401, "invalid_api_usage", "access_token_not_found", "Not valid")
            if call.headers.get("gocardless-version") != "2015-07-06":
                return error(400, "invalid_api_usage", "version_not_found", "Which version?")
            reply: Reply = answering(call)
            return reply

        self.on(method, path, guarded)

    def _create(self, noun: str, make: Any) -> Any:
        def create(call: Call) -> Reply:
            key = (noun, call.headers.get("idempotency-key", ""))
            if key[1] and key in self._keys:
                links = {"conflicting_resource_id": self._keys[key]}
                return error(409, "invalid_state", "idempotent_creation_conflict",
                             "Created with this key already", links)  # fmt: skip
            made = make(call.json[noun])
            if isinstance(made, Reply):
                return made
            self._keys[key] = made["id"]
            return Reply(201, {noun: made})

        return create

    def _get(self, noun: str) -> Any:
        def get(call: Call) -> Reply:
            found = self.rows[noun].get(call.match[0])
            return Reply(200, {noun: found}) if found else self._unknown

        return get

    def _list(self, noun: str) -> Any:
        def page(call: Call) -> Reply:
            rows = list(reversed(self.rows[noun].values()))
            for name, link in (("payment", "payment"), ("payout", "payout")):
                if name in call.query:
                    rows = [row for row in rows if row["links"].get(link) == call.query[name][0]]
            for name, keeps in (("created_at[gte]", False), ("created_at[lt]", True)):
                if name in call.query:
                    edge = datetime.fromisoformat(call.query[name][0])
                    rows = [
                        row for row in rows
                        if (datetime.fromisoformat(row["created_at"]) < edge) is keeps
                    ]  # fmt: skip
            ids = [row["id"] for row in rows]
            start = ids.index(call.query["after"][0]) + 1 if "after" in call.query else 0
            limit = min(int(call.query["limit"][0]), 3)  # short pages: the cursor is used
            shown = rows[start : start + limit]
            after = shown[-1]["id"] if start + limit < len(rows) else None
            return Reply(200, {noun: shown, "meta": {"cursors": {"after": after}, "limit": limit}})

        return page

    def _pay(self, wanted: dict[str, Any]) -> Any:
        mandate = self.rows["mandates"].get(wanted["links"]["mandate"])
        if mandate is None or mandate["status"] not in DEBITABLE:
            return error(422, "invalid_state", "mandate_is_inactive", "Mandate is inactive")
        charge_date = (datetime.now(UTC) + timedelta(days=4)).date().isoformat()
        made = self.put("payments", "PM", status="pending_submission", amount_refunded=0,
                        charge_date=charge_date, scheme=mandate["scheme"], **wanted)  # fmt: skip
        self.tell("payments", "created", {"payment": made["id"]})
        return made

    def _refund(self, wanted: dict[str, Any]) -> Any:
        payment = self.rows["payments"][wanted["links"]["payment"]]
        total = payment["amount_refunded"] + wanted["amount"]
        if total != wanted["total_amount_confirmation"]:
            return error(422, "validation_failed", "total_amount_confirmation_invalid", "No")
        if total > payment["amount"]:
            return error(422, "invalid_state", "available_refund_amount_insufficient", "Too much")
        payment["amount_refunded"] = total
        known = {name: wanted[name] for name in ("amount", "metadata", "links")}
        return self.put("refunds", "RF", status="submitted", currency=payment["currency"], **known)

    def _ask(self, wanted: dict[str, Any]) -> Any:
        return self.put("billing_requests", "BRQ", status="pending", **wanted)

    def _flow(self, call: Call) -> Reply:
        found = call.json["billing_request_flows"]["links"]["billing_request"]
        url = f"https://pay.gocardless.example/flow/{found}"
        return Reply(201, {"billing_request_flows": {"id": "BRF1", "authorisation_url": url}})

    def _cancel_payment(self, call: Call) -> Reply:
        payment = self.rows["payments"][call.match[0]]
        if payment["status"] not in STOPPABLE:
            return error(422, "invalid_state", "cancellation_failed", "Too late")
        payment["status"] = "cancelled"
        return Reply(200, {"payments": payment})

    def _cancel_mandate(self, call: Call) -> Reply:
        mandate = self.rows["mandates"][call.match[0]]
        mandate["status"] = "cancelled"
        return Reply(200, {"mandates": mandate})

    def _drop_request(self, call: Call) -> Reply:
        asked = self.rows["billing_requests"][call.match[0]]
        asked["status"] = "cancelled"
        return Reply(200, {"billing_requests": asked})


def stamp() -> str:
    """Now, as GoCardless writes it."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def error(
    status: int, kind: str, reason: str, message: str, links: Mapping[str, str] | None = None
) -> Reply:
    """An error in GoCardless's shape."""
    row = {"reason": reason, "message": message} | ({"links": dict(links)} if links else {})
    return Reply(status, {"error": {"type": kind, "code": status, "message": message,
                                    "errors": [row]}})  # fmt: skip


class GoCardlessCounterpart(Counterpart):
    """Debits on mandates whose ends are known from the start."""

    name = "gocardless"
    gateway = GoCardlessGateway()
    wishes = frozenset({Wish.SUCCEEDS, *CAUSES})
    at_first = Result.PROCESSING
    amounts = (Money(20355, "EUR"), Money(99, "GBP"), Money(1_234_500, "SEK"))
    signs_time = False
    recorded = frozenset(
        {
            Capability.CHARGES,
            Capability.REFUNDS,
            Capability.MANDATES,
            Capability.PAYOUTS,
            Capability.EVENTS,
        }
    )

    def start(self) -> None:
        """Starts the server."""
        self.server = GoCardlessServer()
        self.url = self.server.url
        self._wishes: dict[str, Wish | FailureCode] = {}

    def stop(self) -> None:
        """Ends it."""
        self.server.close()

    def account(self, url: str) -> GatewayAccount:
        """Ours."""
        secrets = {"access_token": TOKEN, "webhook_secret": SECRET}
        return GatewayAccount("GoCardless", {"url": url}, secrets)

    def stranger(self, url: str) -> GatewayAccount:
        """Nobody's."""
        secrets = {"access_token": "sandbox_other", "webhook_secret": "another"}
        return GatewayAccount("GoCardless", {"url": url}, secrets)

    def request(
        self, wish: Wish | FailureCode, reference: str, amount: Money, *, save: bool = False
    ) -> ChargeRequest:
        """A debit on a new mandate."""
        self._wishes[reference] = wish
        return ChargeRequest(
            reference=reference,
            amount=amount,
            source="",
            customer="cus_contract",
            description="Water, March",
            return_url="https://portal.example/return",
            method=MethodKind.BANK_DEBIT,
            mandate=self.server.put("mandates", "MD", status="active", scheme="sepa_core")["id"],
        )

    def payments(self, reference: str) -> list[dict[str, Any]]:
        """Those that carry this reference."""
        rows = self.server.rows["payments"].values()
        return [row for row in rows if row["metadata"].get("counterfoil") == reference]

    def finish(self, reference: str) -> None:
        """The banks have their days."""
        wish = self._wishes.get(reference, Wish.SUCCEEDS)
        for payment in self.payments(reference):
            if payment["status"] != "pending_submission":
                continue
            links = {"payment": payment["id"]}
            if wish in (Wish.SUCCEEDS, Wish.RETURNED):
                payment["status"] = "confirmed"
                self.server.tell("payments", "confirmed", links)
            if wish in CAUSES:
                cause, code = CAUSES[wish]
                payment["status"] = "failed"
                self.server.tell("payments", "failed", links, cause=cause, reason_code=code,
                                 scheme="sepa_core", description="The bank said no.")  # fmt: skip

    def charged(self, reference: str) -> Sequence[Money]:
        """Debits that have not come to nothing."""
        rows = [row for row in self.payments(reference) if row["status"] not in NOTHING_TAKEN]
        return [Money(row["amount"], row["currency"]) for row in rows]

    def moves_money(self, method: str, path: str) -> bool:
        """A debit or a refund."""
        return method == "POST" and path in ("/payments", "/refunds")

    def pushes(self, reference: str) -> Sequence[Push]:
        """All events of the debit in one push, which is signed now."""
        ids = {row["id"] for row in self.payments(reference)}
        rows = [
            row for row in self.server.rows["events"].values() if row["links"]["payment"] in ids
        ]
        return [signed(json.dumps({"events": rows}).encode())]

    def refunded(self, reference: str) -> Sequence[Money]:
        """By its list."""
        ids = {row["id"] for row in self.payments(reference)}
        rows = self.server.rows["refunds"].values()
        return [
            Money(row["amount"], row["currency"]) for row in rows if row["links"]["payment"] in ids
        ]

    def mandate_request(self, reference: str) -> MandateRequest:
        """One that its payer will give."""
        return MandateRequest(
            reference=reference,
            source="",
            scheme=DebitScheme.SEPA_CORE,
            customer="cus_contract",
            accepted_at=datetime.now(UTC),
            return_url="https://portal.example/return",
        )

    def finish_mandate(self, reference: str) -> None:
        """The payer fills GoCardless's page in."""
        account = next(iter(self.server.rows["customer_bank_accounts"]))
        self.server.rows["customer_bank_accounts"][account]["account_number_ending"] = "3000"
        for asked in self.server.rows["billing_requests"].values():
            if asked["metadata"].get("counterfoil") == reference and not asked["links"]:
                mandate = self.server.put(
                    "mandates", "MD", status="pending_submission", scheme="sepa_core",
                    links={"customer_bank_account": account},
                )  # fmt: skip
                asked["links"] = {"mandate_request_mandate": mandate["id"]}
                asked["status"] = "fulfilled"

    def pay_out(self) -> None:
        """Everything confirmed goes out, less fees that have half cents."""
        rows = [
            row for row in self.server.rows["payments"].values() if row["status"] == "confirmed"
        ]
        for currency in {row["currency"] for row in rows}:
            mine = [row for row in rows if row["currency"] == currency]
            fees = [f"-{10 * number + 25}.5" for number, _ in enumerate(mine)]
            net = sum(row["amount"] for row in mine) + int(sum(map(float, fees)) - 0.5)
            payout = self.server.put(
                "payouts", "PO", status="paid", amount=net, currency=currency, reference="GC-1",
                arrival_date=datetime.now(UTC).date().isoformat(), payout_type="merchant",
            )  # fmt: skip
            for row, fee in zip(mine, fees, strict=True):
                row["status"] = "paid_out"
                links = {"payment": row["id"], "payout": payout["id"]}
                self.server.put("payout_items", "X", type="payment_paid_out", links=links,
                                amount=f"{row['amount']}.0")  # fmt: skip
                self.server.put("payout_items", "X", type="gocardless_fee", links=links, amount=fee)


def signed(body: bytes, secret: str = SECRET) -> Push:
    """A push as GoCardless signs it."""
    signature = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return Push({"Webhook-Signature": signature, "Content-Type": "application/json"}, body)
