"""Several processes at once, and yet the same way each time: one runs, the others stand at a hop.

Each has a thread and a connection of its own. Whose turn it is next, chance says at every hop. One
that waits for a lock in the database is told apart by asking the server, so that waiting, too, is
part of what repeats.
"""

import random
import threading
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from enum import Enum, auto
from queue import SimpleQueue
from typing import Any

from counterfoil_simulator.machine.actors import Actor
from counterfoil_simulator.machine.database import simulated

_LOOK_SECONDS = 0.003
_STUCK_SECONDS = 60.0
_GO_ON = 0.6  # how often the same one goes on

WaitsFor = Callable[[int, Sequence[int]], bool]


class _At(Enum):
    HOP = auto()
    RUNNING = auto()
    DONE = auto()


class Racer:
    """A thread with an actor, kept from one race to the next."""

    def __init__(self, actor: Actor, is_away: Callable[[], bool]) -> None:
        self.actor = actor
        self.at = _At.DONE
        self.go = threading.Event()
        self._is_away = is_away
        self._works: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._live, daemon=True)
        self._thread.start()

    def _live(self) -> None:
        with ExitStack() as stack:
            stack.enter_context(simulated(self.actor, self._is_away))
            while (work := self._works.get()) is not None:
                work()

    def take(self, work: Callable[[], None]) -> None:
        """Does this next."""
        self._works.put(work)

    def leave(self) -> None:
        """Ends the thread and its connection."""
        self._works.put(None)
        self._thread.join(_STUCK_SECONDS)


class Race:
    """Lets racers run by turns until all are done."""

    def __init__(self, chance: random.Random, waits_for: WaitsFor) -> None:
        self._chance = chance
        self._waits_for = waits_for
        self._changed = threading.Condition()
        self._racers: list[Racer] = []
        self._last: Racer | None = None

    def run(self, racers: Sequence[Racer], works: Sequence[Callable[[], Any]]) -> None:
        """Each racer does its work; what it comes to is the work's own affair."""
        self._racers = list(racers)
        for racer, work in zip(racers, works, strict=True):
            racer.at = _At.RUNNING
            racer.actor.turn = self
            racer.take(self._framed(racer, work))
            self._settle()
        while self._at_hop():
            self._pick().go.set()
            self._settle()
        for racer in racers:
            racer.actor.turn = None

    def _framed(self, racer: Racer, work: Callable[[], Any]) -> Callable[[], None]:
        def framed() -> None:
            self.pause(racer.actor)
            try:
                work()
            finally:
                self._put(racer, _At.DONE)

        return framed

    def pause(self, actor: Actor) -> None:
        """A racer stands at a hop until it is its turn."""
        racer = next(one for one in self._racers if one.actor is actor)
        racer.go.clear()
        self._put(racer, _At.HOP)
        racer.go.wait(_STUCK_SECONDS)

    def _put(self, racer: Racer, at: _At) -> None:
        with self._changed:
            racer.at = at
            self._changed.notify()

    def _at_hop(self) -> list[Racer]:
        return [one for one in self._racers if one.at is _At.HOP]

    def _pick(self) -> Racer:
        able = self._at_hop()
        goes_on = self._last in able and self._chance.random() < _GO_ON
        picked = self._last if goes_on else self._chance.choice(able)
        assert picked is not None
        self._last = picked
        with self._changed:
            picked.at = _At.RUNNING
        return picked

    def _settle(self) -> None:
        """Waits until each racer stands at a hop, is done, or waits for a lock of another."""
        waited = 0.0
        with self._changed:
            while True:
                running = [one for one in self._racers if one.at is _At.RUNNING]
                if not running:
                    return
                if self._changed.wait(_LOOK_SECONDS):
                    continue
                waited += _LOOK_SECONDS
                assert waited < _STUCK_SECONDS, "a racer never came to its next hop"
                others = [one.actor.backend for one in self._racers]
                if self._at_hop() and all(
                    self._waits_for(one.actor.backend, others) for one in running
                ):
                    return
