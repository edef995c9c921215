"""What a person of a customer may do, apart from which mails they get (pure)."""

from collections.abc import Iterable
from enum import StrEnum
from functools import lru_cache

from counterfoil.domain.identity.roles import Right


class ContactRight(StrEnum):
    """One thing that a person of a customer may be allowed to do."""

    SEE = "see"  # invoices, payments and their documents
    PAY = "pay"  # now or on a day to come
    METHODS = "methods"  # save and remove what pays: cards, bank accounts, mandates, plans
    PEOPLE = "people"  # who else has access, by sign-in or by link, and the billing details
    STATEMENTS = "statements"  # what is owed and what was paid, without the invoices


class Preset(StrEnum):
    """The rights that people are given, as one word of the page each."""

    MANAGES = "manages"
    PAYS = "pays"
    SEES = "sees"
    STATEMENTS = "statements"


Rights = frozenset[ContactRight]

ALL: Rights = frozenset(ContactRight)
RIGHTS: dict[Preset, Rights] = {
    Preset.MANAGES: ALL,
    Preset.PAYS: frozenset({ContactRight.SEE, ContactRight.PAY, ContactRight.STATEMENTS}),
    Preset.SEES: frozenset({ContactRight.SEE, ContactRight.STATEMENTS}),
    Preset.STATEMENTS: frozenset({ContactRight.STATEMENTS}),
}


def preset_of(rights: Rights) -> Preset:
    """The word for these rights: the widest one that promises nothing beyond them."""
    fits = (preset for preset, meant in RIGHTS.items() if meant <= rights)
    least = Preset.SEES if ContactRight.SEE in rights else Preset.STATEMENTS
    return next(fits, least)


def kept(rights: Iterable[str]) -> list[str]:
    """Rights as a row keeps them, in one order."""
    wanted = set(rights)
    return [right.value for right in ContactRight if right.value in wanted]


def read(rights: Iterable[str]) -> Rights:
    """Rights as they stand in a row; a word that is none is left out."""
    return _read(tuple(rights))


@lru_cache(maxsize=128)
def _read(rights: tuple[str, ...]) -> Rights:
    """Pages ask some twenty times, and there are few combinations."""
    known = {right.value: right for right in ContactRight}
    return frozenset(known[one] for one in rights if one in known)


SEEING: Rights = RIGHTS[Preset.SEES]
"""What moves no money of the customer's."""


def givable(staff: Iterable[Right]) -> Rights:
    """What a member of staff with these rights may give to people of a customer: more than seeing
    lets somebody charge what the customer has saved, or name who may, so it takes the right to
    record the customer's payments."""
    return ALL if Right.RESOLVE_PAYMENTS in set(staff) else SEEING


def presets_of(rights: Rights, *besides: str) -> tuple[str, ...]:
    """The choices of a form whose reader may give these rights; `besides` is what somebody has
    already, which may stay."""
    return tuple(one for one, meant in RIGHTS.items() if meant <= rights or one in besides)


def may_give(own: Rights, wanted: Rights) -> bool:
    """Whether somebody may give these rights: nobody gives what they do not have themselves."""
    return ContactRight.PEOPLE in own and wanted <= own
