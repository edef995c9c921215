"""Bank statements in bulk: two thousand lines at once, as many statements as for three."""

from django.db import connection

from counterfoil.flows.banking import import_statement
from counterfoil.flows.banking.import_statement import ImportedLines
from counterfoil.infra.db import execute, run
from counterfoil.kernel.actor import SYSTEM
from factories.bank_files import Booking, add_account, statement
from factories.businesses import AT
from factories.invoices import line
from factories.statements import counted
from ledger_text import trial_balance

STATEMENTS = 12


def in_batch(business, bookings):
    """How many statements importing them takes."""
    plan = import_statement.preview(business, statement(*bookings))
    with counted() as asked:
        done = import_statement.apply(business, plan, at=AT, by=SYSTEM, quiet=True)
    return done, asked.count


def test_a_thousand_lines_take_as_many_statements_as_three(business, issued):
    bank = add_account(business)
    issued(line("10"))
    issued(line("1000"))
    few = [Booking("1.00", "INV-2026-00001", ref=f"F{n}") for n in range(3)]
    many = [Booking("1.00", "INV-2026-00002", ref=f"M{n}") for n in range(900)]
    many += [Booking("1.00", "who knows", ref=f"W{n}") for n in range(100)]

    assert in_batch(business, few) == (ImportedLines(settled=3), STATEMENTS)
    done, asked = in_batch(business, many)

    assert done == ImportedLines(settled=900, waiting=100)
    assert asked == STATEMENTS + 1  # why the others wait
    assert sum(trial_balance(business).values()) == 0
    assert bank
    connection.close()


def test_a_line_already_there_is_left_out_of_its_batch(business, issued):
    add_account(business)
    issued()
    first = import_statement.preview(business, statement(Booking("1.00", "INV-2026-00001")))
    again = import_statement.preview(business, statement(Booking("1.00", "INV-2026-00001")))
    import_statement.apply(business, first, at=AT, by=SYSTEM)
    assert import_statement.apply(business, again, at=AT, by=SYSTEM) == ImportedLines(already=1)
    count = "SELECT count(*) FROM payments_attempt WHERE business_id = %(b)s::uuid"
    assert run(business, lambda: execute(count, {"b": business})) == [(1,)]
