"""The gateway's own pages: a payment that is begun here and finished there, late or never, and one
whose payer decides how much is sent."""

import sqlite3

from counterfoil.kernel.ports.gateways.outcomes import MethodKind
from counterfoil_simulator.acts import Act
from counterfoil_simulator.operations.payers import send
from counterfoil_simulator.operations.wishes import command, wish
from counterfoil_simulator.world import World

_WAYS = {
    MethodKind.BANK_REDIRECT: "with their online banking",
    MethodKind.DIGITAL_CURRENCY: "in digital currency",
}
_OPEN = (
    "SELECT c.challenge, c.reference, c.amount, c.status, i.kind FROM charge c"
    " JOIN instrument i ON i.id = c.instrument_id WHERE i.behaviour = 'own_page' AND "
)
_WAITING = "c.status = 'requires_action' ORDER BY c.seq"
_TOO_LATE = "i.kind = 'digital_currency' AND c.failure_code = 'page_expired' ORDER BY c.seq"
_LEAVES, _AS_ASKED = 0.2, 0.5
_MOST_OVER = 2_000


def pay(world: World) -> Act | None:
    """Begins to pay on the gateway's page."""
    wanted = wish(world)
    if wanted is None:
        return None
    kind = world.chance.choice(list(_WAYS))
    asked = command(world, wanted, kind)
    world.forms.append(asked)
    words = f"{wanted.customer_id} begins to pay {wanted.total} {world.currency} for {wanted.words}"
    return Act(f"{words} {_WAYS[kind]}", lambda: send(world, asked))


def finish(world: World) -> Act | None:
    """The payer pays there, or leaves; in digital currency the sum is theirs."""
    rows = world.engine.store.all(_OPEN + _WAITING)
    if not rows:
        return None
    row = world.chance.choice(rows)
    if world.chance.random() < _LEAVES:
        words = f"the payer of {row['reference']} leaves the gateway's page"
        return Act(words, lambda: _left(world, row["challenge"]))
    return _sent(world, row)


def finish_late(world: World) -> Act | None:
    """Digital currency is sent when the page has expired: nobody can refuse it."""
    rows = world.engine.store.all(_OPEN + _TOO_LATE)
    return _sent(world, world.chance.choice(rows)) if rows else None


def _sent(world: World, row: sqlite3.Row) -> Act:
    is_open = row["kind"] == MethodKind.DIGITAL_CURRENCY
    amount = _wished(world, row["amount"]) if is_open else None

    def work() -> str:
        pages, secret = world.engine.pages, row["challenge"]
        if pages.get(secret).is_late:
            world.late.add(row["reference"])
        pages.pay(secret, amount=amount)
        return ""

    what = f"sends {amount} of {row['amount']}" if is_open else f"pays {row['amount']}"
    return Act(f"the payer of {row['reference']} {what} on the gateway's page", work)


def _wished(world: World, asked: int) -> int:
    """As much as was asked, less, or more."""
    if world.chance.random() < _AS_ASKED:
        return asked
    return world.chance.randint(1, asked + _MOST_OVER)


def _left(world: World, secret: str) -> str:
    world.engine.pages.leave(secret)
    return ""
