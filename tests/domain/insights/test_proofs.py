"""The proofs hold on honest books, and each finds what someone with the owner's powers planted."""

import sys
from contextlib import contextmanager

import pytest

from counterfoil.domain.business import operations as businesses
from counterfoil.domain.insights.catalogue import APPEND_ONLY
from counterfoil.domain.insights.proofs import prove, prove_guards
from counterfoil.domain.insights.queries import MACHINES
from counterfoil.flows import issue_invoices
from counterfoil.kernel.actor import SYSTEM
from counterfoil.kernel.ports.gateways.outcomes import Result
from counterfoil.kernel.states import Machine
from factories import database as db
from factories.businesses import AT
from factories.gateways import refund_failed, refunded
from factories.invoices import credit_note, draft_invoice, issued_invoice, line
from factories.payments import pay
from factories.refunds import refund

ENTRIES = "each entry balances, posting by posting"
BALANCES = "kept balances are the sums of their postings"
RECEIVABLES = "open items are what the ledger says is receivable"
CUSTOMER_CREDIT = "unapplied credit is what the ledger owes customers"
CREDITS = "credits are applied as far as their allocations say"
COVERED = "invoices are covered as far as their allocations say"
ITEMS = "each issued invoice is a debt, and no other is"
DOCUMENTS = "each document stands in the books once"
SOURCES = "each credit note and paid attempt is a credit"
REVERSALS = "each reversal is its entry the other way round"
PAYMENTS = "each paid attempt stands in the books once"
REFUNDS = "refunds stay within their payment"
REFUNDS_BOOKED = "each refund stands in the books once"
GATEWAYS = "gateways hold, and have sent us, what the books say"
TAKEN_OFF = "what comes off an invoice was on it"
CLAIMS = "an invoice is held while its attempt has no outcome"
HISTORIES = "states were reached by legal moves"
SUMS = "documents come to what their lines come to"
NUMBERS = "numbers have no gaps"

