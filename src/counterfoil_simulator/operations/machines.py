"""What machines do: webhooks, jobs, sweeps; and what happens to them: time, outages, clocks."""

from collections.abc import Iterator
from datetime import timedelta

from counterfoil.flows import receive_event, resolve_uncertain
from counterfoil.flows.aftermath import answer_chargeback, compare_gateways, read_payouts
from counterfoil.flows.arrangements import run_schedules
from counterfoil.flows.debits import resolve_mandate
from counterfoil.flows.letters import deliver_messages
from counterfoil.flows.refunds import resolve_refund
from counterfoil.kernel.errors import Unavailable
from counterfoil_sandbox.resources.traffic.events import Delivery
from counterfoil_simulator.acts import Act
from counterfoil_simulator.machine.courier import Push, forged
from counterfoil_simulator.machine.worker import Job
from counterfoil_simulator.world import World

_OPEN = ("submitted", "action_required", "processing", "unknown")
_MOMENTS = (1, 5, 5, 15, 30, 61, 120, 600, 1_900, 3_700)
_DAYS = (86_400, 2 * 86_400)
_SKEWS = (timedelta(), timedelta(hours=1), timedelta(hours=-1))
_PLANNED = ("planned", "charging")
_SELDOM, _LATER = 0.05, 0.4
_ROUNDS = 20


def webhook(world: World) -> Act | None:
    """The gateway pushes one of its events."""
    due = world.courier.due()
    if not due:
        return None
    return bring(world, world.chance.choice(due[:4]))


def bring(world: World, delivery: Delivery) -> Act:
    """One webhook is brought."""
    kind = delivery.body.partition('"type":"')[2].partition('"')[0]

    def work() -> str:
        world.courier.bring(delivery, lambda push: _at_the_door(world, push))
        return ""

    return Act(f"the gateway pushes {kind}", work)


def stranger(world: World) -> Act | None:
    """Somebody else pushes a success that never was."""
    able = [one for one in world.seen.attempts if one.road == "sandbox"]
    if not able or not world.weather.hook_forged:
        return None
    attempt = world.chance.choice(able)
    push = forged(world.account, attempt, world.time.true())
    world.tally["hook_forged"] += 1

    def work() -> str:
        return "taken" if _at_the_door(world, push) else "refused"

    return Act(f"a stranger pushes a success of {attempt.id}", work)


def _at_the_door(world: World, push: Push) -> bool:
    """The hooks' door: 2xx only for what is stored."""
    try:
        receive_event.receive(
            world.business_id,
            world.gateway_account_id,
            headers=push.headers,
            body=push.body,
            at=world.time.now(),
        )
    except (receive_event.Forged, Unavailable):
        return False
    world.acknowledged.add(push.ref)
    return True


def job(world: World) -> Act | None:
    """The worker does one of the jobs that wait."""
    world.worker.rescue()
    due = world.worker.due()
    return do_job(world, world.chance.choice(due[:4])) if due else None


def do_job(world: World, one: Job) -> Act:
    """The worker does this job."""
    world.worker.take([one])
    about = ", ".join(str(value) for name, value in one.arguments.items() if name.endswith("_id")
                      and name != "business_id")  # fmt: skip
    return Act(f"the worker runs {one.name} {about}".strip(), lambda: world.worker.run(one))


def everything_due(world: World) -> Iterator[Act]:
    """All that machines would do now, until nothing is left: webhooks, jobs, then the sweeps."""
    for _ in range(_ROUNDS):
        idle = True
        for delivery in world.courier.due():
            idle = False
            yield bring(world, delivery)
        world.worker.rescue()
        while due := world.worker.due():
            idle = False
            yield do_job(world, due[0])
        if idle:
            break
    yield Act("the sweeps ask about payments and refunds", lambda: _swept_all(world))
    if world.seen.plans:
        yield Act("the scheduler of another worker runs", lambda: _ticked(world))
    world.worker.rescue()
    while due := world.worker.due():
        yield do_job(world, due[0])


def _swept_all(world: World) -> str:
    found = [_swept(world), _swept_refunds(world)]
    if world.seen.mandates:
        found.append(_swept_mandates(world))
    if world.seen.plans:
        found.append(_ticked(world))
    for chargeback in world.seen.chargebacks:
        if chargeback.state in ("open", "answered"):
            answer_chargeback.ask(world.business_id, chargeback.id, at=world.time.now())
    if world.engine.store.one("SELECT 1 FROM payout LIMIT 1"):
        done = read_payouts.read_all(world.business_id, at=world.time.now())
        found.append(f"{done} payouts read")
    if world.writes_letters:
        deliver_messages.sweep(world.business_id, at=world.time.now())
    return ", ".join(found)


