"""The values of the page that says who of the business has looked."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Look:
    """One look: who, when, and why in their own words."""

    name: str
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class LooksPage:
    """Every look that is on record."""

    business_name: str
    looks: tuple[Look, ...]
    back_url: str
