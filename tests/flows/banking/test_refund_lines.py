"""Refunds by hand on our bank's statement: what leaves, what comes back, nothing booked twice."""

from datetime import date

import pytest

from counterfoil.domain.insights.proofs import prove
from counterfoil.domain.payments import queries as payments
from counterfoil.domain.payments.states import ByHand
from counterfoil.domain.reconciliation import queries, refund_lines
from counterfoil.domain.reconciliation.operations import NotWaiting
from counterfoil.domain.reconciliation.refund_lines import RefundShown
from counterfoil.flows.banking import import_statement, match_refunds
from counterfoil.flows.refunds import refund_by_hand
from counterfoil.flows.refunds.refund_by_hand import NotByHand
from counterfoil.infra.db import reading
from counterfoil.kernel.actor import SYSTEM
from counterfoil.kernel.errors import NotFound
from factories.bank_files import Booking, statement
from factories.businesses import AT
from factories.payments import pay
from factories.refunds import by_hand, by_transfer
from flows.banking.test_take_offline import hand_over
from ledger_text import counts, events, trial_balance

TODAY = AT.date()
OURS = "bank:Main Bank DE89370400440532013000"
UNDERWAY = "in_transit:Main Bank DE89370400440532013000"


def bring_in(business, *bookings):
    plan = import_statement.preview(business, statement(*bookings))
    done = import_statement.apply(business, plan, at=AT, by=SYSTEM)
    told = [str(one.state) for one in plan.decisions]
    return done, told


def left(amount="-10.00", text="", ref="OUT-1", **more):
    return Booking(amount, text, ref=ref, on=TODAY, **more)


def state(business, refund):
    with reading(business):
        return payments.refund(business, refund.id).state


def line(business, place=0):
    """The last imported, or one before it."""
    with reading(business):
        found = sorted(queries.lines(business), key=lambda one: one.id, reverse=True)
    return found[place]


def offers(business, place=0):
    found = line(business, place)
    with reading(business):
        return [
            (one.refund_id, one.attempt_id, one.is_named)
            for one in refund_lines.offers(business, found)
        ]


@pytest.fixture
def paid(business, customer, issued):
    return by_transfer(business, customer, "110.00", issued())


def test_its_reference_settles_a_transfer_that_nobody_has_said_to_be_sent(business, paid):
    refund = by_hand(business, paid, 1_000)
    file = left(text=f"Refund {refund.transfer_ref[:6]} {refund.transfer_ref[6:]}")

    for _ in range(2):
        done, told = bring_in(business, file)

    assert (done.already, told) == (1, [])
    assert state(business, refund) == "succeeded"
    assert trial_balance(business) == {OURS: 100, "revenue": -100}
    assert events(business).count("refund.succeeded") == 1
    found = line(business)
    assert (found.state, found.refund_id, found.attempt_id) == ("settled", refund.id, paid)
    assert prove(business).holds


def test_what_was_said_to_be_sent_is_closed_by_its_line(business, paid):
    refund = by_hand(business, paid, 1_000)
    refund_by_hand.confirm_sent(business, refund.id, TODAY, at=AT, by=SYSTEM)
    assert trial_balance(business)[UNDERWAY] == -10

    bring_in(business, left(text=refund.transfer_ref.lower()))

    assert trial_balance(business) == {OURS: 100, "revenue": -100}
    assert events(business).count("refund.succeeded") == 1
    assert prove(business).holds


@pytest.mark.parametrize("amount", ["-10.01", "10.00"])
def test_its_reference_over_another_amount_or_the_other_way_waits(business, paid, amount):
    refund = by_hand(business, paid, 1_000)
    bring_in(business, left(amount, refund.transfer_ref))
    assert (line(business).state, line(business).problem) == ("waiting", "refund_differs")
    assert state(business, refund) == "pending"
    assert prove(business).holds


