"""The values of the pages about who has access to a customer."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from counterfoil.domain.customers.rights import Preset
from counterfoil.domain.customers.rows import HeldLink
from counterfoil.kernel.money import Money
from counterfoil.surfaces.ui.shell import Choice, FormState

PRESETS = tuple(Preset)
LIVES = (1, 7, 30, 90)
"""For how many days more a link can be let work."""


@dataclass(frozen=True, slots=True)
class PersonRow:
    """Somebody who has access, and the page to change that."""

    name: str
    email: str
    preset: str
    url: str
    gets_invoices: bool
    gets_receipts: bool
    is_self: bool = False
    may_sign_in: bool = True


@dataclass(frozen=True, slots=True)
class InvitedRow:
    """Somebody who was asked and has not answered."""

    name: str
    email: str
    preset: str
    sent_at: datetime
    expires_at: datetime
    has_expired: bool
    again_url: str
    withdraw_url: str


@dataclass(frozen=True, slots=True)
class PeoplePage:
    """Who has access; `form` invites: name, email, preset, locale, gets_invoices, gets_receipts."""

    customer_name: str
    people: tuple[PersonRow, ...]
    invited: tuple[InvitedRow, ...]
    form: FormState
    invite_url: str
    locales: tuple[Choice, ...]
    back_url: str
    links_url: str
    presets: tuple[str, ...] = PRESETS


@dataclass(frozen=True, slots=True)
class PersonPage:
    """One of them; `form` has preset, gets_invoices, gets_receipts."""

    name: str
    email: str
    form: FormState
    save_url: str
    remove_url: str
    back_url: str
    is_self: bool = False
    presets: tuple[str, ...] = PRESETS


@dataclass(frozen=True, slots=True)
class PlannedBy:
    """A payment to come that the person has planned."""

    amount: Money
    pay_date: date
    numbers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RemovePage:
    """What is asked before somebody is taken out; `error` if nobody has said what becomes of the
    planned payments."""

    name: str
    email: str
    customer_name: str
    planned: tuple[PlannedBy, ...]
    remove_url: str
    back_url: str
    is_self: bool = False
    error: str = ""


@dataclass(frozen=True, slots=True)
class JoinPage:
    """An invitation, as whoever was invited sees it before accepting."""

    inviter: str
    customer_name: str
    email: str
    preset: str
    until: datetime
    join_url: str


@dataclass(frozen=True, slots=True)
class LinkRow:
    """One link with the ways to end it."""

    held: HeldLink
    revoke_url: str
    life_url: str


@dataclass(frozen=True, slots=True)
class LinksPage:
    """The links of a customer that the reader may see."""

    rows: tuple[LinkRow, ...]
    back_url: str
    sees_all: bool
    devices: Mapping[str, str]  # in words, by what a browser calls itself
    lives: tuple[int, ...] = LIVES


@dataclass(frozen=True, slots=True)
class OtherBusiness:
    """Another business at which the reader has signed in; `id` is what the form sends."""

    name: str
    id: str


@dataclass(frozen=True, slots=True)
class LeavePage:
    """On the way to another business; the form goes there by itself where scripts run."""

    name: str
    arrive_url: str
    token: str


@dataclass(frozen=True, slots=True)
class OwnCustomer:
    """A customer that the reader acts for: what they may do there, and what is due."""

    name: str
    url: str
    preset: str
    due: tuple[Money, ...] = ()
    is_current: bool = False


@dataclass(frozen=True, slots=True)
class SwitchPage:
    """Where else the reader can go with one click."""

    customers: tuple[OwnCustomer, ...]
    businesses: tuple[OtherBusiness, ...] = ()
    leave_url: str = ""  # POST `business`


@dataclass(frozen=True, slots=True)
class RegisterPage:
    """The form: name, email, number, code. With `sent_to` it asks for the mailed code instead;
    `is_waiting` when the business decides."""

    form: FormState
    sent_to: str = ""
    is_waiting: bool = False
