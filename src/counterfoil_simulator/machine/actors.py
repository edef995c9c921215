"""Who runs a flow: a process that can be killed at any hop, and whose connection can be cut."""

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from django.db import InterfaceError, InternalError, OperationalError

from counterfoil.kernel.errors import Problem
from counterfoil_simulator.machine.weather import Weather

DATABASE_TROUBLE = (InterfaceError, InternalError, OperationalError)
EXPECTED = (Problem, *DATABASE_TROUBLE)
"""What a flow may come to; anything else is a bug."""


class Killed(BaseException):
    """The process is gone: nothing of it runs any more, so nobody may catch this but the world."""


class Point(StrEnum):
    """A hop at which something can happen to a process."""

    STATEMENT = "statement"
    COMMIT = "commit"
    CALL = "call"


class Fault(StrEnum):
    """What can happen to a process at a hop."""

    KILLED_BEFORE = "killed before"
    KILLED_AFTER = "killed after"
    CUT_BEFORE = "cut before"
    CUT_AFTER = "cut after"
    SERIALIZATION = "serialization failure"


@dataclass(frozen=True, slots=True)
class Doom:
    """What will happen to a process at its nth hop of one kind."""

    point: Point
    nth: int
    fault: Fault


_LAST = {Point.STATEMENT: 24, Point.COMMIT: 5, Point.CALL: 2}
_MEETS = {
    Point.STATEMENT: (Fault.KILLED_BEFORE, Fault.CUT_BEFORE, Fault.SERIALIZATION),
    Point.COMMIT: tuple(Fault),
    Point.CALL: (Fault.KILLED_BEFORE, Fault.KILLED_AFTER),
}


def drawn_dooms(chance: random.Random, weather: Weather) -> list[Doom]:
    """What will happen to one run of a flow; mostly nothing."""
    dooms = []
    for name, faults in (
        ("killed", (Fault.KILLED_BEFORE, Fault.KILLED_AFTER)),
        ("cut", (Fault.CUT_BEFORE, Fault.CUT_AFTER)),
        ("serialization", (Fault.SERIALIZATION,)),
    ):
        if weather.draw(chance, name):
            able = [point for point in Point if any(one in _MEETS[point] for one in faults)]
            point = chance.choice(able)
            fault = chance.choice([one for one in faults if one in _MEETS[point]])
            nth = 1 + int(chance.random() ** 2 * _LAST[point])  # rather early: flows are short
            dooms.append(Doom(point, nth, fault))
    return dooms


class Turn(Protocol):
    """Who says whose turn it is, where several run at once."""

    def pause(self, actor: "Actor") -> None:
        """Lets the others go first, as long as chance wants it."""


@dataclass(slots=True)
class Actor:
    """One process: its fate, and how it is killed or cut off."""

    name: str
    tell: Callable[[str], None]
    tally: Counter[str]
    cut_off: Callable[[], None] = lambda: None  # ends the server's side of the connection
    is_on: bool = False
    is_dead: bool = False
    is_hurt: bool = False  # the database failed it since `begin`
    dooms: list[Doom] = field(default_factory=list)
    hops: Counter[Point] = field(default_factory=Counter)
    turn: Turn | None = None
    backend: int = 0  # the server's process that serves the connection; 0: there is none
    is_reading: bool = False  # the open transaction can't write
    writes: int = 0  # commits of transactions that could

    def begin(self, dooms: list[Doom]) -> None:
        """A new process, with this fate."""
        self.is_on, self.is_dead, self.is_hurt = True, False, False
        self.dooms = dooms
        self.hops = Counter()

    def end(self) -> None:
        """Its work is over; what the connection is used for now is the world's own."""
        self.is_on = False

    def meet(self, point: Point) -> tuple[Fault, ...]:
        """Comes to a hop: waits for its turn, and is told what happens to it there."""
        if not self.is_on:
            return ()
        if self.is_dead:
            raise Killed
        if self.turn is not None:
            self.turn.pause(self)
        self.hops[point] += 1
        nth = self.hops[point]
        return tuple(one.fault for one in self.dooms if (one.point, one.nth) == (point, nth))

    def die(self, where: str) -> None:
        """SIGKILL: the connection is gone with the process."""
        self.tally["killed"] += 1
        self.tell(f"... the process is killed {where}.")
        self.is_dead = True
        self.lose_connection()
        raise Killed

    def be_cut(self, where: str) -> None:
        """The connection to the database breaks."""
        self.tally["connection cut"] += 1
        self.tell(f"... the connection to the database breaks {where}.")
        self.is_hurt = True
        self.lose_connection()

    def lose_connection(self) -> None:
        """The server ends the session; what was open there is rolled back."""
        if self.backend:
            self.cut_off()
            self.backend = 0
