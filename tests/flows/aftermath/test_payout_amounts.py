"""Payouts of odd amounts: of nothing, explained bit by bit, and in other words on the statement."""

import pytest

from counterfoil.kernel.ports.gateways.payouts import MovementKind, PayoutStage
from factories.bank_files import add_account
from factories.businesses import AT
from factories.payments import pay
from factories.refunds import refund
from flows.aftermath import test_payouts as payouts
from flows.aftermath.test_payouts import bank, below, below_zero, charged, euro, moved, only
from ledger_text import broken, counts, trial_balance

account, paid_out = payouts.account, payouts.paid_out


@pytest.mark.parametrize("fee", [0, 320])
def test_a_payout_of_nothing_is_read_and_over_at_once(
    business,
    issued,
    gateway,
    paid_out,
    account,
    fee,
):
    """What came in and what was refunded, with their fees, come to nothing: nothing is sent."""
    payment, other = pay(business, issued()), pay(business, issued())
    gave = refund(business, payment, 10_000 - fee)
    told = paid_out(
        charged(payment, fee=fee),
        moved(
            MovementKind.REFUND, fee - 10_000, source=gave.gateway_ref, charge=payment.gateway_ref
        ),
    )
    assert told.amount == euro(0)
    found = only(business)
    assert (found.state, found.line_count, found.suspense_minor) == ("arrived", 2, 0)
    balance = trial_balance(business)
    assert balance["clearing:scripted"] == 100  # the other payment
    assert balance.get("gateway_fees:scripted", 0) == euro(fee).decimal
    assert broken(business) == []

    before = counts(business)
    paid_out(charged(payment, fee=fee), amount=0, stage=PayoutStage.PAID)
    assert counts(business) == before
    paid_out(charged(other), ref="po_2")
    assert "clearing:scripted" not in trial_balance(business)


def test_a_movement_that_is_explained_bit_by_bit_is_booked_each_time(
    business, issued, gateway, paid_out, account, monkeypatch
):
    """Two bits of the same amount: both leave suspense."""
    from counterfoil.domain.reconciliation.payout_rows import Matched, Ours
    from counterfoil.flows.aftermath import read_payouts

    paid_out(moved(MovementKind.CHARGE, 10_000, charge="ch_strange"))
    assert only(business).suspense_minor == 10_000
    for booked in (5_000, 10_000):
        ours = Ours(booked_minor=booked, problem="" if booked == 10_000 else "amount_differs")
        monkeypatch.setattr(
            read_payouts, "match", lambda rows, _, ours=ours: [Matched(one, ours) for one in rows]
        )
        read_payouts.explain_account(business, account, at=AT)
    assert only(business).suspense_minor == 0
    assert "suspense:scripted" not in trial_balance(business)


def test_money_that_left_in_the_words_of_a_payout_waits_if_it_is_another_amount(
    business, issued, gateway, paid_out
):
    add_account(business)
    told = below_zero(business, issued, gateway, paid_out)
    answer = bank(business, told, amount=-4_000)
    assert (answer.waiting, answer.aside, answer.settled) == (1, 0, 0)
    assert below(business).state == "in_transit"
