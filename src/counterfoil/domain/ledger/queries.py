"""Reads of the books, as frozen rows."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from counterfoil.domain.ledger.journal import CUSTOMER_KINDS
from counterfoil.domain.ledger.rows import (
    AccountTotal,
    CustomerBalance,
    EntryRow,
    PostingRow,
    WrittenEntry,
)
from counterfoil.infra.sql import Statement
from counterfoil.kernel.ids import BusinessId

TRIAL_BALANCE = Statement(__package__, "trial_balance", AccountTotal)
ENTRIES = Statement(__package__, "entries", EntryRow)
ENTRY_OF_KEY = Statement(__package__, "entry_of_key", WrittenEntry)
POSTINGS = Statement(__package__, "postings", PostingRow)
CUSTOMER_BALANCES = Statement(__package__, "customer_balances", CustomerBalance)


def trial_balance(business_id: BusinessId, *, at: datetime) -> list[AccountTotal]:
    """Debit and credit totals of every account from entries that occurred up to `at`."""
    return TRIAL_BALANCE.rows(business_id=business_id, at=at)


def entries(
    business_id: BusinessId, *, at: datetime, before: UUID | None = None, limit: int = 50
) -> list[EntryRow]:
    """Journal entries that occurred up to `at`, the newest written first."""
    return ENTRIES.rows(business_id=business_id, at=at, before=before, limit=limit)


def entry_of_key(business_id: BusinessId, key: str) -> UUID | None:
    """The entry that was written under this key, if one was: what a correction reverses."""
    found = ENTRY_OF_KEY.first(business_id=business_id, key=key)
    return found.id if found else None


def postings(business_id: BusinessId, entry_ids: Sequence[UUID]) -> dict[UUID, list[PostingRow]]:
    """The postings of entries, in order, by entry."""
    found: dict[UUID, list[PostingRow]] = {}
    for row in POSTINGS.rows(business_id=business_id, entry_ids=list(entry_ids)):
        found.setdefault(row.entry_id, []).append(row)
    return found


def customer_balances(
    business_id: BusinessId, customer_ids: Sequence[UUID]
) -> dict[UUID, dict[str, int]]:
    """What customers owe less their credit, by customer and currency, in minor units; a customer
    without any booking is left out."""
    rows = CUSTOMER_BALANCES.rows(
        business_id=business_id,
        customer_ids=list(customer_ids),
        kinds=sorted(kind.value for kind in CUSTOMER_KINDS),
    )
    found: dict[UUID, dict[str, int]] = {}
    for row in rows:
        found.setdefault(row.customer_id, {})[row.currency] = row.balance_minor
    return found
