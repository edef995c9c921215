"""Settling through the flow against the same rows written by pgbench, side by side in one run."""

from uuid import UUID, uuid4

from bench.queue import QUEUE, pgbench
from bench.ready import ATTEMPTS, BUSINESS, INVOICES
from bench.stack import stack

CLIENTS = 4
EACH = 2000
BATCH = 10_000


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
        baseline = pgbench(running, names["business"], first, "settle", clients=CLIENTS)
        import django

        django.setup()
        from bench.settling import settle_batch, settle_one_by_one

        business = names["business"]
        settle_one_by_one(business, [row[0] for row in batch[:200]], threads=1)
        rate, statements = settle_one_by_one(business, [row[0] for row in second], threads=CLIENTS)
        together, ours, theirs = settle_batch(business, [row[0] for row in batch[200:]])
        print(f"pgbench, separate statements   {baseline:8.0f} settlements/s ({CLIENTS} clients)")
        print(f"through the flow               {rate:8.0f} settlements/s ({CLIENTS} threads)")
        print(f"ratio                          {rate / baseline:8.0%}")
        print(f"statements a settlement        {statements:8.1f} (BEGIN, SET LOCAL, COMMIT apart)")
        print(f"{BATCH:,} in one go              {together:8.0f} settlements/s")
        print(f"our own work on each           {ours:8.0f} µs of a processor")
        print(f"the database's at the same time{theirs:8.0f} µs of a processor")
