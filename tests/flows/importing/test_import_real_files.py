"""Files that other programs really wrote: each line imported, or refused with a reason that helps.

They lie in the folder that COUNTERFOIL_TEST_DATA names; without it these tests are skipped.
"""

import os
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from counterfoil.domain.insights.proofs import prove
from counterfoil.flows.importing import customers as import_customers
from counterfoil.flows.importing import invoices as import_invoices
from counterfoil.flows.importing.reading import read_table
from counterfoil.kernel.actor import SYSTEM
from factories.businesses import AT
from factories.outside.retail_census import census

DATA = Path(os.environ.get("COUNTERFOIL_TEST_DATA") or "no-such-folder") / "accounting"
RETAIL = DATA / "uci_online_retail" / "online_retail_sample.csv.gz"
PROGRAMS = DATA / "invoiceninja_import" / "invoiceninja-invoiceninja"
TODAY = date(2026, 3, 1)

pytestmark = pytest.mark.skipif(
    not DATA.is_dir(), reason="COUNTERFOIL_TEST_DATA names no folder with the files"
)


def table(name):
    file = PROGRAMS / name
    return read_table(file.name, file.read_bytes())


def planned(business, name):
    plan = import_invoices.preview(business, table(name), today=TODAY)
    assert plan.ready_lines + plan.refused_lines == plan.total_lines
    assert all(one.message for one in plan.refused)
    return plan


def test_lines_of_services_with_tax_columns(business):
    plan = planned(business, "freshbooks_invoices.csv")
    assert (plan.total_lines, plan.refused) == (3, ())
    assert [
        (one.number, one.customer_ref, one.currency, one.total.minor) for one in plan.ready
    ] == [("0000001", "X-Men", "USD", 789000)]
    import_invoices.apply(business, plan, at=AT, by=SYSTEM)
    assert prove(business).holds


def test_one_row_an_invoice(business):
    plan = planned(business, "invoicely_invoices.csv")
    assert [(one.number, one.customer_ref, one.total.minor) for one in plan.ready] == [
        ("INV-1", "Bruce Wayne", 102000)
    ]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("wave_invoices.csv", "export of bookings"),
        ("wave_expenses.csv", "export of bookings"),
        ("expenses.csv", "No column holds the invoice's number"),
        ("tasks.csv", "No column holds the invoice's number"),
        ("tasks2.csv", "No column holds the invoice's number"),
        ("clients.csv", "No column holds the invoice's number"),
    ],
)
def test_files_of_something_else(business, name, words):
    plan = planned(business, name)
    assert words in plan.problem
    assert bool(plan.hint) is (name == "clients.csv")
    assert plan.refused_lines == plan.total_lines > 0


@pytest.mark.parametrize(
    ("name", "count", "first", "email"),
    [
        ("clients.csv", 20, "Ludwig Krajcik DVM", "brook59@example.org"),
        ("freshbooks_clients.csv", 2, "Marge Simpson", "marge@simpsons.com"),
        ("i2g_clients.csv", 2, "Alexander Hamilton", "alexander@iamhamllton.com"),
    ],
)
def test_customers(business, name, count, first, email):
    plan = import_customers.preview(business, table(name))
    assert (len(plan.ready), plan.refused, plan.total_lines) == (count, (), count)
    assert (plan.ready[0].new.name, plan.ready[0].new.email) == (first, email)
    assert import_customers.apply(business, plan, at=AT).customers == count
    assert import_customers.preview(business, table(name)).ready == ()


@pytest.mark.parametrize(
    ("name", "is_hinted"),
    [("freshbooks_invoices.csv", True), ("invoicely_invoices.csv", True), ("tasks.csv", False)],
)
def test_what_is_brought_as_customers(business, name, is_hinted):
    plan = import_customers.preview(business, table(name))
    assert bool(plan.hint) is is_hinted
    assert all("document" not in one.message for one in plan.refused)


@pytest.mark.slow
def test_the_invoices_of_a_wholesaler(business):
    expected = census(RETAIL)
    plan = import_invoices.preview(
        business, read_table(RETAIL.name, RETAIL.read_bytes()), today=TODAY
    )
    kinds = Counter(one.kind for one in plan.ready)
    totals = plan.totals()
    assert plan.total_lines == expected.lines
    assert plan.refused_lines == expected.refused_lines
    assert plan.ready_lines == expected.lines - expected.refused_lines
    assert (kinds["invoice"], kinds["credit_note"]) == (expected.invoices, expected.credit_notes)
    assert totals["invoice", "EUR"] == expected.invoiced_minor
    assert totals["credit_note", "EUR"] == expected.credited_minor
    assert len(plan.customers) == expected.customers
    assert all(one.message for one in plan.refused)
