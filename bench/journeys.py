"""Two journeys with a clock, in a real browser: pay by the link of a mail (usable in 1 s, the receipt
in 3 s), and find a receipt among 10,000 payments (1 s)."""

import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROUNDS = 5
PAYMENTS = 10_000
OLD_DAYS = 730
WANTED = {
    "J1 the link's page can be used": 1.0,
    "J1 pressed Pay, the receipt is on the screen": 3.0,
    "J1 the receipt has come by mail": 60.0,
    "J18 the receipt is found": 1.0,
    "J18 the receipt is there": 1.0,
}

# The payment {like} once more, {count} times, each of an invoice of its own on a day of its own.
MADE = """
CREATE TEMP TABLE made AS
SELECT uuidv7() AS invoice, uuidv7() AS intent, uuidv7() AS attempt, uuidv7() AS claim,
  now() - make_interval(days => g % 700) AS at, 'OLD-' || lpad(g::text, 6, '0') AS number
FROM generate_series(1, {count}) g"""
COPIED = {
    "billing_invoice": ("id = c.invoice_id", {"id": "m.invoice", "number": "m.number"}),
    "receivables_openitem": (
        "id = c.invoice_id",
        {"id": "m.invoice", "number": "m.number", "creditor_ref": "''", "qr_ref": "''"},
    ),
    "payments_intent": ("id = a.intent_id", {"id": "m.intent", "form_key": "m.intent::text"}),
    "payments_attempt": (
        "id = a.id",
        {
            "id": "m.attempt",
            "intent_id": "m.intent",
            "gateway_ref": "m.attempt::text",
            "created_at": "m.at",
            "submitted_at": "m.at",
            "finished_at": "m.at",
        },
    ),
    "receivables_claim": (
        "id = c.id",
        {"id": "m.claim", "invoice_id": "m.invoice", "attempt_id": "m.attempt"},
    ),
}
"""What makes a payment, table by table: the row that is copied, and what a copy has of its own."""


def main() -> None:
    """Prints the seconds of each step, the middle one of several, beside those that are wanted."""
    sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))
    with _stack() as running, _browser() as browser:
        took = pay_by_link(running, browser)
        took |= find_a_receipt(running, browser)
    for step, seconds in took.items():
        middle, worst = statistics.median(seconds), max(seconds)
        print(f"{step:<46}{middle:7.2f} s   worst {worst:5.2f} s   wanted {WANTED[step]:g} s")


@contextmanager
def _stack() -> Iterator[Any]:
    """Database, gateway, web and worker as the browser's tests have them, on a durable database."""
    from counterfoil.cli.postgres import Cluster
    from e2e.stack import Stack
    from factories import database as db

    with tempfile.TemporaryDirectory(prefix="bench-journeys-", dir="/tmp") as name:
        folder = Path(name)
        folder.chmod(0o755)
        with Cluster(folder / "pg", shared_buffers="512MB") as cluster:
            server = cluster.address
            db.let_owner_delete(cluster, db.Addresses(server.app_url, server.owner_url))
            known = db.Addresses(server.app_url, server.owner_url)
            db.make_template(known, db.template_name())
            running = Stack(folder, known, db.template_name())
            try:
                yield running.start()
            finally:
                running.stop()


@contextmanager
def _browser() -> Iterator[Any]:
    from factories.outside.browser import opened

    with opened() as browser:
        yield browser


def pay_by_link(running: Any, browser: Any) -> dict[str, list[float]]:
    """A guest with a new card, each time another one on a device that was never here."""
    from e2e import pages, witness

    usable, received, mailed = [], [], []
    for turn in range(ROUNDS + 1):
        payer = running.payer()
        page = browser.new_context().new_page()
        ready = _timed(lambda page=page, payer=payer: _opened(page, payer.link))
        pages.type_card(page)

        def press(page: Any = page) -> None:
            pages.press_pay(page)
            pages.expect_received(page, 60_000)

        done = _timed(press)
        began = time.perf_counter()
        witness.wait_for_receipt(running, payer)
        if turn:  # the first one finds every process cold
            usable.append(ready)
            received.append(done)
            mailed.append(done + time.perf_counter() - began)
        page.context.close()
    steps = list(WANTED)
    return {steps[0]: usable, steps[1]: received, steps[2]: mailed}


def _opened(page: Any, link: str) -> None:
    """Until the card can be typed, and Pay pressed."""
    from playwright.sync_api import expect

    from e2e import pages

    page.goto(link, wait_until="commit")
    pages.card_fields(page)
    expect(pages.pay_button(page)).to_be_enabled()


def find_a_receipt(running: Any, browser: Any) -> dict[str, list[float]]:
    """Of two years ago, by the number of its invoice, for somebody who has paid 10,000 times."""
    from playwright.sync_api import expect

    from counterfoil.kernel.ids import decode
    from e2e import pages
    from factories import database as db

    payer = running.payer()
    old = running.paid_long_ago(payer, OLD_DAYS)
    like = decode("pay", old["payment"])
    with db.connect(running.addresses.owner_url) as owner:
        copy(owner, like, PAYMENTS)
        owner.execute("VACUUM ANALYZE")
    running.give_password(payer)
    page = browser.new_context().new_page()
    pages.sign_in(page, payer)
    found, there = [], []
    for turn in range(ROUNDS + 1):
        page.goto(f"{payer.business.url}/payments/")
        receipts = page.get_by_role("link", name="Download receipt")
        expect(receipts.nth(1)).to_be_visible()

        def search(receipts: Any = receipts) -> None:
            page.get_by_label("Search").fill(old["number"])
            expect(receipts).to_have_count(1)

        first, second = _timed(search), _timed(lambda: pages.download(page, "Download receipt"))
        if turn:
            found.append(first)
            there.append(second)
    page.context.close()
    steps = list(WANTED)
    return {steps[3]: found, steps[4]: there}


def copy(owner: Any, like: object, count: int) -> None:
    """Makes so many more of this payment, each of an invoice of its own on a day of its own."""
    owner.execute("SET session_replication_role = replica")
    owner.execute(MADE.format(count=count))
    for table, (row, own) in COPIED.items():
        found = owner.execute(
            "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0"
            " AND NOT attisdropped AND attgenerated = ''",
            [table],
        )
        names = [name for (name,) in found]
        values = [own.get(name, f"x.{name}") for name in names]
        owner.execute(
            f"INSERT INTO {table} ({', '.join(names)}) SELECT {', '.join(values)} FROM made m"
            " JOIN payments_attempt a ON a.id = %s JOIN receivables_claim c ON c.attempt_id = a.id"
            f" JOIN {table} x ON x.{row}",
            [like],
        )
    owner.execute("SET session_replication_role = origin")


def _timed(work: Callable[[], object]) -> float:
    """How many seconds it takes."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began
