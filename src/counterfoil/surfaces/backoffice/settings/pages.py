"""The values of the settings' pages."""

from dataclasses import dataclass
from datetime import datetime

from counterfoil.surfaces.backoffice.pages import Filter
from counterfoil.surfaces.ui.shell import Choice, FormState


@dataclass(frozen=True, slots=True)
class Swatch:
    """The accent as pages will use it; `note` says in words if it had to be corrected."""

    css_url: str
    note: str
    is_corrected: bool


@dataclass(frozen=True, slots=True)
class BrandPage:
    """Fields in `form`: name, legal_name, email, tax_id, accent, locale, timezone
    and the parts of the address as `address.line1` and so on."""

    tabs: tuple[Filter, ...]
    form: FormState
    swatch: Swatch | None
    locales: tuple[Choice, ...]
    timezones: tuple[Choice, ...]
    logo_url: str
    logo_errors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Person:
    """A member of staff."""

    name: str
    email: str
    role: str
    may: str
    is_self: bool


@dataclass(frozen=True, slots=True)
class PeoplePage:
    """Who works here."""

    tabs: tuple[Filter, ...]
    people: tuple[Person, ...]


@dataclass(frozen=True, slots=True)
class Key:
    """An API key, known by its first characters."""

    name: str
    hint: str
    created_at: datetime
    revoked_at: datetime | None
    revoke_url: str


@dataclass(frozen=True, slots=True)
class KeysPage:
    """The keys; `secret` is a new key, shown this once."""

    tabs: tuple[Filter, ...]
    keys: tuple[Key, ...]
    form: FormState
    form_key: str
    secret: str = ""
