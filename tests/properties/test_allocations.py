"""Any sequence of payments, refusals, credit notes and voids keeps what must stay true.

After each step: nothing is over-applied (I7), the ledger has no unbalanced line (I1, I2), what
customers owe in the books is what their open items say, and every kept balance is its postings.
"""

from contextlib import suppress
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from counterfoil.domain.business import operations as businesses
from counterfoil.domain.payments.outcomes import AttemptOutcome
from counterfoil.flows import issue_invoices
from counterfoil.flows.apply_credit import apply_to_invoice, apply_to_open
from counterfoil.flows.pay_invoices import start
from counterfoil.flows.settle_payment import settle
from counterfoil.infra.db import execute, reading
from counterfoil.kernel.actor import SYSTEM
from counterfoil.kernel.errors import Problem
from counterfoil.kernel.ids import encode
from factories import database as db
from factories.businesses import AT
from factories.gateways import failed, succeeded
from factories.invoices import credit_note, issued_invoice, line
from factories.payments import command

STEPS = st.lists(
    st.tuples(
        st.sampled_from(["issue", "pay", "pay", "pay more", "slow", "bring", "fail", "late",
                         "credit", "free", "void", "use", "use all", "by hand", "by itself"]),
        st.integers(0, 5),
        st.sampled_from([1, 37, 50, 99, 100, 101, 250]),
    ),
    min_size=3,
    max_size=14,
)  # fmt: skip

PROOFS = {
    "an invoice covered beyond its total": """
        SELECT o.number FROM receivables_openitem o WHERE o.business_id = %(b)s::uuid
        AND o.paid_minor + o.credited_minor <> coalesce((
          SELECT sum(a.amount_minor) FROM receivables_allocation a
          WHERE a.business_id = o.business_id AND a.invoice_id = o.id), 0)
        OR o.business_id = %(b)s::uuid AND o.paid_minor + o.credited_minor > o.total_minor""",
    "a credit applied beyond itself": """
        SELECT c.id FROM receivables_credit c WHERE c.business_id = %(b)s::uuid
        AND (c.applied_minor > c.total_minor OR c.applied_minor <> coalesce((
          SELECT sum(a.amount_minor) FROM receivables_allocation a
          WHERE a.business_id = c.business_id AND a.credit_id = c.id), 0) + c.refunded_minor)""",
    "a receivable account that differs from the open items": """
        SELECT a.party, a.currency, k.balance_minor FROM ledger_account a
        LEFT JOIN ledger_balance k ON k.business_id = a.business_id AND k.id = a.id
        WHERE a.business_id = %(b)s::uuid AND a.kind = 'receivable'
        AND coalesce(k.balance_minor, 0) <> coalesce((
          SELECT sum(o.total_minor - o.paid_minor - o.credited_minor) FROM receivables_openitem o
          WHERE o.business_id = a.business_id AND o.customer_id = a.party
          AND o.currency = a.currency AND NOT o.is_void), 0)""",
    "a customer's credit that differs from the credits": """
        SELECT a.party, a.currency, k.balance_minor FROM ledger_account a
        LEFT JOIN ledger_balance k ON k.business_id = a.business_id AND k.id = a.id
        WHERE a.business_id = %(b)s::uuid AND a.kind = 'customer_credit'
        AND -coalesce(k.balance_minor, 0) <> coalesce((
          SELECT sum(c.total_minor - c.applied_minor) FROM receivables_credit c
          WHERE c.business_id = a.business_id AND c.customer_id = a.party
          AND c.currency = a.currency), 0)""",
    "a kept balance that differs from its postings": """
        SELECT k.id, k.balance_minor FROM ledger_balance k WHERE k.business_id = %(b)s::uuid
        AND k.balance_minor <> coalesce((
          SELECT sum(CASE WHEN p.debit_account_id = k.id THEN p.amount_minor
                          ELSE -p.amount_minor END) FROM ledger_posting p
          WHERE p.business_id = k.business_id
          AND k.id IN (p.debit_account_id, p.credit_account_id)), 0)""",
    "money captured that is not booked for its gateway": """
        SELECT sum(x.amount) FROM (
          SELECT sum(t.amount_minor) AS amount FROM payments_attempt t
          WHERE t.business_id = %(b)s::uuid AND t.state = 'succeeded'
          UNION ALL
          SELECT -sum(p.amount_minor) FROM ledger_posting p JOIN ledger_account a
          ON a.business_id = p.business_id AND a.id = p.debit_account_id
          WHERE p.business_id = %(b)s::uuid AND a.kind = 'clearing') x
        HAVING coalesce(sum(x.amount), 0) <> 0""",
    "an entry without postings": """
        SELECT e.id FROM ledger_journalentry e WHERE e.business_id = %(b)s::uuid AND NOT EXISTS (
          SELECT 1 FROM ledger_posting p WHERE p.business_id = e.business_id AND p.entry_id = e.id)
        """,
    "an open claim of an attempt that is over, or none of one that runs": """
        SELECT c.id FROM receivables_claim c JOIN payments_attempt t
        ON t.business_id = c.business_id AND t.id = c.attempt_id
        WHERE c.business_id = %(b)s::uuid
        AND (c.freed_at IS NULL) = (t.state IN ('succeeded', 'failed', 'cancelled'))""",
}