PLANTED = {
    "an entry without postings": (
        """
        INSERT INTO ledger_journalentry (business_id, id, kind, source_id, idempotency_key,
          occurred_at, posted_at, memo)
        VALUES (%(b)s, gen_random_uuid(), 'correction', gen_random_uuid(), 'k', now(), now(), '')
        """,
        {ENTRIES},
    ),
    "a posting that went": (
        """
        DELETE FROM ledger_posting p USING ledger_journalentry e
        WHERE e.id = p.entry_id AND e.business_id = %(b)s AND e.kind = 'invoice_issued'
          AND p.seq = 2
        """,
        {BALANCES, RECEIVABLES, DOCUMENTS},
    ),
    "a balance of one cent more": (
        "UPDATE ledger_balance SET balance_minor = balance_minor + 1 WHERE business_id = %(b)s",
        {BALANCES},
    ),
    "an invoice paid by nobody": (
        "UPDATE receivables_openitem SET paid_minor = paid_minor + 100 "
        "WHERE business_id = %(b)s AND is_open",
        {RECEIVABLES, COVERED},
    ),
    "a credit from nowhere": (
        "UPDATE receivables_credit SET total_minor = total_minor + 5 "
        "WHERE business_id = %(b)s AND kind = 'credit_note'",
        {CUSTOMER_CREDIT, SOURCES},
    ),
    "a credit that was used less": (
        "UPDATE receivables_credit SET applied_minor = applied_minor - 1 "
        "WHERE business_id = %(b)s AND applied_minor > 0",
        {CUSTOMER_CREDIT, CREDITS},
    ),
    "an allocation that went": (
        "DELETE FROM receivables_allocation WHERE business_id = %(b)s",
        {CREDITS, COVERED},
    ),
    "an allocation of one cent less": (
        "UPDATE receivables_allocation SET amount_minor = amount_minor - 1 "
        "WHERE business_id = %(b)s",
        {CREDITS, COVERED},
    ),
    "a debt due on another day": (
        "UPDATE receivables_openitem SET due_date = due_date + 1 WHERE business_id = %(b)s",
        {ITEMS},
    ),
    "an entry of another document": (
        "UPDATE ledger_journalentry SET source_id = gen_random_uuid() "
        "WHERE business_id = %(b)s AND kind = 'invoice_issued'",
        {DOCUMENTS, REVERSALS},
    ),
    "a payment of one cent more": (
        "UPDATE payments_attempt SET amount_minor = amount_minor + 1 "
        "WHERE business_id = %(b)s AND state = 'succeeded'",
        {SOURCES, PAYMENTS, GATEWAYS},
    ),
    "a payment out of the books": (
        "UPDATE ledger_journalentry SET kind = 'gift' "
        "WHERE business_id = %(b)s AND kind = 'payment_received'",
        {PAYMENTS},
    ),
    "a failed payment in the books": (
        "UPDATE ledger_journalentry SET kind = 'payment_received', source_id = "
        "(SELECT id FROM payments_attempt WHERE business_id = %(b)s AND state = 'failed') "
        "WHERE business_id = %(b)s AND kind = 'invoice_voided'",
        {PAYMENTS, DOCUMENTS},
    ),
    "a void that reverses nothing": (
        "UPDATE ledger_journalentry SET reverses_id = NULL "
        "WHERE business_id = %(b)s AND kind = 'invoice_voided'",
        {REVERSALS},
    ),
    "a void that reverses another's issue": (
        "UPDATE ledger_journalentry SET reverses_id = (SELECT min(id::text)::uuid FROM "
        "ledger_journalentry WHERE business_id = %(b)s AND kind = 'invoice_issued') "
        "WHERE business_id = %(b)s AND kind = 'invoice_voided'",
        {REVERSALS},
    ),
    "a reversal of one posting more": (
        "INSERT INTO ledger_posting (business_id, id, entry_id, seq, debit_account_id, "
        "credit_account_id, amount_minor, currency) SELECT p.business_id, gen_random_uuid(), "
        "p.entry_id, 2, p.credit_account_id, p.debit_account_id, 5, 'EUR' FROM ledger_posting p "
        "JOIN ledger_journalentry e ON e.id = p.entry_id WHERE p.business_id = %(b)s "
        "AND e.kind = 'invoice_voided'",
        {BALANCES, RECEIVABLES, DOCUMENTS, REVERSALS},
    ),
    "a reversal that reverses nothing": (
        "UPDATE ledger_posting p SET debit_account_id = p.credit_account_id, "
        "credit_account_id = p.debit_account_id FROM ledger_journalentry e "
        "WHERE e.id = p.entry_id AND p.business_id = %(b)s AND e.kind = 'invoice_voided'",
        {BALANCES, RECEIVABLES, REVERSALS},
    ),
    "a claim let go too early": (
        "UPDATE receivables_claim SET freed_at = now() "
        "WHERE business_id = %(b)s AND freed_at IS NULL",
        {CLAIMS},
    ),
    "a claim held too long": (
        "UPDATE receivables_claim SET freed_at = NULL WHERE business_id = %(b)s AND attempt_id = "
        "(SELECT id FROM payments_attempt WHERE business_id = %(b)s AND state = 'succeeded')",
        {CLAIMS},
    ),
    "a step that went": (
        "DELETE FROM infra_transition WHERE business_id = %(b)s AND machine = 'attempt' "
        "AND seq = 2",
        {HISTORIES},
    ),
    "a step that no machine has": (
        "UPDATE infra_transition SET from_state = 'sent', to_state = 'paid' "
        "WHERE business_id = %(b)s AND machine = 'invoice' AND seq = 2",
        {HISTORIES},
    ),
    "a history that went": (
        "DELETE FROM infra_transition WHERE business_id = %(b)s AND machine = 'invoice'",
        {HISTORIES},
    ),
    "a state without a step": (
        "UPDATE billing_invoice SET state = 'voided', voided_at = now() "
        "WHERE business_id = %(b)s AND state = 'issued'",
        {HISTORIES, ITEMS, DOCUMENTS},
    ),
    "a line of one cent more": (
        "UPDATE billing_invoiceline SET net_minor = net_minor + 1 WHERE business_id = %(b)s",
        {SUMS},
    ),
    "a tax of one cent more": (
        "UPDATE billing_invoicetax SET tax_minor = tax_minor + 1 WHERE business_id = %(b)s",
        {SUMS},
    ),
    "a credit note's price": (
        "UPDATE billing_creditnoteline SET unit_price = unit_price + 1 WHERE business_id = %(b)s",
        {SUMS},
    ),
    "a credit note's line of one cent more": (
        "UPDATE billing_creditnoteline SET net_minor = net_minor + 1 WHERE business_id = %(b)s",
        {SUMS},
    ),
    "a credit note of one cent less, all through": (
        "WITH n AS (UPDATE billing_creditnote SET total_minor = total_minor - 1, "
        "tax_minor = tax_minor - 1 WHERE business_id = %(b)s AND invoice_id IS NOT NULL "
        "RETURNING id) UPDATE billing_creditnotetax t SET tax_minor = t.tax_minor - 1 FROM n "
        "WHERE t.business_id = %(b)s AND t.credit_note_id = n.id",
        {SUMS, DOCUMENTS, SOURCES},
    ),
    "a line that went": (
        "DELETE FROM billing_invoiceline WHERE business_id = %(b)s AND position = 2",
        {SUMS},
    ),
    "a number that nobody got": (
        "UPDATE billing_series SET next_number = next_number + 1 "
        "WHERE business_id = %(b)s AND code = 'invoice'",
        {NUMBERS},
    ),
    "a number of another shape": (
        "UPDATE billing_creditnote SET number = 'free' "
        "WHERE business_id = %(b)s AND number LIKE '%%00001'",
        {NUMBERS},
    ),
}


