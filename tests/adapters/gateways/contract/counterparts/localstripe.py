"""localstripe: a stand-in for Stripe by other people, and so an independent witness.

It is GPL-3: it runs as a process of its own, for tests only, and only the script
that starts it imports it. Where
it is behind Stripe's documentation, a shim stands between: what it can't take is left out, what it
does not say is said (`amount_received`, the page of 3-D Secure), and keys are kept for it. What it
has not got at all (disputes, mandates, SetupIntents that confirm, payouts of balance transactions,
amounts received inside events, a limit to refunds) is proved against `stripe` alone.
"""

import hashlib
import json
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode

import httpx

from adapters.gateways.contract.counterpart import Counterpart, Wish
from counterfoil.adapters.gateways.stripe.adapter import StripeGateway
from counterfoil.kernel.money import Money
from counterfoil.kernel.ports.gateways.account import GatewayAccount
from counterfoil.kernel.ports.gateways.capabilities import Capability
from counterfoil.kernel.ports.gateways.charges import ChargeRequest
from counterfoil.kernel.ports.gateways.outcomes import FailureCode
from factories.sandbox_process import free_port

PROCESS = Path(__file__).with_name("localstripe_process.py")
KEY = "sk_test_local"
LEFT_OUT = ("description", "return_url", "created[", "setup_future_usage", "mandate")
CARDS = {
    Wish.SUCCEEDS: "4242424242424242",
    Wish.NEEDS_STEP: "4000002500003155",
    FailureCode.CARD_DECLINED: "4000000000000341",
}
START_SECONDS_MAX = 20


class LocalstripeCounterpart(Counterpart):
    """Cards, steps, refunds, cancels and the list."""

    name = "localstripe"
    what = "localstripe"
    gateway = StripeGateway()
    proves = frozenset(
        {Capability.CHARGES, Capability.CANCELS, Capability.REFUNDS, Capability.LISTING}
    )
    wishes = frozenset(CARDS)
    amounts = (Money(20355, "EUR"), Money(5000, "JPY"))
    gaps = {
        "test_all_that_is_left_can_go_back_and_nothing_more": "it takes refunds beyond the charge",
        "test_only_that_time_is_listed": "its list knows no times",
        "test_a_charge_is_listed_with_what_it_was_for": "it takes no description",
        "test_a_key_that_is_not_ours_charges_nothing_and_proves_no_absence": "it takes any key",
    }

    def start(self) -> None:
        """Starts the process and the shim."""
        port = free_port()
        self.origin = f"http://127.0.0.1:{port}"
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-W", "ignore", str(PROCESS), str(port)]
        )
        auth = {"Authorization": f"Bearer {KEY}"}
        self._http = httpx.Client(base_url=self.origin, headers=auth, trust_env=False, timeout=20)
        self._wait()
        self._shim = _Shim(self.origin)
        self.url = self._shim.url

    def _wait(self) -> None:
        ends = time.monotonic() + START_SECONDS_MAX
        while True:
            try:
                self._http.get("/v1/charges")
            except httpx.TransportError:
                assert time.monotonic() < ends, "localstripe did not start"
                assert self._process.poll() is None, "localstripe ended"
                time.sleep(0.1)
            else:
                return

    def stop(self) -> None:
        """Ends both."""
        self._shim.close()
        self._http.close()
        self._process.terminate()
        self._process.wait(timeout=10)

    def account(self, url: str) -> GatewayAccount:
        """Ours."""
        settings = {"url": url, "publishable_key": "pk_test_local"}
        secrets = {"secret_key": KEY, "webhook_secret": "whsec_local"}
        return GatewayAccount("localstripe", settings, secrets)

    def request(
        self, wish: Wish | FailureCode, reference: str, amount: Money, *, save: bool = False
    ) -> ChargeRequest:
        """A charge of a payment method made of the test card that does this."""
        card = {"number": CARDS[wish], "exp_month": "12", "exp_year": "2034", "cvc": "123"}
        return self.charge_of({"type": "card", "card": card}, reference, amount)

    def charge_of(self, method: dict[str, Any], reference: str, amount: Money) -> ChargeRequest:
        """A charge of a payment method that is made of these facts."""
        made = self._http.post("/v1/payment_methods", json=method)
        assert made.is_success, made.text
        return ChargeRequest(
            reference=reference,
            amount=amount,
            source=made.json()["id"],
            customer="cus_contract",
            description=reference,
            return_url="http://localhost:8000/return",
        )

    def _intents(self, reference: str) -> list[dict[str, Any]]:
        rows = self._http.get("/v1/payment_intents", params={"limit": 100}).json()["data"]
        return [row for row in rows if row["metadata"].get("reference") == reference]

    def finish(self, reference: str) -> None:
        """The payer says yes."""
        for intent in self._intents(reference):
            if intent["status"] == "requires_action":
                sent = {"client_secret": intent["client_secret"], "success": True}
                path = f"/v1/payment_intents/{intent['id']}/_authenticate"
                assert self._http.post(path, json=sent).is_success

    def charged(self, reference: str) -> Sequence[Money]:
        """By its intents."""
        dead = ("requires_payment_method", "canceled")
        rows = [one for one in self._intents(reference) if one["status"] not in dead]
        return [Money(row["amount"], row["currency"].upper()) for row in rows]

    def moves_money(self, method: str, path: str) -> bool:
        """An intent or a refund that is made."""
        return method == "POST" and path in ("/v1/payment_intents", "/v1/refunds")

    def refunded(self, reference: str) -> Sequence[Money]:
        """By its refunds."""
        [intent] = self._intents(reference)
        rows = self._http.get("/v1/refunds", params={"payment_intent": intent["id"]}).json()
        return [Money(row["amount"], row["currency"].upper()) for row in rows["data"]]

    def cancellable(self, reference: str, amount: Money) -> ChargeRequest:
        """One that waits for its payer."""
        return self.request(Wish.NEEDS_STEP, reference, amount)


