"""Money that came without a gateway goes back without one: the business sends it, and says so."""

from datetime import timedelta

import pytest

from counterfoil.domain.insights import work
from counterfoil.domain.insights.proofs import prove
from counterfoil.domain.payments import queries as payments
from counterfoil.domain.payments.refund_outcomes import RefundTold
from counterfoil.domain.payments.refunds import RefundTooHigh
from counterfoil.domain.payments.states import ByHand
from counterfoil.domain.receivables import queries as receivables
from counterfoil.flows.refunds import refund_by_hand
from counterfoil.flows.refunds.refund_by_hand import Handed, NotByHand
from counterfoil.flows.refunds.refund_payment import MovedByGateway, RefundCommand, start
from counterfoil.flows.refunds.resolve_refund import resolve, sweep
from counterfoil.flows.refunds.settle_refund import settle_refunds
from counterfoil.infra.db import reading
from counterfoil.kernel.actor import SYSTEM
from counterfoil.kernel.errors import InvalidInput, NotFound
from counterfoil.kernel.ports.gateways.outcomes import Result
from factories.businesses import AT
from factories.gateways import refunded
from factories.payments import pay
from factories.refunds import by_hand, by_transfer
from flows.banking.test_take_offline import hand_over
from ledger_text import counts, events, journal, trial_balance

TODAY = AT.date()
OURS = "bank:Main Bank DE89370400440532013000"
UNDERWAY = "in_transit:Main Bank DE89370400440532013000"


def test_cash_that_was_handed_back_is_booked_at_once(business, customer, issued):
    invoice = issued()
    paid = hand_over(business, customer, invoice)

    found = by_hand(business, paid, 5_000, method=ByHand.CASH, on=TODAY, reference="Slip 7")

    assert (found.state, found.method, found.gateway_ref) == ("succeeded", "cash", "Slip 7")
    assert found.transfer_ref == ""
    assert trial_balance(business) == {
        "cash:Cheques and cash": 70, "receivable:Alice": 30, "revenue": -100,
    }  # fmt: skip
    assert events(business)[-2:] == ["refund.succeeded", "invoice.reopened"]
    assert prove(business).holds


def test_a_transfer_is_first_to_be_sent_and_moves_nothing(business, customer, issued):
    invoice = issued()
    paid = by_transfer(business, customer, "110.00", invoice)
    before = trial_balance(business)

    found = by_hand(business, paid, 1_000)

    assert (found.state, found.method) == ("pending", "bank_transfer")
    assert found.transfer_ref.startswith("REF")
    assert len(found.transfer_ref) == 13
    assert trial_balance(business) == before
    assert events(business)[-1] == "refund.pending"
    with reading(business):
        row = receivables.payment(business, paid)
        (waits,) = work.work_list(business, today=TODAY, at=AT).refunds
    assert (row.refunding_minor, row.refundable_minor) == (1_000, 10_000)
    assert (waits.id, waits.method) == (found.id, "bank_transfer")
    with pytest.raises(RefundTooHigh):
        by_hand(business, paid, 10_001)
    assert prove(business).holds


def test_what_is_to_be_sent_covers_no_invoice_in_the_meantime(business, customer, issued):
    paid = by_transfer(business, customer, "110.00", issued())
    found = by_hand(business, paid, 700)

    issued()
    refund_by_hand.withdraw(business, found.id, at=AT, by=SYSTEM)
    issued()

    with reading(business):
        rows = receivables.open_items(business, customer, "EUR")
    assert sorted(one.paid_minor for one in rows) == [300, 700]
    assert prove(business).holds


def test_what_was_sent_is_on_its_way_until_the_bank_shows_it(business, customer, issued):
    paid = by_transfer(business, customer, "110.00", issued())
    found = by_hand(business, paid, 1_500)

    sent = refund_by_hand.confirm_sent(business, found.id, TODAY, at=AT, by=SYSTEM)

    assert (sent.state, sent.finished_at) == ("succeeded", AT)
    assert trial_balance(business) == {
        OURS: 110, UNDERWAY: -15, "receivable:Alice": 5, "revenue": -100,
    }  # fmt: skip
    assert prove(business).holds
    with pytest.raises(NotByHand):
        refund_by_hand.withdraw(business, found.id, at=AT, by=SYSTEM)
    with pytest.raises(NotByHand):
        refund_by_hand.confirm_sent(business, found.id, TODAY, at=AT, by=SYSTEM)
    assert events(business).count("refund.succeeded") == 1


def test_a_cheque_of_ours_goes_at_once_and_is_on_its_way(business, customer, issued):
    paid = hand_over(business, customer, issued())
    by_hand(business, paid, 2_000, method=ByHand.CHEQUE, on=TODAY, reference="000123")
    assert trial_balance(business) == {
        "cash:Cheques and cash": 120, "in_transit:Cheques and cash": -20, "revenue": -100,
    }  # fmt: skip
    assert prove(business).holds


