"""The values that the page to confirm a payment is drawn from."""

from dataclasses import dataclass
from datetime import date, datetime

from counterfoil.kernel.money import Money
from counterfoil.surfaces.portal.pages import BankDetails, Payable
from counterfoil.surfaces.portal.ways.values import Step


@dataclass(frozen=True, slots=True)
class Part:
    """An invoice that is to be paid. `typed` is its amount as the reader wrote it; `amount` is
    what will be paid now, None where the typed one can't be read. `planned`: the day on which it is
    to be paid by itself."""

    number: str
    url: str
    due_in_days: int
    due: Money
    amount: Money | None
    typed: str
    errors: tuple[str, ...] = ()
    planned: date | None = None

    @property
    def left(self) -> Money | None:
        """What will still be due, if anything."""
        found = self.due - self.amount if self.amount is not None else None
        return found if found is not None and found.minor > 0 else None

    @property
    def more(self) -> Money | None:
        """What is paid above what is due, if anything."""
        found = self.amount - self.due if self.amount is not None else None
        return found if found is not None and found.minor > 0 else None


@dataclass(frozen=True, slots=True)
class Held:
    """An invoice that is left out, because someone is paying it. `state`: busy, processing or
    checking; `resume_url` only for the one who began; `is_by_link`: with the reader's own link, but
    not in this browser."""

    number: str
    url: str
    due: Money
    since: datetime
    state: str
    payer_name: str = ""
    is_self: bool = False
    is_by_link: bool = False
    resume_url: str = ""
    step: Step | None = None


@dataclass(frozen=True, slots=True)
class OneCurrency:
    """What would be paid in one currency, and the fields that ask for it."""

    amount: Money
    count: int
    fields: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class ConfirmPage:
    """What will be paid with one charge. `currencies` is set instead of it when the choice has
    several. `pay` is there when nothing stands in the way."""

    confirm_url: str
    currency: str
    parts: tuple[Part, ...] = ()
    held: tuple[Held, ...] = ()
    settled: tuple[str, ...] = ()  # numbers that have nothing due any more
    currencies: tuple[OneCurrency, ...] = ()
    total: Money | None = None
    due: Money | None = None
    extra: Money | None = None
    is_ahead: bool = False
    amount_typed: str = ""
    amount_errors: tuple[str, ...] = ()
    pay: Payable | None = None
    sent: tuple[tuple[str, str], ...] = ()  # hidden fields that say exactly what is confirmed
    note: str = ""
    needs_note: bool = False
    bank: BankDetails | None = None  # the other way to pay it
    is_online: bool = True
    is_locked: bool = False  # nobody can pay by this link any more
    sign_in_url: str = ""
    is_cut: bool = False  # more is due than one payment can be for: the oldest come first
    back_url: str = ""
