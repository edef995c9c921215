"""The frozen rows of planned payments."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from counterfoil.domain.arrangements.states import LIVE
from counterfoil.domain.payments.methods.rows import last_day
from counterfoil.kernel.money import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSchedule:
    """What a customer plans: so much of which invoices, on a day of their own zone, by a saved
    method or a mandate of theirs. `form_key` was born with the page's form."""

    customer_id: UUID
    currency: str
    parts: tuple[tuple[UUID, int], ...]
    pay_date: date
    timezone: str
    form_key: str
    payer: str
    locale: str
    method_id: UUID | None = None
    mandate_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class ScheduleRow:
    """A planned payment as every reader gets it. `parts` are JSON: invoice, number, due_date,
    amount (what was agreed) and due (what is open now), in minor units."""

    id: UUID
    customer_id: UUID
    method_id: UUID | None
    mandate_id: UUID | None
    state: str
    currency: str
    pay_date: date
    timezone: str
    payer: str
    locale: str
    created_at: datetime
    created_by: str
    told_at: datetime | None
    attempt_id: UUID | None
    end_reason: str
    ended_at: datetime | None
    charged_at: datetime | None
    runs_at: datetime
    tries: int
    kind: str
    brand: str
    last4: str
    exp_month: int | None
    exp_year: int | None
    is_method_there: bool
    parts: list[dict[str, Any]]

    @property
    def is_live(self) -> bool:
        """Whether it may still be charged."""
        return self.state in LIVE

    @property
    def ends_date(self) -> date | None:
        """The last day on which the card that pays it is good."""
        return last_day(self.exp_month, self.exp_year)

    @property
    def outlives_card(self) -> bool:
        """Whether its day comes after the card's last, as things stand."""
        return self.ends_date is not None and self.ends_date < self.pay_date

    @property
    def agreed(self) -> Money:
        """What the customer agreed to, at most."""
        return Money(sum(int(part["amount"]) for part in self.parts), self.currency)

    @property
    def amount(self) -> Money:
        """What would be charged now: at most what was agreed, and what is due."""
        return Money(sum(minor for _, minor in self.due_parts), self.currency)

    @property
    def due_parts(self) -> tuple[tuple[UUID, int], ...]:
        """So much of which invoice would be charged now."""
        found = [
            (UUID(str(part["invoice"])), min(int(part["amount"]), int(part["due"])))
            for part in self.parts
        ]
        return tuple((invoice_id, minor) for invoice_id, minor in found if minor > 0)

    @property
    def numbers(self) -> tuple[str, ...]:
        """The invoices that it is for."""
        return tuple(str(part["number"]) for part in self.parts)

    def due_before(self, day: date, *, since: date) -> tuple[date, ...]:
        """When those of its invoices are due that are due before a day, and not before another; the
        earliest first."""
        found = [date.fromisoformat(part["due_date"]) for part in self.parts if int(part["due"])]
        return tuple(sorted(one for one in found if since <= one < day))
