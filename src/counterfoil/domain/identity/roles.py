"""What staff may do, by role (pure): enforced on server and page alike."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """The presets of a business's staff."""

    OWNER = "owner"
    FINANCE = "finance"
    COLLECTOR = "collector"
    SUPPORT = "support"
    READONLY = "readonly"


class Right(StrEnum):
    """One thing that staff may be allowed to do."""

    SEE = "see"
    EDIT_CUSTOMERS = "edit_customers"
    EDIT_INVOICES = "edit_invoices"
    CREDIT = "credit"
    WRITE_OFF = "write_off"
    RESOLVE_PAYMENTS = "resolve_payments"
    REFUND = "refund"
    APPROVE = "approve"
    IMPORT = "import"
    EXPORT = "export"
    SEE_AS_CUSTOMER = "see_as_customer"
    GATEWAYS = "gateways"
    BANK_DATA = "bank_data"
    SETTINGS = "settings"
    PEOPLE = "people"
    KEYS = "keys"
    TRAIL = "trail"


_BOOKS = frozenset(
    {
        Right.SEE,
        Right.EDIT_CUSTOMERS,
        Right.EDIT_INVOICES,
        Right.CREDIT,
        Right.WRITE_OFF,
        Right.RESOLVE_PAYMENTS,
        Right.REFUND,
        Right.APPROVE,
        Right.IMPORT,
        Right.EXPORT,
    }
)
RIGHTS = {
    Role.OWNER: frozenset(Right),
    Role.FINANCE: _BOOKS,
    Role.COLLECTOR: frozenset(
        {Right.SEE, Right.EDIT_CUSTOMERS, Right.EDIT_INVOICES, Right.RESOLVE_PAYMENTS}
    ),
    Role.SUPPORT: frozenset({Right.SEE, Right.EDIT_CUSTOMERS, Right.SEE_AS_CUSTOMER}),
    Role.READONLY: frozenset({Right.SEE}),
}
OF_THE_WHOLE = frozenset(
    {
        Right.IMPORT,
        Right.GATEWAYS,
        Right.BANK_DATA,
        Right.SETTINGS,
        Right.PEOPLE,
        Right.KEYS,
        Right.TRAIL,
    }
)
"""What concerns every customer: nobody has it who may see some of them only."""


def rights_of(words: Iterable[str]) -> frozenset[Right]:
    """Stored rights; a word of an older or newer version gives nothing. Who may do anything at all
    may see."""
    known = {right.value: right for right in Right}
    return frozenset({known[word] for word in words if word in known} | {Right.SEE})


def reach(rights: frozenset[Right], tags: Iterable[str]) -> frozenset[Right]:
    """The rights of somebody who sees only customers with these tags."""
    return rights - OF_THE_WHOLE if any(tags) else rights


class Act(StrEnum):
    """What a role may do alone up to an amount, and over it with a second person only."""

    REFUND = "refund"
    WRITE_OFF = "write_off"
    CREDIT = "credit"
    BANK_DATA = "bank_data"  # has no amount: a limit of it is that it needs two people


RIGHT_OF = {
    Act.REFUND: Right.REFUND,
    Act.WRITE_OFF: Right.WRITE_OFF,
    Act.CREDIT: Right.CREDIT,
    Act.BANK_DATA: Right.BANK_DATA,
}


@dataclass(frozen=True, slots=True)
class Limit:
    """Up to how much of one currency an act needs nobody else."""

    act: Act
    currency: str
    up_to_minor: int


def is_within(limits: Iterable[Limit], act: Act, currency: str, amount_minor: int) -> bool:
    """Whether the limits let the amount pass. An act without a limit is free; one with limits is
    free in their currencies only."""
    own = [one for one in limits if one.act == act]
    if not own:
        return True
    return any(one.currency == currency and amount_minor <= one.up_to_minor for one in own)


def loosens(known: Sequence[Limit], wanted: Sequence[Limit]) -> bool:
    """Whether anything would need one person that needs two now."""
    told = {(one.act, one.currency): one.up_to_minor for one in wanted}
    acts = {one.act for one in wanted}
    for one in known:
        minor = told.get((one.act, one.currency))
        if one.act not in acts or (minor is not None and minor > one.up_to_minor):
            return True
    before = {(one.act, one.currency) for one in known}
    restricted = {one.act for one in known}
    return any(key not in before and key[0] in restricted for key in told)
