"""Runs the real sandbox gateway as its own process, for every test that needs one."""

import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import httpx

from counterfoil.kernel.ports.gateways.account import GatewayAccount

HOME = "http://localhost:8000"
SRC = Path(__file__).parents[2] / "src"
JSON = dict[str, Any]
START_SECONDS_MAX = 20


def free_port() -> int:
    """A port of this machine that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Sandbox:
    """One gateway process on loopback with its own folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = folder.parent / f"{folder.name}.log"
        self.http = httpx.Client(base_url=self.url, timeout=20, trust_env=False)
        self.process: subprocess.Popen[bytes] | None = None

    def command(self, *extra: str) -> list[str]:
        """The command line of this gateway."""
        start = [sys.executable, "-m", "counterfoil_sandbox", "--port", str(self.port)]
        return [*start, "--data", str(self.folder), *extra]

    def start(self, *extra: str) -> "Sandbox":
        """Starts it and waits until it answers."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command(*extra),
                stdout=log,
                stderr=log,
                env=os.environ | {"PYTHONPATH": str(SRC)},
            )
        deadline = time.monotonic() + START_SECONDS_MAX
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                if self.http.get("/healthz").is_success:
                    return self
            except httpx.TransportError:
                time.sleep(0.05)
        raise AssertionError(f"the gateway did not start: {self.log.read_text()}")

    def stop(self, number: int = signal.SIGTERM) -> int:
        """Ends the process with this signal; gives its exit code."""
        assert self.process is not None
        self.process.send_signal(number)
        return self.process.wait(timeout=10)

    def post(self, path: str, body: Any, **headers: str) -> httpx.Response:
        """POSTs JSON."""
        return self.http.post(path, json=body, headers=headers)

    def open_account(self, **fields: Any) -> "AccountAtSandbox":
        """A new account under a name of its own."""
        name = {"name": f"Business {secrets.token_hex(6)}"}
        answer = self.post("/v1/accounts", name | fields)
        assert answer.status_code == 201, answer.text
        return AccountAtSandbox(self, answer.json())

    def token(self, number: str = "4242 4242 4242 4242", **card: Any) -> str:
        """A token of a card that is good for years."""
        good = {"number": number, "exp_month": 12, "exp_year": 2034, "cvc": "123"}
        answer = self.post("/v1/tokens", {"card": good | card})
        assert answer.status_code == 201, answer.text
        token: str = answer.json()["id"]
        return token

    def advance(self, seconds: float) -> None:
        """Moves the sandbox clock."""
        assert self.post("/v1/clock", {"advance_seconds": seconds}).status_code == 200


class AccountAtSandbox:
    """One account there and the calls that its owner makes."""

    def __init__(self, sandbox: Sandbox, body: JSON) -> None:
        self.sandbox = sandbox
        self.body = body
        self.id: str = body["id"]
        self.auth = {"Authorization": f"Bearer {body['secret_key']}"}

    def request(self, **fields: Any) -> JSON:
        """A charge's body; a token is made if none is given."""
        reference = f"pay_{secrets.token_hex(8)}"
        good = {"amount": 20355, "currency": "EUR", "customer": "cus_1", "reference": reference}
        source = fields.pop("source", None) or self.sandbox.token()
        return good | {"source": source} | fields

    def post_charge(self, body: JSON, key: str | None = None) -> httpx.Response:
        """POST /v1/charges; the reference is the key if none is given."""
        headers = self.auth | {"Idempotency-Key": key or body["reference"]}
        return self.sandbox.http.post("/v1/charges", json=body, headers=headers)

    def charge(self, number: str = "4242 4242 4242 4242", **fields: Any) -> JSON:
        """Charges a card of this number; gives the charge."""
        body = self.request(source=self.sandbox.token(number), **fields)
        answer = self.post_charge(body)
        assert answer.status_code == 201, answer.text
        charge: JSON = answer.json()
        return charge

    def get(self, path: str, **query: Any) -> httpx.Response:
        """GET with the key."""
        return self.sandbox.http.get(path, params=query, headers=self.auth)

    def set_faults(self, **faults: Any) -> None:
        """Mistreats this account from now on."""
        answer = self.sandbox.http.post("/v1/faults", json=faults, headers=self.auth)
        assert answer.status_code == 200, answer.text

    def events(self) -> list[JSON]:
        """Every event of the account."""
        found: list[JSON] = self.get("/v1/events", limit=200).json()["data"]
        return found


def held(there: AccountAtSandbox, **change: str) -> GatewayAccount:
    """Our account as we hold it, with a setting or a secret changed or added."""
    settings = {"url": there.sandbox.url, "publishable_key": there.body["publishable_key"]}
    secrets = {name: there.body[name] for name in ("secret_key", "webhook_secret")}
    is_secret = {name: "secret" in name for name in change}
    settings |= {name: text for name, text in change.items() if not is_secret[name]}
    secrets |= {name: text for name, text in change.items() if is_secret[name]}
    return GatewayAccount(name="Sandbox", settings=settings, secrets=secrets)
