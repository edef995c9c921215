"""The only writer of the books."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from django.db import OperationalError

from counterfoil.domain.ledger.journal import CUSTOMER_KINDS, AccountRef, Entry
from counterfoil.infra.db import operation
from counterfoil.infra.sql import Statement
from counterfoil.kernel.ids import BusinessId, fresh_ids, new_id


@dataclass(frozen=True, slots=True)
class PostedEntry:
    """A new entry and how many postings it got."""

    entry_id: UUID
    postings: int


POST = Statement(__package__, "post", PostedEntry)


@operation
def post(business_id: BusinessId, entries: Sequence[Entry], *, at: datetime) -> list[UUID]:
    """Writes entries with all their postings, in one statement; returns the ids of the new ones.

    An entry whose key is there already is skipped whole. Refuses (ValueError) an entry without
    postings and an amount that is not positive; currencies are held by the database.
    """
    if not entries:
        return []
    found = POST.rows(business_id=business_id, at=at, **_columns(entries))
    _check_whole(entries, found)
    return [row.entry_id for row in found]


@operation
def post_later(business_id: BusinessId, entries: Sequence[Entry], *, at: datetime) -> None:
    """Does what `post` does, and refuses what it refuses, as `db.execute_later` has it run."""
    if entries:
        columns = _columns(entries)
        POST.rows_later(partial(_check_whole, entries), business_id=business_id, at=at, **columns)


def _check_whole(entries: Sequence[Entry], found: Sequence[PostedEntry]) -> None:
    wanted = {entry.id: len(entry.posts) for entry in entries}
    for row in found:
        if row.postings != wanted[row.entry_id]:
            raise OperationalError("an account was opened by someone else meanwhile: repeat")


def _columns(entries: Sequence[Entry]) -> dict[str, list[Any]]:
    """The entries as arrays: wanted accounts, entries, postings."""
    accounts: dict[tuple[AccountRef, str], UUID] = {}
    posts: list[tuple[UUID, int, UUID, UUID, int, str]] = []
    for entry in entries:
        if not entry.posts:
            raise ValueError("an entry has postings")
        for seq, one in enumerate(entry.posts, start=1):
            if one.amount.minor <= 0:
                raise ValueError("a posting has a positive amount")
            currency = one.amount.currency
            debit = accounts.setdefault((one.debit, currency), new_id())
            credit = accounts.setdefault((one.credit, currency), new_id())
            posts.append((entry.id, seq, debit, credit, one.amount.minor, currency))
    return {
        "account_ids": list(accounts.values()),
        "kinds": [ref.kind.value for ref, _ in accounts],
        "parties": [ref.party for ref, _ in accounts],
        "account_currencies": [currency for _, currency in accounts],
        "keeps": [ref.kind in CUSTOMER_KINDS for ref, _ in accounts],
        "entry_ids": [entry.id for entry in entries],
        "entry_kinds": [entry.kind for entry in entries],
        "sources": [entry.source_id for entry in entries],
        "keys": [entry.key for entry in entries],
        "occurred": [entry.occurred_at for entry in entries],
        "memos": [entry.memo for entry in entries],
        "reverses": [entry.reverses for entry in entries],
        "post_ids": fresh_ids(len(posts)),
        "post_entries": [post[0] for post in posts],
        "seqs": [post[1] for post in posts],
        "debits": [post[2] for post in posts],
        "credits": [post[3] for post in posts],
        "amounts": [post[4] for post in posts],
        "currencies": [post[5] for post in posts],
    }
