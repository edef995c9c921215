"""What payers do: pay, send the form again, open a second tab, answer their bank, come back."""

from dataclasses import replace
from uuid import UUID

from counterfoil.domain.payments.rows import AttemptRow
from counterfoil.flows import pay_invoices, resolve_uncertain
from counterfoil.flows.pay_invoices import PayCommand
from counterfoil.kernel.ports.gateways.outcomes import MethodKind
from counterfoil_sandbox.requests import TokenRequest, WalletData
from counterfoil_simulator.acts import Act
from counterfoil_simulator.operations.wishes import PAYER, command, wish
from counterfoil_simulator.world import World

_CARDS = {
    "4242424242424242": "a card that pays",
    "5555555555554444": "another card that pays",
    "4000000000000002": "a card that is declined",
    "4000002500003155": "a card that asks for 3-D Secure",
    "4000000000009979": "a card whose answer gets lost",
    "4000000000005126": "a card whose refunds fail a day later",
    "4000000000000259": "a card whose charges are contested a minute later",
}
_WEIGHTS = (8, 2, 2, 3, 1, 1, 1)
_WALLET_CARDS = ("visa", "visa", "mastercard", "declined", "disputed")
_WALLETS = 0.15
_SAVES = 0.25
_YEARS_AHEAD = 2030


def pay(world: World) -> Act | None:
    """Pays by card or by a wallet; at times the card is to be kept for the next time."""
    wanted = wish(world)
    if wanted is None:
        return None
    is_wallet = world.chance.random() < _WALLETS
    kind = MethodKind.WALLET if is_wallet else MethodKind.CARD
    asked = command(world, wanted, kind)
    if is_wallet:
        source, what = _wallet(world)
    else:
        number, what = _card(world)
        source = card_token(world, number)
        asked = replace(asked, save=world.chance.random() < _SAVES)
    asked = replace(asked, source=source)
    world.forms.append(asked)
    words = f"{wanted.customer_id} pays {wanted.total} {world.currency} for {wanted.words}"
    saves = ", which is to be kept" if asked.save else ""
    return Act(f"{words} with {what}{saves}", lambda: send(world, asked))


def pay_again(world: World) -> Act | None:
    """The same form once more: a double click, a reload, an impatient browser."""
    if not world.forms:
        return None
    sent = world.chance.choice(world.forms)
    is_card = bool(sent.source) and sent.kind is MethodKind.CARD
    again = replace(sent, source=card_token(world, "4242424242424242")) if is_card else sent
    words = f"{sent.customer_id} sends the form {sent.form_key} once more"
    return Act(words, lambda: send(world, again))


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
        "SELECT challenge, reference FROM charge WHERE status = 'requires_action'"
        " AND challenge LIKE 'tds%' ORDER BY seq"
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


def send(world: World, asked: PayCommand) -> str:
    """The form arrives; says what the page shows."""
    attempt = pay_invoices.start(world.business_id, asked, by=PAYER, at=world.time.now())
    world.shown[attempt.id] = asked.form_key
    return _said(attempt)


def card_token(world: World, number: str) -> str:
    """What the hosted fields make of a card."""
    return world.engine.make_token(number, 12, _YEARS_AHEAD, "123")


def _card(world: World) -> tuple[str, str]:
    number = world.chance.choices(list(_CARDS), _WEIGHTS)[0]
    return number, _CARDS[number]


def _wallet(world: World) -> tuple[str, str]:
    card = world.chance.choice(_WALLET_CARDS)
    wallet = WalletData(type=world.chance.choice(("apple_pay", "google_pay")), card=card)
    token = world.engine.tokens.make(TokenRequest(wallet=wallet), None)
    return str(token["id"]), f"the card {card} of a wallet"


def _resolve(world: World, attempt_id: UUID) -> AttemptRow:
    return resolve_uncertain.resolve(world.business_id, attempt_id, at=world.time.now())


def _said(attempt: AttemptRow) -> str:
    why = f" ({attempt.failure_code})" if attempt.failure_code else ""
    return f"the page shows {attempt.id}: {attempt.state}{why}"
