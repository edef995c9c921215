"""A server in the shapes of Stripe's documentation, written for the contract: strict about what it
is asked, with idempotency keys, disputes and payouts (localstripe has none of the three)."""

import hashlib
import json
import re
import secrets
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

Json = dict[str, Any]
KEY = "sk_test_contract"
PUBLISHABLE = "pk_test_contract"
INTENT_PARAMS = {"amount", "currency", "confirm", "payment_method", "confirmation_token",
                 "customer", "metadata", "description", "payment_method_types", "off_session",
                 "return_url", "setup_future_usage", "mandate", "expand"}  # fmt: skip
DECLINES = {
    "0002": ("card_declined", "generic_decline"),
    "9995": ("card_declined", "insufficient_funds"),
    "0069": ("expired_card", "expired_card"),
    "0127": ("incorrect_cvc", "incorrect_cvc"),
}
ASKS = "3155"


class Problem(Exception):
    """An error that is answered."""

    def __init__(self, status: int, message: str, **facts: Any) -> None:
        self.status = status
        kind = "card_error" if status == 402 else "invalid_request_error"
        self.body = {"error": {"type": kind, "message": message, **facts}}


class StripeServer:
    """Everything that one account holds, by id, and the doors to it."""

    def __init__(self) -> None:
        self.things: dict[str, Json] = {}
        self.keys: dict[str, tuple[str, int, bytes]] = {}
        self.lock = threading.RLock()
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def close(self) -> None:
        """Stops listening."""
        self.server.shutdown()
        self.server.server_close()

    def make(self, kind: str, prefix: str, **fields: Any) -> Json:
        """A new object."""
        made = {"id": f"{prefix}_{secrets.token_hex(9)}", "object": kind,
                "created": int(time.time()), "livemode": False, **fields}  # fmt: skip
        self.things[made["id"]] = made
        return made

    def all(self, kind: str) -> list[Json]:
        """Every object of a kind, newest first."""
        return [thing for thing in self.things.values() if thing["object"] == kind][::-1]

    def get(self, thing_id: Any, param: str = "id") -> Json:
        """One object, or Stripe's 404."""
        if thing_id not in self.things:
            words = f"No such thing: '{thing_id}'"
            raise Problem(404, words, code="resource_missing", param=param)
        return self.things[thing_id]

    # --- what a payer has ------------------------------------------------------------------------

    def card(self, last4: str = "4242") -> Json:
        """A payment method of a card."""
        facts = {"brand": "visa", "last4": last4, "exp_month": 12, "exp_year": 2034, "wallet": None}
        return self.make("payment_method", "pm", type="card", card=facts, customer=None)

    def account(self, last4: str = "3000") -> Json:
        """A payment method of a bank account."""
        facts = {"last4": last4, "country": "DE", "bank_code": "37040044"}
        return self.make("payment_method", "pm", type="sepa_debit", sepa_debit=facts,
                         customer=None, billing_details={"name": "Ada Lovelace"})  # fmt: skip

    def token(self, method: Json) -> str:
        """What the Payment Element hands over."""
        kind = method["type"]
        made = self.make("confirmation_token", "ctoken", method=method["id"], used=False,
                         payment_method_preview={"type": kind, kind: method[kind]})  # fmt: skip
        return str(made["id"])

    def used_method(self, params: Json) -> Json:
        """The method that a call names; a token is good once."""
        named = params.get("confirmation_token")
        if not named:
            return self.get(params.get("payment_method"), "payment_method")
        token = self.get(named, "confirmation_token")
        if token["used"]:
            raise Problem(400, "The token was used.", code="token_already_used")
        token["used"] = True
        return self.get(token["method"])

    # --- payments --------------------------------------------------------------------------------

    def create_intent(self, params: Json) -> Json:
        """POST /v1/payment_intents"""
        unknown = set(params) - INTENT_PARAMS
        if unknown:
            raise Problem(400, f"Unknown parameter: {unknown}", code="parameter_unknown")
        amount, currency = int(params["amount"]), params["currency"]
        if currency != currency.lower() or (currency == "kwd" and amount % 10):
            raise Problem(400, "Invalid amount.", code="parameter_invalid_integer", param="amount")
        method = self.used_method(params)
        if method["customer"] != params.get("customer") and method["customer"]:
            raise Problem(400, "The method belongs to another customer.", code="resource_missing")
        if params.get("off_session") and not method["customer"]:
            raise Problem(400, "Not attached to a customer.", param="payment_method",
                          code="payment_method_unexpected_state")  # fmt: skip
        if method["type"] not in params["payment_method_types"]:
            raise Problem(400, "The method is of another type.", param="payment_method")
        if params.get("setup_future_usage"):
            method["customer"] = self.get(params["customer"])["id"]
        intent = self.make(
            "payment_intent", "pi", amount=amount, amount_received=0, currency=currency,
            metadata=params.get("metadata", {}), description=params.get("description"),
            customer=params.get("customer"), payment_method=method["id"], latest_charge=None,
            last_payment_error=None, next_action=None, status="requires_confirmation",
            setup_future_usage=params.get("setup_future_usage"), mandate=params.get("mandate"),
            payment_method_types=params["payment_method_types"],
        )  # fmt: skip
        if params.get("confirm") != "true":
            return intent
        if method["type"] == "sepa_debit":
            if not params.get("mandate"):
                raise Problem(400, "A mandate is needed.", code="payment_intent_mandate_invalid")
            intent["status"] = "processing"
            self._charge(intent, method, "pending")
        elif method["card"]["last4"] == ASKS:
            self._ask(intent, off_session=bool(params.get("off_session")))
        else:
            self._decide(intent, method)
        return intent

    def _ask(self, intent: Json, *, off_session: bool) -> None:
        if off_session:
            self._refuse(intent, "authentication_required", "authentication_required")
        url = f"{self.url}/_3ds/{intent['id']}"
        intent["status"] = "requires_action"
        intent["next_action"] = {"type": "redirect_to_url",
                                 "redirect_to_url": {"url": url, "return_url": ""}}  # fmt: skip

    def _decide(self, intent: Json, method: Json) -> None:
        last4 = method["card"]["last4"]
        if last4 in DECLINES:
            self._refuse(intent, *DECLINES[last4])
        self.succeed(intent)

    def _refuse(self, intent: Json, code: str, decline_code: str) -> None:
        method = self.get(intent["payment_method"])
        error = {"type": "card_error", "code": code, "decline_code": decline_code,
                 "message": "Your card was declined.", "payment_method": method}  # fmt: skip
        intent |= {"status": "requires_payment_method", "last_payment_error": error,
                   "payment_method": None}  # fmt: skip
        raise Problem(402, error["message"], **{name: error[name] for name in (
            "code", "decline_code", "payment_method")}, payment_intent=intent)  # fmt: skip

    def _charge(self, intent: Json, method: Json, status: str) -> Json:
        kind = method["type"]
        details = {"type": kind, kind: {**method[kind], "mandate": intent["mandate"]}}
        made = self.make(
            "charge", "ch", amount=intent["amount"], currency=intent["currency"], status=status,
            payment_intent=intent["id"], metadata=intent["metadata"], amount_refunded=0,
            payment_method_details=details, disputed=False,
        )  # fmt: skip
        intent["latest_charge"] = made["id"]
        return made

    def succeed(self, intent: Json) -> None:
        """The money is there."""
        method = self.get(intent["payment_method"])
        charge = self.things.get(intent["latest_charge"]) or self._charge(intent, method, "")
        charge["status"] = "succeeded"
        intent |= {"status": "succeeded", "amount_received": intent["amount"], "next_action": None}
        fee = intent["amount"] * 29 // 1000 // 100 * 100  # in what is whole in every currency
        self._move("charge", charge["id"], intent["currency"], intent["amount"], fee)

    def _move(self, kind: str, source: str, currency: str, amount: int, fee: int = 0) -> Json:
        return self.make("balance_transaction", "txn", amount=amount, fee=fee, net=amount - fee,
                         currency=currency, source=source, type=kind, reporting_category=kind,
                         payout=None)  # fmt: skip

    def cancel_intent(self, intent_id: str, params: Json) -> Json:
        """POST /v1/payment_intents/{id}/cancel"""
        intent = self.get(intent_id)
        if intent["status"] in ("succeeded", "canceled", "processing"):
            words = f"You cannot cancel this: its status is {intent['status']}."
            raise Problem(400, words, code="payment_intent_unexpected_state")
        intent |= {"status": "canceled", "next_action": None}
        return intent

    def create_refund(self, params: Json) -> Json:
        """POST /v1/refunds"""
        intent = self.get(params["payment_intent"])
        charge, amount = self.get(intent["latest_charge"]), int(params["amount"])
        if amount > charge["amount"] - charge["amount_refunded"]:
            words = "Refund amount is greater than unrefunded amount on charge."
            raise Problem(400, words, param="amount")
        charge["amount_refunded"] += amount
        made = self.make("refund", "re", amount=amount, currency=charge["currency"],
                         charge=charge["id"], payment_intent=intent["id"], status="succeeded",
                         metadata=params.get("metadata", {}), failure_reason=None)  # fmt: skip
        self._move("refund", made["id"], charge["currency"], -amount)
        return made

    # --- what is kept ----------------------------------------------------------------------------

    def create_customer(self, params: Json) -> Json:
        """POST /v1/customers"""
        return self.make("customer", "cus", metadata=params.get("metadata", {}))

    def create_setup(self, params: Json) -> Json:
        """POST /v1/setup_intents"""
        method = self.used_method(params)
        if method["type"] not in params["payment_method_types"]:
            raise Problem(400, "The method is of another type.", param="payment_method")
        method["customer"] = self.get(params["customer"])["id"]
        mandate = None
        if method["type"] != "card":
            acceptance = params["mandate_data"]["customer_acceptance"]
            assert acceptance["online"]["ip_address"]
            mandate = self.make("mandate", "mandate", status="active", type="multi_use",
                                payment_method=method["id"])["id"]  # fmt: skip
        return self.make("setup_intent", "seti", status="succeeded", customer=params["customer"],
                         payment_method=method["id"], metadata=params.get("metadata", {}),
                         payment_method_types=params["payment_method_types"], mandate=mandate,
                         next_action=None, last_setup_error=None)  # fmt: skip

    def detach(self, method_id: str, params: Json) -> Json:
        """POST /v1/payment_methods/{id}/detach"""
        method = self.get(method_id)
        if not method["customer"]:
            words = "The payment method you provided is not attached to a customer."
            raise Problem(400, words)
        method["customer"] = None
        for mandate in self.all("mandate"):
            if mandate["payment_method"] == method_id:
                mandate["status"] = "inactive"
        return method

    # --- disputes and payouts --------------------------------------------------------------------

    def dispute(self, charge: Json) -> Json:
        """The payer's bank takes a charge back."""
        made = self.make(
            "dispute", "dp", amount=charge["amount"], currency=charge["currency"],
            charge=charge["id"], payment_intent=charge["payment_intent"], reason="fraudulent",
            status="needs_response", evidence={},
            evidence_details={"due_by": int(time.time()) + 600_000, "submission_count": 0},
        )  # fmt: skip
        moved = self._move("dispute", made["id"], charge["currency"], -charge["amount"], 1500)
        made["balance_transactions"] = [moved]
        return made

    def update_dispute(self, dispute_id: str, params: Json) -> Json:
        """POST /v1/disputes/{id}"""
        dispute = self._open(dispute_id)
        named = params["evidence"].get("uncategorized_file")
        assert named is None or self.get(named)["purpose"] == "dispute_evidence"
        dispute["evidence"] = params["evidence"]
        if params.get("submit") == "true":
            dispute["status"] = "under_review"
        return dispute

    def close_dispute(self, dispute_id: str, params: Json) -> Json:
        """POST /v1/disputes/{id}/close"""
        dispute = self._open(dispute_id)
        dispute["status"] = "lost"
        return dispute

    def _open(self, dispute_id: str) -> Json:
        dispute = self.get(dispute_id)
        if dispute["status"] != "needs_response":
            raise Problem(400, "This dispute is already closed.")
        return dispute

    def pay_out(self) -> None:
        """Everything that no payout has paid, a currency each."""
        waiting = [row for row in self.all("balance_transaction") if not row["payout"]]
        for currency in sorted({row["currency"] for row in waiting}):
            rows = [row for row in waiting if row["currency"] == currency]
            amount = sum(row["net"] for row in rows)
            day = int(time.time()) // 86_400 * 86_400
            made = self.make("payout", "po", amount=amount, currency=currency, status="paid",
                             arrival_date=day + 172_800, statement_descriptor="STRIPE",
                             failure_code=None, failure_message=None)  # fmt: skip
            itself = self._move("payout", made["id"], currency, -amount)
            for row in [*rows, itself]:
                row["payout"] = made["id"]

    # --- the doors -------------------------------------------------------------------------------

    def answer(self, method: str, path: str, params: Json, key: str | None) -> Json:
        """The object, or list, that a call answers with."""
        if key != f"Bearer {KEY}":
            raise Problem(401, "Invalid API Key provided.")
        with self.lock:
            for wanted, pattern, work in DOORS:
                found = re.fullmatch(pattern, path)
                if wanted == method and found:
                    return self.expanded(work(self, *found.groups(), params), params)
        raise Problem(404, f"Unrecognized request URL ({method}: {path}).")

    def listed(self, kind: str, params: Json) -> Json:
        """A page of a list."""
        rows = self.all(kind)
        for name in ("payment_intent", "charge", "payout"):
            if name in params:
                rows = [row for row in rows if row.get(name) == params[name]]
        made = params.get("created", {})
        tests: dict[str, Callable[[int, int], bool]] = {
            "gte": int.__ge__, "lte": int.__le__, "lt": int.__lt__, "gt": int.__gt__
        }  # fmt: skip
        for name, bound in made.items():
            rows = [row for row in rows if tests[name](row["created"], int(bound))]
        after = params.get("starting_after")
        if after:
            rows = rows[[row["id"] for row in rows].index(after) + 1 :]
        limit = int(params.get("limit", 10))
        return {"object": "list", "data": rows[:limit], "has_more": len(rows) > limit, "url": ""}

    def expanded(self, thing: Json, params: Json) -> Json:
        """A copy with the objects in it that were asked for."""
        copied: Json = json.loads(json.dumps(thing))
        for path in params.get("expand", []):
            _, is_list, name = path.rpartition("data.")
            for row in copied["data"] if is_list else [copied]:
                row[name] = self.things.get(row.get(name), row.get(name))
        return copied


