"""The values of the pages about staff, roles and keys."""

from dataclasses import dataclass
from datetime import datetime

from counterfoil.surfaces.backoffice.pages import Filter
from counterfoil.surfaces.ui.shell import Choice, FormState
from counterfoil.surfaces.ui.words import Pill


@dataclass(frozen=True, slots=True)
class Person:
    """A member of staff; without `url`, the reader may not change them; without `timeline_url`, not
    see what they did."""

    name: str
    email: str
    role: str
    tags: tuple[str, ...]
    is_self: bool
    url: str = ""
    timeline_url: str = ""


@dataclass(frozen=True, slots=True)
class Invited:
    """Somebody who was asked and has not answered."""

    email: str
    role: str
    by: str
    until: datetime
    is_over: bool
    withdraw_url: str


@dataclass(frozen=True, slots=True)
class PeoplePage:
    """Who works here, who was asked, and the form to ask somebody. `may_change` is false for a
    reader who only sees it."""

    tabs: tuple[Filter, ...]
    people: tuple[Person, ...]
    invited: tuple[Invited, ...]
    roles: tuple[Choice, ...]
    tags: tuple[str, ...]
    form: FormState


@dataclass(frozen=True, slots=True)
class PersonPage:
    """One member of staff: role, customers, and the way out."""

    name: str
    email: str
    roles: tuple[Choice, ...]
    tags: tuple[str, ...]
    form: FormState
    back_url: str
    remove_url: str


@dataclass(frozen=True, slots=True)
class RoleLine:
    """A role, what it may do in a sentence, up to how much, and how many have it."""

    name: str
    rights: tuple[str, ...]
    limits: tuple[str, ...]
    people: int
    url: str = ""


@dataclass(frozen=True, slots=True)
class RolesPage:
    """The presets and the business's own roles; `rules` is what needs two people, whoever asks."""

    tabs: tuple[Filter, ...]
    presets: tuple[RoleLine, ...]
    own: tuple[RoleLine, ...]
    rules: tuple[str, ...]
    rules_url: str
    new_url: str


@dataclass(frozen=True, slots=True)
class RightBox:
    """One right to tick."""

    value: str
    words: str
    hint: str
    is_given: bool
    is_yours: bool  # who lacks it can't give it


@dataclass(frozen=True, slots=True)
class LimitField:
    """A field for the limit of one act in one currency."""

    name: str
    words: str


@dataclass(frozen=True, slots=True)
class RolePage:
    """One role: its name and rights (of one of the business's own), and its limits."""

    title: str
    is_preset: bool
    form: FormState
    rights: tuple[RightBox, ...]
    limits: tuple[LimitField, ...]
    back_url: str
    remove_url: str = ""
    needs_second: bool = False  # of the rules for all: whether bank details need two people
    is_for_all: bool = False


@dataclass(frozen=True, slots=True)
class Key:
    """An API key, known by its first characters."""

    name: str
    hint: str
    scopes: tuple[str, ...]
    pill: Pill
    created_at: datetime
    expires_at: datetime | None
    old_until: datetime | None
    last_used_at: datetime | None
    revoke_url: str = ""
    rotate_url: str = ""


@dataclass(frozen=True, slots=True)
class ScopeRow:
    """One family of resources, and what a key may do with it: none, read or write."""

    name: str
    words: str
    hint: str
    choices: tuple[Choice, ...]
    value: str


@dataclass(frozen=True, slots=True)
class KeysPage:
    """The keys; `secret` is a new key, shown this once."""

    tabs: tuple[Filter, ...]
    keys: tuple[Key, ...]
    scopes: tuple[ScopeRow, ...]
    form: FormState
    form_key: str
    secret: str = ""
    overlaps: tuple[Choice, ...] = ()
