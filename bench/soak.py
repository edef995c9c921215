"""The whole product under a steady trickle of payments with faults: `soak MINUTES` (120 is the goal).

Five payments a second come in over the API; of every hundred, twelve are declined, charged back, ask
for 3-D Secure or lose their answer at the gateway. Meanwhile the worker is killed and connections of
the database are cut, again and again. Watched: memory, the oldest job that is due, the inbox, dead
rows; at the end the gateway's own list against the books, and `counterfoil verify`.
"""

import contextlib
import http.client
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import psycopg

from bench.demo import wait_until_ready, weigh
from bench.pages import family, free_port

A_SECOND = 5
LEAST = 0.7  # of what should come in a second has to bring money, faults and all
PAYERS = 8
LOOK_SECONDS = 30.0
KILL_SECONDS = 170.0  # between two kills of the worker
CUT_SECONDS = 110.0  # between two cuts of all connections
CALM_SECONDS = 120.0  # for what is still under way at the end
CARDS = [
    *["4242424242424242"] * 88,
    *["4000000000000002"] * 3,
    *["4000002500003155"] * 3,
    *["4000000000000259"] * 2,
    *["4000000000009979"] * 4,
]
WATCHED = """
SELECT coalesce(extract(epoch FROM now() - min(coalesce(j.scheduled_at, e.at))), 0),
  (SELECT count(*) FROM payments_gatewayevent WHERE handled_at IS NULL),
  (SELECT sum(n_dead_tup) FROM pg_stat_user_tables),
  (SELECT count(*) FROM payments_attempt WHERE state IN ('created', 'submitted', 'unknown'))
FROM procrastinate_jobs j JOIN procrastinate_events e ON e.job_id = j.id AND e.type = 'deferred'
WHERE j.status IN ('todo', 'doing') AND coalesce(j.scheduled_at, now()) <= now()
"""
CUT = """
SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
WHERE usename = current_user AND pid <> pg_backend_pid()
"""


@dataclass(frozen=True, slots=True)
class Running:
    """A demo that runs: its folder, where its owner reaches the database, and its addresses."""

    folder: Path
    process: int
    owner_url: str
    app_url: str
    told: dict[str, Any]

    def ask(self, sql: str, *, as_app: bool = False) -> tuple[Any, ...]:
        """The first row that the owner, or the product's own role, is answered."""
        url = self.app_url if as_app else self.owner_url
        with psycopg.connect(url, autocommit=True) as connection:
            row = connection.execute(sql).fetchone()  # type: ignore[arg-type]
            assert row is not None
            return tuple(row)


def main(minutes: float) -> None:
    """Prints what was watched each half minute, and what stands at the end; ends with an error where
    the gateway's list and the books differ, the books do not hold, or too little was paid."""
    folder = Path(tempfile.mkdtemp(prefix="bench-soak-", dir="/tmp"))
    port = free_port()
    command = [sys.executable, "-m", "counterfoil.cli.main", "demo", "--data", str(folder / "demo")]
    demo = subprocess.Popen([*command, "--port", str(port)], stdout=subprocess.DEVNULL)
    try:
        wait_until_ready(port, demo)
        soak(started(folder / "demo", demo.pid), minutes * 60)
    finally:
        demo.send_signal(signal.SIGINT)
        demo.wait(timeout=60)
        shutil.rmtree(folder, ignore_errors=True)


def started(folder: Path, process: int) -> Running:
    """What is known of the demo once it is ready."""
    while not (folder / "demo.json").exists():
        time.sleep(0.5)
    known = environment(folder)
    urls = known["DATABASE_OWNER_URL"], known["DATABASE_URL"]
    return Running(folder, process, *urls, json.loads((folder / "demo.json").read_text()))


def soak(running: Running, seconds: float) -> None:
    """Pays, harms, watches; then waits for what is under way, and looks whether all is true."""
    ends_at = time.monotonic() + seconds
    answers: Counter[str] = Counter()
    payers = [
        threading.Thread(target=Payer(running, answers, number).pay, args=(ends_at,))
        for number in range(PAYERS)
    ]
    for one in payers:
        one.start()
    harm = threading.Thread(target=harmed, args=(running, ends_at))
    harm.start()
    seen = []
    while time.monotonic() < ends_at:
        time.sleep(min(LOOK_SECONDS, max(0.0, ends_at - time.monotonic())))
        seen.append(looked(running, ends_at - seconds))
    for one in [*payers, harm]:
        one.join()
    time.sleep(CALM_SECONDS)
    seen.append(looked(running, ends_at - seconds))
    print(f"answers: {dict(answers)}")
    print(
        f"oldest job that was due: {max(one[0] for one in seen):.0f} s; at the end {seen[-1][0]:.0f}"
    )
    brought = proved(running)
    if brought < LEAST * A_SECOND * seconds:  # a payer that gave up, or a gateway that stood still
        raise SystemExit(f"only {brought} payments brought money")


def looked(running: Running, since: float) -> tuple[float, int]:
    """Prints memory and what waits; gives the age of the oldest job, and the inbox."""
    due, inbox, dead, asked = running.ask(WATCHED)
    memory = " ".join(f"{name} {size:.0f}" for name, size in weigh(running.process) if size > 20)  # noqa: PLR2004
    print(
        f"{time.monotonic() - since:6.0f} s  oldest job {due:4.0f} s  inbox {inbox:4}  dead rows "
        f"{dead:7}  unanswered {asked:3}  MB: {memory}",
        flush=True,
    )
    return float(due), int(inbox)


