"""Reads of bank lines, and of the invoices that lines name."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any
from uuid import UUID

from counterfoil.domain.customers.queries import like
from counterfoil.domain.receivables.queries import PARTS_MAX
from counterfoil.domain.reconciliation.matching import Keys
from counterfoil.domain.reconciliation.rows import (
    LineCounts,
    LineRow,
    NamedCustomer,
    NamedItem,
    NewLine,
    Suggestion,
)
from counterfoil.infra.secrets.box import open_long, place_of
from counterfoil.infra.secrets.marks import mark_of
from counterfoil.infra.sql import Statement
from counterfoil.kernel.errors import NotFound
from counterfoil.kernel.ids import BusinessId


@dataclass(frozen=True, slots=True)
class There:
    """A line that has been imported, by its account and its name."""

    bank_account_id: UUID
    ref: str


NAMED = Statement(__package__, "named_items", NamedItem, LOCK="")
THERE = Statement(__package__, "there", There)
COUNTS = Statement(__package__, "line_counts", LineCounts)
CUSTOMERS = Statement(__package__, "named_customers", NamedCustomer)
SUGGESTIONS = Statement(__package__, "suggestions", Suggestion)
_SEARCH = """AND (l.counterparty ILIKE %(q)s::text OR l.remittance ILIKE %(q)s::text
  OR l.reference ILIKE %(q)s::text OR k.name ILIKE %(q)s::text)"""
_AFTER = """AND (l.booked_date, l.id) < (
    SELECT p.booked_date, p.id FROM reconciliation_bankline p
    WHERE p.business_id = %(business_id)s::uuid AND p.id = %(before)s::uuid)"""
_WHICH = {
    "state": "AND l.state = %(state)s::text",
    "ids": "AND l.id = ANY(%(ids)s::uuid[])",
    "": "",
}


@cache
def _lines_statement(which: str, *, search: bool, after: bool) -> Statement[LineRow]:
    return Statement(
        __package__,
        "lines",
        LineRow,
        WHICH=_WHICH[which],
        SEARCH=_SEARCH if search else "",
        AFTER=_AFTER if after else "",
    )


def lines(
    business_id: BusinessId,
    *,
    state: str = "",
    q: str = "",
    before: UUID | None = None,
    limit: int = 50,
) -> list[LineRow]:
    """A page of bank lines in one state, or in any, the last booked first; of a day, the last
    imported."""
    statement = _lines_statement("state" if state else "", search=bool(q), after=before is not None)
    given: dict[str, Any] = {"state": state} if state else {}
    if q:
        given["q"] = like(q)
    if before is not None:
        given["before"] = before
    return list(map(_read, statement.rows(business_id=business_id, limit=limit, **given)))


def line(business_id: BusinessId, line_id: UUID) -> LineRow:
    """One bank line, or `NotFound`."""
    statement = _lines_statement("ids", search=False, after=False)
    found = statement.first(business_id=business_id, ids=[line_id], limit=1)
    if found is None:
        raise NotFound
    return _read(found)


def _read(row: LineRow) -> LineRow:
    return replace(row, counterparty_account=opened(row.counterparty_account, row.id))


def opened(account: str, line_id: UUID) -> str:
    """The account of a line's other side; `SealBroken` where its key is not here."""
    return open_long(account, place(line_id))


def place(line_id: UUID) -> str:
    """Where it stands, as it is sealed along."""
    return place_of("reconciliation_bankline", "counterparty_account", line_id)


def mark(account: str) -> str:
    """By what an account is found that nobody can read; none for no account."""
    return mark_of("bank account", account)


def line_counts(business_id: BusinessId) -> LineCounts:
    """How many lines wait, are settled and were put aside."""
    found = COUNTS.first(business_id=business_id)
    assert found is not None
    return found


def named_customers(business_id: BusinessId, keys: Keys) -> list[NamedCustomer]:
    """The customers whom lines name by their own references."""
    if not keys.customers:
        return []
    return CUSTOMERS.rows(business_id=business_id, keys=sorted(keys.customers))


def named_items(
    business_id: BusinessId, keys: Keys, named: Sequence[NamedCustomer] = ()
) -> list[NamedItem]:
    """The invoices that lines may name, whatever their state, and what the customers owe who are
    named themselves."""
    return NAMED.rows(**asked_for(business_id, keys, named))


def asked_for(
    business_id: BusinessId, keys: Keys, named: Sequence[NamedCustomer]
) -> dict[str, Any]:
    """The values by which named invoices are looked for."""
    return {
        "business_id": business_id,
        "references": sorted(keys.references),
        "numbers": sorted(keys.numbers),
        "customers": sorted({one.id for one in named}),
        "most": PARTS_MAX,
    }


def imported(business_id: BusinessId, wanted: Sequence[NewLine]) -> set[tuple[UUID, str]]:
    """Which of these lines have been imported already, by account and name."""
    rows = THERE.rows(
        business_id=business_id,
        accounts=[one.account_id for one in wanted],
        refs=[one.line.ref for one in wanted],
    )
    return {(row.bank_account_id, row.ref) for row in rows}


def suggestions(business_id: BusinessId, line_ids: Sequence[UUID]) -> dict[UUID, list[Suggestion]]:
    """What waiting lines may be for: at most three invoices each, the likeliest first."""
    found: dict[UUID, list[Suggestion]] = {}
    for row in SUGGESTIONS.rows(business_id=business_id, ids=list(line_ids)):
        found.setdefault(row.line_id, []).append(row)
    return found
