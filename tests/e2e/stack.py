"""Everything that runs for a payer, each in its own process, as in production: a database, the
sandbox gateway, the web server and the worker, with two businesses."""

import json
import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

import httpx

from counterfoil.cli.processes.held import HeldProcess, Terms, hold
from factories import database as db
from factories.outside.logs import in_mails
from factories.sandbox_process import AccountAtSandbox, Sandbox, free_port

T = TypeVar("T")
TESTS = Path(__file__).resolve().parents[1]
START_SECONDS_MAX = 40
PASSWORD = "pay-me-4242"
WATER = [
    ["Water supply, October\nMeter 118 240, read 31 Oct", "42.6", "2.184", "5.5", "0"],
    ["Standing charge", "1", "18", "5.5", "0"],
    ["Leak inspection", "1", "96", "20", "25"],
]


class Refused(Exception):
    """The office's flow refused; the arguments name the fields."""


def eventually(ask: Callable[[], T], what: str, seconds: float = 30) -> T:
    """The first true answer; asks again and again, and fails with `what` when time is up."""
    deadline = time.monotonic() + seconds
    while True:
        answer = ask()
        if answer:
            return answer
        if time.monotonic() > deadline:
            raise AssertionError(f"still not after {seconds} s: {what}; last answer: {answer!r}")
        time.sleep(0.05)


class Office:
    """Founds, issues and credits in a process of its own, through the product's flows."""

    def __init__(self, environment: dict[str, str], log: Path) -> None:
        with log.open("ab") as errors:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "e2e.office_process"],
                env=environment | {"PYTHONPATH": f"{db.SOURCE}{os.pathsep}{TESTS}"},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
            )
        self._log = log

    def __call__(self, name: str, /, **arguments: Any) -> Any:
        """The result of a call; `Refused` if the flow refused."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps({"call": name, "arguments": arguments}) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        assert line, f"the office is gone: {self._log.read_text()[-2000:]}"
        answer = json.loads(line)
        if "refused" in answer:
            raise Refused(*answer["refused"])
        assert "broken" not in answer, answer["broken"]
        return answer["result"]

    def close(self) -> None:
        """Ends it."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(timeout=10)
        self._process.stdout.close()


@dataclass(frozen=True)
class Business:
    """One business of the stack, where it answers, and its account at the gateway."""

    id: str
    name: str
    slug: str
    url: str
    account: str
    at_gateway: AccountAtSandbox


@dataclass(frozen=True)
class Payer:
    """A customer with one person, one issued invoice, and a link to it."""

    business: Business
    customer: str
    name: str
    email: str
    invoice: dict[str, Any]
    link: str = field(repr=False)

    @property
    def number(self) -> str:
        """The invoice's number."""
        return str(self.invoice["number"])

    @property
    def invoice_url(self) -> str:
        """Where a signed-in person finds the invoice."""
        return f"{self.business.url}/invoices/{self.number}"


