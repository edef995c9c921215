"""Refunds that the business gives back itself, in races: said twice, and while a line tells."""

import pytest

from counterfoil.domain.insights.proofs import prove
from counterfoil.domain.payments import queries as payments
from counterfoil.domain.payments.states import ByHand
from counterfoil.domain.reconciliation import queries
from counterfoil.flows.banking import import_statement, match_refunds
from counterfoil.flows.refunds import refund_by_hand
from counterfoil.infra.db import execute, reading, run
from counterfoil.kernel.actor import SYSTEM
from factories import database as db
from factories.bank_files import Booking, statement
from factories.businesses import AT
from factories.refunds import by_hand, by_transfer
from ledger_text import events, trial_balance
from races.racing import kinds, race

TODAY = AT.date()
OURS = "bank:Main Bank DE89370400440532013000"
UNDERWAY = "in_transit:Main Bank DE89370400440532013000"


@pytest.fixture
def paid(business, customer, issued):
    return by_transfer(business, customer, "110.00", issued())


def bring_in(business, *bookings):
    plan = import_statement.preview(business, statement(*bookings))
    return import_statement.apply(business, plan, at=AT, by=SYSTEM)


def lines(business):
    with reading(business):
        return [one for one in queries.lines(business) if one.amount_minor < 0]


def test_two_of_staff_give_more_than_is_left_and_one_does(business, paid, turn):
    results = race(
        lambda: by_hand(business, paid, 6_000),
        lambda: by_hand(business, paid, 6_000, method=ByHand.CASH, on=TODAY),
    )
    assert kinds(results) == ["RefundTooHigh", "ok"]
    assert prove(business).holds


def test_sent_against_withdrawn(business, paid, turn):
    refund = by_hand(business, paid, 1_000)
    results = race(
        lambda: refund_by_hand.confirm_sent(business, refund.id, TODAY, at=AT, by=SYSTEM),
        lambda: refund_by_hand.withdraw(business, refund.id, at=AT, by=SYSTEM),
    )
    assert kinds(results) == ["NotByHand", "ok"]
    assert prove(business).holds


def test_said_to_be_sent_while_its_line_comes_in_twice(business, paid, turn):
    refund = by_hand(business, paid, 1_000)
    file = Booking("-10.00", refund.transfer_ref, ref="OUT")
    race(
        lambda: refund_by_hand.confirm_sent(business, refund.id, TODAY, at=AT, by=SYSTEM),
        lambda: bring_in(business, file),
        lambda: bring_in(business, file),
    )
    assert events(business).count("refund.succeeded") == 1
    assert trial_balance(business) == {OURS: 100, "revenue": -100}
    assert prove(business).holds


def test_withdrawn_while_its_line_comes_in(business, paid, turn):
    """The line is a fact: it settles the refund, or waits for a person to say that it went."""
    refund = by_hand(business, paid, 1_000)
    race(
        lambda: refund_by_hand.withdraw(business, refund.id, at=AT, by=SYSTEM),
        lambda: bring_in(business, Booking("-10.00", refund.transfer_ref, ref="OUT")),
    )
    (line,) = lines(business)
    with reading(business):
        state = payments.refund(business, refund.id).state
    assert (state, line.state) in [("succeeded", "settled"), ("cancelled", "waiting")]
    assert prove(business).holds


def taken_for(business, paid):
    """A refund that a wrong line alone made sent, that line, and another over the same amount."""
    refund, (first, second) = two_lines(business, paid)
    match_refunds.match(business, first, refund.id, at=AT, by=SYSTEM)
    return refund, first, second


def stands(business, refund):
    with reading(business):
        return payments.refund(business, refund.id).state


def test_a_wrong_line_is_taken_off_by_two(business, paid, turn):
    refund, wrong, _ = taken_for(business, paid)
    results = race(*[lambda: match_refunds.unmatch(business, wrong, at=AT, by=SYSTEM)] * 2)
    assert kinds(results) == ["NotByHand", "ok"]
    assert stands(business, refund) == "pending"
    assert events(business).count("refund.not_sent") == 1
    assert prove(business).holds


def test_a_wrong_line_is_taken_off_while_the_right_one_is_matched(business, paid, turn):
    refund, wrong, right = taken_for(business, paid)
    off, on = race(
        lambda: match_refunds.unmatch(business, wrong, at=AT, by=SYSTEM),
        lambda: match_refunds.match(business, right, refund.id, at=AT, by=SYSTEM),
    )
    assert kinds([off]) == ["ok"]
    expected = {"ok": "succeeded", "RefundShown": "pending"}
    assert stands(business, refund) == expected[kinds([on])[0]]
    assert prove(business).holds


def test_a_wrong_line_is_taken_off_while_a_line_says_that_it_came_back(business, paid, turn):
    refund, wrong, _ = taken_for(business, paid)
    back = Booking("10.00", refund.transfer_ref, ref="BACK")
    off, _done = race(
        lambda: match_refunds.unmatch(business, wrong, at=AT, by=SYSTEM),
        lambda: bring_in(business, back),
    )
    expected = {"ok": "pending", "NotByHand": "returned"}
    assert stands(business, refund) == expected[kinds([off])[0]]
    assert prove(business).holds


