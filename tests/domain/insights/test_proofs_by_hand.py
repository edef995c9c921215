"""The proofs of refunds that the business gives back itself: honest ones hold, lies are found."""

import pytest

from counterfoil.domain.insights.proofs import prove
from counterfoil.domain.payments.states import ByHand
from counterfoil.domain.reconciliation.queries import lines
from counterfoil.flows.banking import import_statement, match_refunds
from counterfoil.infra.db import reading
from counterfoil.kernel.actor import SYSTEM
from domain.insights.test_proofs import owner, without_triggers  # noqa: F401  a fixture
from factories.bank_files import Booking, statement
from factories.businesses import AT
from factories.refunds import by_hand, by_transfer

LINES = "each bank line is a payment, waits or was put aside"
BANKS = "bank accounts in the books are their settled lines"
BOOKED = "each refund stands in the books once"
TRANSIT = "gateways hold, and have sent us, what the books say"

LIES = {
    "a refund that its line can't be": (
        "UPDATE payments_refund SET state = 'pending' WHERE business_id = %(b)s "
        "AND id = (SELECT refund_id FROM reconciliation_bankline WHERE refund_id IS NOT NULL)",
        {LINES, BOOKED, TRANSIT},
    ),
    "a line of one cent more": (
        "UPDATE reconciliation_bankline SET amount_minor = amount_minor - 1 "
        "WHERE business_id = %(b)s AND refund_id IS NOT NULL",
        {LINES, BANKS, TRANSIT},
    ),
    "a line that is no refund after all": (
        "UPDATE reconciliation_bankline SET refund_id = NULL, refund_was = '', "
        "state = 'aside', problem = 'x' "
        "WHERE business_id = %(b)s AND refund_id IS NOT NULL",
        {BANKS, TRANSIT},
    ),
    "cash that came from what is on its way": (
        "UPDATE payments_refund SET method = 'cheque' "
        "WHERE business_id = %(b)s AND method = 'cash'",
        {BOOKED, TRANSIT},
    ),
    "by hand, and booked at a gateway": (
        "UPDATE ledger_account SET kind = 'clearing' "
        "WHERE business_id = %(b)s AND kind = 'in_transit'",
        {BOOKED, TRANSIT},
    ),
    "on the statement, and not in the books": (
        "UPDATE ledger_journalentry SET kind = 'gift' "
        "WHERE business_id = %(b)s AND kind = 'refund_cleared'",
        {BANKS},
    ),
    "not sent after all, and the books keep silent": (
        "UPDATE ledger_journalentry SET kind = 'gift' "
        "WHERE business_id = %(b)s AND kind = 'refund_unsent'",
        {BOOKED},
    ),
    "oftener not sent than the books say": (
        "UPDATE payments_refund SET unsent_times = unsent_times + 1 "
        "WHERE business_id = %(b)s AND method <> ''",
        {BOOKED},
    ),
}


@pytest.fixture
def handed(business, customer, issued):
    """A refund that our bank has shown, one that is on its way, one in cash, and one to be sent,
    which a line was taken for that was another's."""
    paid = by_transfer(business, customer, "110.00", issued())
    shown = by_hand(business, paid, 1_000)
    by_hand(business, paid, 700, method=ByHand.BANK_TRANSFER, on=AT.date())
    by_hand(business, paid, 500, method=ByHand.CASH, on=AT.date())
    unsent = by_hand(business, paid, 300)
    file = statement(
        Booking("-10.00", shown.transfer_ref), Booking("-3.00", unsent.transfer_ref, ref="WRONG")
    )
    plan = import_statement.preview(business, file)
    import_statement.apply(business, plan, at=AT, by=SYSTEM)
    with reading(business):
        wrong = next(one for one in lines(business) if one.refund_id == unsent.id)
    match_refunds.unmatch(business, wrong.id, at=AT, by=SYSTEM)
    return business


def broken(business):
    found = {one.invariant for one in prove(business).findings if not one.holds}
    return found & {LINES, BANKS, BOOKED, TRANSIT}


def test_honest_ones_hold(handed):
    assert prove(handed).holds


@pytest.mark.parametrize("name", LIES)
def test_each_lie_is_found(handed, owner, name):  # noqa: F811
    statement_, invariants = LIES[name]
    with without_triggers(owner):
        owner.execute(statement_, {"b": handed})
    assert broken(handed) == invariants
