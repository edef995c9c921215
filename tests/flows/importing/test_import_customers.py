"""Customers from a file: with their contacts, once, and quietly."""

import pytest

import ledger_text
from counterfoil.domain.customers import queries as customers
from counterfoil.flows.importing.customers import apply, preview
from counterfoil.flows.importing.plans import Imported
from counterfoil.flows.importing.reading import read_table
from counterfoil.infra.db import execute, reading
from factories.businesses import AT

HEAD = "Customer No;Company;First Name;Last Name;Email;Phone;Street;Zip;City;Country;Currency\n"
GOOD = HEAD + (
    "7;Bäckerei Groß;Ida;Groß;ida@gross.example;030 1;Hauptstraße 1;10115;Berlin;Germany;EUR\n"
    "8;;Zoë;Łaski;zoe@laski.example;;;;;EIRE;\n"
    "7;Bäckerei Groß;Max;Groß;max@gross.example;;;;;;\n"
)


def planned(business, text):
    plan = preview(business, read_table("file.csv", text.encode()))
    assert plan.ready_lines + plan.already_lines + plan.refused_lines == plan.total_lines
    return plan


def test_customers_with_several_contacts(business):
    plan = planned(business, GOOD)
    assert [one.file_lines for one in plan.ready] == [(2, 4), (3,)]
    assert apply(business, plan, at=AT) == Imported(2, 3, 2)
    with reading(business):
        found = customers.by_external_ref(business, ["7", "8"])
        people = customers.contacts(business, [found["7"].id])
        jobs = execute("SELECT count(*) FROM procrastinate_jobs")
    assert (found["7"].name, found["7"].email, found["7"].currency) == (
        "Bäckerei Groß",
        "ida@gross.example",
        "EUR",
    )
    assert found["7"].address == {
        "line1": "Hauptstraße 1",
        "postal_code": "10115",
        "city": "Berlin",
        "country": "DE",
    }
    assert (found["8"].name, found["8"].address) == ("Zoë Łaski", {"country": "IE"})
    assert sorted(one.name for one in people) == ["Ida Groß", "Max Groß"]
    assert jobs == [(0,)]


def test_a_second_run_adds_nobody(business):
    apply(business, planned(business, GOOD), at=AT)
    again = planned(business, GOOD)
    assert (again.ready, again.already_lines) == ((), 3)
    assert apply(business, again, at=AT) == Imported(0, 0, 0, 2, 3)


def test_an_old_plan_adds_only_who_is_missing(business):
    old = planned(business, GOOD)
    apply(business, planned(business, HEAD + "8;;Zoë;Łaski;;;;;;;\n"), at=AT)
    assert apply(business, old, at=AT) == Imported(1, 2, 1, 1, 1)


@pytest.mark.parametrize(
    ("line", "field"),
    [
        ("9;;;;x@y.example;;;;;;", "name"),
        ("9;Ada;;;not an address;;;;;;", "email"),
        ("9;Ada;;;;;;;;;XYZ", "currency"),
        (f"9;{'x' * 300};;;;;;;;;", "name"),
        (f"9;Ada;;;;;{'x' * 300};;;;", "line1"),
    ],
)
def test_a_line_is_refused_with_its_reason(business, line, field):
    before = ledger_text.counts(business)
    plan = planned(business, HEAD + line + "\n")
    assert [(one.line, one.field) for one in plan.refused if one.is_cause] == [(2, field)]
    assert apply(business, plan, at=AT) == Imported()
    assert ledger_text.counts(business) == before


def test_a_bad_contact_holds_the_customer_back(business):
    plan = planned(business, GOOD.replace("max@gross.example", "max at gross"))
    assert [(one.line, one.field, one.is_cause) for one in plan.refused] == [
        (2, "customer", False),
        (4, "email", True),
    ]
    assert plan.refused[0].message == "Another line of the same customer is refused (line 4)."
    assert len(plan.ready) == 1


def test_a_file_of_something_else(business):
    plan = planned(business, "Date,Amount\n2026-01-01,5\n")
    assert "No column holds the customer's name" in plan.problem
    assert plan.refused_lines == 1


def test_a_file_of_invoices_is_said_to_look_like_one(business):
    text = "Invoice Number,Client Name,Date,Amount\nA-1,Ada,2026-01-05,5\n"
    assert planned(business, text).hint.startswith("These look like invoices.")
    assert planned(business, GOOD).hint == ""


def test_headers_are_named_whole(business):
    names = [f"Column of some length {number}" for number in range(30)]
    problem = planned(business, ",".join(names) + "\n" + "x," * 29 + "x\n").problem
    told = problem.partition("The columns are: ")[2].removesuffix(".").split(", ")
    assert told[-1] == "…"
    assert told[:-1] == names[: len(told) - 1]
    assert len(problem) < 400
    long = planned(business, "x" * 1_000 + ",B\n1,2\n").problem
    assert long.endswith("x…, ….")


def test_each_line_without_a_name_is_refused_for_itself(business):
    plan = planned(business, "Name,City\n,Lyon\n,Lyon\n")
    assert [(one.line, one.field, one.is_cause) for one in plan.refused] == [
        (2, "name", True),
        (3, "name", True),
    ]


def test_a_bad_address_is_refused_on_its_own_line(business):
    plan = planned(business, "Name,Email,Customer ID\nAda,,8\nAda,ada,8\n")
    assert [(one.line, one.is_cause) for one in plan.refused] == [(2, False), (3, True)]