def violations(business):
    with reading(business):
        found = {name: execute(proof, {"b": business}) for name, proof in PROOFS.items()}
    return {name: rows for name, rows in found.items() if rows}


class Story:
    """What has been issued and started so far; each step is a call of a flow, or its refusal."""

    def __init__(self, business, customer):
        self.business, self.customer = business, customer
        self.invoices, self.attempts = [], []

    def step(self, name, index, share):
        with suppress(Problem):  # a refusal; the proofs say whether it left anything behind
            getattr(self, name.replace(" ", "_"))(index, share)

    def issue(self, index, share):
        lines = (line(str(Decimal(share) + Decimal("0.07")), tax="19"), line("3.33", tax="7"))
        self.invoices.append(issued_invoice(self.business, self.customer, *lines[: index % 2 + 1]))

    def _start(self, index, share, **more):
        chosen = {self.invoices[(index + i) % len(self.invoices)] for i in range(index % 3 + 1)}
        parts = tuple(
            (one.id, max(1, one.total_minor * share // 100))
            for one in sorted(chosen, key=lambda one: one.id)
        )
        asked = command(self.customer, parts=parts, **more)
        self.attempts.append(start(self.business, asked, by=SYSTEM, at=AT))

    def pay(self, index, share):
        if self.invoices:
            self._start(index, min(share, 100))

    def pay_more(self, index, share):
        if self.invoices:
            self._start(index, min(share, 60), amount_minor=500_000)

    def slow(self, index, share):
        if self.invoices:
            self._start(index, share, source="slow")

    def _settle(self, index, outcome):
        if self.attempts:
            one = self.attempts[index % len(self.attempts)]
            said = outcome(encode("pay", one.id), one)
            settle(self.business, [AttemptOutcome(one.id, said)], at=AT, by=SYSTEM)

    def bring(self, index, share):
        self._settle(index, lambda reference, one: succeeded(reference, one.amount))

    late = bring

    def fail(self, index, share):
        self._settle(index, lambda reference, _: failed(reference))

    def credit(self, index, share):
        if self.invoices:
            one = self.invoices[index % len(self.invoices)]
            credit_note(self.business, self.customer, line(str(share)), invoice_id=one.id)

    def free(self, index, share):
        credit_note(self.business, self.customer, line(str(share), tax="7"))

    def use(self, index, share):
        if self.invoices:
            one = self.invoices[index % len(self.invoices)]
            apply_to_invoice(self.business, self.customer, one.id, at=AT)

    def use_all(self, index, share):
        apply_to_open(self.business, self.customer, "EUR", at=AT)

    def by_hand(self, index, share):
        businesses.change(self.business, {"applies_credit": False})

    def by_itself(self, index, share):
        businesses.change(self.business, {"applies_credit": True})

    def void(self, index, share):
        if self.invoices:
            one = self.invoices[index % len(self.invoices)]
            issue_invoices.void(self.business, one.id, at=AT, by=SYSTEM)


@given(steps=STEPS)
@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_any_story_keeps_the_books(business, customer, gateway, steps):
    """One business for all stories: each begins where the last one left the books."""
    story = Story(business, customer)
    story.issue(1, 100)
    for step in steps:
        story.step(*step)
        assert violations(business) == {}


@pytest.mark.parametrize("name", PROOFS)
def test_the_proofs_are_silent_on_a_quiet_business(business, customer, issued, gateway, name):
    issued()
    with reading(business):
        assert execute(PROOFS[name], {"b": business}) == []


SABOTAGE = {
    "an invoice covered beyond its total": "UPDATE receivables_openitem SET paid_minor = 1",
    "a credit applied beyond itself": "UPDATE receivables_credit SET applied_minor = 1",
    "a receivable account that differs from the open items": (
        "UPDATE receivables_openitem SET total_minor = total_minor + 1"
    ),
    "a customer's credit that differs from the credits": (
        "UPDATE receivables_credit SET total_minor = total_minor + 1"
    ),
    "a kept balance that differs from its postings": (
        "UPDATE ledger_balance SET balance_minor = balance_minor + 1"
    ),
    "money captured that is not booked for its gateway": (
        "UPDATE payments_attempt SET amount_minor = amount_minor + 1"
    ),
    "an entry without postings": (
        "INSERT INTO ledger_journalentry (business_id, id, kind, source_id, idempotency_key, "
        "occurred_at, posted_at, memo) SELECT business_id, gen_random_uuid(), kind, source_id, "
        "'planted', occurred_at, posted_at, memo FROM ledger_journalentry LIMIT 1"
    ),
    "an open claim of an attempt that is over, or none of one that runs": (
        "UPDATE receivables_claim SET freed_at = NULL"
    ),
}


@pytest.mark.parametrize("name", PROOFS)
def test_the_proofs_see(business, customer, issued, gateway, addresses, name):
    story = Story(business, customer)
    story.issue(1, 100)
    story.issue(1, 100)
    story.pay(0, 100)
    story.free(0, 10)
    assert violations(business) == {}

    with db.connect(addresses.owner_url) as owner:
        owner.execute(SABOTAGE[name])

    assert name in violations(business)
