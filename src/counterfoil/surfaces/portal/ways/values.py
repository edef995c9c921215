"""The ways to pay that a pay form offers, as frozen values: one row of the choice each; and what
some ask their payer to do next."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from counterfoil.domain.notifications.waiting import Wait
from counterfoil.domain.payments.mandate_texts import MandateText
from counterfoil.kernel.money import Money


@dataclass(frozen=True, slots=True)
class Method:
    """What paid. `kind`: a `MethodKind`, or bank_transfer, cheque, cash."""

    kind: str
    brand: str = ""  # "visa", "mastercard"; any case
    last4: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """What a payment waits for its payer to do, and what came so far of what is sent in parts."""

    wait: Wait
    arrived: Money
    rest: Money


@dataclass(frozen=True, slots=True)
class CardFields:
    """The gateway's hosted fields: from the port's NextStep of kind collect_fields.

    `mount` is a path on window to the function that draws them
    (`CounterfoilSandbox.mount`); it is called with the element and `values`.
    """

    script_url: str
    mount: str
    values: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Way:
    """One way to pay. `code` is what the form sends as `way`: a kind (`card`), or the outside id of
    what is saved (`pm_…`). Without `fields` there is nothing to fill in.

    `fee` is what paying this way costs on top; `total` is the amount with it.
    """

    code: str
    kind: str
    total: Money
    fields: CardFields | None = None
    method: Method | None = None  # what is saved
    name: str = ""  # its owner's own word for it
    ends_date: date | None = None  # the last day on which a saved card is good, where it is near
    is_chosen: bool = False
    is_default: bool = False  # its owner has put it first
    can_be_saved: bool = False
    fee: Money | None = None
    mandate: MandateText | None = None  # what is agreed to with a new bank account, in full
    scheme: str = ""  # of a new bank account
    mandate_reference: str = ""  # of a bank account that is known
    mandate_url: str = ""
    given_at: datetime | None = None  # that mandate: one account may have several


@dataclass(frozen=True, slots=True)
class PlanForm:
    """The form that plans the payment for another day. It POSTs `parts` (each `minor:number`),
    `currency`, `form_key`, `back`, `way` and `pay_date`, from `first_date` to `last_date`;
    `due_date`: what it pays, or the first of that, is due before the last."""

    url: str
    form_key: str
    back: str
    currency: str
    parts: tuple[str, ...]
    first_date: date
    last_date: date
    ways: tuple[Way, ...]  # what is saved; empty: something has to be saved first
    methods_url: str
    due_date: date | None = None


@dataclass(frozen=True, slots=True)
class Planned:
    """A planned payment; `is_charging`: its day has come. `card_ends` is the last day of its card,
    where that comes before the day and is near; `card_has_ended`: it is over already."""

    url: str
    amount: Money
    pay_date: date
    method: Method
    numbers: tuple[str, ...]
    is_charging: bool = False
    card_ends: date | None = None
    card_has_ended: bool = False