@pytest.fixture
def books(business, customer, gateway):
    """Paid, part paid, open, voided, credited, being paid, declined: one of each."""
    businesses.change(business, {"applies_credit": False})
    paid = issued_invoice(business, customer, line("40", tax="20"), line("7.77", tax="5.5"))
    part = issued_invoice(business, customer, line("300", quantity="0.333", tax="20", off="10"))
    pay(business, paid, part, parts=((paid.id, paid.total_minor), (part.id, 100)))
    credit_note(business, customer, line("5", tax="20"), invoice_id=part.id)
    credit_note(business, customer, line("9"))
    declined = issued_invoice(business, customer, line("11"))
    pay(business, declined, source="declined")
    pay(business, declined, source="slow")
    voided = issued_invoice(business, customer, line("12"))
    issue_invoices.void(business, voided.id, at=AT, by=SYSTEM)
    issued_invoice(business, customer, line("0"))
    draft_invoice(business, customer, line("3", tax="7"))
    return business


@pytest.fixture
def owner(addresses):
    with db.connect(addresses.owner_url) as connection:
        yield connection


TABLES = (
    "ledger_journalentry", "ledger_posting", "receivables_allocation", "infra_transition",
    "billing_invoice", "billing_invoiceline", "billing_invoicetax", "billing_creditnote",
    "billing_creditnoteline", "billing_creditnotetax",
)  # fmt: skip


@contextmanager
def without_triggers(owner):
    for table in TABLES:
        owner.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    try:
        yield
    finally:
        for table in TABLES:
            owner.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def broken(business):
    return {finding.invariant for finding in prove(business).findings if not finding.holds}


def test_honest_books_hold(books, other_business):
    proven = prove(books)
    assert broken(books) == set()
    assert proven.holds
    counts = {figure.name: figure.count for figure in proven.figures}
    assert counts == {
        "customers": 1,
        "invoices": 6,
        "invoice lines": 7,
        "credit notes": 2,
        "payment attempts": 3,
        "allocations": 3,
        "journal entries": 9,
        "postings": 13,
        "state changes": 23,
        "bank lines": 0,
        "erased values of the trail": 0,
    }
    assert prove(other_business).holds


def test_the_sums_of_the_accounts_balance(books):
    sums = prove(books).sums
    assert sum(one.balance_minor for one in sums) == 0
    assert {one.kind for one in sums} == {
        "receivable", "customer_credit", "clearing", "revenue", "tax",
    }  # fmt: skip


OF_REFUNDS = {
    "a payment that counts less given back": (
        "UPDATE payments_attempt SET refunded_minor = refunded_minor - 1 "
        "WHERE business_id = %(b)s AND refunded_minor > 0",
        {REFUNDS},
    ),
    "a refund that nothing counts as open": (
        "UPDATE payments_attempt SET refunding_minor = 0 WHERE business_id = %(b)s",
        {REFUNDS},
    ),
    "a refund of one cent more": (
        "UPDATE payments_refund SET amount_minor = amount_minor + 1 "
        "WHERE business_id = %(b)s AND state = 'succeeded'",
        {REFUNDS, REFUNDS_BOOKED, GATEWAYS},
    ),
    "a credit that gave less back": (
        "UPDATE receivables_credit SET refunded_minor = refunded_minor - 1 "
        "WHERE business_id = %(b)s AND refunded_minor > 0",
        {REFUNDS, CREDITS},
    ),
    "a refund out of the books": (
        "UPDATE ledger_journalentry SET kind = 'gift' "
        "WHERE business_id = %(b)s AND kind = 'refund_sent'",
        {REFUNDS_BOOKED},
    ),
    "a refund that failed, in the books": (
        "UPDATE ledger_journalentry SET source_id = (SELECT id FROM payments_refund "
        "WHERE business_id = %(b)s AND state = 'failed') "
        "WHERE business_id = %(b)s AND kind = 'refund_sent'",
        {REFUNDS_BOOKED},
    ),
    "a refund from another account": (
        "UPDATE ledger_posting p SET credit_account_id = (SELECT id FROM ledger_account "
        "WHERE business_id = %(b)s AND kind = 'revenue' LIMIT 1) FROM ledger_journalentry e "
        "WHERE e.id = p.entry_id AND p.business_id = %(b)s AND e.kind = 'refund_sent'",
        {REFUNDS_BOOKED, GATEWAYS},
    ),
    "more taken off than was on": (
        "UPDATE receivables_allocation SET amount_minor = amount_minor - 99999 "
        "WHERE business_id = %(b)s AND reverses_id IS NOT NULL",
        {CREDITS, COVERED, TAKEN_OFF},
    ),
    "taken off for a refund that failed": (
        "UPDATE receivables_allocation SET refund_id = (SELECT id FROM payments_refund "
        "WHERE business_id = %(b)s AND state = 'failed') "
        "WHERE business_id = %(b)s AND reverses_id IS NOT NULL",
        {TAKEN_OFF},
    ),
    "a refund without its last step": (
        "DELETE FROM infra_transition WHERE business_id = %(b)s AND machine = 'refund' "
        "AND to_state = 'succeeded'",
        {HISTORIES},
    ),
}