def test_the_same_amount_without_a_reference_waits_for_a_person(business, paid):
    refund = by_hand(business, paid, 1_000)
    done, told = bring_in(business, left(text="thanks", name="Somebody"))
    assert (done.waiting, told) == (1, ["waiting"])
    assert line(business).problem == "maybe_refund"
    assert offers(business) == [(refund.id, paid, False)]

    match_refunds.match(business, line(business).id, refund.id, at=AT, by=SYSTEM)

    assert state(business, refund) == "succeeded"
    assert trial_balance(business) == {OURS: 100, "revenue": -100}
    with pytest.raises(NotWaiting):
        match_refunds.match(business, line(business).id, refund.id, at=AT, by=SYSTEM)
    assert prove(business).holds


def test_a_line_that_comes_first_is_offered_as_a_refund_of_its_payer(business, paid):
    done, _ = bring_in(business, left("-10.00", "overpaid"), left("-99.00", ref="RENT"))
    assert (done.waiting, done.aside) == (1, 1)
    assert offers(business, place=1) == [(None, paid, False)]

    refund_id = match_refunds.record(business, line(business, 1).id, paid, at=AT, by=SYSTEM)

    with reading(business):
        row = payments.refund(business, refund_id)
    assert (row.state, row.method, row.amount_minor) == ("succeeded", "bank_transfer", 1_000)
    assert row.finished_at == AT
    assert trial_balance(business) == {OURS: 100, "revenue": -100}
    assert prove(business).holds


def test_money_that_was_put_aside_by_itself_can_be_the_refund_later(business, paid):
    bring_in(business, left("-30.00", name="Nobody"))
    assert line(business).state == "aside"
    refund = by_hand(business, paid, 3_000, method=ByHand.BANK_TRANSFER, on=TODAY)
    assert offers(business) == [(refund.id, paid, False)]

    match_refunds.match(business, line(business).id, refund.id, at=AT, by=SYSTEM)

    assert trial_balance(business) == {OURS: 80, "receivable:Alice": 20, "revenue": -100}
    assert prove(business).holds


def test_a_cheque_of_ours_is_closed_when_it_is_cashed(business, customer, paid):
    cheque = hand_over(business, customer)
    refund = by_hand(business, cheque, 2_000, method=ByHand.CHEQUE, on=TODAY)
    bring_in(business, left("-20.00", "CHQ 123", name=""))
    assert offers(business) == [(refund.id, cheque, False)]
    match_refunds.match(business, line(business).id, refund.id, at=AT, by=SYSTEM)
    assert "in_transit:Cheques and cash" not in trial_balance(business)
    assert prove(business).holds


def test_two_lines_are_not_one_refund(business, paid):
    refund = by_hand(business, paid, 1_000)
    bring_in(business, left(text=refund.transfer_ref), left(text=refund.transfer_ref, ref="OUT-2"))
    assert sorted(one.state for one in (line(business), line(business, 1))) == [
        "settled", "waiting",
    ]  # fmt: skip
    second = next(one for one in (line(business), line(business, 1)) if one.state == "waiting")
    with pytest.raises(RefundShown):
        match_refunds.match(business, second.id, refund.id, at=AT, by=SYSTEM)
    assert prove(business).holds


def test_a_transfer_that_bounces_is_the_customers_credit(business, paid):
    refund = by_hand(business, paid, 4_000)
    bring_in(business, left("-40.00", refund.transfer_ref))
    bring_in(business, left("40.00", f"RETURN {refund.transfer_ref}", ref="BACK"))

    assert state(business, refund) == "returned"
    assert trial_balance(business) == {
        OURS: 110, "customer_credit:Alice": -40, "receivable:Alice": 30, "revenue": -100,
    }  # fmt: skip
    assert prove(business).holds


def test_it_leaves_and_comes_back_in_one_file(business, paid):
    refund = by_hand(business, paid, 1_000)
    bring_in(
        business,
        left("-10.00", refund.transfer_ref),
        left("10.00", refund.transfer_ref, ref="BACK"),
    )
    assert state(business, refund) == "returned"
    assert trial_balance(business) == {OURS: 110, "customer_credit:Alice": -10, "revenue": -100}
    assert prove(business).holds


