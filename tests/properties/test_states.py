"""Every illegal move of every machine is refused, in Python and where the state is stored."""

from itertools import product

import pytest
from tools.states import machines

from counterfoil.domain.payments.states import (
    ACCOUNT,
    ATTEMPT,
    CHARGEBACK,
    MANDATE,
    OPEN_REFUNDS,
    OPEN_STATES,
    REFUND,
    AccountState,
)
from counterfoil.domain.payments.states import AttemptState as A
from counterfoil.domain.payments.states import ChargebackState as C
from counterfoil.domain.payments.states import MandateState as M
from counterfoil.domain.payments.states import RefundState as R
from counterfoil.domain.reconciliation.states import PAYOUT
from counterfoil.kernel.states import IllegalMove

MACHINES = {machine.name: machine for machine in machines()}
MOVES = [
    (name, source, target)
    for name, machine in MACHINES.items()
    for source, target in product(machine.states(), repeat=2)
]


@pytest.mark.parametrize(("name", "source", "target"), MOVES)
def test_a_move_is_in_the_table_or_refused(name, source, target):
    machine = MACHINES[name]
    if target in machine.moves.get(source, frozenset()):
        machine.check(source, target)
    else:
        with pytest.raises(IllegalMove):
            machine.check(source, target)


def test_money_that_arrived_leaves_only_by_the_payers_bank():
    assert ATTEMPT.moves[A.SUCCEEDED] == {A.RETURNED}
    assert ATTEMPT.moves[A.RETURNED] == {A.SUCCEEDED}  # a debit that is paid after all


def test_money_that_arrives_is_always_taken():
    """From every state in which a gateway knows of the attempt."""
    sources = {state for state in A if ATTEMPT.allows(state, A.SUCCEEDED)}
    assert sources == set(A) - {A.CREATED, A.SUCCEEDED}


def test_open_states_are_those_without_a_proven_outcome():
    assert set(A) - {A.SUCCEEDED, A.FAILED, A.CANCELLED, A.RETURNED} == OPEN_STATES


def test_unknown_is_never_reached_from_a_proven_outcome():
    sources = {state for state in A if ATTEMPT.allows(state, A.UNKNOWN)}
    assert sources & {A.SUCCEEDED, A.FAILED, A.CANCELLED, A.RETURNED} == set()


def sources(machine, target):
    return {state for state in machine.states() if machine.allows(state, target)}


def test_an_attempt_is_under_way_until_its_end_is_proven():
    assert (ATTEMPT.begins_in, REFUND.begins_in) == (A.SUBMITTED, R.SUBMITTED)
    assert sources(ATTEMPT, A.SUBMITTED) == {A.CREATED, A.ACTION_REQUIRED}
    assert sources(ATTEMPT, A.ACTION_REQUIRED) == {A.SUBMITTED, A.UNKNOWN}
    assert sources(ATTEMPT, A.PROCESSING) == {A.SUBMITTED, A.ACTION_REQUIRED, A.UNKNOWN, A.FAILED}
    assert sources(ATTEMPT, A.UNKNOWN) == {A.SUBMITTED, A.ACTION_REQUIRED, A.PROCESSING}
    assert sources(ATTEMPT, A.FAILED) == OPEN_STATES - {A.CREATED}
    assert sources(ATTEMPT, A.CANCELLED) == OPEN_STATES


def test_a_gateway_account_is_paused_and_taken_up_again_and_noted_as_it_is():
    assert all(sources(ACCOUNT, state) == set(AccountState) for state in AccountState)


def test_a_refund_that_went_is_always_taken():
    """From every state in which a gateway, or a person, knows of it."""
    assert sources(REFUND, R.SUCCEEDED) == set(R) - {R.CREATED, R.SUCCEEDED, R.RETURNED}
    assert set(R) - {R.SUCCEEDED, R.FAILED, R.CANCELLED, R.RETURNED} == OPEN_REFUNDS


def test_a_refund_that_went_fails_no_more():
    """It comes back, or it was never sent; who hears nothing of it learns nothing."""
    assert sources(REFUND, R.SUBMITTED) == {R.CREATED}
    assert sources(REFUND, R.RETURNED) == {R.SUCCEEDED}
    assert sources(REFUND, R.FAILED) == OPEN_REFUNDS - {R.CREATED}
    assert sources(REFUND, R.CANCELLED) == OPEN_REFUNDS | {R.SUCCEEDED}
    assert sources(REFUND, R.UNKNOWN) == {R.SUBMITTED, R.PENDING}
    assert sources(REFUND, R.PENDING) == {R.SUBMITTED, R.UNKNOWN, R.SUCCEEDED}


def test_a_mandate_may_end_from_every_state_in_which_it_has_not():
    has_not = {M.CREATED, M.PENDING, M.UNKNOWN, M.ACTIVE}
    assert sources(MANDATE, M.FAILED) == sources(MANDATE, M.REVOKED) == has_not
    assert sources(MANDATE, M.EXPIRED) == has_not - {M.CREATED}
    assert sources(MANDATE, M.ACTIVE) == has_not - {M.ACTIVE}
    assert sources(MANDATE, M.PENDING) == {M.CREATED, M.UNKNOWN}
    assert sources(MANDATE, M.UNKNOWN) == {M.CREATED}


def test_a_chargeback_is_decided_from_every_state_and_won_even_after_it_was_lost():
    assert sources(CHARGEBACK, C.WON) == {C.OPEN, C.ANSWERED, C.LOST}
    assert sources(CHARGEBACK, C.LOST) == {C.OPEN, C.ANSWERED}
    assert sources(CHARGEBACK, C.ANSWERED) == {C.OPEN}


@pytest.mark.parametrize(
    "machine", [ATTEMPT, REFUND, CHARGEBACK, MANDATE, PAYOUT], ids=lambda machine: machine.name
)
def test_what_is_told_twice_is_no_move(machine):
    """So whoever judges what is told need not ask whether it is known already."""
    assert [state for state in machine.states() if machine.allows(state, state)] == []
