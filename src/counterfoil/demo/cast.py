"""Who plays in the demo: a business, its staff and its customers, as a file of facts tells them."""

import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from importlib import resources
from random import Random
from typing import Any

from counterfoil.domain.billing.arithmetic import LineInput
from counterfoil.domain.business.rows import NewBankAccount, NewBusiness
from counterfoil.domain.customers.rows import NewContact, NewCustomer
from counterfoil.domain.identity.roles import Role
from counterfoil.flows.setting_up.open_business import Numbering

VISA = "4242424242424242"


@dataclass(frozen=True, slots=True)
class Habit:
    """How a customer pays: so many days after the issue, give or take; `gathers` invoices at
    once; `declined` is the share of payments whose first try fails."""

    lag_days: int
    spread_days: int
    declined: float = 0.04
    gathers: int = 1


HABITS = {
    "prompt": Habit(5, 3, 0.02),
    "usual": Habit(14, 6),
    "on_time": Habit(18, 2, 0.03),
    "late": Habit(41, 12, 0.12),
    "gathering": Habit(12, 5, 0.03, gathers=3),
}


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody by name and mail address."""

    name: str
    email: str

    @classmethod
    def said(cls, text: str) -> "Person":
        """The person of `Name <address>`."""
        name, _, email = text.removesuffix(">").partition(" <")
        return cls(name, email)


@dataclass(frozen=True, slots=True)
class Party:
    """One customer: `since` is the month of the story in which they come (0 is the first), `every`
    so many months they are invoiced, `size` scales what they use; `town` begins with its code."""

    key: str
    name: str
    ref: str
    street: str
    town: str
    country: str
    locale: str
    timezone: str
    currency: str
    people: list[str]
    habit: str
    size: Decimal
    tax_id: str = ""
    since: int = 0
    every: int = 1
    card: str = VISA
    discount: Decimal = Decimal(0)
    notes: str = ""

    @property
    def customer(self) -> NewCustomer:
        """Who is to be added: with all their people, the first of whom has the main address."""
        people = [Person.said(one) for one in self.people]
        code, _, city = self.town.partition(" ")
        return NewCustomer(
            name=self.name,
            locale=self.locale,
            timezone=self.timezone,
            currency=self.currency,
            email=people[0].email,
            tax_id=self.tax_id,
            address={
                "line1": self.street,
                "postal_code": code,
                "city": city,
                "country": self.country,
            },
            external_ref=self.ref,
            contacts=tuple(
                NewContact(one.name, one.email, self.locale, gets_receipts=one is people[0])
                for one in people
            ),
        )


@dataclass(frozen=True, slots=True)
class Words:
    """What documents say on occasions that both businesses know."""

    part_credit: str
    goodwill: str
    friendly_notes: str
    draft: str
    extra: str
    refund: str
    too_much: str
    gone: str
    thanks: str
    interest: str
    evidence: str


@dataclass(frozen=True, slots=True)
class Wares:
    """What a business invoices for: to a party on a day, to the guest, and at which full tax."""

    lines: Callable[[Party, date, Random], list[LineInput]]
    friendly: Callable[[date], list[LineInput]]
    full_rate: Decimal


@dataclass(frozen=True, slots=True)
class Cast:
    """Everything about one business of the demo; all of its people share the `password`, and the
    first person of each party in `sign_ins` can sign in."""

    business: NewBusiness
    banks: tuple[NewBankAccount, ...]
    debits: dict[str, Any]  # as `checked_debits` wants them
    numbering: Numbering
    staff: dict[Role, Person]
    parties: tuple[Party, ...]
    sign_ins: list[str]
    password: str
    circles: dict[str, list[str]]  # by customer: what the first, second, third person may do
    several: dict[str, str]  # the first person of one customer acts for another one too
    invited: dict[str, str]  # by customer: who was asked in and has not answered
    words: Words
    wares: Wares

    @property
    def lead(self) -> Party:
        """The customer to whom most happens: the first."""
        return self.parties[0]

    def party(self, key: str) -> Party:
        """A customer by its key."""
        return next(one for one in self.parties if one.key == key)


def read(name: str, wares: Wares) -> Cast:
    """The cast in the file `<name>.toml`; a fact that is missing or unknown is an error.

    Where a party says nothing, its country, language, time zone and currency are the business's.
    """
    file = resources.files(__package__).joinpath(f"{name}.toml")
    facts = tomllib.loads(file.read_text(encoding="utf-8"), parse_float=Decimal)
    business = NewBusiness(**facts.pop("business"), hosts=())
    home = {
        "country": business.address["country"],
        "locale": business.locale,
        "timezone": business.timezone,
        "currency": business.currency,
    }
    return Cast(
        business=business,
        banks=tuple(NewBankAccount(**one) for one in facts.pop("bank")),
        debits=facts.pop("debits"),
        numbering=Numbering(**facts.pop("numbering")),
        staff={Role(role): Person.said(text) for role, text in facts.pop("staff").items()},
        parties=tuple(_party(home | fact) for fact in facts.pop("party")),
        words=Words(**facts.pop("words")),
        wares=wares,
        **facts,
    )


def _party(fact: dict[str, Any]) -> Party:
    exact: dict[str, Any] = {
        name: Decimal(fact[name]) for name in ("size", "discount") if name in fact
    }
    return Party(**fact | exact)
