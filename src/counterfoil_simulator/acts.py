"""One step of a life: an act of somebody, run with whatever happens to its process on the way."""

import random
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.db import connections

from counterfoil.kernel.errors import Problem
from counterfoil_sandbox.errors import GatewayError
from counterfoil_simulator.invariants.seen import Breach
from counterfoil_simulator.machine.actors import (
    DATABASE_TROUBLE,
    Actor,
    Killed,
    drawn_dooms,
)
from counterfoil_simulator.machine.turns import Race
from counterfoil_simulator.world import World

Work = Callable[[], str]
_FRAMES_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Act:
    """What somebody does, in words, and the doing of it: it says what came of it."""

    words: str
    work: Work
    may_race: bool = True


def perform(world: World, act: Act) -> list[Breach]:
    """One act by itself; gives what the product broke by, if it did."""
    world.story.tell(f"{act.words}.")
    return _run(world, world.site.actor, act, "")


def race(world: World, acts: Sequence[Act]) -> list[Breach]:
    """Two acts at the same time, by two processes, interleaved as chance says."""
    world.tally["races"] += 1
    for name, act in zip("AB", acts, strict=True):
        world.story.tell(f"{name}, at the same time: {act.words}.")
    found: list[Breach] = []
    racers = world.site.racers

    def work(index: int) -> Callable[[], None]:
        name = "AB"[index]
        return lambda: found.extend(_run(world, racers[index].actor, acts[index], f"{name}: "))

    turns = random.Random(world.chances.turns.random())  # noqa: S311  a replay guards nothing
    Race(turns, world.site.waits_for).run(racers, [work(0), work(1)])
    return found


def _run(world: World, actor: Actor, act: Act, prefix: str) -> list[Breach]:
    dooms = drawn_dooms(world.chances.faults, world.weather) if world.is_rough else []
    actor.tell = lambda text: world.story.tell(f"{prefix}{text}")
    actor.tally = world.tally
    if not actor.backend:  # as each request and each job begins: with a healthy connection
        connections["default"].close()
    actor.begin(dooms)
    breaches: list[Breach] = []
    try:
        outcome = act.work()
    except Killed:
        outcome = "killed"
    except Problem as problem:
        outcome = f"{type(problem).__name__}: {problem.message}"
    except GatewayError as refusal:  # of a bank's or payer's act over there, not of a flow
        outcome = f"refused there: {refusal.message}"
    except Exception as error:  # noqa: BLE001  whatever it is, it is what we look for
        outcome = _broken(actor, error, breaches)
    if actor.is_dead:
        outcome = "nobody is told anything"
    actor.end()
    if not actor.backend:  # as each request and each job ends
        connections["default"].close()
    if outcome:
        world.story.tell(f"    {prefix}{outcome}")
    return [] if actor.is_dead else breaches


def _broken(actor: Actor, error: Exception, breaches: list[Breach]) -> str:
    """What a page would show: 503 where the database failed, else it is a bug."""
    if actor.is_dead:
        return ""
    if isinstance(error, DATABASE_TROUBLE) and actor.is_hurt:
        return "503: the database can't be reached"
    frames = traceback.extract_tb(error.__traceback__)[-_FRAMES_SHOWN:]
    where = " < ".join(f"{one.filename.rpartition('/')[2]}:{one.lineno}" for one in frames[::-1])
    found = f"{type(error).__name__}: {str(error).strip().splitlines()[0] if str(error) else ''}"
    breaches.append(Breach("no flow ends in a bug", where, found))
    return f"500: {found}"
