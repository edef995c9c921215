"""The frozen rows of what happened to one thing: its states, events and book entries."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Step:
    """One move of one object through its states: who, when and why."""

    object_id: UUID
    to_state: str
    at: datetime
    actor: str
    reason: str


@dataclass(frozen=True, slots=True)
class PlacedEvent:
    """A gateway event that moved a payment."""

    id: UUID
    ref: str
    kind: str
    received_at: datetime


@dataclass(frozen=True, slots=True)
class BookLine:
    """One posting of one journal entry, with the nature of both accounts."""

    entry_id: UUID
    kind: str
    memo: str
    occurred_at: datetime
    debit_kind: str
    debit_party: str
    credit_kind: str
    credit_party: str
    amount_minor: int
    currency: str


@dataclass(frozen=True, slots=True)
class GatewayAccountRow:
    """A gateway account as staff may see it: no secret, no settings."""

    id: UUID
    kind: str
    name: str
    is_active: bool
    created_at: datetime
    last_event_at: datetime | None


@dataclass(frozen=True, slots=True)
class TimelineRow:
    """One moment of a timeline. `sort` says how the rest is read: a step (`what` is the machine,
    `became` the state), a change (the table and the verb), a note (its kind and subject), a mail
    (its template and state; `called` is to whom) or a credit note. A step of a request for a second
    person has its act as `called`, one of a refund the payment that it gives back;
    `instrument_kind` is what an attempt was paid by. `boxes` are the sealed texts that marks in a
    change stand for; none once opened."""

    id: UUID
    at: datetime
    sort: str
    what: str
    became: str
    actor: str
    origin: str
    reason: str
    object_id: UUID | None
    called: str
    changed: list[str]
    before: dict[str, Any]
    after: dict[str, Any]
    boxes: dict[str, Any]
    number: str
    amount_minor: int
    currency: str
    payment_id: UUID | None
    instrument_kind: str
