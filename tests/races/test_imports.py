"""One file imported by several at once: each document once, none lost, the books hold."""

from datetime import date

from counterfoil.domain.insights.proofs import prove
from counterfoil.flows.importing import customers as import_customers
from counterfoil.flows.importing import invoices as import_invoices
from counterfoil.flows.importing.reading import read_table
from counterfoil.infra.db import execute, reading
from counterfoil.kernel.actor import SYSTEM
from factories.businesses import AT
from races.racing import kinds, race

HEAD = "Invoice No,Customer,Date,Description,Quantity,Price\n"
INVOICES = HEAD + "".join(
    f"A-{number},Customer {number % 7},2026-01-05,Water,{-1 if number % 5 == 0 else 2},10.00\n"
    for number in range(1, 41)
)
CUSTOMERS = "Name,Email\n" + "".join(f"Customer {n},c{n}@example.com\n" for n in range(12))


def count(business, table):
    with reading(business):
        rows = execute(
            f"SELECT count(*) FROM {table} WHERE business_id = %(b)s::uuid", {"b": business}
        )
    return rows[0][0]


def test_one_file_of_invoices(business, turn):
    table = read_table("file.csv", INVOICES.encode())
    plan = import_invoices.preview(business, table, today=date(2026, 3, 1))

    def run():
        return import_invoices.apply(business, plan, at=AT, by=SYSTEM)

    results = race(run, run, run)

    assert kinds(results) == ["ok"] * 3
    assert sum(one.documents for one in results) == 40
    assert sum(one.customers for one in results) == 7
    assert (count(business, "billing_invoice"), count(business, "billing_creditnote")) == (32, 8)
    assert count(business, "customers_customer") == 7
    assert prove(business).holds


def test_one_file_of_customers(business, turn):
    plan = import_customers.preview(business, read_table("file.csv", CUSTOMERS.encode()))

    def run():
        return import_customers.apply(business, plan, at=AT)

    results = race(run, run, run)

    assert kinds(results) == ["ok"] * 3
    assert sum(one.customers for one in results) == 12
    assert count(business, "customers_customer") == 12
