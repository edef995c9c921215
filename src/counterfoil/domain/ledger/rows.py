"""The frozen rows that the ledger hands out."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class AccountTotal:
    """What one account was debited and credited with, in minor units, never netted."""

    kind: str
    party: UUID | None
    currency: str
    debit_minor: int
    credit_minor: int


@dataclass(frozen=True, slots=True)
class WrittenEntry:
    """One journal entry, by its id alone."""

    id: UUID


@dataclass(frozen=True, slots=True)
class EntryRow:
    """One journal entry without its postings."""

    id: UUID
    kind: str
    source_id: UUID
    occurred_at: datetime
    posted_at: datetime
    memo: str
    reverses_id: UUID | None


@dataclass(frozen=True, slots=True)
class PostingRow:
    """One posting with its accounts by their nature."""

    entry_id: UUID
    seq: int
    debit_kind: str
    debit_party: UUID | None
    credit_kind: str
    credit_party: UUID | None
    currency: str
    amount_minor: int


@dataclass(frozen=True, slots=True)
class CustomerBalance:
    """What a customer owes less the credit they have, in one currency; negative: we owe them."""

    customer_id: UUID
    currency: str
    balance_minor: int
