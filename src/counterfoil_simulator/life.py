"""The life of one seed: founded in peace, lived in trouble, brought to rest, audited all along."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from counterfoil_simulator import swaps
from counterfoil_simulator.acts import Act, perform, race
from counterfoil_simulator.invariants import always, at_rest, books
from counterfoil_simulator.invariants.seen import Breach
from counterfoil_simulator.machine import post
from counterfoil_simulator.operations import banks, founding, machines, payers, staff
from counterfoil_simulator.site import Site
from counterfoil_simulator.world import World

Door = Callable[[World], Act | None]

PEOPLE: tuple[tuple[Door, int], ...] = (
    (payers.pay, 6),
    (payers.pay_again, 2),
    (payers.come_back, 2),
    (payers.answer_bank, 3),
    (staff.refund, 3),
    (staff.refund_again, 1),
    (staff.answer, 2),
    (staff.offline, 1),
    (staff.offline_again, 1),
    (staff.credit, 1),
    (staff.apply, 1),
    (staff.unapply, 1),
    (staff.void, 1),
    (staff.issue, 1),
    (banks.statement, 1),
    (banks.assign, 1),
    (banks.bounce, 1),
    (banks.dispute, 2),
)
MACHINES: tuple[tuple[Door, int], ...] = (
    (machines.webhook, 5),
    (machines.job, 5),
    (machines.sweep, 3),
    (machines.sweep_refunds, 2),
    (machines.sweep_messages, 1),
    (machines.time_passes, 4),
    (machines.stranger, 1),
    (machines.trouble, 2),
)
_FEWEST, _MOST = 4, 12
_LOOKED_FOR = 3
# Within the sum of these after the last fault all must be at rest: the longest pause between two
# look-ups is an hour, and it may have begun with the last fault.
_PAUSES_SECONDS = (20, 70, 300, 900, 1_800, 3_700)
_LATE_THINGS_SECONDS = 8 * 86_400  # disputes are decided after a week


@dataclass(frozen=True, slots=True)
class Lived:
    """How a seed's life went."""

    seed: int
    breaches: tuple[Breach, ...]
    story: str
    steps: int
    tally: Counter[str]


class _Stopped(Exception):
    """An invariant is broken: nothing that comes after it is of interest."""


def live(seed: int, site: Site) -> Lived:
    """Makes room at the site and lives a seed there."""
    site.make_room()
    return Life(seed, site).live()


class Life:
    """One seed's life, step by step."""

    def __init__(self, seed: int, site: Site) -> None:
        self._site = site
        self._world = World(seed, site)
        self._breaches: list[Breach] = []
        self._steps = 0
        self._writes = -1
        self._postings: tuple[str, ...] = ()

    def live(self) -> Lived:
        """Lives it to its end, or to the first invariant that is broken."""
        world = self._world
        post.use(world.post)
        world.line.on_charge = self._charged
        with swaps.everything(world.time, world.line, world.chances.ids):
            try:
                self._be_founded()
                self._live_in_trouble()
                self._come_to_rest()
            except _Stopped:
                pass
            finally:
                world.close()
        named = world.story.named
        return Lived(
            world.seed,
            tuple(
                Breach(one.invariant, named(one.subject), named(one.found))
                for one in self._breaches
            ),
            world.story.text(),
            self._steps,
            self._counted(),
        )

    def _be_founded(self) -> None:
        founding.found(self._world)
        self._audit()

    def _live_in_trouble(self) -> None:
        world = self._world
        world.grow_rough()
        for _ in range(world.chance.randint(_FEWEST, _MOST)):
            self._step(PEOPLE)
            for _ in range(world.chance.choice((0, 1, 1, 2))):
                self._step(MACHINES)

    def _step(self, doors: tuple[tuple[Door, int], ...]) -> None:
        act = self._prepared(doors)
        if act is None:
            return
        self._steps += 1
        world = self._world
        if act.may_race and world.weather.draw(world.chance, "race"):
            other = self._prepared(PEOPLE + MACHINES)
            if other is not None and other.may_race:
                self._found(race(world, [act, other]))
                self._audit()
                return
        self._found(perform(world, act))
        self._audit()

    def _prepared(self, doors: tuple[tuple[Door, int], ...]) -> Act | None:
        """Somebody who has something to do."""
        chance = self._world.chance
        for _ in range(_LOOKED_FOR):
            picked = chance.choices([one for one, _ in doors], [weight for _, weight in doors])[0]
            act = picked(self._world)
            if act is not None:
                return act
        return None

    def _come_to_rest(self) -> None:
        """Phase 2: faults off, time passes, everything is caught up with."""
        world = self._world
        world.story.tell("From now on nothing goes wrong.")
        world.calm_down()
        for pause in _PAUSES_SECONDS:
            world.time.sleep(pause)
            self._catch_up()
            if at_rest.is_quiet(world.seen):
                break
        else:
            self._found(at_rest.unfinished(world.seen))
        if world.courier.holds_back or world.lives_long:
            world.courier.let_go()
            world.time.sleep(_LATE_THINGS_SECONDS if world.lives_long else 1)
            self._catch_up()
        self._found(at_rest.unfinished(world.seen))
        self._found(at_rest.breaches(world.seen, world.truth()))
        if world.writes_letters:
            self._found(at_rest.mails(world.seen, world.post.sent))
        self._found(books.recomputed(world.business_id))
        self._check()

    def _catch_up(self) -> None:
        """Brings every webhook, does every job, sweeps: as the machines do when they are well."""
        for act in machines.everything_due(self._world):
            self._steps += 1
            self._found(perform(self._world, act))
        self._writes = -1  # the jobs are done: they are not the flows' own writing
        self._audit()

    def _charged(self, reference: str) -> None:
        """At the moment of a charge: nothing else may be taking the same money."""
        world = self._world
        seen = self._site.auditor.look(world.business_id)
        self._found(always.overlap(seen, world.truth(), reference))

    def _audit(self) -> None:
        """Books against gateway after every step; the books themselves where they were written."""
        world = self._world
        writes = sum(one.writes for one in self._site.actors)
        if writes != self._writes:
            self._writes = writes
            world.look()
            self._found(self._vanished())
            self._found(self._site.auditor.contradictions(world.business_id))
        self._found(always.breaches(world.seen, world.truth()))
        self._check()

    def _vanished(self) -> Iterator[Breach]:
        """I3: a posting that was there is there for ever."""
        there = set(self._world.seen.postings)
        for one in self._postings:
            if one not in there:
                yield Breach("I3 entries never change or vanish", one, "is gone or changed")
        self._postings = self._world.seen.postings

    def _found(self, breaches: Iterable[Breach]) -> None:
        self._breaches.extend(breaches)

    def _check(self) -> None:
        if self._breaches:
            raise _Stopped

    def _counted(self) -> Counter[str]:
        world = self._world
        counts = world.tally + world.line.tally + world.courier.tally + world.post.tally
        counts["payments"] += len(world.seen.attempts)
        counts["refunds"] += len(world.seen.refunds)
        counts["letters"] += len(world.seen.messages)
        return counts
