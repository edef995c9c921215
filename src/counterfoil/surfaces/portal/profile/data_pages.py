"""The values of the page about a person's own data."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Copy:
    """A copy that was asked for; without `file_url` it is still being made, or (`is_over`) came to
    nothing."""

    asked_at: datetime
    expires_at: datetime | None
    kilobytes: int
    file_url: str
    is_over: bool = False


@dataclass(frozen=True, slots=True)
class Wish:
    """What became of the wish to be forgotten; `reason` is said where it was declined."""

    asked_at: datetime
    is_declined: bool
    reason: str


@dataclass(frozen=True, slots=True)
class DataPage:
    """`is_alone`: nobody else acts for the customer, so that their data is this person's."""

    url: str
    business_name: str
    customer_name: str
    is_alone: bool
    copies: tuple[Copy, ...]
    wish: Wish | None
    copy_url: str
    erase_url: str
    back_url: str

    @property
    def waits(self) -> bool:
        """A copy is being made."""
        return any(not one.file_url and not one.is_over for one in self.copies)
