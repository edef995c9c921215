"""State machines as data: which moves exist, and nothing about how they are stored."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from counterfoil.kernel.errors import Refused

S = TypeVar("S", bound=StrEnum)


class IllegalMove(Refused):
    """The state machine has no such move."""

    code = "illegal_move"
    message = "This can't follow from the present state."


@dataclass(frozen=True)
class Machine(Generic[S]):
    """The table of a state machine: where it begins and every legal move; `at_once` is where
    whoever makes a new object takes it before anybody sees it."""

    name: str
    initial: S
    moves: Mapping[S, frozenset[S]]
    at_once: S | None = None

    @property
    def begins_in(self) -> S:
        """The state in which a new object is first seen."""
        return self.at_once or self.initial

    def states(self) -> list[S]:
        """Every state, in the order of its enum."""
        return list(type(self.initial))

    def allows(self, source: S, target: S) -> bool:
        """Whether the table has this move."""
        return target in self.moves.get(source, frozenset())

    def check(self, source: S, target: S) -> None:
        """Refuses a move that the table does not have."""
        if not self.allows(source, target):
            raise IllegalMove(f"{self.name}: {source} can't become {target}.")

    def final(self) -> frozenset[S]:
        """States that nothing leaves."""
        return frozenset(state for state in self.states() if not self.moves.get(state))
