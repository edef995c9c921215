"""Bank statements: what settles by itself, what waits and why, and nothing twice."""

from datetime import date

import pytest
from django.db import connection

from counterfoil.domain.reconciliation import queries
from counterfoil.flows import issue_invoices
from counterfoil.flows.banking import import_statement
from counterfoil.flows.banking.import_statement import ImportedLines
from counterfoil.flows.banking.statements import NoBankAccount, OtherAccount
from counterfoil.infra.db import execute, reading
from counterfoil.kernel.actor import SYSTEM
from counterfoil.kernel.ports.banks import StatementRefused
from factories.bank_files import (
    IBAN,
    OTHER_IBAN,
    Booking,
    add_account,
    reference_of,
    statement,
)
from factories.businesses import AT
from factories.invoices import issued_invoice, line
from factories.payments import pay
from factories.statements import counted
from ledger_text import counts, events, journal, trial_balance


@pytest.fixture
def bank(business):
    return add_account(business)


def bring_in(business, *bookings, **more):
    plan = import_statement.preview(business, statement(*bookings, **more))
    return import_statement.apply(business, plan, at=AT, by=SYSTEM)


def states(business):
    """State, problem and customer of each line, in the order of the file."""
    with reading(business):
        found = queries.lines(business)
    return [(one.state, one.problem, one.customer_name) for one in reversed(found)]


def test_reference_settles_the_invoice_on_its_day(business, bank, issued):
    invoice = issued()
    rf = reference_of(business, invoice.id)

    done = bring_in(business, Booking("100.00", reference=rf, on=date(2026, 2, 27)))

    assert done == ImportedLines(settled=1)
    assert states(business) == [("settled", "", "Alice")]
    assert (
        journal(business).replace(f"Main Bank {IBAN}", "ours")
        == """
2026-03-01 invoice_issued     INV-2026-00001 receivable:Alice      revenue                100.00 EUR
2026-02-27 payment_received   PAY            bank:ours receivable:Alice       100.00 EUR
"""
    )
    assert events(business)[-2:] == ["payment.succeeded", "invoice.paid"]


@pytest.mark.parametrize(
    "text",
    [
        "INV-2026-00001",
        "Rechnung inv-2026-00001.",
        "RE:INV-2026-00001/Alice Ltd",
        "(INV-2026-00001)",
    ],
)
def test_number_whole_in_the_text_settles(business, bank, issued, text):
    issued()
    settled = 0 if "/" in text else 1
    assert bring_in(business, Booking("100.00", text)).settled == settled


@pytest.mark.parametrize("text", ["INV-2026-000012", "XINV-2026-00001", "INV 2026 00001", ""])
def test_part_of_a_number_waits(business, bank, issued, text):
    issued()
    assert bring_in(business, Booking("100.00", text)).waiting == 1
    assert states(business) == [("waiting", "no_reference", None)]


def test_part_and_surplus(business, bank, issued):
    invoice = issued()
    rf = reference_of(business, invoice.id)

    done = bring_in(business, Booking("30.00", reference=rf), Booking("90.00", reference=rf))

    assert done == ImportedLines(settled=2)
    assert trial_balance(business) == {
        f"bank:Main Bank {IBAN}": 120, "customer_credit:Alice": -20, "revenue": -100,
    }  # fmt: skip
    assert events(business).count("invoice.paid") == 1


def test_several_invoices_of_one_customer(business, bank, issued):
    issued(line("40"), due=date(2026, 4, 2))
    issued(line("60"), due=date(2026, 4, 1))
    done = bring_in(business, Booking("70.00", "INV-2026-00001 INV-2026-00002"))
    assert done == ImportedLines(settled=1)
    with reading(business):
        paid = execute(
            "SELECT number, paid_minor FROM receivables_openitem "
            "WHERE business_id = %(b)s::uuid ORDER BY number",
            {"b": business},
        )
    assert paid == [("INV-2026-00001", 1000), ("INV-2026-00002", 6000)]


