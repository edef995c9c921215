"""Planned payments: planned for a day, moved, cancelled."""

from datetime import timedelta

from counterfoil.flows.arrangements import plan_payment
from counterfoil.flows.arrangements.plan_payment import PlanCommand
from counterfoil_simulator.acts import Act
from counterfoil_simulator.operations.wishes import PAYER, wish
from counterfoil_simulator.world import World

_DAYS = (1, 1, 2, 3)
_HALF = 0.4  # of the plans are for half of what could be paid


def plan(world: World) -> Act | None:
    """A payment is planned, by what its payer has saved."""
    method = mandate = None
    methods = [one for one in world.seen.methods if one.is_there]
    mandates = [one for one in world.seen.mandates if one.state == "active"]
    if not (methods or mandates):
        return None
    if methods and (not mandates or world.chance.random() < 0.5):  # noqa: PLR2004
        method = world.chance.choice(methods)
    else:
        mandate = world.chance.choice(mandates)
    way = method or mandate
    wanted = wish(world, way.customer_id) if way else None
    if way is None or wanted is None or not wanted.parts:
        return None
    parts = wanted.parts
    if world.chance.random() < _HALF:
        parts = tuple((invoice_id, (minor + 1) // 2) for invoice_id, minor in parts)
    asked = PlanCommand(
        customer_id=wanted.customer_id,
        currency=world.currency,
        parts=parts,
        pay_date=(world.time.now() + timedelta(days=world.chance.choice(_DAYS))).date(),
        timezone="UTC",
        form_key=f"plan-{world.number()}",
        payer="payer",
        locale="en",
        method_id=method.id if method else None,
        mandate_id=mandate.id if mandate else None,
    )
    world.plan_forms.append(asked)
    agreed = sum(minor for _, minor in parts)
    what = f"{agreed} {world.currency} for {wanted.words} on {asked.pay_date} by {way.id}"
    return Act(f"{wanted.customer_id} plans {what}", lambda: _plan(world, asked))


def plan_again(world: World) -> Act | None:
    """The same form once more."""
    if not world.plan_forms:
        return None
    asked = world.chance.choice(world.plan_forms)
    return Act(f"the payer sends the form {asked.form_key} once more", lambda: _plan(world, asked))


def _plan(world: World, asked: PlanCommand) -> str:
    made = plan_payment.plan(world.business_id, asked, by=PAYER, at=world.time.now())
    return f"the page shows {made}"


def change(world: World) -> Act | None:
    """A plan is moved to another day."""
    live = [one for one in world.seen.plans if one.state in ("planned", "charging")]
    if not live:
        return None
    found = world.chance.choice(live)
    day = (world.time.now() + timedelta(days=world.chance.choice(_DAYS))).date()

    def work() -> str:
        at = world.time.now()
        plan_payment.change(world.business_id, found.customer_id, found.id, pay_date=day, at=at)
        return "it is moved"

    return Act(f"the payer moves {found.id} to {day}", work)


def cancel(world: World) -> Act | None:
    """A plan is cancelled."""
    live = [one for one in world.seen.plans if one.state in ("planned", "charging")]
    if not live:
        return None
    found = world.chance.choice(live)

    def work() -> str:
        at = world.time.now()
        plan_payment.cancel(world.business_id, found.customer_id, found.id, by=PAYER, at=at)
        return "it is cancelled"

    return Act(f"the payer cancels {found.id}", work)
