"""PostgreSQL is killed, and its disk fills up, in the middle of payments: what was said to be done
is done, nothing is half done, and all goes on by itself."""

import json
import os
import secrets
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import httpx
import psycopg
import pytest

from counterfoil.cli.postgres import Cluster
from e2e import witness
from e2e.outages.paying import opened
from e2e.stack import Payer, Stack, eventually
from e2e.test_hooks import event, push, secret_of, signed
from factories import database as db

pytestmark = pytest.mark.slow
BACK_SECONDS_MAX = 15
RESOLVED_SECONDS_MAX = 150
DISK = "400M"
KILLS = int(os.environ.get("DATABASE_KILLS", "5"))  # 100 before a release


@dataclass
class Place:
    """Where the database lies; `is_small` says that its disk can be filled."""

    folder: Path
    cluster: Cluster
    is_small: bool

    def kill(self) -> None:
        """SIGKILL to PostgreSQL; all its processes end with it."""
        pid = (self.cluster.server_files / "postmaster.pid").read_text().split()[0]
        os.kill(int(pid), signal.SIGKILL)
        eventually(lambda: not self.cluster.is_running, "it has ended")

    def fill(self) -> Path:
        """Leaves no byte on the disk; gives the file that takes them."""
        filler = self.folder / "filler"
        with suppress(OSError), filler.open("wb", buffering=0) as taking:
            while True:
                taking.write(b"x" * 4096)
        assert shutil.disk_usage(self.folder).free < 4096
        return filler


@pytest.fixture(scope="module")
def place() -> Iterator[Place]:
    """A durable cluster on a small disk of memory, where we may mount one."""
    folder = Path(tempfile.mkdtemp(prefix="counterfoil-disk-"))
    folder.chmod(0o755)  # PostgreSQL may run as somebody else
    mount = ["mount", "-t", "tmpfs", "-o", f"size={DISK},mode=0755", "tmpfs", folder]
    is_small = shutil.which("mount") is not None and not subprocess.run(
        mount, check=False, capture_output=True
    ).returncode  # fmt: skip
    cluster = Cluster(folder / "cluster", shared_buffers="32MB")
    try:
        yield Place(folder, cluster, is_small)
    finally:
        cluster.destroy()
        if is_small:
            subprocess.run(["umount", folder], check=True)
        folder.rmdir()


