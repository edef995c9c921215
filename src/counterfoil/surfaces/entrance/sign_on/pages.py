"""The values of the pages of single sign-on."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LeadPage:
    """Where somebody goes on to; `other_url` is another way in, where that is allowed."""

    name: str
    url: str
    for_owners: bool  # only they may go the other way
    other_url: str


@dataclass(frozen=True, slots=True)
class RefusedPage:
    """Why nobody was signed in."""

    words: str
    sign_in_url: str
    reference: str


@dataclass(frozen=True, slots=True)
class Told:
    """One thing that a provider says of somebody."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class TriedPage:
    """What came of trying a connection out: nobody was signed in."""

    name: str
    words: str
    detail: str
    told: tuple[Told, ...]
    is_good: bool
    back_url: str
    strength: str = ""  # what it counts as; empty where the connection does not say what counts
