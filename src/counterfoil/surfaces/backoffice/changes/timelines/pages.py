"""The values of a timeline's page."""

from dataclasses import dataclass

from counterfoil.surfaces.backoffice.pages import Happening, Link
from counterfoil.surfaces.ui.lists import Paging


@dataclass(frozen=True, slots=True)
class TimelinePage:
    """Everything that happened to one thing; `back` leads to its own page."""

    title: str
    back: Link
    happenings: tuple[Happening, ...]
    paging: Paging
    csv_url: str  # empty for who may not take lists away
