"""Lines of an invoice list a second: read and checked (dry run), and imported with their books."""

import csv
import io
import random
import time
from datetime import UTC, datetime
from uuid import uuid4

from bench.ready import BUSINESS
from bench.stack import stack

LINES = 60_000
SERIES = """
INSERT INTO billing_series (business_id, id, code, format, next_number)
VALUES ('{business}', uuidv7(), 'import', 'IMP-{{number:06}}', 1),
       ('{business}', uuidv7(), 'credit', 'CN-{{number:06}}', 1);
"""


def main() -> None:
    """Prints lines a second for the preview and for the import."""
    with stack() as running:
        names = {"business": uuid4(), "slug": "bench", "host": "bench.example"}
        running.psql(BUSINESS.format(**names) + SERIES.format(**names))
        import django

        django.setup()
        from counterfoil.flows.importing.invoices import apply, preview
        from counterfoil.flows.importing.reading import read_table
        from counterfoil.kernel.actor import SYSTEM
        from counterfoil.kernel.ids import BusinessId

        business, at = BusinessId(names["business"]), datetime.now(UTC)
        content = listing()
        began = time.perf_counter()
        plan = preview(business, read_table("bench.csv", content), today=at.date())
        checked = time.perf_counter() - began
        began = time.perf_counter()
        done = apply(business, plan, at=at, by=SYSTEM)
        imported = time.perf_counter() - began
        if done.lines != LINES:
            raise SystemExit(f"{done.lines} of {LINES} lines were imported")
        print(f"read and checked   {LINES / checked:8,.0f} lines/s")
        print(f"imported           {LINES / imported:8,.0f} lines/s, {done.documents:,} documents")


def listing() -> bytes:
    """A list as shops export it: about 15 lines an invoice, 400 customers."""
    dice, out = random.Random(4242), io.StringIO()
    writer = csv.writer(out)
    writer.writerow(
        ["Invoice Number", "Customer ID", "Customer Name", "Invoice Date", "Description"]
        + ["Quantity", "Unit Price", "Tax Rate", "Country"]
    )
    number, left, customer = 0, 0, 0
    for _ in range(LINES):
        if not left:
            number, left, customer = number + 1, dice.randint(5, 25), dice.randint(1, 400)
        left -= 1
        quantity, cents = dice.randint(1, 48), dice.randint(5, 9999)
        writer.writerow(
            [f"B{number:06}", f"C{customer}", f"Customer {customer}", "2026-03-01"]
            + [f"Article {cents % 97}", quantity, f"{cents / 100:.2f}", "20", "France"]
        )
    return out.getvalue().encode()
