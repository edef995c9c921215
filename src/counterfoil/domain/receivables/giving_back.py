"""How money that is given back, or taken off an invoice, comes off what it covered: decided here,
in plain values, before anything is written."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from counterfoil.kernel.money import Money


@dataclass(frozen=True, slots=True)
class PaidCredit:
    """What a payment brought, under lock: `applied_minor` is used up, by invoices and by the
    `refunded_minor` that was given back."""

    id: UUID
    customer_id: UUID
    currency: str
    total_minor: int
    applied_minor: int
    refunded_minor: int

    @property
    def unapplied_minor(self) -> int:
        """What covers nothing and is still there."""
        return self.total_minor - self.applied_minor


@dataclass(frozen=True, slots=True)
class Covering:
    """So much of one allocation still covers its invoice."""

    allocation_id: UUID
    credit_id: UUID
    invoice_id: UUID
    number: str
    amount_minor: int


@dataclass(frozen=True, slots=True)
class Wanted:
    """So much of a payment is to be given back by one refund, or was taken by one chargeback."""

    refund_id: UUID | None
    credit_id: UUID
    amount: Money
    chargeback_id: UUID | None = None
    is_return: bool = False  # the payer's bank sent the debit itself back


@dataclass(frozen=True, slots=True)
class TakenOff:
    """So much of one allocation is taken off its invoice again."""

    allocation_id: UUID
    invoice_id: UUID
    amount: Money


@dataclass(frozen=True, slots=True)
class GivenBack:
    """What came off, and where it came from: what covered nothing (`uncovered`), then invoices.
    Without a refund and a chargeback no money moves: the customer keeps it as credit."""

    credit_id: UUID
    customer_id: UUID
    refund_id: UUID | None
    uncovered: Money
    parts: tuple[TakenOff, ...]
    chargeback_id: UUID | None = None
    is_return: bool = False

    @property
    def is_gone(self) -> bool:
        """Whether the money has left the customer's side too."""
        return self.is_return or (self.refund_id or self.chargeback_id) is not None

    @property
    def amount(self) -> Money:
        """All of it."""
        total = self.uncovered
        for part in self.parts:
            total += part.amount
        return total


def give_back(
    wanted: Sequence[Wanted],
    credits_: Mapping[UUID, PaidCredit],
    coverings: Sequence[Covering],
) -> list[GivenBack]:
    """Takes refunds off what payments cover, everything under lock.

    First goes what of the payment covers nothing, then what covers invoices, the newest allocation
    first; those invoices are open again by so much. `coverings` come newest first. Refuses
    (`ValueError`: a bug, `surcharging` caps it) more than the payment has.
    """
    free = {one.id: one.unapplied_minor for one in credits_.values()}
    left = {one.allocation_id: one.amount_minor for one in coverings}
    return [_one(one, credits_[one.credit_id], coverings, free, left) for one in wanted]


def _one(
    wanted: Wanted,
    credit: PaidCredit,
    coverings: Sequence[Covering],
    free: dict[UUID, int],
    left: dict[UUID, int],
) -> GivenBack:
    currency = credit.currency
    uncovered = min(free[credit.id], wanted.amount.minor)
    free[credit.id] -= uncovered
    rest, parts = wanted.amount.minor - uncovered, []
    for one in coverings:
        part = min(left[one.allocation_id], rest) if one.credit_id == credit.id else 0
        if part > 0:
            left[one.allocation_id] -= part
            rest -= part
            parts.append(TakenOff(one.allocation_id, one.invoice_id, Money(part, currency)))
    if rest:
        raise ValueError("more is given back than the payment has")
    return GivenBack(
        credit.id,
        credit.customer_id,
        wanted.refund_id,
        Money(uncovered, currency),
        tuple(parts),
        wanted.chargeback_id,
        wanted.is_return,
    )


def take_off(
    credit: PaidCredit, coverings: Sequence[Covering], invoice_id: UUID
) -> GivenBack | None:
    """Takes all that a payment covers of one invoice off it, without moving money; None if it
    covers nothing there."""
    parts = tuple(
        TakenOff(one.allocation_id, one.invoice_id, Money(one.amount_minor, credit.currency))
        for one in coverings
        if (one.credit_id, one.invoice_id) == (credit.id, invoice_id)
    )
    if not parts:
        return None
    return GivenBack(credit.id, credit.customer_id, None, Money(0, credit.currency), parts)


@dataclass(frozen=True, slots=True)
class TakenPart:
    """So much of one allocation a refund took off its invoice, and did not put on again."""

    allocation_id: UUID
    invoice_id: UUID
    amount_minor: int


@dataclass(frozen=True, slots=True)
class PutOn:
    """One of these is put on again as far as its invoice has room: `off_minor` of it stays off."""

    allocation_id: UUID
    invoice_id: UUID
    amount_minor: int
    off_minor: int


def put_on(parts: Sequence[TakenPart], covered: Sequence[tuple[UUID, Money]]) -> list[PutOn]:
    """What a refund that was not sent had taken off, and how much of it covers its invoice again;
    `covered` says so for each invoice."""
    room = {invoice_id: amount.minor for invoice_id, amount in covered}
    found = []
    for one in parts:
        on = min(room.get(one.invoice_id, 0), one.amount_minor)
        room[one.invoice_id] = room.get(one.invoice_id, 0) - on
        off = one.amount_minor - on
        found.append(PutOn(one.allocation_id, one.invoice_id, one.amount_minor, off))
    return found