def test_several_customers_wait(business, bank, issued, other_customer):
    issued()
    issued_invoice(business, other_customer)
    bring_in(business, Booking("200.00", "INV-2026-00001 INV-2026-00002"))
    assert states(business) == [("waiting", "several_customers", None)]


def test_paid_and_void_invoices_become_credit(business, bank, issued, gateway):
    paid, void = issued(), issued()
    pay(business, paid)
    issue_invoices.void(business, void.id, at=AT, by=SYSTEM)

    done = bring_in(
        business, Booking("100.00", "INV-2026-00001"), Booking("100.00", "INV-2026-00002")
    )

    assert done == ImportedLines(settled=2)
    assert trial_balance(business)["customer_credit:Alice"] == -200


def test_card_payment_on_its_way_does_not_hold_up_the_money(business, bank, issued, gateway):
    invoice = issued()
    pay(business, invoice, source="slow")
    rf = reference_of(business, invoice.id)
    assert bring_in(business, Booking("100.00", reference=rf)).settled == 1
    assert events(business).count("invoice.paid") == 1


def test_other_currency_waits(business, bank, issued):
    issued(currency="USD")
    bring_in(business, Booking("100.00", "INV-2026-00001"))
    assert states(business) == [("waiting", "other_currency", None)]


def test_reversal_waits_and_outgoing_is_put_aside(business, bank):
    done = bring_in(business, Booking("-5.00", "fee"), Booking("-100.00", "back", is_reversal=True))
    assert done == ImportedLines(waiting=1, aside=1)
    assert sorted(states(business)) == [("aside", "outgoing", None), ("waiting", "reversal", None)]
    assert journal(business) == "\n"


def test_unknown_reference_waits(business, bank):
    bring_in(business, Booking("100.00", reference="RF18539007547034"))
    assert states(business) == [("waiting", "unknown_reference", None)]


def test_same_file_twice_changes_nothing(business, bank, issued):
    content = [Booking("100.00", "INV-2026-00001"), Booking("1.00", "?"), Booking("-1.00")]
    issued()
    bring_in(business, *content)
    before = counts(business)

    assert bring_in(business, *content) == ImportedLines(already=3)
    assert counts(business) == before


def test_file_of_another_account_is_refused(business, bank):
    with pytest.raises(OtherAccount, match="FR1420041010050500013M02606, which is not among"):
        import_statement.preview(business, statement(Booking("1.00"), iban=OTHER_IBAN))


def test_file_in_another_currency_is_refused(business, bank):
    with pytest.raises(OtherAccount, match="in USD; your account"):
        import_statement.preview(business, statement(Booking("1.00"), currency="USD"))


def test_business_without_account_is_told(business):
    with pytest.raises(NoBankAccount):
        import_statement.preview(business, statement(Booking("1.00")))


def test_no_statement_is_refused(business, bank):
    with pytest.raises(StatementRefused):
        import_statement.preview(business, b"nothing of the kind")


def test_neighbours_do_not_see_each_other(business, bank, issued, other_business):
    add_account(other_business)
    issued()
    bring_in(business, Booking("100.00", "INV-2026-00001"))
    plan = import_statement.preview(other_business, statement(Booking("100.00", "INV-2026-00001")))
    assert (len(plan.lines), len(plan.already)) == (1, 0)
    assert plan.decisions[0].problem == "no_reference"


def in_batch(business, bookings):
    """How many statements importing them takes."""
    plan = import_statement.preview(business, statement(*bookings))
    with counted() as asked:
        done = import_statement.apply(business, plan, at=AT, by=SYSTEM, quiet=True)
    return done, asked.count


def test_statements_do_not_grow_with_the_file(business, bank, issued):
    few = [Booking("1.00", "INV-2026-00001", ref=f"F{n}") for n in range(3)]
    many = [Booking("1.00", "INV-2026-00002", ref=f"M{n}") for n in range(300)]
    issued(), issued(line("1000"))

    assert in_batch(business, few) == (ImportedLines(settled=3), 12)
    assert in_batch(business, many) == (ImportedLines(settled=300), 12)
    connection.close()