def harmed(running: Running, until: float) -> None:
    """Kills the worker and cuts every connection of the product, each by its own clock."""
    kill_at, cut_at = time.monotonic() + KILL_SECONDS, time.monotonic() + CUT_SECONDS
    while time.monotonic() < until:
        time.sleep(1)
        if time.monotonic() > kill_at:
            kill_at += KILL_SECONDS
            for process in workers(running.process):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(process, signal.SIGKILL)
        if time.monotonic() > cut_at:
            cut_at += CUT_SECONDS
            running.ask(CUT, as_app=True)


def workers(root: int) -> list[int]:
    """The worker among the processes of the demo."""
    found = []
    for process in family(root):
        with contextlib.suppress(OSError):
            words = Path(f"/proc/{process}/cmdline").read_bytes().split(b"\0")
            if b"worker" in words:
                found.append(process)
    return found


class Payer:
    """One customer after another, each with invoices of its own, by the API; repeats what was not
    answered under the same key."""

    def __init__(self, running: Running, answers: Counter[str], number: int) -> None:
        self._told = running.told
        self._answers = answers
        self._chance = random.Random(number)

    def pay(self, until: float) -> None:
        """Invoices and payments at an even pace until time is up."""
        customer = ""
        for turn in range(1_000_000):
            began = time.monotonic()
            if began > until:
                return
            if turn % 20 == 0:
                customer = self._post("customers", {"name": f"Soak {uuid4().hex[:8]}"})["id"]
            line = {"description": "Soak", "unit_price": "12.00"}
            invoice = {"customer": customer, "lines": [line], "issue": True}
            made = self._post("invoices", invoice)
            number = self._chance.choice(CARDS)
            card = {"number": number, "exp_month": 12, "exp_year": 2040, "cvc": "123"}
            token = self._token(card)
            paid = self._post(
                "payments",
                {
                    "customer": customer,
                    "currency": made["currency"],
                    "amount": made["amount_due"],
                    "source": token,
                    "invoices": [{"invoice": made["id"], "amount": made["amount_due"]}],
                },
            )
            self._answers[paid["status"]] += 1
            time.sleep(max(0.0, PAYERS / A_SECOND - (time.monotonic() - began)))

    def _token(self, card: dict[str, Any]) -> str:
        for _ in range(60):
            status, answer = self._call(self._told["sandbox_url"], "/v1/tokens", {"card": card}, {})
            if "id" in answer:
                return str(answer["id"])
            self._answers[f"tokens {status} {answer}"] += 1
            time.sleep(1)
        raise SystemExit("the gateway makes no tokens")

    def _post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        headers = {
            "Authorization": f"Bearer {self._told['api_key']}",
            "Idempotency-Key": uuid4().hex,
        }
        base = urlsplit(self._told["api_url"])
        for _ in range(60):
            status, answer = self._call(
                f"{base.scheme}://{base.netloc}", f"/api/v1/{path}", body, headers
            )
            if status == 201:  # noqa: PLR2004
                return answer
            self._answers[f"{path} {status}"] += 1
            time.sleep(1)
        raise SystemExit(f"{path}: {status} {answer}")

    def _call(
        self, base: str, path: str, body: dict[str, Any], headers: dict[str, str]
    ) -> tuple[int, dict[str, Any]]:
        """The status, 0 where there was no answer, and what was said."""
        connection = http.client.HTTPConnection(urlsplit(base).netloc, timeout=30)
        try:
            kind = {"Content-Type": "application/json"}
            connection.request("POST", path, json.dumps(body), headers | kind)
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read())
        except (OSError, http.client.HTTPException, ValueError) as trouble:
            return 0, {"trouble": str(trouble)}
        finally:
            connection.close()


def proved(running: Running) -> int:
    """The gateway's own list against the books, and the books by themselves; how many payments
    brought money."""
    sandbox = urlsplit(running.told["sandbox_url"]).netloc
    with psycopg.connect(running.owner_url) as connection:
        rows = connection.execute(
            "SELECT c.id::text FROM payments_attempt a "
            "JOIN customers_customer c ON c.business_id = a.business_id AND c.id = a.customer_id "
            "WHERE c.name LIKE 'Soak %' AND a.state IN ('succeeded', 'returned')"
        ).fetchall()
    customers = {row[0] for row in rows}
    print(f"payments that brought money: {len(rows)} of {len(customers)} customers")
    charged = sum(len(succeeded(sandbox, one)) for one in customers)
    verify = subprocess.run(
        [sys.executable, "-m", "counterfoil.cli.main", "verify"],
        env={**os.environ, **environment(running.folder)}, text=True, capture_output=True, check=False,
    )  # fmt: skip
    print(f"the gateway's list: {charged}; verify: {'holds' if not verify.returncode else 'FAILS'}")
    if charged != len(rows) or verify.returncode:
        raise SystemExit(verify.stdout[-2000:] + verify.stderr[-2000:])
    return len(rows)


def succeeded(sandbox: str, customer: str) -> list[dict[str, Any]]:
    """What the gateway really charged this customer."""
    from uuid import UUID

    from counterfoil.kernel.ids import encode

    connection = http.client.HTTPConnection(sandbox, timeout=30)
    connection.request("GET", f"/v1/charges?customer={encode('cus', UUID(customer))}&limit=200")
    listed = json.loads(connection.getresponse().read())["data"]
    connection.close()
    return [one for one in listed if one["status"] == "succeeded"]


def environment(folder: Path) -> dict[str, str]:
    """What commands on the demo's database need."""
    known = json.loads((folder / "env.json").read_text())
    return {**known["app"], **known["owner"]}
