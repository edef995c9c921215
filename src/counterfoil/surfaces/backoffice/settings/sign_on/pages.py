"""The values of the pages of single sign-on."""

from dataclasses import dataclass

from counterfoil.surfaces.backoffice.pages import Filter, Link
from counterfoil.surfaces.ui.shell import Choice, FormState
from counterfoil.surfaces.ui.words import Pill


@dataclass(frozen=True, slots=True)
class Row:
    """A connection in the list."""

    url: str
    name: str
    whose: str
    facts: str
    pill: Pill


@dataclass(frozen=True, slots=True)
class ListPage:
    """Every connection, and what can be added."""

    tabs: tuple[Filter, ...]
    rows: tuple[Row, ...]
    adds: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class Box:
    """Something to tick."""

    name: str
    words: str
    hint: str
    is_ticked: bool


@dataclass(frozen=True, slots=True)
class NewPage:
    """The form of a new connection: whose people come, and what they are."""

    tabs: tuple[Filter, ...]
    title: str
    for_staff: bool
    form: FormState
    levels: tuple[Choice, ...]  # roles, or what contacts may do
    boxes: tuple[Box, ...]
    key: str
    post_url: str


@dataclass(frozen=True, slots=True)
class Given:
    """One thing to type in at the provider."""

    words: str
    value: str


@dataclass(frozen=True, slots=True)
class OnePage:
    """One connection. `provider_form`: issuer, client_id, client_secret; or metadata_url, metadata.
    A secret is never filled in."""

    tabs: tuple[Filter, ...]
    name: str
    whose: str
    pill: Pill
    is_active: bool
    is_saml: bool
    for_staff: bool
    has_provider: bool
    facts: tuple[Given, ...]
    given: tuple[Given, ...]
    provider_form: FormState
    form: FormState
    levels: tuple[Choice, ...]
    boxes: tuple[Box, ...]
    linked: int
    post_url: str
    provider_url: str
    switch_url: str
    try_url: str
    forget_url: str
    remove_url: str
