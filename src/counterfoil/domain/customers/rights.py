"""What a person of a customer may do, apart from which mails they get (pure)."""

from collections.abc import Iterable
from enum import StrEnum


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
    known = set(ContactRight)
    return frozenset(ContactRight(one) for one in rights if one in known)


def may_give(own: Rights, wanted: Rights) -> bool:
    """Whether somebody may give these rights: nobody gives what they do not have themselves."""
    return ContactRight.PEOPLE in own and wanted <= own