def test_money_that_bounces_without_a_word_is_offered(business, paid):
    refund = by_hand(business, paid, 1_000)
    bring_in(business, left(text=refund.transfer_ref))
    bring_in(business, left("10.00", "account closed", ref="BACK"))
    assert offers(business) == [(refund.id, paid, False)]
    match_refunds.match(business, line(business).id, refund.id, at=AT, by=SYSTEM)
    assert state(business, refund) == "returned"
    assert prove(business).holds


def test_a_wrong_match_is_taken_off_and_the_refund_is_on_its_way_again(business, paid):
    refund = by_hand(business, paid, 1_000)
    refund_by_hand.confirm_sent(business, refund.id, TODAY, at=AT, by=SYSTEM)
    bring_in(business, left(text="rent"))
    found = line(business)
    for _ in range(2):
        match_refunds.match(business, found.id, refund.id, at=AT, by=SYSTEM)
        match_refunds.unmatch(business, found.id, at=AT, by=SYSTEM)
        assert trial_balance(business) == {OURS: 110, UNDERWAY: -10, "revenue": -100}
        assert prove(business).holds
    assert (line(business).state, state(business, refund)) == ("waiting", "succeeded")
    with pytest.raises(NotByHand):
        match_refunds.unmatch(business, found.id, at=AT, by=SYSTEM)
    match_refunds.take_back(business, refund.id, at=AT, by=SYSTEM)
    assert trial_balance(business) == {OURS: 110, "customer_credit:Alice": -10, "revenue": -100}
    assert prove(business).holds


def test_what_the_bank_has_shown_is_not_taken_back_by_a_word(business, paid):
    refund = by_hand(business, paid, 1_000)
    bring_in(business, left(text=refund.transfer_ref))
    before = counts(business)
    with pytest.raises(RefundShown):
        match_refunds.take_back(business, refund.id, at=AT, by=SYSTEM)
    assert counts(business) == before


def test_one_that_was_withdrawn_and_went_all_the_same_is_booked_by_a_person(business, paid):
    refund = by_hand(business, paid, 1_000)
    refund_by_hand.withdraw(business, refund.id, at=AT, by=SYSTEM)
    bring_in(business, left(text=refund.transfer_ref))
    assert line(business).state == "waiting"
    assert offers(business) == [(refund.id, paid, True), (None, paid, False)]
    match_refunds.match(business, line(business).id, refund.id, at=AT, by=SYSTEM)
    assert state(business, refund) == "succeeded"
    assert prove(business).holds


def test_one_that_was_withdrawn_and_given_again_is_not_booked_beyond_the_payment(business, paid):
    refund = by_hand(business, paid)
    refund_by_hand.withdraw(business, refund.id, at=AT, by=SYSTEM)
    by_hand(business, paid, method=ByHand.CASH, on=TODAY)
    bring_in(business, left("-110.00", refund.transfer_ref))
    before = counts(business)
    with pytest.raises(NotByHand):
        match_refunds.match(business, line(business).id, refund.id, at=AT, by=SYSTEM)
    assert counts(business) == before
    assert prove(business).holds


def test_a_payment_at_a_gateway_does_not_leave_by_our_bank(business, customer, issued, gateway):
    card = pay(business, issued())
    by_transfer(business, customer, "1.00")
    bring_in(business, left("-50.00", name="Nobody"))
    with pytest.raises(NotFound):
        match_refunds.record(business, line(business).id, card.id, at=AT, by=SYSTEM)


def test_a_day_before_it_was_recorded_is_the_day_it_moved(business, paid):
    refund = by_hand(business, paid, 1_000)
    bring_in(business, Booking("-10.00", refund.transfer_ref, ref="O", on=date(2026, 2, 28)))
    with reading(business):
        assert payments.refund(business, refund.id).finished_at.date() == date(2026, 2, 28)


def test_a_line_is_not_taken_for_a_refund_of_another_amount(business, paid):
    refund = by_hand(business, paid, 500)
    bring_in(business, left("-10.00", "thanks"))
    before = counts(business)
    with pytest.raises(NotByHand):
        match_refunds.match(business, line(business).id, refund.id, at=AT, by=SYSTEM)
    assert counts(business) == before
