"""Invoices from a file: each line imported, already there, or refused with its reason."""

from datetime import date
from decimal import Decimal

import pytest

import ledger_text
from counterfoil.domain.billing import queries as billing
from counterfoil.domain.customers import queries as customers
from counterfoil.domain.insights.proofs import prove
from counterfoil.domain.receivables import queries as receivables
from counterfoil.flows.importing.invoices import apply, preview
from counterfoil.flows.importing.plans import Imported
from counterfoil.flows.importing.reading import read_table
from counterfoil.infra.db import execute, reading
from counterfoil.kernel.actor import SYSTEM
from counterfoil.kernel.errors import NotFound
from factories import database as db
from factories.businesses import AT

TODAY = date(2026, 3, 1)
HEAD = (
    "Invoice No,Customer ID,Customer Name,Invoice Date,Description,Quantity,Unit Price,Tax Rate\n"
)


def table(text):
    return read_table("file.csv", text.encode())


def planned(business, text):
    plan = preview(business, table(text), today=TODAY)
    assert plan.ready_lines + plan.already_lines + plan.refused_lines == plan.total_lines
    return plan


def refusals(plan):
    return [(one.line, one.field, one.message) for one in plan.refused]


GOOD = HEAD + (
    "A-1,C1,Ada,2026-01-05,Water,2,10.00,20\n"
    "A-2,C2,Bob,2026-01-06,Water,1,0,20\n"
    "A-1,C1,Ada,2026-01-05,Pump,1,99.99,20\n"
    "K-1,C1,Ada,2026-01-07,Pump back,-1,99.99,20\n"
)


def test_a_file_is_imported_with_its_customers_and_quietly(business):
    plan = planned(business, GOOD)
    assert [(one.number, one.kind, one.file_lines, one.total.minor) for one in plan.ready] == [
        ("A-1", "invoice", (2, 4), 14399),
        ("A-2", "invoice", (3,), 0),
        ("K-1", "credit_note", (5,), 11999),
    ]
    assert apply(business, plan, at=AT, by=SYSTEM) == Imported(3, 4, 2)
    assert (
        ledger_text.journal(business)
        == """
2026-03-01 invoice_issued     IMP-000001     receivable:Ada        revenue                119.99 EUR
                                             receivable:Ada        tax                     24.00 EUR
2026-03-01 credit_note_issued CN-2026-00001  revenue               customer_credit:Ada     99.99 EUR
                                             tax                   customer_credit:Ada     20.00 EUR
"""
    )
    with reading(business):
        ada = customers.by_external_ref(business, ["C1"])["C1"]
        everything = receivables.ItemFilter()
        item = receivables.customer_items(business, ada.id, everything, today=TODAY)[0]
        jobs = execute("SELECT count(*) FROM procrastinate_jobs")
    assert (item.number, item.external_ref) == ("IMP-000001", "A-1")
    assert (item.issue_date, item.due_date) == (date(2026, 1, 5), date(2026, 2, 4))
    assert jobs == [(0,)]
    assert prove(business).holds


def test_a_second_run_imports_nothing(business):
    apply(business, planned(business, GOOD), at=AT, by=SYSTEM)
    before = ledger_text.counts(business)
    again = planned(business, GOOD)
    assert (len(again.ready), len(again.already), again.already_lines) == (0, 3, 4)
    assert apply(business, again, at=AT, by=SYSTEM) == Imported(0, 0, 0, 3, 4)
    assert ledger_text.counts(business) == before


def test_a_plan_that_has_grown_old_imports_only_what_is_missing(business):
    old = planned(business, GOOD)
    first = HEAD + "A-1,C1,Ada,2026-01-05,Water,2,10.00,20\n"
    apply(business, planned(business, first), at=AT, by=SYSTEM)
    assert apply(business, old, at=AT, by=SYSTEM) == Imported(2, 2, 1, 1, 2)
    assert prove(business).holds


def test_the_same_number_of_another_customer_is_another_document(business):
    apply(business, planned(business, GOOD), at=AT, by=SYSTEM)
    other = HEAD + "A-1,C9,Zoe,2026-01-05,Water,1,10.00,20\n"
    plan = planned(business, other)
    assert [one.number for one in plan.ready] == ["A-1"]


def test_what_a_neighbour_has_is_not_there_already(business, other_business):
    apply(other_business, planned(other_business, GOOD), at=AT, by=SYSTEM)
    assert len(planned(business, GOOD).ready) == 3


