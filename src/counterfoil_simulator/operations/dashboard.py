"""What somebody does in the gateway's own dashboard, past the product: a charge, a refund."""

from counterfoil_sandbox.requests import RefundRequest
from counterfoil_simulator.acts import Act
from counterfoil_simulator.invariants.seen import TILL
from counterfoil_simulator.operations.payers import card_token
from counterfoil_simulator.world import World

_MOST = 9_000


def charge(world: World) -> Act | None:
    """A card is charged there, for a customer who stands at the counter."""
    amount, reference = world.chance.randint(1, _MOST), f"{TILL}{world.number()}"
    source = card_token(world, "4242424242424242")

    def work() -> str:
        world.engine.charge(
            world.account,
            reference,
            amount=amount,
            currency=world.currency,
            source=source,
            customer="counter",
            reference=reference,
        )
        return ""

    words = f"somebody charges {amount} {world.currency} in the gateway's dashboard"
    return Act(f"{words} as {reference}", work)


def refund(world: World) -> Act | None:
    """A charge is given back there, once in a life: the gateway wants its references to differ."""
    one = world.engine.store.one
    rows = world.engine.store.all(
        "SELECT id, reference, amount - amount_refunded - amount_disputed AS rest FROM charge"
        " WHERE status = 'succeeded' AND amount_returned = 0"
        " AND amount_refunded + amount_disputed < amount ORDER BY seq"
    )
    if not rows or one("SELECT 1 FROM refund WHERE reference = ''"):
        return None
    row = world.chance.choice(rows)
    amount = world.chance.randint(1, row["rest"])
    wanted = RefundRequest.model_construct(amount=amount, reason="", reference="")

    def work() -> str:
        if not one("SELECT 1 FROM refund WHERE reference = ''"):
            world.engine.refunds.make(world.account.id, row["id"], wanted)
        return ""

    words = f"somebody gives {amount} of the charge of {row['reference']} back"
    return Act(f"{words} in the gateway's dashboard", work)