@pytest.fixture(scope="module")
def stack(place: Place, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """The whole, with a PostgreSQL of its own."""
    started = place.cluster.start()
    server = db.Addresses(started.app_url, started.owner_url)
    db.let_owner_delete(place.cluster, server)
    db.make_template(server, db.template_name())
    running = Stack(tmp_path_factory.mktemp("broken"), server, db.template_name())
    try:
        yield running.start()
    finally:
        place.cluster.start()
        running.stop()


def is_ready(stack: Stack) -> bool:
    """Everything works; the worker is the one that there was all along."""
    assert stack.worker is not None
    assert stack.worker.is_running
    with suppress(httpx.TransportError):
        return httpx.get(f"{stack.harrow.url}/readyz", timeout=10).is_success
    return False


def go_on(stack: Stack) -> None:
    """All goes on by itself: nobody starts anything but the database."""
    began = time.monotonic()
    eventually(
        lambda: httpx.get(f"{stack.harrow.url}/sign-in/", timeout=20).status_code == 200,
        "pages are served again", BACK_SECONDS_MAX,
    )  # fmt: skip
    assert time.monotonic() - began < BACK_SECONDS_MAX
    eventually(lambda: is_ready(stack), "everything is ready", 60)


def pays(stack: Stack, payer: Payer, at_once: ThreadPoolExecutor) -> Future[httpx.Response]:
    """The payer has pressed the button, and the gateway charges for three seconds."""
    browser = httpx.Client(base_url=payer.business.url, timeout=40)
    page = browser.get(payer.link).text
    form = {
        "csrfmiddlewaretoken": page.split('csrfmiddlewaretoken" value="')[1].split('"')[0],
        "form_key": secrets.token_hex(8),
        "source": stack.sandbox.token(),
    }
    payer.business.at_gateway.set_faults(delay_seconds=3, webhooks="lost")
    paying = at_once.submit(browser.post, f"{payer.link}/pay", data=form)
    eventually(lambda: witness.tries(stack, payer) == ["processing"], "the gateway is asked")
    return paying


def check_told_and_booked_once(stack: Stack, payer: Payer, paying: Future[httpx.Response]) -> None:
    """The payer was not told of a failure; one charge, one entry, and nothing to do by hand."""
    answer = paying.result()
    assert answer.status_code == 503, answer.text[:300]
    assert "look at the invoice before you pay again" in answer.text
    eventually(
        lambda: is_ready(stack) and witness.paid_minor(stack, payer),
        "the payment is booked", RESOLVED_SECONDS_MAX,
    )  # fmt: skip
    witness.check_paid_once(stack, payer)
    witness.check_books(stack)


@pytest.fixture
def at_once() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(3) as made:
        yield made


@pytest.fixture(autouse=True)
def quiet_gateway(stack: Stack) -> Iterator[None]:
    yield
    stack.harrow.at_gateway.set_faults(delay_seconds=0, webhooks="ok")


def test_the_disk_is_full_when_the_charge_is_to_be_booked(
    stack: Stack, place: Place, at_once: ThreadPoolExecutor
) -> None:
    """First of all, while tables are still empty: so every row needs a new page."""
    if not place.is_small:
        pytest.skip("no small disk can be mounted here")
    payer = stack.payer()
    paying = pays(stack, payer, at_once)
    filler = place.fill()
    try:
        paying.result()
        assert len(witness.charges(stack, payer)) == 1
    finally:
        filler.unlink()
    place.cluster.start()
    go_on(stack)
    check_told_and_booked_once(stack, payer, paying)


def test_postgresql_is_killed_while_the_gateway_charges_and_while_charges_are_booked(
    stack: Stack, place: Place, at_once: ThreadPoolExecutor
) -> None:
    """One payer's gateway is still at it; it has charged two others, whose results stand in
    transactions that are not committed."""
    payers = [stack.payer() for _ in range(3)]
    being_booked, being_charged = payers[:2], payers[2]
    forms = [opened(stack, payer) for payer in being_booked]
    stack.harrow.at_gateway.set_faults(webhooks="lost")
    with suppress(psycopg.OperationalError), witness.held(stack, "ledger_posting"):
        sent = [at_once.submit(form.send) for form in forms]
        eventually(lambda: waiting_to_book(stack) == 2, "both are about to be booked")
        assert [len(witness.charges(stack, payer)) for payer in being_booked] == [1, 1]
        sent.append(pays(stack, being_charged, at_once))
        place.kill()
    for one in sent:
        one.result()  # the gateway has charged, and nobody could write it down
    place.cluster.start()
    go_on(stack)
    for payer, paying in zip(payers, sent, strict=True):
        check_told_and_booked_once(stack, payer, paying)


def waiting_to_book(stack: Stack) -> int:
    """How many transactions stand still before their postings."""
    [(count,)] = witness.rows(
        stack,
        "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'ledger_posting'::regclass",
    )
    return int(count)


def test_what_a_gateway_was_told_is_kept_is_kept_through_kills(stack: Stack, place: Place) -> None:
    payer = stack.payer()
    taken: list[str] = []
    ended = threading.Event()

    def deliver() -> None:
        while not ended.is_set():
            body = event(payer, "coupon.made")
            with suppress(httpx.TransportError):
                status = push(stack, payer.business, body, signed(body, secret_of(payer.business)))
                assert status in (200, 503), status
                if status == 200:
                    taken.append(json.loads(body)["id"])

    with ThreadPoolExecutor(3) as senders:
        sending = [senders.submit(deliver) for _ in range(3)]
        try:
            for _ in range(KILLS):
                before = len(taken)
                eventually(lambda n=before: len(taken) > n + 20, "events are taken again")
                place.kill()
                place.cluster.start()
        finally:
            ended.set()
        for one in sending:
            one.result()
    go_on(stack)
    kept = {ref for (ref,) in witness.rows(stack, "SELECT ref FROM payments_gatewayevent")}
    assert set(taken) - kept == set()
    assert len(taken) > 100


def test_postgresql_is_killed_at_any_moment_of_many_payments(stack: Stack, place: Place) -> None:
    """Nobody is told that they were charged, or that they were not, unless it is so."""
    payers = [stack.payer() for _ in range(24)]
    forms = [opened(stack, payer) for payer in payers]
    told: dict[str, int] = {}

    def send(number: int) -> None:
        with suppress(httpx.TransportError):
            told[payers[number].customer] = forms[number].send().status_code

    with ThreadPoolExecutor(3) as senders:
        sending = [senders.submit(send, number) for number in range(len(payers))]
        for done in (4, 12):
            eventually(lambda n=done: len(told) >= n, "payments go on")
            place.kill()
            place.cluster.start()
        for one in sending:
            one.result()
    assert set(told.values()) <= {302, 503}, told
    go_on(stack)

    def unsettled() -> list[str]:
        charged = [payer for payer in payers if witness.charges(stack, payer)]
        return [one.number for one in charged if not witness.paid_minor(stack, one)]

    eventually(lambda: not unsettled(), "what was charged is booked", RESOLVED_SECONDS_MAX)
    for payer in payers:
        if witness.charges(stack, payer):
            witness.check_paid_once(stack, payer)
        else:
            witness.check_nothing_moved(stack, payer)
    paid_for_sure = [one for one in payers if told.get(one.customer) == 302]
    assert all(witness.charges(stack, payer) for payer in paid_for_sure)
    check_proofs(stack)


def check_proofs(stack: Stack) -> None:
    """`counterfoil verify` finds everything whole."""
    done = stack.command("verify")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "\neverything holds" in done.stdout