def sweep(world: World) -> Act | None:
    """The sweeps that look for what was left behind."""
    if not any(one.state in _OPEN for one in world.seen.attempts):
        return None
    return Act("the sweep asks about payments", lambda: _swept(world))


def sweep_refunds(world: World) -> Act | None:
    """The same for refunds."""
    if not any(one.state in (*_OPEN, "pending") for one in world.seen.refunds):
        return None
    return Act("the sweep asks about refunds", lambda: _swept_refunds(world))


def sweep_mandates(world: World) -> Act | None:
    """The same for mandates: those without an answer, and those to be ended at the gateway."""
    if not world.seen.mandates:
        return None
    return Act("the sweep asks about mandates", lambda: _swept_mandates(world))


def tick(world: World) -> Act | None:
    """The scheduler looks for planned payments whose day has come."""
    if not any(one.state in _PLANNED for one in world.seen.plans):
        return None
    return Act("the scheduler runs", lambda: _ticked(world))


def compare(world: World) -> Act | None:
    """The daily comparison of the gateway's own list with the books."""
    return compared(world) if world.seen.attempts else None


def compared(world: World) -> Act:
    """The same, whatever there is to compare."""

    def work() -> str:
        new = compare_gateways.compare_all(world.business_id, at=world.time.now())
        return f"{new} differences are new"

    return Act("the gateway's list is compared with the books", work)


def sweep_messages(world: World) -> Act | None:
    """The same for letters."""
    if not any(one.state in ("queued", "sending") for one in world.seen.messages):
        return None

    def work() -> str:
        return f"{deliver_messages.sweep(world.business_id, at=world.time.now())} to deliver"

    return Act("the sweep looks for letters", work)


def _swept(world: World) -> str:
    return f"{resolve_uncertain.sweep(world.business_id, at=world.time.now())} asked about"


def _swept_refunds(world: World) -> str:
    return f"{resolve_refund.sweep(world.business_id, at=world.time.now())} asked about"


def _swept_mandates(world: World) -> str:
    return f"{resolve_mandate.sweep(world.business_id, at=world.time.now())} mandates"


def _ticked(world: World) -> str:
    return f"{run_schedules.tick(world.business_id, at=world.time.now())} planned payments charged"


def time_passes(world: World) -> Act | None:
    """A moment, an hour, rarely a day."""
    seconds = world.chance.choice(_DAYS if world.chance.random() < _waits(world) else _MOMENTS)

    def work() -> str:
        world.time.sleep(seconds)
        return ""

    return Act(f"{timedelta(seconds=seconds)} go by", work, may_race=False)


def _waits(world: World) -> float:
    """How likely a day goes by: often, where something is to happen on another day."""
    is_later = any(one.state == "processing" for one in world.seen.attempts)
    is_planned = any(one.state in _PLANNED for one in world.seen.plans)
    return _LATER if is_later or is_planned else _SELDOM


def trouble(world: World) -> Act | None:
    """The database goes away, the gateway is down, or our clock is wrong for a while."""
    faults = world.chances.faults
    name = world.weather.draw(faults, "database_away", "gateway_down", "clock_jump")
    if name == "clock_jump":
        # Not while a request is on its way: see docs/developer/simulator.md.
        return None if world.line.under_way else _jump(world, faults.choice(_SKEWS))
    if name == "gateway_down":
        return _gateway_down(world, timedelta(hours=faults.choice((0.1, 1, 26))))
    if name == "database_away":
        return _database_away(world, timedelta(minutes=faults.choice((0.05, 1, 10))))
    return None


def _jump(world: World, skew: timedelta) -> Act:
    def work() -> str:
        world.tally["clock_jump"] += 1
        world.time.skew = skew
        return ""

    hours = round(skew.total_seconds() / 3_600)
    return Act(f"our clock is {hours:+} h off from now on", work, may_race=False)


def _gateway_down(world: World, span: timedelta) -> Act:
    def work() -> str:
        world.tally["gateway_down"] += 1
        world.line.down_until = world.time.true() + span
        return ""

    return Act(f"the gateway is down for {span}", work, may_race=False)


def _database_away(world: World, span: timedelta) -> Act:
    def work() -> str:
        world.tally["database_away"] += 1
        world.away_until = world.time.true() + span
        for actor in world.site.actors:
            actor.lose_connection()
        return ""

    return Act(f"the database is away for {span}", work, may_race=False)
