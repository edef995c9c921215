"""A customer's own reference on a transfer: it pays what they owe, the oldest first."""

from datetime import date

import pytest

from counterfoil.domain.receivables import queries as receivables
from counterfoil.domain.receivables.references import customer_qr_reference, customer_reference
from counterfoil.domain.reconciliation import queries
from counterfoil.flows.banking import import_statement
from counterfoil.flows.banking.import_statement import ImportedLines
from counterfoil.infra.db import reading
from counterfoil.kernel.actor import SYSTEM
from factories.bank_files import Booking, add_account, statement
from factories.businesses import AT
from factories.invoices import issued_invoice, line
from factories.payments import pay
from factories.statements import counted
from ledger_text import trial_balance


@pytest.fixture
def bank(business):
    return add_account(business)


def bring_in(business, *bookings, **more):
    plan = import_statement.preview(business, statement(*bookings, **more))
    expected = [one.state for one in plan.decisions]
    done = import_statement.apply(business, plan, at=AT, by=SYSTEM)
    with reading(business):
        found = queries.lines(business)
    assert [one.state for one in reversed(found)][-len(expected) :] == expected
    return done


def why(business):
    with reading(business):
        return queries.lines(business)[0].problem


def due(business, *invoices):
    with reading(business):
        found = receivables.items(business, [one.id for one in invoices])
    return [found[one.id].due_minor for one in invoices]


@pytest.fixture
def three(business, customer):
    """Three invoices of 100.00, the second of them due first."""
    days = (date(2026, 4, 2), date(2026, 3, 15), date(2026, 4, 1))
    return [issued_invoice(business, customer, due=day) for day in days]


@pytest.mark.parametrize("make", [customer_reference, customer_qr_reference])
def test_it_covers_the_oldest_first(business, bank, customer, three, make):
    done = bring_in(business, Booking("150.00", reference=make(customer)))

    assert done == ImportedLines(settled=1)
    assert due(business, *three) == [10_000, 0, 5_000]
    assert sum(trial_balance(business).values()) == 0


def test_it_is_found_in_the_words_too(business, bank, customer, three):
    rf = customer_reference(customer)
    fours = " ".join(rf[start : start + 4] for start in range(0, len(rf), 4))
    assert bring_in(business, Booking("100.00", f"my bills {fours}")).settled == 1
    assert due(business, *three) == [10_000, 0, 10_000]


def test_invoices_that_it_names_as_well_come_first(business, bank, customer, three):
    words = f"{customer_reference(customer)} {three[0].number}"
    assert bring_in(business, Booking("150.00", words)).settled == 1
    assert due(business, *three) == [0, 5_000, 10_000]


def test_what_is_over_is_their_credit(business, bank, customer, three):
    bring_in(business, Booking("350.00", reference=customer_reference(customer)))
    assert due(business, *three) == [0, 0, 0]
    with reading(business):
        (owed,) = receivables.balances(business, customer, today=AT.date())
    assert owed.unapplied_minor == 5_000


def test_it_never_pays_for_another_customer(business, bank, customer, other_customer, three):
    theirs = issued_invoice(business, other_customer)
    both = f"{customer_reference(customer)} {theirs.number}"

    assert bring_in(business, Booking("100.00", both)) == ImportedLines(waiting=1)
    assert why(business) == "several_customers"
    assert due(business, theirs, *three) == [10_000] * 4


def test_two_customers_named_wait(business, bank, customer, other_customer):
    both = f"{customer_reference(customer)} {customer_reference(other_customer)}"
    bring_in(business, Booking("100.00", both))
    assert why(business) == "several_customers"


def test_nobody_s_reference_waits(business, bank, three, other_business):
    from factories.customers import add_customer

    theirs = add_customer(other_business, "Zoe")
    bring_in(business, Booking("100.00", reference=customer_reference(theirs)))
    assert why(business) == "unknown_reference"


def test_money_in_another_currency_waits(business, bank, customer):
    issued_invoice(business, customer, currency="USD")
    bring_in(business, Booking("100.00", reference=customer_reference(customer)))
    assert why(business) == "other_currency"


def test_what_is_being_paid_is_left_alone(business, bank, customer, three, gateway):
    pay(business, three[1], source="lost")
    bring_in(business, Booking("150.00", reference=customer_reference(customer)))
    assert due(business, *three) == [5_000, 10_000, 0]


def test_lines_of_one_file_follow_one_another(business, bank, customer, three):
    rf = customer_reference(customer)
    several = [Booking("75.00", reference=rf, ref=f"L{n}") for n in range(3)]
    assert bring_in(business, *several).settled == 3
    assert due(business, *three) == [7_500, 0, 0]


def test_many_such_lines_take_as_many_statements_as_few(business, bank, customer):
    for price in ("1000", "2000"):
        issued_invoice(business, customer, line(price))
    rf = customer_reference(customer)
    asked = []
    for name, count in (("F", 3), ("M", 400)):
        lines = [Booking("1.00", reference=rf, ref=f"{name}{n}") for n in range(count)]
        plan = import_statement.preview(business, statement(*lines))
        with counted() as found:
            done = import_statement.apply(business, plan, at=AT, by=SYSTEM, quiet=True)
        assert done.settled == count
        asked.append(found.count)
    assert asked[0] == asked[1]