DOORS: list[tuple[str, str, Callable[..., Json]]] = [
    ("POST", "/v1/payment_intents", StripeServer.create_intent),
    ("POST", "/v1/payment_intents/(\\w+)/cancel", StripeServer.cancel_intent),
    ("POST", "/v1/refunds", StripeServer.create_refund),
    ("POST", "/v1/customers", StripeServer.create_customer),
    ("POST", "/v1/setup_intents", StripeServer.create_setup),
    ("POST", "/v1/payment_methods/(\\w+)/detach", StripeServer.detach),
    ("POST", "/v1/disputes/(\\w+)/close", StripeServer.close_dispute),
    ("POST", "/v1/disputes/(\\w+)", StripeServer.update_dispute),
    (
        "POST",
        "/v1/files",
        lambda server, params: server.make("file", "file", purpose=params["purpose"]),
    ),
]
DOORS += [
    ("GET", f"/v1/{kind}s/(\\w+)", lambda server, thing_id, params: server.get(thing_id))
    for kind in ("payment_intent", "payment_method", "confirmation_token", "mandate", "dispute")
]
DOORS += [
    ("GET", f"/v1/{kind}s", lambda server, params, kind=kind: server.listed(kind, params))
    for kind in ("payment_intent", "refund", "setup_intent", "payout", "balance_transaction")
]


