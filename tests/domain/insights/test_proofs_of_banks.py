"""The proofs over bank lines: they hold on what was imported, and find what was planted."""

import pytest

from counterfoil.domain.insights.proofs import prove
from counterfoil.flows.banking import import_statement
from counterfoil.kernel.actor import SYSTEM
from factories import database as db
from factories.bank_files import Booking, add_account, statement
from factories.businesses import AT

LINES = "each bank line is a payment, waits or was put aside"
BANKS = "bank accounts in the books are their settled lines"
BOOKED = "each paid attempt stands in the books once"
GATEWAYS = "gateways hold, and have sent us, what the books say"
SOURCES = "each credit note and paid attempt is a credit"
HISTORIES = "states were reached by legal moves"

PLANTED = {
    "a settled line of one cent more": (
        "UPDATE reconciliation_bankline SET amount_minor = amount_minor + 1 "
        "WHERE business_id = %(b)s AND state = 'settled'",
        {LINES, BANKS},
    ),
    "a settled line that went": (
        "DELETE FROM reconciliation_bankline WHERE business_id = %(b)s AND state = 'settled'",
        {LINES, BANKS, HISTORIES},
    ),
    "a line that waits for no reason": (
        "UPDATE reconciliation_bankline SET problem = '' "
        "WHERE business_id = %(b)s AND state = 'waiting'",
        {LINES},
    ),
    "a line that was put aside by nobody": (
        "UPDATE reconciliation_bankline SET state = 'aside' "
        "WHERE business_id = %(b)s AND state = 'waiting'",
        {HISTORIES},
    ),
    "a transfer booked at a gateway": (
        "UPDATE ledger_account SET kind = 'clearing' WHERE business_id = %(b)s AND kind = 'bank'",
        {BANKS, BOOKED, GATEWAYS},
    ),
}


@pytest.fixture
def books(business, issued):
    """A transfer that settled, one that waits, a fee."""
    add_account(business)
    issued()
    bookings = (Booking("120.00", "INV-2026-00001"), Booking("5.00", "?"), Booking("-1.00", "fee"))
    plan = import_statement.preview(business, statement(*bookings))
    import_statement.apply(business, plan, at=AT, by=SYSTEM)
    return business


@pytest.fixture
def owner(addresses):
    with db.connect(addresses.owner_url) as connection:
        yield connection


def broken(business):
    return {finding.invariant for finding in prove(business).findings if not finding.holds}


def test_imported_lines_hold(books):
    assert broken(books) == set()


@pytest.mark.parametrize("name", PLANTED)
def test_the_proofs_find(books, owner, name):
    planted, invariants = PLANTED[name]
    owner.execute(planted, {"b": books})
    assert broken(books) == invariants
