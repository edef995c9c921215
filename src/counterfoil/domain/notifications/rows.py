"""The frozen rows that notifications takes in and hands out."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Rendered:
    """A mail in words: subject on one line, plain text, HTML."""

    subject: str
    text: str = field(repr=False)
    html: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewMessage:
    """A mail to write: `cause` and `recipient` together are written once.

    `id` is made by the caller, who put `link_mark(id)` where the link's secret will stand.
    """

    id: UUID
    cause: str
    template: str
    about_kind: str
    about_id: UUID
    customer_id: UUID
    recipient: str
    locale: str
    rendered: Rendered
    message_ref: str
    asks_for_money: bool


@dataclass(frozen=True, slots=True)
class MessageRow:
    """A message as lists show it: to whom, about what, and whether it arrived."""

    id: UUID
    template: str
    about_kind: str
    about_id: UUID
    customer_id: UUID
    recipient: str
    locale: str
    subject: str
    state: str
    tries: int
    problem: str
    created_at: datetime
    sent_at: datetime | None


@dataclass(frozen=True, slots=True)
class MessageText:
    """A message with its words, as a person reads it again; links in it carry no secret."""

    id: UUID
    cause: str
    template: str
    about_kind: str
    about_id: UUID
    customer_id: UUID
    recipient: str
    locale: str
    subject: str
    state: str
    tries: int
    problem: str
    created_at: datetime
    sent_at: datetime | None
    text: str = field(repr=False)
    html: str = field(repr=False)
    message_ref: str
    asks_for_money: bool


@dataclass(frozen=True, slots=True)
class LockedMessage:
    """A message under lock; `moved_at` is when it took its present state, and `was_taken_over`
    says that a try was given up for dead before, so that any copy from now on is marked."""

    id: UUID
    state: str
    tries: int
    created_at: datetime
    moved_at: datetime
    was_taken_over: bool


@dataclass(frozen=True, slots=True)
class Claimed:
    """A message that is ours to send now; `is_resent` if a copy may have gone out already."""

    id: UUID
    is_resent: bool