def decoded(text: str) -> Json:
    """`a[b]=1&c[0]=2` as values."""
    made: Json = {}
    for name, value in parse_qsl(text, keep_blank_values=True):
        first, *rest = re.findall(r"[^\[\]]+", name)
        place, last = made, first
        for part in rest:
            place = place.setdefault(last, {})
            last = part
        place[last] = value
    return {name: _flat(value) for name, value in made.items()}


def _flat(value: Any) -> Any:
    if isinstance(value, dict) and all(key.isdigit() for key in value):
        return [_flat(one) for one in value.values()]
    return value


def _handler(server: StripeServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            self.say(*self.answered("GET", parts.path, decoded(parts.query)))

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            is_form = "multipart" not in self.headers.get("content-type", "")
            params = decoded(body.decode()) if is_form else {"purpose": _purpose(body)}
            key, print_ = self.headers.get("Idempotency-Key"), hashlib.sha256(body).hexdigest()
            if key and key in server.keys:
                known, status, said = server.keys[key]
                if known == print_:
                    self.say(status, said)
                else:
                    words = "Keys for idempotent requests can only be used with the same parameters"
                    error = {"type": "idempotency_error", "message": words}
                    self.say(400, json.dumps({"error": error}).encode())
                return
            status, said = self.answered("POST", self.path, params)
            if key and status != 401:
                server.keys[key] = (print_, status, said)
            self.say(status, said)

        def answered(self, method: str, path: str, params: Json) -> tuple[int, bytes]:
            try:
                key = self.headers.get("Authorization")
                return 200, json.dumps(server.answer(method, path, params, key)).encode()
            except Problem as problem:
                return problem.status, json.dumps(problem.body).encode()

        def say(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_values: object) -> None:
            """Quiet."""

    return Handler


def _purpose(body: bytes) -> str:
    found = re.search(rb'name="purpose"\r\n\r\n(\w+)', body)
    assert found
    assert b"%PDF" in body
    return found.group(1).decode()
