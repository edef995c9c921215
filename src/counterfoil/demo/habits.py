"""Who the demo's customers are, in values: where they live, what they buy, how they pay."""

from dataclasses import dataclass, field
from decimal import Decimal

from counterfoil.domain.customers.rows import NewContact, NewCustomer


@dataclass(frozen=True, slots=True)
class Habit:
    """How a customer pays: so many days after the issue, give or take; `gathers` invoices at
    once; `declined` is the share of payments whose first try fails."""

    lag_days: int
    spread_days: int
    declined: float = 0.04
    gathers: int = 1


PROMPT = Habit(5, 3, 0.02)
USUAL = Habit(14, 6)
ON_TIME = Habit(18, 2, 0.03)
LATE = Habit(41, 12, 0.12)
GATHERING = Habit(12, 5, 0.03, gathers=3)


@dataclass(frozen=True, slots=True)
class Party:
    """One customer: `since` is the month of the story in which they come (0 is the first), `every`
    so many months they are invoiced, `size` scales what they use."""

    key: str
    customer: NewCustomer
    habit: Habit
    size: Decimal
    since: int = 0
    every: int = 1
    card: str = "4242424242424242"
    discount: Decimal = Decimal(0)
    notes: str = ""


@dataclass(frozen=True, slots=True)
class SignIn:
    """A person of a customer who can sign in at the portal."""

    party: str
    name: str
    email: str
    password: str


@dataclass(frozen=True, slots=True)
class Staff:
    """A member of staff."""

    name: str
    email: str
    password: str
    role: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where a customer is: language, time zone and address."""

    locale: str
    timezone: str
    address: dict[str, str] = field(default_factory=dict)


def place(locale: str, timezone: str, street: str, town: str, country: str) -> Place:
    """A place from `street` and `postal code city`."""
    postal_code, _, city = town.partition(" ")
    address = {"line1": street, "postal_code": postal_code, "city": city, "country": country}
    return Place(locale, timezone, address)


def customer(
    name: str, where: Place, currency: str, *people: tuple[str, str], ref: str, tax_id: str = ""
) -> NewCustomer:
    """A customer with their people as contacts, the first of whom has the main address."""
    contacts = tuple(
        NewContact(person, email, where.locale, gets_invoices=True, gets_receipts=index == 0)
        for index, (person, email) in enumerate(people)
    )
    return NewCustomer(
        name=name,
        locale=where.locale,
        timezone=where.timezone,
        currency=currency,
        email=people[0][1],
        tax_id=tax_id,
        address=where.address,
        external_ref=ref,
        contacts=contacts,
    )