def test_a_wrong_line_is_taken_off_while_staff_give_it_up(business, paid, turn):
    """Withdrawn it can be once it is not sent any more; that it came back nobody can say of what a
    line shows, and what is to be sent can't come back."""
    refund, wrong, _ = taken_for(business, paid)
    off, withdrawn, back = race(
        lambda: match_refunds.unmatch(business, wrong, at=AT, by=SYSTEM),
        lambda: refund_by_hand.withdraw(business, refund.id, at=AT, by=SYSTEM),
        lambda: match_refunds.take_back(business, refund.id, at=AT, by=SYSTEM),
    )
    assert kinds([off]) == ["ok"]
    assert kinds([back])[0] in ("RefundShown", "NotByHand")
    expected = {"ok": "cancelled", "NotByHand": "pending"}
    assert stands(business, refund) == expected[kinds([withdrawn])[0]]
    assert prove(business).holds


def two_lines(business, paid):
    refund = by_hand(business, paid, 1_000)
    bring_in(business, Booking("-10.00", "a", ref="O1"), Booking("-10.00", "b", ref="O2"))
    return refund, [one.id for one in lines(business)]


def test_two_lines_for_one_refund(business, paid, turn):
    refund, found = two_lines(business, paid)
    results = race(
        *(
            lambda one=one: match_refunds.match(business, one, refund.id, at=AT, by=SYSTEM)
            for one in found
        )
    )
    assert kinds(results) == ["RefundShown", "ok"]
    assert trial_balance(business) == {OURS: 100, "revenue": -100}
    assert prove(business).holds


def test_one_line_recorded_twice(business, paid, turn):
    bring_in(business, Booking("-10.00", "overpaid", ref="OUT"))
    (line,) = lines(business)
    results = race(*[lambda: match_refunds.record(business, line.id, paid, at=AT, by=SYSTEM)] * 2)
    assert kinds(results) == ["NotWaiting", "ok"]
    with reading(business):
        assert len(payments.refunds_of(business, [paid])) == 1
    assert prove(business).holds


def test_without_the_look_the_index_alone_holds_one_line_for_one_refund(
    business, paid, monkeypatch
):
    refund, found = two_lines(business, paid)
    monkeypatch.setattr(match_refunds.refund_lines, "lines_of", lambda *_: {})
    results = [
        _said(lambda one=one: match_refunds.match(business, one, refund.id, at=AT, by=SYSTEM))
        for one in found
    ]
    assert results == ["ok", "RefundShown"]
    assert prove(business).holds


def test_without_either_the_proofs_see_it(business, paid, addresses, monkeypatch):
    """The control: with its guards off a refund leaves twice, and `verify` says so."""
    refund, found = two_lines(business, paid)
    monkeypatch.setattr(match_refunds.refund_lines, "lines_of", lambda *_: {})
    index = "reconciliation_refund_leaves_once"
    with db.connect(addresses.owner_url) as owner:
        (made,) = owner.execute(
            "SELECT indexdef FROM pg_indexes WHERE indexname = %s", [index]
        ).fetchone()
        owner.execute(f"DROP INDEX {index}")
        try:
            for one in found:
                match_refunds.match(business, one, refund.id, at=AT, by=SYSTEM)
            assert not prove(business).holds
        finally:
            owner.execute("TRUNCATE reconciliation_bankline CASCADE")
            owner.execute(made)


def _said(call):
    try:
        call()
    except Exception as problem:
        return type(problem).__name__
    return "ok"


@pytest.mark.parametrize(
    ("change", "guard"),
    [
        ("method = 'gold'", "payments_refund_method"),
        ("method = ''", "payments_refund_transfer_named"),
        ("transfer_ref = ''", "payments_refund_transfer_named"),
        ("next_check_at = now()", "payments_refund_by_hand_asks_nobody"),
        ("is_ours = false", "payments_refund_by_hand_asks_nobody"),
        ("transfer_ref = 'REFSAME'", "payments_refund_transfer_once"),
    ],
)
def test_the_database_refuses_what_can_not_be(business, paid, change, guard):
    by_hand(business, paid, 1_000)
    by_hand(business, paid, 1_000)
    sql = f"UPDATE payments_refund SET {change} WHERE business_id = %(b)s::uuid"
    with pytest.raises(Exception, match=guard):
        run(business, lambda: execute(sql, {"b": business}))


def test_a_line_is_one_thing_only(business, paid):
    refund, (first, _second) = two_lines(business, paid)
    match_refunds.match(business, first, refund.id, at=AT, by=SYSTEM)
    sql = """UPDATE reconciliation_bankline SET attempt_id = %(paid)s::uuid
             WHERE business_id = %(b)s::uuid AND refund_id IS NOT NULL"""
    with pytest.raises(Exception, match="reconciliation_"):
        run(business, lambda: execute(sql, {"b": business, "paid": paid}))