def test_cash_for_a_payment_by_transfer_comes_from_the_till(business, customer, issued):
    paid = by_transfer(business, customer, "110.00", issued())
    by_hand(business, paid, 1_000, method=ByHand.CASH, on=TODAY)
    assert trial_balance(business) == {OURS: 110, "cash:Cheques and cash": -10, "revenue": -100}
    assert prove(business).holds


def test_one_that_was_withdrawn_moved_nothing_and_its_amount_is_free(business, customer, issued):
    paid = by_transfer(business, customer, "110.00", issued())
    found = by_hand(business, paid)

    gone = refund_by_hand.withdraw(business, found.id, at=AT, by=SYSTEM)

    assert (gone.state, gone.failure_code) == ("cancelled", "withdrawn")
    assert trial_balance(business) == {OURS: 110, "customer_credit:Alice": -10, "revenue": -100}
    assert events(business)[-1] == "refund.cancelled"
    assert by_hand(business, paid).amount_minor == 11_000
    assert prove(business).holds


def test_what_came_back_is_the_customers_credit(business, customer, issued):
    invoice = issued()
    paid = by_transfer(business, customer, "100.00", invoice)
    found = by_hand(business, paid, 4_000, method=ByHand.BANK_TRANSFER, on=TODAY)

    refund_by_hand.take_back(business, found.id, at=AT, by=SYSTEM)

    assert trial_balance(business) == {
        OURS: 100, "customer_credit:Alice": -40, "receivable:Alice": 40, "revenue": -100,
    }  # fmt: skip
    with reading(business):
        assert work.work_list(business, today=TODAY, at=AT).refunds == []
    with pytest.raises(NotByHand):
        refund_by_hand.take_back(business, found.id, at=AT, by=SYSTEM)
    assert prove(business).holds


def test_nobody_is_asked_about_it(business, customer, issued):
    paid = by_transfer(business, customer, "100.00", issued())
    found = by_hand(business, paid)
    assert sweep(business, at=AT + timedelta(days=30)) == 0
    assert resolve(business, found.id, at=AT + timedelta(days=30)) == found


def test_it_moved_on_the_day_that_it_was_sent(business, customer, issued):
    paid = hand_over(business, customer, issued())
    yesterday = TODAY - timedelta(days=1)
    found = by_hand(business, paid, method=ByHand.CASH, on=yesterday)
    assert found.finished_at.date() == yesterday
    assert f"\n{yesterday} refund_sent" in journal(business)


@pytest.mark.parametrize(
    "wrong",
    [
        {"method": ByHand.CASH},
        {"method": ByHand.CHEQUE},
        {"on": TODAY + timedelta(days=1)},
        {"on": TODAY - timedelta(days=90)},
        {"reference": "x" * 121},
    ],
)
def test_what_can_not_be_is_refused(business, customer, issued, wrong):
    paid = by_transfer(business, customer, "100.00", issued())
    before = counts(business)
    with pytest.raises(InvalidInput):
        by_hand(business, paid, **wrong)
    assert counts(business) == before


def test_a_form_sent_twice_is_one_refund(business, customer, issued):
    paid = by_transfer(business, customer, "100.00", issued())
    first = by_hand(business, paid, 1_000, form_key="one")
    assert by_hand(business, paid, 1_000, form_key="one").id == first.id
    with reading(business):
        assert len(payments.refunds_of(business, [paid])) == 1


def test_what_a_gateway_moves_is_not_given_by_hand(business, issued, gateway):
    payment = pay(business, issued())
    command = RefundCommand(payment.id, "one", None, "", Handed(ByHand.CASH, TODAY))
    with pytest.raises(MovedByGateway):
        start(business, command, by=SYSTEM, at=AT)
    found = start(business, RefundCommand(payment.id, "two", 1_000), by=SYSTEM, at=AT)
    for change in (refund_by_hand.withdraw, refund_by_hand.take_back):
        with pytest.raises(NotByHand):
            change(business, found.id, at=AT, by=SYSTEM)


def test_another_business_has_no_such_refund(business, other_business, customer, issued):
    paid = by_transfer(business, customer, "100.00", issued())
    found = by_hand(business, paid)
    with pytest.raises(NotFound):
        refund_by_hand.withdraw(other_business, found.id, at=AT, by=SYSTEM)


def test_an_order_that_a_gateway_took_is_not_withdrawn_by_its_silence(business, issued, gateway):
    """Only the business can say of its own transfer that it sent nothing."""
    payment = pay(business, issued())
    gateway.refund_answer = lambda request: refunded(request, result=Result.PROCESSING)
    found = start(business, RefundCommand(payment.id, "one", 1_000), by=SYSTEM, at=AT)
    told = RefundTold(found.id, refunded(gateway.refunds[0], result=Result.ABSENT))

    settle_refunds(business, [told], at=AT, by=SYSTEM)

    with reading(business):
        assert payments.refund(business, found.id).state == "pending"
    assert prove(business).holds