class Stack:
    """The running whole."""

    def __init__(self, folder: Path, server: db.Addresses, template: str) -> None:
        self.folder = folder
        self.data = folder / "data"
        self.mailbox = self.data / "mailbox"
        self.data.mkdir()
        self.port = free_port()
        self._server = server
        self.addresses = db.clone(server, template)
        self.sandbox = Sandbox(folder / "sandbox")
        self.web: HeldProcess | None = None
        self.worker: HeldProcess | None = None
        self._told = {PASSWORD}
        self.office = Office(self.environment(), self.log("office"))

    def log(self, name: str) -> Path:
        """The log file of a process."""
        return self.folder / f"{name}.log"

    def logs(self) -> list[Path]:
        """What every process wrote."""
        return [self.log(name) for name in ("web", "worker", "office")] + [self.sandbox.log]

    def secrets(self) -> set[str]:
        """Everything that the processes know and nobody may read in their logs."""
        at_gateway = [one.at_gateway.body for one in (self.harrow, self.mill)]
        keys = {body[name] for body in at_gateway for name in ("secret_key", "webhook_secret")}
        environment = self.environment()
        keys.add(environment["COUNTERFOIL_SECRET_KEY"])
        for url in (self.addresses.app_url, self.addresses.owner_url):
            keys.add(urlsplit(url).password or "")
        with db.connect(self.addresses.owner_url) as owner:
            sessions = owner.execute("SELECT session_key FROM identity_session").fetchall()
        keys.update(str(key) for (key,) in sessions)
        return self._told | keys | in_mails(self.mailbox)

    def environment(self) -> dict[str, str]:
        """What the processes are told: never the owner's address."""
        strange = ("DATABASE_", "TEST_DATABASE_", "COUNTERFOIL_", "DJANGO_", "PYTEST_")
        outside = {
            name: value for name, value in os.environ.items() if not name.startswith(strange)
        }
        return (
            outside
            | db.environment(self.addresses, self.data)
            | {
                "COUNTERFOIL_SANDBOX_URL": self.sandbox.url,
                "COUNTERFOIL_PUBLIC_PORT": str(self.port),
                "COUNTERFOIL_SMS": f"file:{self.mailbox}",
            }
        )

    def start(self) -> "Stack":
        """Starts everything and founds the two businesses."""
        self.start_web()
        self.start_worker()
        self.sandbox.start()
        self.harrow = self._found("harrow", "Harrow Water", "localhost", timezone="Europe/Paris")
        self.mill = self._found("mill", "Mill Lane", "127.0.0.1", timezone="Europe/London")
        self.wait_until_ready()
        return self

    def _found(self, slug: str, name: str, host: str, **more: str) -> Business:
        place = f"{host}:{self.port}"
        url = f"http://{place}"
        address = {"line1": "12 Quai Sud", "city": "Lyon", "postal_code": "69002", "country": "FR"}
        business = self.office(
            "found", slug=slug, name=name, host=place, currency="EUR", address=address,
            email=f"hello@{slug}.example", legal_name=f"{name} SAS", **more,
        )  # fmt: skip
        self.office(
            "offer_debits", business=business, schemes=["sepa_core"], creditor="DE98ZZZ09999999999"
        )
        account = self.sandbox.open_account(name=name, business_id=business, origins=[url])
        ours = self.office("connect", business=business, url=self.sandbox.url, account=account.body)
        hook = {"webhook_url": f"{url}/hooks/{slug}/{ours}"}
        answer = self.sandbox.post(f"/v1/accounts/{account.id}", hook, **account.auth)
        assert answer.status_code == 200, answer.text
        return Business(business, name, slug, url, ours, account)

    def start_web(self, port: int = 0) -> None:
        """Starts the web server, by the same command as in production; on another port if asked."""
        at = str(port or self.port)
        self.web = self._hold("web", "serve", "--port", at, "--workers", "1")

    def start_worker(self) -> None:
        """Starts the worker."""
        self.worker = self._hold("worker", "worker")

    def _hold(self, name: str, *words: str) -> HeldProcess:
        with self.log(name).open("ab") as log:
            return hold(
                [sys.executable, "-m", "counterfoil.cli.main", *words],
                environment=self.environment(),
                output=log,
                terms=Terms(grace_seconds=12),
            )

    def command(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Runs `counterfoil` with these words to its end, beside what runs."""
        powers = db.as_owner(self.addresses) if words[0] in ("migrate", "verify") else {}
        return subprocess.run(
            [sys.executable, "-m", "counterfoil.cli.main", *words],
            env=self.environment() | powers,
            capture_output=True, text=True, check=False, timeout=60,
        )  # fmt: skip

    def wait_until_ready(self, port: int = 0) -> None:
        """Waits until web, database and worker all say so."""

        def is_ready() -> bool:
            for name, process in (("web", self.web), ("worker", self.worker)):
                if process is None or not process.is_running:
                    raise AssertionError(f"{name} ended: {self.log(name).read_text()[-3000:]}")
            try:
                at = port or self.port
                return httpx.get(f"http://127.0.0.1:{at}/readyz", timeout=5).is_success
            except httpx.TransportError:
                return False

        eventually(is_ready, "the stack is ready", START_SECONDS_MAX)

    def stop(self) -> None:
        """Ends every process by its id, and drops the database."""
        for process in (self.web, self.worker):
            if process is not None:
                process.let_go()
        for process in (self.web, self.worker):
            if process is not None:
                process.stop()
        self.office.close()
        self.sandbox.stop()
        self.sandbox.http.close()
        db.drop(self._server, self.addresses)

    def payer(
        self,
        business: Business | None = None,
        *,
        name: str = "",
        lines: list[list[str]] | None = None,
        locale: str = "en",
        due_in_days: int = 6,
        **more: Any,
    ) -> Payer:
        """A new customer with an invoice nobody was mailed about, and a link to it."""
        at = business or self.harrow
        tag = secrets.token_hex(3)
        who = name or f"Ines Moreau {tag}"
        email = f"ines-{tag}@moreau.example"
        customer = self.office(
            "add_customer", business=at.id, name=who if name else f"Atelier Moreau {tag}",
            locale=locale, timezone="Europe/Paris", currency="EUR", email=email,
            address={"line1": "3 rue Basse", "city": "Lyon", "country": "FR"},
            contacts=[{"name": who[:120], "email": email}],
        )  # fmt: skip
        invoice = self.issue(at, customer, lines=lines, due_in_days=due_in_days, **more)
        return Payer(at, customer, who, email, invoice, self.link(at, customer, invoice, email))

    def issue(
        self,
        business: Business,
        customer: str,
        *,
        lines: list[list[str]] | None = None,
        due_in_days: int = 6,
        days_ago: int = 14,
        quiet: bool = True,
        **more: str,
    ) -> dict[str, Any]:
        """An issued invoice of a customer."""
        return self.office(  # type: ignore[no-any-return]
            "issue", business=business.id, customer=customer, lines=lines or WATER,
            due_in_days=due_in_days, days_ago=days_ago, quiet=quiet, more=more,
        )  # fmt: skip

    def link(
        self,
        business: Business,
        customer: str,
        invoice: dict[str, Any],
        email: str,
        days: float = 90,
    ) -> str:
        """A link to an invoice, as a mail would hold it."""
        token = self.office(
            "link", business=business.id, customer=customer, invoice=invoice["id"],
            sent_to=email, days=days,
        )  # fmt: skip
        self._told.add(str(token))
        return f"{business.url}/i/{token}"

    def paid_long_ago(self, payer: Payer, days_ago: int) -> dict[str, Any]:
        """An invoice of the payer that was issued and paid so many days ago."""
        invoice = self.issue(
            payer.business, payer.customer, due_in_days=20 - days_ago, days_ago=days_ago
        )
        return invoice | {"payment": self.pay(payer, [invoice], days_ago - 3)}

    def pay(self, payer: Payer, invoices: list[dict[str, Any]], days_ago: int = 0) -> str:
        """Pays invoices of the payer together, without a browser; gives the payment's id."""
        return str(self.office(
            "pay", business=payer.business.id, customer=payer.customer, invoices=invoices,
            source=self.sandbox.token(), days_ago=days_ago,
        ))  # fmt: skip

    def give_password(self, payer: Payer) -> None:
        """Lets the payer sign in by password."""
        self.office("add_sign_in", email=payer.email, name=payer.name, password=PASSWORD)

    def colleague(self, payer: Payer, name: str) -> Payer:
        """Another person of the same customer, who can sign in."""
        email = f"{name.split(maxsplit=1)[0].lower()}-{secrets.token_hex(3)}@moreau.example"
        contact = {"name": name, "email": email}
        self.office(
            "add_contact", business=payer.business.id, customer=payer.customer, contact=contact
        )
        other = replace(payer, name=name, email=email)
        self.give_password(other)
        return other


def children(process_id: int) -> list[int]:
    """The ids of the processes that a process started."""
    listed = Path(f"/proc/{process_id}/task/{process_id}/children").read_text()
    return [int(one) for one in listed.split()]


def running(held: HeldProcess) -> int:
    """The id of the command that runs under a watcher."""
    return children(held.process.pid)[0]


def kill(process_id: int) -> None:
    """SIGKILL: nothing is tidied up."""
    os.kill(process_id, signal.SIGKILL)
