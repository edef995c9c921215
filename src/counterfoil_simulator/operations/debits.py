"""Bank debits: a new account with its mandate, an account that stands, what banks send back days
later, and mandates that end."""

from dataclasses import replace

from counterfoil.domain.business import queries as businesses
from counterfoil.domain.business.debits import offered_schemes
from counterfoil.domain.payments import queries
from counterfoil.flows.debits.end_mandate import end_mandate
from counterfoil.flows.debits.offer_mandates import Consent, Offer, offered_mandates
from counterfoil.infra.db import reading
from counterfoil.kernel.actor import Actor, ActorKind
from counterfoil.kernel.ports.gateways.outcomes import MethodKind
from counterfoil_sandbox.instruments.banks import SANDBOX_ACCOUNTS, BankAccount
from counterfoil_sandbox.instruments.cards import Behaviour
from counterfoil_simulator.acts import Act
from counterfoil_simulator.operations.payers import send
from counterfoil_simulator.operations.wishes import PAYER, command, wish
from counterfoil_simulator.world import World

_CLERK = Actor(ActorKind.STAFF, "clerk")
_SCHEME = {"EUR": "sepa", "USD": "ach", "GBP": "bacs"}
_WEIGHTS = {Behaviour.SUCCEEDS: 6, Behaviour.RETURNED: 1, Behaviour.RETURNED_LATE: 2}
_HARMLESS = {"sepa": "AM04", "ach": "R01", "bacs": "ARUDD-0"}  # the mandate outlives these


def debit(world: World) -> Act | None:
    """Pays from a bank account that is new here: the mandate is given with the payment."""
    wanted = wish(world) if world.currency in _SCHEME else None
    if wanted is None:
        return None
    asked = command(world, wanted, MethodKind.BANK_DEBIT)
    offer = world.chance.choice(_offers(world, asked.form_key))
    consent = Consent(offer.scheme, offer.text.digest, "203.0.113.9", "browser")
    account = _account(world)
    asked = replace(asked, source=_token(world, account), debit=consent, method=MethodKind.CARD)
    world.forms.append(asked)
    words = f"{wanted.customer_id} pays {wanted.total} {world.currency} for {wanted.words}"
    what = account.what.rstrip(".").lower()
    return Act(f"{words} by {offer.scheme} debit ({what})", lambda: send(world, asked))


def debit_again(world: World) -> Act | None:
    """Pays from an account whose mandate stands; at times one that has ended meanwhile."""
    known = [one for one in world.seen.mandates if one.source_ref]
    mandate = world.chance.choice(known) if known else None
    wanted = wish(world, mandate.customer_id) if mandate else None
    if mandate is None or wanted is None:
        return None
    asked = command(world, wanted, MethodKind.BANK_DEBIT)
    asked = replace(asked, debit=mandate.id, method=MethodKind.CARD)
    world.forms.append(asked)
    words = f"{wanted.customer_id} pays {wanted.total} {world.currency} for {wanted.words}"
    return Act(f"{words} by debit on {mandate.id}", lambda: send(world, asked))


def revoke(world: World) -> Act | None:
    """The payer takes a mandate back, or staff do it for them."""
    standing = [one for one in world.seen.mandates if one.state in ("active", "unknown")]
    if not standing:
        return None
    mandate = world.chance.choice(standing)
    by = world.chance.choice((PAYER, _CLERK))

    def work() -> str:
        at = world.time.now()
        made = end_mandate(world.business_id, mandate.id, customer_id=None, at=at, by=by)
        return f"the page shows {made.id}: {made.state}"

    who = "the payer takes" if by is PAYER else "staff take"
    return Act(f"{who} {mandate.id} back", work)


def bank_ends(world: World) -> Act | None:
    """A mandate is taken back at the payer's bank; the gateway hears of it first."""
    rows = world.engine.store.all("SELECT id FROM mandate WHERE status = 'active' ORDER BY seq")
    if not rows:
        return None
    row = world.chance.choice(rows)

    def work() -> str:
        world.engine.mandates.revoke(row["id"], world.account.id)
        return ""

    return Act(f"the payer's bank ends the mandate {row['id']}", work)


def send_back(world: World) -> Act | None:
    """The payer's bank sends a debit back: on its way, or long after it was paid."""
    rows = world.engine.store.all(
        "SELECT c.id, c.reference, c.status FROM charge c"
        " JOIN instrument i ON i.id = c.instrument_id WHERE i.kind = 'bank_debit'"
        " AND c.status IN ('processing', 'succeeded') AND c.returned_at IS NULL ORDER BY c.seq"
    )
    if not rows:
        return None
    row = world.chance.choice(rows)
    code = world.chance.choice((None, _HARMLESS[_SCHEME[world.currency]]))

    def work() -> str:
        world.engine.debits.send_back(row["id"], code)
        return ""

    why = "for want of funds" if code else "as contested"
    words = f"the payer's bank sends the debit of {row['reference']} back {why}"
    return Act(f"{words}, which is {row['status']}", work)


def _offers(world: World, form_key: str) -> list[Offer]:
    business = businesses.by_id(world.business_id)
    assert offered_schemes(business, world.currency)
    with reading(world.business_id):
        account = queries.account(world.business_id, world.gateway_account_id)
    return offered_mandates(business, account, world.currency, form_key=form_key, locale="en")


def _account(world: World) -> BankAccount:
    able = [one for one in SANDBOX_ACCOUNTS if one.scheme == _SCHEME[world.currency]]
    return world.chance.choices(able, [_WEIGHTS[one.behaviour] for one in able])[0]


def _token(world: World, account: BankAccount) -> str:
    first, _, number = account.number.partition(" ")
    name = {"sepa": "iban", "ach": "routing_number", "bacs": "sort_code"}[account.scheme]
    fields = {name: first} | ({"account_number": number} if number else {})
    return world.engine.make_bank_token(holder="Payer", **fields)