@pytest.fixture
def refunded_books(business, customer, gateway):
    """A refund that was sent and reopened an invoice, one that failed, one that is open."""
    paid = issued_invoice(business, customer, line("50"))
    payment = pay(business, paid, amount_minor=6_000)
    refund(business, payment, 3_000)
    gateway.refund_answer = refund_failed
    refund(business, payment, 500)
    gateway.refund_answer = lambda request: refunded(request, result=Result.PROCESSING)
    refund(business, payment, 400)
    return business


def test_honest_refunds_hold(refunded_books):
    assert broken(refunded_books) == set()


@pytest.mark.parametrize("name", OF_REFUNDS)
def test_the_proofs_find_in_refunds(refunded_books, owner, name):
    statement, invariants = OF_REFUNDS[name]
    with without_triggers(owner):
        owner.execute(statement, {"b": refunded_books})
    assert broken(refunded_books) == invariants


@pytest.mark.parametrize("name", PLANTED)
def test_the_proofs_find(books, owner, name):
    statement, invariants = PLANTED[name]
    with without_triggers(owner):
        owner.execute(statement, {"b": books})
    assert broken(books) == invariants


def test_what_is_planted_at_a_neighbour_is_not_ours(books, other_business, owner):
    statement, _ = PLANTED["a number that nobody got"]
    owner.execute(statement, {"b": other_business})
    assert broken(books) == set()
    assert broken(other_business) == {NUMBERS}


def test_each_finding_is_told_with_its_rows(books, owner):
    owner.execute(PLANTED["a balance of one cent more"][0], {"b": books})
    told = []
    prove(books, told=told.append)
    rows = [row for finding in told for row in finding.violations]
    assert len(told) == 29
    assert rows[0].subject.endswith("of customer Alice in EUR")
    assert "kept" in rows[0].found


GUARDS = {
    "a trigger is off": (
        "ALTER TABLE ledger_posting DISABLE TRIGGER append_only",
        "ALTER TABLE ledger_posting ENABLE TRIGGER append_only",
        "ledger_posting",
    ),
    "row security is not forced": (
        "ALTER TABLE billing_invoice NO FORCE ROW LEVEL SECURITY",
        "ALTER TABLE billing_invoice FORCE ROW LEVEL SECURITY",
        "billing_invoice",
    ),
    "a second policy": (
        "CREATE POLICY more ON customers_customer USING (true)",
        "DROP POLICY more ON customers_customer",
        "customers_customer",
    ),
    "a right too many": (
        "GRANT DELETE ON infra_event TO {role}",
        "REVOKE DELETE ON infra_event FROM {role}",
        None,
    ),
}


@pytest.mark.parametrize("name", GUARDS)
def test_a_weakened_guard_is_found(database, addresses, owner, name):
    plant, mend, table = GUARDS[name]
    role = addresses.app_role
    assert prove_guards(role).holds
    owner.execute(plant.format(role=role))
    try:
        violations = prove_guards(role).violations
    finally:
        owner.execute(mend.format(role=role))
    assert [one.subject for one in violations] == [table or role]
    assert prove_guards(role).holds


def test_every_table_that_only_grows_is_guarded_by_name(database, owner):
    rows = owner.execute(
        "SELECT c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid "
        "WHERE t.tgname = 'append_only' ORDER BY 1"
    ).fetchall()
    assert tuple(table for (table,) in rows) == APPEND_ONLY


def test_every_machine_with_a_history_is_proved():
    machines = {
        id(value): value
        for name, module in list(sys.modules.items())
        if name.startswith("counterfoil.domain.") and name.endswith(".states")
        for value in vars(module).values()
        if isinstance(value, Machine)
    }
    assert {one.name for one in machines.values()} == {one.name for one in MACHINES}
