"""What staff do to payments and invoices that are there: stop, move, keep as credit, write off; and
what they make of what a comparison found."""

from uuid import UUID

from counterfoil.flows.aftermath import move_payment, repair_difference, stop_payment, write_off
from counterfoil.kernel.actor import Actor, ActorKind
from counterfoil.kernel.money import Money
from counterfoil_simulator.acts import Act
from counterfoil_simulator.invariants.seen import SeenAttempt, SeenDifference
from counterfoil_simulator.world import World

_CLERK = Actor(ActorKind.STAFF, "clerk")
_STOPPABLE = ("processing", "action_required")


def stop(world: World) -> Act | None:
    """A payment is stopped before it settles."""
    waiting = [one for one in world.seen.attempts if one.state in _STOPPABLE]
    if not waiting:
        return None
    attempt = world.chance.choice(waiting)

    def work() -> str:
        at = world.time.now()
        made = stop_payment.stop(world.business_id, attempt.id, at=at, by=_CLERK)
        return f"the page shows {made.id}: {made.state}"

    return Act(f"staff stop {attempt.id}", work)


def keep(world: World) -> Act | None:
    """Instead of a refund, what a payment covers becomes credit."""
    attempt = _paid(world)
    if attempt is None:
        return None
    minor = world.chance.randint(1, attempt.amount_minor)

    def work() -> str:
        amount = Money(minor, world.currency)
        move_payment.keep_as_credit(
            world.business_id, attempt.id, amount, at=world.time.now(), by=_CLERK
        )
        return "it is credit now"

    return Act(f"staff keep {minor} of {attempt.id} as credit instead of a refund", work)


def move(world: World) -> Act | None:
    """What a payment covers of one invoice is moved to another."""
    covers = [one for one in world.seen.claims if not one.is_held]
    if not covers:
        return None
    claim = world.chance.choice(covers)
    others = [one.id for one in world.seen.items if one.id != claim.invoice_id]
    if not others:
        return None
    target_id: UUID = world.chance.choice(others)

    def work() -> str:
        move_payment.move(
            world.business_id,
            claim.attempt_id,
            claim.invoice_id,
            target_id,
            at=world.time.now(),
            by=_CLERK,
        )
        return "it is moved"

    return Act(f"staff move {claim.attempt_id} from {claim.invoice_id} to {target_id}", work)


def forgive(world: World) -> Act | None:
    """What is left of an invoice is written off, or expected again."""
    if not world.seen.items:
        return None
    item = world.chance.choice(world.seen.items)
    is_back = world.chance.random() < 0.4  # noqa: PLR2004

    def work() -> str:
        at = world.time.now()
        if is_back:
            amount = write_off.take_back(world.business_id, item.id, at=at, by=_CLERK)
        else:
            amount = write_off.write_off(world.business_id, item.id, "small", at=at, by=_CLERK)
        return f"{amount.minor} {amount.currency}"

    words = f"expect again what was written off of {item.id}" if is_back else f"write {item.id} off"
    return Act(f"staff {words}", work)


def repair(world: World) -> Act | None:
    """One click on what the comparison found."""
    if not world.seen.differences:
        return None
    return mend(world, world.chance.choice(world.seen.differences))


def mend(world: World, difference: SeenDifference) -> Act:
    """A charge that nobody knows is given to a customer; the gateway is asked once more of what it
    can be asked; and what differs then, or can't be asked about, is looked at."""
    customer_id = world.chance.choice(world.customers)
    if difference.kind == "unknown_charge":
        return _adopt(world, difference, customer_id)
    is_askable = difference.kind in repair_difference.ASKABLE

    def work() -> str:
        at = world.time.now()
        if is_askable:
            if repair_difference.ask_again(world.business_id, difference.id, at=at, by=_CLERK):
                return "it agrees now"
            at = world.time.now()
        repair_difference.look_at(world.business_id, difference.id, at=at, by=_CLERK)
        return "looked at"

    what = "ask the gateway again of" if is_askable else "look at"
    return Act(f"staff {what} {difference.id} ({_words(difference)})", work)


def _adopt(world: World, difference: SeenDifference, customer_id: UUID) -> Act:
    def work() -> str:
        made = repair_difference.adopt(
            world.business_id, difference.id, customer_id, at=world.time.now(), by=_CLERK
        )
        return f"it became {made}"

    return Act(f"staff give {difference.id} to {customer_id} ({_words(difference)})", work)


def _words(difference: SeenDifference) -> str:
    return difference.kind.replace("_", " ")


def _paid(world: World) -> SeenAttempt | None:
    paid = [one for one in world.seen.attempts if one.state == "succeeded"]
    return world.chance.choice(paid) if paid else None