class _Shim:
    """Makes of localstripe what the documentation says, where it is behind."""

    def __init__(self, origin: str) -> None:
        self.http = httpx.Client(base_url=origin, trust_env=False, timeout=20)
        self.kept: dict[str, tuple[str, int, bytes]] = {}
        self.lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def close(self) -> None:
        """Stops listening."""
        self._server.shutdown()
        self._server.server_close()
        self.http.close()

    def answer(self, method: str, target: str, auth: str, key: str, body: str) -> tuple[int, bytes]:
        """What Stripe would say; the same key says the same again."""
        with self.lock:
            mark = hashlib.sha256(body.encode()).hexdigest()
            if key in self.kept:
                known, status, said = self.kept[key]
                error = b'{"error": {"type": "idempotency_error", "message": "used"}}'
                return (status, said) if known == mark else (400, error)
            path, _, query = target.partition("?")
            there = self.http.request(
                method,
                path,
                params=_kept(query),
                content=urlencode(_kept(body)),
                headers={
                    "Authorization": auth,
                    "Content-Type": "application/x-www-form-urlencoded",
                },
            )
            said = json.dumps(_said(there.json())).encode()
            if key:
                self.kept[key] = (mark, there.status_code, said)
            return there.status_code, said


def _kept(text: str) -> list[tuple[str, str]]:
    return [(k, v) for k, v in parse_qsl(text) if not k.startswith(LEFT_OUT)]


def _said(thing: Any) -> Any:
    if isinstance(thing, list):
        return [_said(one) for one in thing]
    if not isinstance(thing, dict):
        return thing
    if thing.get("object") == "payment_intent":
        is_here = thing["status"] == "succeeded"
        thing["amount_received"] = thing["amount"] if is_here else 0
        if thing["next_action"]:
            page = {"url": f"https://hooks.stripe.test/{thing['id']}", "return_url": ""}
            thing["next_action"] = {"type": "redirect_to_url", "redirect_to_url": page}
    return {name: _said(value) for name, value in thing.items()}


def _handler(shim: _Shim) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def handle_call(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0))).decode()
            auth = self.headers.get("Authorization", "")
            key = self.headers.get("Idempotency-Key", "")
            status, said = shim.answer(self.command, self.path, auth, key, body)
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        do_GET = handle_call  # noqa: N815  named by the library
        do_POST = handle_call  # noqa: N815  named by the library

        def log_message(self, *_values: object) -> None:
            """Quiet."""

    return Handler
