"""The frozen rows of saved methods, and until when a card is good (pure)."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from counterfoil.kernel.ports.gateways.outcomes import Instrument

NOTICE = timedelta(days=30)


def last_day(month: int | None, year: int | None) -> date | None:
    """The last day on which a card of this expiry is good; None for what does not end."""
    if month is None or year is None:
        return None
    return date(year, month, monthrange(year, month)[1])


@dataclass(frozen=True, slots=True, kw_only=True)
class NewMethod:
    """An instrument that a gateway keeps now."""

    customer_id: UUID
    gateway_account_id: UUID
    gateway_ref: str
    instrument: Instrument
    name: str = ""


@dataclass(frozen=True, slots=True)
class UseRow:
    """What one payment was made with."""

    method_id: UUID | None
    mandate_id: UUID | None
    kind: str
    brand: str
    last4: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class MethodRow:
    """A saved method as every reader gets it."""

    id: UUID
    customer_id: UUID
    gateway_account_id: UUID
    kind: str
    gateway_ref: str
    name: str
    brand: str
    last4: str
    exp_month: int | None
    exp_year: int | None
    is_default: bool
    created_at: datetime
    created_by: str
    used_at: datetime | None
    updated_at: datetime | None
    expiry_told_at: datetime | None
    removed_at: datetime | None
    gateway_kind: str

    @property
    def ends_date(self) -> date | None:
        """The last day on which a card is good; None for what does not end."""
        return last_day(self.exp_month, self.exp_year)

    def has_ended(self, today: date) -> bool:
        """Whether it can't be charged any more."""
        return self.ends_date is not None and self.ends_date < today

    def ends_soon(self, today: date) -> bool:
        """Whether it ends within thirty days: time for another one."""
        ends = self.ends_date
        return ends is not None and today <= ends <= today + NOTICE

    @property
    def instrument(self) -> Instrument:
        """What may be shown of it."""
        return Instrument(self.kind, self.brand, self.last4, self.exp_month, self.exp_year)