def test_a_document_with_one_bad_line_is_refused_whole(business):
    plan = planned(
        business,
        HEAD
        + "A-1,C1,Ada,2026-01-05,Water,2,10.00,20\n"
        + "A-1,C1,Ada,2026-01-05,Pump,1,99.999,20\n"
        + "A-2,C1,Ada,2026-01-05,Water,1,5.00,20\n",
    )
    assert [one.number for one in plan.ready] == ["A-2"]
    assert refusals(plan) == [
        (2, "document", "Another line of the same document is refused (line 3)."),
        (3, "unit_price", "EUR has 2 decimals; this price has more."),
    ]
    assert [one.is_cause for one in plan.refused] == [False, True]
    assert plan.refused[1].value == "99.999"


@pytest.mark.parametrize(
    ("line", "field", "words"),
    [
        (",C1,Ada,2026-01-05,Water,1,5,0", "number", "number is missing"),
        ("A,,,2026-01-05,Water,1,5,0", "customer_ref", "customer is missing"),
        ("A,C1,Ada,,Water,1,5,0", "date", "date is needed"),
        ("A,C1,Ada,05/04/2026,Water,1,5,0", "date", "told apart"),
        ("A,C1,Ada,2026-03-02,Water,1,5,0", "date", "future"),
        ("A,C1,Ada,2026-01-05,Water,two,5,0", "quantity", "not a number"),
        ("A,C1,Ada,2026-01-05,Water,0,5,0", "quantity", "quantity of nothing"),
        ("A,C1,Ada,2026-01-05,Water,1,,0", "unit_price", "number is needed"),
        ("A,C1,Ada,2026-01-05,Water,1,-5,0", "unit_price", "negative"),
        ("A,C1,Ada,2026-01-05,Water,1,5,120", "tax_rate", "100 percent"),
        ("A,C1,Ada,2026-01-05,Water,0.0000001,5,0", "quantity", "6 decimals"),
        ("A,C1,Ada,2026-01-05,Water,1,99999999999999999,0", "unit_price", "too large"),
        ("A,C1,Ada,2026-01-05,Adjust bad debt,1,5,0", "description", "booking"),
        ("A,C1,Ada,2026-01-05,Free,-1,0,0", "lines", "more than zero"),
        (f"A,C1,{'x' * 300},2026-01-05,Water,1,5,0", "customer_name", "At most 200"),
        (f"{'9' * 130},C1,Ada,2026-01-05,Water,1,5,0", "external_ref", "At most 120"),
    ],
)
def test_a_line_is_refused_with_its_reason(business, line, field, words):
    before = ledger_text.counts(business)
    plan = planned(business, HEAD + line + "\n")
    assert plan.ready == ()
    assert [(one.line, one.field) for one in plan.refused] == [(2, field)]
    assert words in plan.refused[0].message
    assert apply(business, plan, at=AT, by=SYSTEM) == Imported()
    assert ledger_text.counts(business) == before


@pytest.mark.parametrize(
    ("second", "field"),
    [
        ("A,C2,Bob,2026-01-05,Water,1,5,0", "customer_ref"),
        ("A,C1,Ada,2026-01-06,Water,1,5,0", "date"),
        ("A,C1,Ada,2026-01-05,Water,-1,5,0", "quantity"),
    ],
)
def test_lines_that_can_not_be_of_one_document(business, second, field):
    plan = planned(business, HEAD + "A,C1,Ada,2026-01-05,Water,1,5,0\n" + second + "\n")
    assert [(one.line, one.field) for one in plan.refused] == [(2, "document"), (3, field)]


@pytest.mark.parametrize(
    ("extra", "value", "field"),
    [
        ("Status", "Paid", "status"),
        ("Status", "Draft", "status"),
        ("Amount Paid", "3.00", "paid_amount"),
        ("Currency", "XYZ", "currency"),
        ("Due Date", "2025-12-31", "due_date"),
        ("VAT Amount", "1.00", "tax_amount"),
    ],
)
def test_more_columns_that_can_refuse(business, extra, value, field):
    head = f"Invoice No,Customer,Date,Description,Price,{extra}\n"
    plan = planned(business, f"{head}A,Ada,2026-01-05,Water,5.00,{value}\n")
    assert [one.field for one in plan.refused] == [field]


