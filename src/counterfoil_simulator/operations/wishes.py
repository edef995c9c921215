"""What payers want to pay, and what a page would make of it: invoices whole, in part, or more than
is due, or nothing in particular; with what paying this way costs on top."""

from dataclasses import dataclass
from uuid import UUID

from counterfoil.domain.business.surcharges import quote
from counterfoil.flows.pay_invoices import PayCommand
from counterfoil.kernel.actor import Actor, ActorKind
from counterfoil.kernel.money import Money
from counterfoil.kernel.ports.gateways.outcomes import MethodKind
from counterfoil_simulator.invariants.seen import SeenItem
from counterfoil_simulator.world import ORIGIN, World

PAYER = Actor(ActorKind.CONTACT)


@dataclass(frozen=True, slots=True)
class Wish:
    """So much of which invoices of one customer."""

    customer_id: UUID
    parts: tuple[tuple[UUID, int], ...]
    total: int
    extra: int

    @property
    def words(self) -> str:
        """What it is for."""
        return " and ".join(str(one) for one, _ in self.parts) or "nothing in particular"


def wish(world: World, customer_id: UUID | None = None) -> Wish | None:
    """What this customer, or anybody, wants to pay."""
    payer = customer_id or world.chance.choice(world.customers)
    owed = [one for one in world.seen.items if one.customer_id == payer and not one.is_void]
    chosen = world.chance.sample(owed, min(len(owed), world.chance.choice((1, 1, 1, 2))))
    parts = tuple((one.id, _part(world, one)) for one in chosen)
    extra = world.chance.choice((0, 0, 0, 0, world.chance.randint(1, 5_000)))
    total = sum(amount for _, amount in parts) + extra
    return Wish(payer, parts, total, extra) if total else None


def command(world: World, wanted: Wish, kind: MethodKind) -> PayCommand:
    """The form that a page sends, without what it is paid from."""
    fee = quote(world.surcharges, kind, Money(wanted.total, world.currency)).minor
    return PayCommand(
        customer_id=wanted.customer_id,
        currency=world.currency,
        source="",
        parts=wanted.parts,
        form_key=f"form-{world.number()}",
        site=ORIGIN,
        payer="payer",
        amount_minor=wanted.total if wanted.extra else None,
        method=kind,
        fee_minor=fee if world.surcharges else None,
    )


def _part(world: World, item: SeenItem) -> int:
    """What a page would offer: mostly all that is open; at times a part, or what it once was."""
    draw = world.chance.random()
    if draw < 0.7:  # noqa: PLR2004
        return item.open_minor or item.total_minor
    if draw < 0.9 and item.open_minor > 1:  # noqa: PLR2004
        return world.chance.randint(1, item.open_minor - 1)
    return item.total_minor
