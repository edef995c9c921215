"""The proofs over debits: they hold on mandates, debits and returns, and find what was planted."""

import pytest

from counterfoil.domain.business import operations as businesses
from counterfoil.domain.insights.proofs import prove
from counterfoil.domain.payments import mandates
from counterfoil.domain.payments.mandate_outcomes import MandateTold
from counterfoil.domain.payments.outcomes import AttemptOutcome
from counterfoil.domain.payments.rows import NewAttempt, NewMandate
from counterfoil.domain.receivables import operations as receivables
from counterfoil.flows.debits.settle_mandates import settle_mandates
from counterfoil.flows.settle_payment import settle
from counterfoil.infra.db import reading, run
from counterfoil.kernel.actor import SYSTEM
from counterfoil.kernel.ids import encode
from counterfoil.kernel.money import Money
from counterfoil.kernel.ports.gateways.charges import Outcome
from counterfoil.kernel.ports.gateways.mandates import MandateOutcome, MandateState
from counterfoil.kernel.ports.gateways.outcomes import Failure, FailureCode, Result
from factories import database as db
from factories.businesses import AT

RETURNS = "a payment that came back covers nothing and is booked once"
MANDATES = "debits were made on mandates while they stood"
CREDITS = "credits are applied as far as their allocations say"
SOURCES = "each credit note and paid attempt is a credit"
REFUNDS = "refunds stay within their payment"
GATEWAYS = "gateways hold, and have sent us, what the books say"
HISTORIES = "states were reached by legal moves"

PLANTED = {
    "a returned payment that is said to be paid": (
        "UPDATE payments_attempt SET state = 'succeeded' WHERE business_id = %(b)s",
        {RETURNS, REFUNDS, HISTORIES, GATEWAYS},
    ),
    "a return of one cent less": (
        "UPDATE payments_attempt SET amount_minor = amount_minor + 1 WHERE business_id = %(b)s",
        {RETURNS, SOURCES, "each paid attempt stands in the books once"},
    ),
    "what a returned payment still has": (
        "UPDATE receivables_credit SET refunded_minor = 0, applied_minor = 0 "
        "WHERE business_id = %(b)s",
        {REFUNDS, "unapplied credit is what the ledger owes customers"},
    ),
    "a debit after its mandate had ended": (
        "UPDATE payments_mandate SET ended_at = accepted_at - interval '1 second' "
        "WHERE business_id = %(b)s",
        {MANDATES},
    ),
    "a mandate that stands again": (
        "UPDATE payments_mandate SET state = 'active' WHERE business_id = %(b)s",
        {HISTORIES},
    ),
    "a debit on nobody's yes": (
        "UPDATE payments_mandate SET state = 'unknown' WHERE business_id = %(b)s",
        {MANDATES, HISTORIES},
    ),
}


@pytest.fixture
def books(business, customer, issued):
    """A debit that was paid, and came back with its mandate."""
    invoice = issued()
    account = _account(business)
    new = NewMandate(
        customer, account, "sepa_core", "HARROW-1", "Harrow", "DE98", "text", "en", "Alice", "", ""
    )

    def begin():
        from counterfoil.domain.payments import operations as payments

        mandate_id = mandates.begin_mandate(business, new, at=AT, by=SYSTEM)
        attempt = NewAttempt(
            customer_id=customer,
            gateway_account_id=account,
            amount=Money(10_000, "EUR"),
            form_key="form",
            mandate_id=mandate_id,
        )
        attempt_id = payments.begin_attempt(business, attempt, at=AT, by=SYSTEM)
        plan = [(invoice.id, 10_000)]
        receivables.take_claims(business, attempt_id, plan, at=AT, taken_by="Alice", by=SYSTEM)
        return mandate_id, attempt_id

    mandate_id, attempt_id = run(business, begin)
    stands = MandateOutcome("HARROW-1", MandateState.ACTIVE, "mdt_1")
    settle_mandates(business, [MandateTold(mandate_id, stands)], at=AT, by=SYSTEM)
    failure = Failure(FailureCode.DEBIT_CONTESTED, "sent back", bank_code="MD06")
    for result, why in ((Result.SUCCEEDED, None), (Result.RETURNED, failure)):
        told = Outcome(encode("pay", attempt_id), result, "ch_1", Money(10_000, "EUR"), failure=why)
        settle(business, [AttemptOutcome(attempt_id, told)], at=AT, by=SYSTEM)
    return business


def _account(business):
    from counterfoil.domain.payments import queries

    businesses.change(business, {"debit_schemes": ["sepa_core"]})
    with reading(business):
        return queries.active_accounts(business)[0].id


@pytest.fixture
def owner(addresses):
    with db.connect(addresses.owner_url) as connection:
        yield connection


def broken(business):
    return {finding.invariant for finding in prove(business).findings if not finding.holds}


def test_a_debit_that_came_back_holds(books):
    assert broken(books) == set()


@pytest.mark.parametrize("name", PLANTED)
def test_the_proofs_find(books, owner, name):
    planted, invariants = PLANTED[name]
    owner.execute(planted, {"b": books})
    assert broken(books) == invariants
