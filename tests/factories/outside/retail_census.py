"""Counts the lines of a retail export by the rules of the import, with `csv` and nothing of ours.

`python tests/factories/retail_census.py FILE.csv.gz` prints what an import must come to.
"""

import csv
import gzip
import sys
from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path


@dataclass(frozen=True)
class Census:
    """What must come out, in lines, documents and hundredths of the currency."""

    lines: int
    refused_lines: int
    invoices: int
    credit_notes: int
    invoiced_minor: int
    credited_minor: int
    customers: int


def census(file: Path) -> Census:
    """A document with one line that can't be imported counts as refused with all its lines."""
    documents = defaultdict(list)
    with gzip.open(file, "rt", encoding="utf-8", newline="") as text:
        for row in csv.DictReader(text):
            documents[row["InvoiceNo"]].append(row)
    good = {number: rows for number, rows in documents.items() if all(map(is_good, rows))}
    sums = {number: total(rows) for number, rows in good.items()}
    credited = {number for number, rows in good.items() if Decimal(rows[0]["Quantity"]) < 0}
    lines = sum(map(len, documents.values()))
    return Census(
        lines=lines,
        refused_lines=lines - sum(map(len, good.values())),
        invoices=len(good) - len(credited),
        credit_notes=len(credited),
        invoiced_minor=sum(sums[number] for number in good if number not in credited),
        credited_minor=-sum(sums[number] for number in credited),
        customers=len({rows[0]["CustomerID"] for rows in good.values()}),
    )


def is_good(row: dict[str, str]) -> bool:
    """A customer, a price in whole hundredths that is not negative, and no bad debt."""
    price = Decimal(row["UnitPrice"])
    whole = (price * 100) % 1 == 0
    return bool(row["CustomerID"]) and whole and price >= 0 and "bad debt" not in row["Description"]


def total(rows: list[dict[str, str]]) -> int:
    """The sum of a document in hundredths."""
    return int(sum(Decimal(row["Quantity"]) * Decimal(row["UnitPrice"]) * 100 for row in rows))


if __name__ == "__main__":
    sys.stdout.write(f"{census(Path(sys.argv[1]))}\n")
