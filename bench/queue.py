"""The rows that pgbench works off, one a transaction, and its run over them."""

import re
import subprocess
from collections.abc import Sequence
from pathlib import Path
from uuid import UUID

from bench.stack import Stack

QUEUE = """
DROP TABLE IF EXISTS bench_queue; DROP SEQUENCE IF EXISTS bench_next;
CREATE TABLE bench_queue (n bigint PRIMARY KEY, attempt_id uuid, invoice_id uuid, customer_id uuid);
CREATE SEQUENCE bench_next; GRANT ALL ON bench_queue TO counterfoil_app;
GRANT ALL ON SEQUENCE bench_next TO counterfoil_app;
INSERT INTO ledger_account (business_id, id, kind, party, currency, keeps_balance)
  VALUES ('{business}', '{business}', 'clearing', '{business}', 'EUR', false);
"""

OPEN = """
COPY (SELECT id, id, customer_id FROM receivables_openitem o
      WHERE business_id = '{business}' AND is_open ORDER BY md5(id::text) LIMIT {count}) TO STDOUT;
"""


def open_invoices(running: Stack, business: UUID, count: int) -> list[tuple[UUID, ...]]:
    """Invoices to pay, each with its customer, as rows of the queue."""
    lines = running.psql(OPEN.format(business=business, count=count)).splitlines()
    return [tuple(map(UUID, line.split("\t"))) for line in lines]


def pgbench(
    running: Stack, business: UUID, rows: Sequence[tuple[UUID, ...]], script: str, *, clients: int
) -> float:
    """Transactions a second of the script over the queue."""
    values = ",".join(f"({n},'{a}','{i}','{c}')" for n, (a, i, c) in enumerate(rows, start=1))
    running.psql(f"INSERT INTO bench_queue VALUES {values}; ANALYZE bench_queue;")
    text = (Path(__file__).parent / "sql" / f"{script}.sql").read_text()
    file = running.folder / f"{script}.sql"
    file.write_text(text.replace("BUSINESS", str(business)))
    command = ["-n", "-M", "prepared", "-c", str(clients), "-j", "2"]
    done = subprocess.run(
        [str(running.cluster.bin("pgbench")), *command, "-t", str(len(rows) // clients),
         "-f", str(file), running.addresses.app_url],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    found = re.search(r"tps = ([\d.]+)", done.stdout)
    if not found or "aborted" in done.stderr:
        raise SystemExit(done.stdout + done.stderr)
    return float(found[1])
