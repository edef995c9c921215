"""Saved methods: kept without paying, charged with and without their owner, removed, renewed."""

from dataclasses import replace

from counterfoil.domain.payments.methods import operations as methods
from counterfoil.flows.methods import add_method
from counterfoil.kernel.ports.gateways.outcomes import MethodKind
from counterfoil_sandbox.requests import NetworkUpdateRequest
from counterfoil_simulator.acts import Act
from counterfoil_simulator.invariants.seen import SeenMethod
from counterfoil_simulator.operations.payers import card_token, send
from counterfoil_simulator.operations.wishes import PAYER, command, wish
from counterfoil_simulator.world import World

_CARDS = {
    "4242424242424242": "a card that pays",
    "5555555555554444": "another card that pays",
    "4000002500003155": "a card that asks for 3-D Secure each time",
    "4000000000000341": "a card that is declined later",
}
_AWAY = 0.5


def add(world: World) -> Act | None:
    """A card is kept without paying."""
    customer_id = world.chance.choice(world.customers)
    number, what = world.chance.choice(list(_CARDS.items()))
    source, form_key = card_token(world, number), f"method-{world.number()}"

    def work() -> str:
        made = add_method.add(
            world.business_id,
            customer_id,
            source=source,
            form_key=form_key,
            by=PAYER,
            at=world.time.now(),
        )
        return f"it is {made}"

    return Act(f"{customer_id} saves {what}", work)


def charge(world: World) -> Act | None:
    """Pays by a saved method; at times nobody is there who could answer a bank."""
    known = world.seen.methods
    method = world.chance.choice(known) if known else None
    wanted = wish(world, method.customer_id) if method else None
    if method is None or wanted is None:
        return None
    is_away = world.chance.random() < _AWAY
    asked = command(world, wanted, MethodKind.CARD)
    asked = replace(asked, method_id=method.id, is_off_session=is_away)
    world.forms.append(asked)
    where = ", while nobody is there" if is_away else ""
    words = f"{wanted.customer_id} pays {wanted.total} {world.currency} for {wanted.words}"
    return Act(f"{words} by {method.id}{where}", lambda: send(world, asked))


def remove(world: World) -> Act | None:
    """Its owner removes one."""
    method = _one(world)
    if method is None:
        return None

    def work() -> str:
        at = world.time.now()
        methods.remove(world.business_id, method.customer_id, method.id, at=at)
        return "it is gone"

    return Act(f"{method.customer_id} removes {method.id}", work)


def renew(world: World) -> Act | None:
    """The card's network renews one."""
    method = _one(world)
    if method is None:
        return None
    request = NetworkUpdateRequest(exp_year=2032, last4=f"{world.number():04d}")

    def work() -> str:
        world.engine.methods.update_from_network(method.gateway_ref, request)
        return ""

    return Act(f"the network renews {method.id}", work)


def _one(world: World) -> SeenMethod | None:
    there = [one for one in world.seen.methods if one.is_there]
    return world.chance.choice(there) if there else None
