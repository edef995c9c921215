"""Every illegal move of every machine is refused, in Python and where the state is stored."""

from itertools import product

import pytest
from tools.states import machines

from counterfoil.domain.payments.states import ATTEMPT, OPEN_STATES
from counterfoil.domain.payments.states import AttemptState as A
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
