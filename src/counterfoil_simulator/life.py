"""The life of one seed: founded in peace, lived in trouble, brought to rest, audited all along."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass

from counterfoil_simulator import swaps
from counterfoil_simulator.acts import Act, perform, race
from counterfoil_simulator.invariants import always, at_rest, books
from counterfoil_simulator.invariants.seen import Breach
from counterfoil_simulator.machine import post
from counterfoil_simulator.machine.weather import KINDS
from counterfoil_simulator.operations import (
    banks,
    dashboard,
    debits,
    founding,
    hands,
    machines,
    office,
    pages,
    payers,
    plans,
    saved,
    staff,
)
from counterfoil_simulator.site import Site
from counterfoil_simulator.world import World

Door = Callable[[World], Act | None]

PEOPLE: tuple[tuple[Door, int], ...] = (
    (payers.pay, 12),
    (payers.pay_again, 4),
    (payers.come_back, 3),
    (payers.answer_bank, 6),
    (pages.pay, 5),
    (pages.finish, 6),
    (pages.finish_late, 2),
    (debits.debit, 7),
    (debits.debit_again, 5),
    (debits.revoke, 2),
    (debits.bank_ends, 1),
    (debits.send_back, 4),
    (saved.add, 2),
    (saved.charge, 5),
    (saved.remove, 1),
    (saved.renew, 1),
    (plans.plan, 6),
    (plans.plan_again, 1),
    (plans.change, 1),
    (plans.cancel, 1),
    (staff.refund, 6),
    (staff.refund_again, 2),
    (staff.answer, 4),
    (staff.offline, 2),
    (staff.offline_again, 1),
    (staff.credit, 2),
    (staff.apply, 2),
    (staff.unapply, 1),
    (staff.void, 2),
    (staff.issue, 2),
    (office.stop, 3),
    (office.keep, 1),
    (office.move, 1),
    (office.forgive, 2),
    (office.repair, 1),
    (banks.statement, 2),
    (banks.assign, 2),
    (banks.bounce, 2),
    (banks.dispute, 3),
    (hands.say, 2),
    (hands.show, 2),
    (hands.match, 1),
    (hands.mistake, 2),
    (dashboard.charge, 1),
    (dashboard.refund, 1),
)
MACHINES: tuple[tuple[Door, int], ...] = (
    (machines.webhook, 10),
    (machines.job, 10),
    (machines.sweep, 6),
    (machines.sweep_refunds, 4),
    (machines.sweep_mandates, 2),
    (machines.sweep_messages, 2),
    (machines.tick, 4),
    (machines.compare, 1),
    (machines.time_passes, 9),
    (machines.stranger, 2),
    (machines.trouble, 4),
)
_FEWEST, _MOST = 4, 12
_LOOKED_FOR = 3
_KEPT_BEFORE = 0.4  # of the lives begin with a card that is kept: what rests on one comes sooner
# Within the sum of these after the last fault all must be at rest: the longest pause between two
# look-ups is an hour, and it may have begun with the last fault; and a job that waited for what was
# found then is tried again some minutes later.
_PAUSES_SECONDS = (20, 70, 300, 900, 1_800, 3_700, 300)
_BY_MOMENTS = "debits were made on mandates while they stood"
_DAY_SECONDS = 86_400
_DAYS_AT_MOST = 20  # a plan, a debit on its day, a weekend, and a plan that was given up for late
_LATE_DAYS = 8  # disputes are decided after a week
_PAYOUT_DAYS = 4  # until a payout tells of what no event told


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


def live(seed: int, site: Site, without: Collection[str] = ()) -> Lived:
    """Makes room at the site and lives a seed there, in a world without these kinds of fault."""
    site.make_room()
    return Life(seed, site, without).live()


def shrunk(broken: Lived, site: Site, without: Collection[str] = ()) -> tuple[Lived, list[str]]:
    """The same life with as few kinds of fault as break one of the same invariants; and the kinds
    that it does without. Greedy: each kind is left out once."""
    names = {one.invariant for one in broken.breaches}
    found, absent = broken, list(without)
    for kind in sorted(KINDS - set(without)):
        again = live(broken.seed, site, [*absent, kind])
        if names & {one.invariant for one in again.breaches}:
            found, absent = again, [*absent, kind]
    return found, absent


class Life:
    """One seed's life, step by step."""

    def __init__(self, seed: int, site: Site, without: Collection[str] = ()) -> None:
        self._site = site
        self._world = World(seed, site, without)
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
        world = self._world
        founding.found(world)
        self._audit()
        kept = saved.add(world) if world.chance.random() < _KEPT_BEFORE else None
        if kept is not None:
            self._found(perform(world, kept))
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
        self._found(at_rest.unfinished_soon(world.seen))
        self._let_days_pass()
        self._compare()
        self._found(at_rest.unfinished(world.seen))
        self._found(at_rest.breaches(world.seen, world.truth()))
        if world.writes_letters:
            self._found(at_rest.mails(world.seen, world.post.sent))
        self._found(books.recomputed(world.business_id))
        self._check()

    def _let_days_pass(self) -> None:
        """Debits settle, plans are charged, and what was held back comes."""
        world = self._world
        if world.courier.holds_back:
            world.courier.let_go()
            self._live_on(1)
        self._wait_for_quiet()
        if world.lives_long:
            self._live_on(_LATE_DAYS * _DAY_SECONDS)

    def _wait_for_quiet(self) -> None:
        for _ in range(_DAYS_AT_MOST):
            if at_rest.is_quiet(self._world.seen):
                break
            self._live_on(_DAY_SECONDS)

    def _compare(self) -> None:
        """The comparison finds what no event told, and staff give strange charges to somebody; what
        banks took back of those is told by payouts alone, and the next comparison sees the rest."""
        truth = self._world.truth()
        if not (truth.charges or self._world.seen.attempts):
            return
        self._repair()
        if truth.needs_another_look:
            self._live_on(_PAYOUT_DAYS * _DAY_SECONDS)
            self._repair()
        self._wait_for_quiet()  # what was found there goes on from where it stands

    def _repair(self) -> None:
        world = self._world
        self._found(perform(world, machines.compared(world)))
        self._audit()
        for difference in world.seen.differences:
            self._found(perform(world, office.mend(world, difference)))
        self._audit()
        self._catch_up()  # what payouts held in suspense may be explained by it

    def _live_on(self, seconds: int) -> None:
        self._world.time.sleep(seconds)
        self._catch_up()

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
            self._found(self._contradictions())
        self._found(always.breaches(world.seen, world.truth()))
        self._check()

    def _contradictions(self) -> list[Breach]:
        """What the product's proofs find; the one that compares moments of our own clock is not
        asked in lives in which that clock was set."""
        found = self._site.auditor.contradictions(self._world.business_id)
        is_set = self._world.tally["clock_jump"] > 0
        return [one for one in found if not (is_set and one.invariant.endswith(_BY_MOMENTS))]

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