def test_one_row_an_invoice_with_a_total_and_its_own_currency(business):
    text = '"Date","Due","Details","Client","Status","Total","Currency"\n'
    text += '"Jan 28 2021","Feb 28 2021","INV-1","Bruce Wayne","Due","1,020.00","USD"\n'
    plan = planned(business, text)
    one = plan.ready[0]
    assert (one.number, one.customer_ref, one.currency) == ("INV-1", "Bruce Wayne", "USD")
    assert (one.day, one.due_date, one.total.minor) == (
        date(2021, 1, 28),
        date(2021, 2, 28),
        102000,
    )
    assert plan.headers["number"] == "Details"


def test_a_title_above_the_header_is_passed_over(business):
    plan = planned(business, "My books\n\n" + GOOD)
    assert (plan.total_lines, len(plan.ready)) == (4, 3)
    assert plan.ready[0].file_lines == (4, 6)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Name,City\nAda,Lyon\n", "No column holds the invoice's number"),
        ("Invoice,Customer,Date\n1,Ada,2026-01-05\n", "the price"),
        ("Date,Account,Debit,Credit\n2026-01-05,1400,1,0\n", "export of bookings"),
        ("Vendor,Date,Amount\nAda,2026-01-05,1\n", "expenses"),
    ],
)
def test_a_file_of_something_else_is_refused_as_a_whole(business, text, words):
    plan = planned(business, text)
    assert words in plan.problem
    assert (plan.ready, plan.refused_lines, plan.total_lines) == ((), 1, 1)


@pytest.mark.parametrize(
    ("text", "is_hinted"),
    [
        ("Name,City\nAda,Lyon\n", True),
        ("Organization,Email,Phone,Curr.\nAda,ada@ada.example,1,EUR\n", True),
        ("Client,Task,Notes\nAda,Pump,none\n", False),
        ("Client,City,Date,Amount\nAda,Lyon,2026-01-05,1\n", False),
        ("Vendor,Date,Amount\nAda,2026-01-05,1\n", False),
    ],
)
def test_a_file_of_customers_is_said_to_look_like_one(business, text, is_hinted):
    plan = planned(business, text)
    assert plan.problem
    assert plan.hint.startswith("These look like customers.") is is_hinted


def test_a_customer_who_is_there_is_taken_as_they_are(business):
    apply(business, planned(business, GOOD), at=AT, by=SYSTEM)
    text = HEAD + "B-1,C1,Quite Another Name,2026-01-05,Water,1,5,0\n"
    assert apply(business, planned(business, text), at=AT, by=SYSTEM) == Imported(1, 1, 0)
    with reading(business):
        assert customers.by_external_ref(business, ["C1"])["C1"].name == "Ada"


def test_a_number_that_a_program_wrote_as_a_float_is_whole(business):
    text = HEAD + "536365,17850.0,,2010-12-01 08:26:00,LANTERN,6,3.39,\n"
    one = planned(business, text).ready[0]
    assert (one.customer_ref, one.day, one.lines[0].unit_price) == (
        "17850",
        date(2010, 12, 1),
        Decimal("3.39"),
    )


def test_many_documents_in_several_transactions_and_progress(business, monkeypatch):
    monkeypatch.setattr("counterfoil.flows.importing.invoices.LINES_PER_TRANSACTION", 3)
    text = HEAD + "".join(f"A-{n},C{n % 2},Ada,2026-01-05,Water,1,5,0\n" for n in range(8))
    told = []
    apply(
        business, planned(business, text), at=AT, by=SYSTEM, on_progress=lambda *a: told.append(a)
    )
    assert told == [(3, 8), (6, 8), (8, 8)]
    assert prove(business).holds


def test_a_missing_series_leaves_nothing_behind(business, addresses):
    with db.connect(addresses.owner_url) as owner:
        owner.execute("DELETE FROM billing_series WHERE code = 'import'")
    plan = planned(business, GOOD)
    with pytest.raises(NotFound):
        apply(business, plan, at=AT, by=SYSTEM)
    assert ledger_text.counts(business)["billing_invoice"] == 0


def test_another_business_knows_nothing_of_it(business, other_business):
    apply(business, planned(business, GOOD), at=AT, by=SYSTEM)
    with reading(other_business):
        assert billing.by_external_ref(other_business, ["A-1"]) == []
        assert customers.by_external_ref(other_business, ["C1"]) == {}
