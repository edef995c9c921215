"""Payouts: what a transfer to our bank pays adds up to it, to the minor unit."""

from datetime import UTC, datetime, timedelta

import pytest

from adapters.gateways.contract.play import paid
from counterfoil.kernel.errors import Unavailable
from counterfoil.kernel.ports.gateways.capabilities import Capability
from counterfoil.kernel.ports.gateways.payouts import MovementKind

CAPABILITY = Capability.PAYOUTS
SINCE = datetime(2020, 1, 1, tzinfo=UTC)


def test_the_nets_of_each_payout_come_to_its_amount(gateway, counterpart, account, amount):
    charges = {paid(counterpart, account, amount).gateway_ref for _ in range(2)}
    counterpart.pay_out()

    payouts = list(gateway.payouts(account, since=SINCE))
    assert payouts
    found = set()
    for payout in payouts:
        moved = list(gateway.movements(account, payout.gateway_ref))
        assert len({one.gateway_ref for one in moved}) == len(moved)
        assert all(one.net == one.gross - one.fee for one in moved)
        assert all(one.gross.minor == 0 for one in moved if one.kind is MovementKind.FEE)
        assert sum(one.net.minor for one in moved) == payout.amount.minor
        assert {one.net.currency for one in moved} == {payout.amount.currency}
        found |= {one.charge for one in moved if one.kind is MovementKind.CHARGE}
    assert charges <= found


def test_a_movement_names_the_charge_behind_it(gateway, counterpart, account, amount):
    ended = paid(counterpart, account, amount)
    counterpart.pay_out()

    moved = [
        one
        for payout in gateway.payouts(account, since=SINCE)
        for one in gateway.movements(account, payout.gateway_ref)
        if one.charge == ended.gateway_ref and one.kind is not MovementKind.FEE
    ]
    assert [(one.kind, one.gross) for one in moved] == [(MovementKind.CHARGE, amount)]


def test_only_payouts_since_then_are_told_newest_first(gateway, counterpart, account, amount):
    paid(counterpart, account, amount)
    counterpart.pay_out()
    payouts = list(gateway.payouts(account, since=SINCE))
    made = [payout.created_at for payout in payouts]
    assert made == sorted(made, reverse=True)
    assert list(gateway.payouts(account, since=made[0] + timedelta(days=1))) == []


def test_payouts_that_can_not_be_asked_for_are_unavailable(gateway, counterpart, line, account):
    line.close()
    with pytest.raises(Unavailable):
        list(gateway.payouts(account, since=SINCE))
