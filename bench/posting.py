"""Settling through the flow against the same rows written by pgbench, side by side in one run."""

import re
import subprocess
from pathlib import Path
from uuid import UUID, uuid4

from bench.ready import ATTEMPTS, BUSINESS, INVOICES
from bench.stack import Stack, stack

CLIENTS = 4
EACH = 2000
BATCH = 10_000

QUEUE = """
DROP TABLE IF EXISTS bench_queue; DROP SEQUENCE IF EXISTS bench_next;
CREATE TABLE bench_queue (n bigint PRIMARY KEY, attempt_id uuid, invoice_id uuid, customer_id uuid);
CREATE SEQUENCE bench_next; GRANT ALL ON bench_queue TO counterfoil_app;
GRANT ALL ON SEQUENCE bench_next TO counterfoil_app;
INSERT INTO ledger_account (business_id, id, kind, party, currency, keeps_balance)
  VALUES ('{business}', '{business}', 'clearing', '{business}', 'EUR', false);
"""


def main() -> None:
    """Prints settlements a second one by one and in one go, and the ratio to pgbench."""
    with stack() as running:
        names = {"business": uuid4(), "slug": "bench", "host": "bench.example"}
        running.psql(BUSINESS.format(**names))
        running.psql(INVOICES.format(**names, invoices=60_000, customers=5000))
        running.psql(QUEUE.format(**names))
        rows = running.psql(ATTEMPTS.format(**names, attempts=2 * EACH + BATCH + 200))
        waiting = [tuple(map(UUID, line.split("\t"))) for line in rows.splitlines()]
        first, second, batch = waiting[:EACH], waiting[EACH : 2 * EACH], waiting[2 * EACH :]
        baseline = pgbench(running, names["business"], first)
        import django

        django.setup()
        from bench.settling import settle_batch, settle_one_by_one

        business = names["business"]
        settle_one_by_one(business, [row[0] for row in batch[:200]], threads=1)
        rate, statements = settle_one_by_one(business, [row[0] for row in second], threads=CLIENTS)
        together = settle_batch(business, [row[0] for row in batch[200:]])
        print(f"pgbench, separate statements   {baseline:8.0f} settlements/s ({CLIENTS} clients)")
        print(f"through the flow               {rate:8.0f} settlements/s ({CLIENTS} threads)")
        print(f"ratio                          {rate / baseline:8.0%}")
        print(f"statements a settlement        {statements:8.1f} (BEGIN, SET LOCAL, COMMIT apart)")
        print(f"{BATCH:,} in one go              {together:8.0f} settlements/s")


def pgbench(running: Stack, business: object, rows: list[tuple[UUID, ...]]) -> float:
    """Settlements a second of pgbench over the queue."""
    values = ",".join(f"({n},'{a}','{i}','{c}')" for n, (a, i, c) in enumerate(rows, start=1))
    running.psql(f"INSERT INTO bench_queue VALUES {values}; ANALYZE bench_queue;")
    script = running.folder / "settle.sql"
    text = (Path(__file__).parent / "sql" / "settle.sql").read_text()
    script.write_text(text.replace("BUSINESS", str(business)))
    each = len(rows) // CLIENTS
    command = ["-n", "-M", "prepared", "-c", str(CLIENTS), "-j", "2", "-t", str(each)]
    done = subprocess.run(
        [str(running.cluster.bin("pgbench")), *command, "-f", str(script), running.addresses.app_url],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    found = re.search(r"tps = ([\d.]+)", done.stdout)
    if not found:
        raise SystemExit(done.stdout + done.stderr)
    return float(found[1])
