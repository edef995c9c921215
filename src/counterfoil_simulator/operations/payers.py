"""What payers do: pay, send the form again, open a second tab, answer their bank, come back."""

from dataclasses import replace
from uuid import UUID

from counterfoil.domain.payments.rows import AttemptRow
from counterfoil.flows import pay_invoices, resolve_uncertain
from counterfoil.flows.pay_invoices import PayCommand
from counterfoil.kernel.actor import Actor, ActorKind
from counterfoil_simulator.acts import Act
from counterfoil_simulator.invariants.seen import SeenItem
from counterfoil_simulator.world import ORIGIN, World

_CARDS = {
    "4242424242424242": "a card that pays",
    "5555555555554444": "another card that pays",
    "4000000000000002": "a card that is declined",
    "4000002500003155": "a card that asks for 3-D Secure",
    "4000000000009979": "a card whose answer gets lost",
    "4000000000005126": "a card whose refunds fail a day later",
}
_WEIGHTS = (8, 2, 2, 3, 1, 1)
_PAYER = Actor(ActorKind.CONTACT)
_YEARS_AHEAD = 2030


def pay(world: World) -> Act | None:
    """Pays one invoice or two, whole, in part or more, or pays ahead."""
    customer_id = world.chance.choice(world.customers)
    owed = [one for one in world.seen.items if one.customer_id == customer_id and not one.is_void]
    chosen = world.chance.sample(owed, min(len(owed), world.chance.choice((1, 1, 1, 2))))
    parts = tuple((one.id, _part(world, one)) for one in chosen)
    extra = world.chance.choice((0, 0, 0, 0, world.chance.randint(1, 5_000)))
    total = sum(amount for _, amount in parts) + extra
    if not total:
        return None
    number, what = _card(world)
    command = PayCommand(
        customer_id=customer_id,
        currency=world.currency,
        source="",
        parts=parts,
        form_key=f"form-{world.number()}",
        site=ORIGIN,
        amount_minor=total if extra else None,
    )
    for_what = " and ".join(str(one.id) for one in chosen) or "nothing in particular"
    words = f"{customer_id} pays {total} {world.currency} for {for_what} with {what}"
    command = replace(command, source=_token(world, number))
    world.forms.append(command)
    return Act(words, lambda: _pay(world, command))


def pay_again(world: World) -> Act | None:
    """The same form once more: a double click, a reload, an impatient browser."""
    if not world.forms:
        return None
    command = world.chance.choice(world.forms)
    again = replace(command, source=_token(world, "4242424242424242"))
    words = f"{command.customer_id} sends the form {command.form_key} once more"
    return Act(words, lambda: _pay(world, again))


def come_back(world: World) -> Act | None:
    """The return page, or the page that asks every few seconds."""
    attempts = [one for one in world.seen.attempts if one.road == "sandbox"]
    if not attempts:
        return None
    attempt = world.chance.choice(attempts[-3:])
    words = f"the payer's page asks for {attempt.id}"
    return Act(words, lambda: _said(_resolve(world, attempt.id)))


def answer_bank(world: World) -> Act | None:
    """The payer answers at the page of their bank."""
    rows = world.engine.store.all(
        "SELECT challenge, reference FROM charge WHERE status = 'requires_action' ORDER BY seq"
    )
    if not rows:
        return None
    row = world.chance.choice(rows)
    approves = world.chance.random() < 0.8  # noqa: PLR2004
    words = f"the payer of {row['reference']} {'approves' if approves else 'refuses'} at the bank"

    def work() -> str:
        world.engine.challenges.answer(row["challenge"], approve=approves)
        return ""

    return Act(words, work)


def _part(world: World, item: SeenItem) -> int:
    """What a page would offer: mostly all that is open; at times a part, or what it once was."""
    draw = world.chance.random()
    if draw < 0.7:  # noqa: PLR2004
        return item.open_minor or item.total_minor
    if draw < 0.9 and item.open_minor > 1:  # noqa: PLR2004
        return world.chance.randint(1, item.open_minor - 1)
    return item.total_minor


def _card(world: World) -> tuple[str, str]:
    number = world.chance.choices(list(_CARDS), _WEIGHTS)[0]
    return number, _CARDS[number]


def _token(world: World, number: str) -> str:
    return world.engine.make_token(number, 12, _YEARS_AHEAD, "123")


def _pay(world: World, command: PayCommand) -> str:
    attempt = pay_invoices.start(world.business_id, command, by=_PAYER, at=world.time.now())
    world.shown[attempt.id] = command.form_key
    return _said(attempt)


def _resolve(world: World, attempt_id: UUID) -> AttemptRow:
    return resolve_uncertain.resolve(world.business_id, attempt_id, at=world.time.now())


def _said(attempt: AttemptRow) -> str:
    why = f" ({attempt.failure_code})" if attempt.failure_code else ""
    return f"the page shows {attempt.id}: {attempt.state}{why}"
