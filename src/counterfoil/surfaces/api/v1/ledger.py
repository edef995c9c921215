"""/ledger: the books as they are: the trial balance at a moment, and the entries behind it."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from ninja import Query, Router
from pydantic import Field

from counterfoil.domain.audit import operations as audit
from counterfoil.domain.audit.kinds import NoteKind
from counterfoil.domain.ledger import queries
from counterfoil.domain.ledger.journal import CUSTOMER_KINDS
from counterfoil.domain.ledger.rows import EntryRow, PostingRow
from counterfoil.infra.db import reading
from counterfoil.kernel.errors import FieldProblem, InvalidInput
from counterfoil.kernel.ids import encode
from counterfoil.surfaces.api.answers import shown
from counterfoil.surfaces.api.door import ApiRequest, Caller
from counterfoil.surfaces.api.fields import Currency, EntryId, Minor, Moment, Shown
from counterfoil.surfaces.api.paging import Listing, Page, Parameters, cursor_id, cut
from counterfoil.surfaces.api.v1.parts import shown_text

router = Router(tags=["ledger"])
AT_MAX = 40
_DAY_LENGTH = 10
_SOURCES = {
    "invoice_issued": "inv",
    "invoice_voided": "inv",
    "credit_note_issued": "cn",
    "payment_received": "pay",
}

At = Annotated[
    str | None,
    Field(
        max_length=AT_MAX,
        description="What had occurred up to this moment (RFC 3339), or up to the end of this "
        "day of the business (YYYY-MM-DD). Now if left out.",
        examples=["2026-03-31T22:00:00Z", "2026-03-31"],
    ),
]


class BalanceQuery(Parameters):
    """As of when."""

    at: At = None


class EntryListing(Listing):
    """As of when, and which page."""

    at: At = None


class AccountRow(Shown):
    """An account and what it was debited and credited with, never netted."""

    account: Annotated[
        str,
        Field(
            description="receivable:cus_..., customer_credit:cus_..., clearing:gwa_..., revenue, "
            "tax."
        ),
    ]
    currency: Currency
    debit: Minor
    credit: Minor


class EntryShown(Shown):
    """A journal entry: why and when, and its postings, whose debits and credits are equal."""

    id: EntryId
    kind: str
    source: Annotated[str | None, Field(description="The document or payment behind it.")]
    occurred_at: Moment
    posted_at: Moment
    memo: str | None
    reverses: EntryId | None
    postings: list[AccountRow]


@router.get("/trial-balance", response=Page[AccountRow], operation_id="get_trial_balance")
def get_trial_balance(request: ApiRequest, query: Query[BalanceQuery]) -> HttpResponse:
    """Debit and credit totals of every account at a moment, all on one page: over all rows of a
    currency, debits equal credits."""
    caller = request.auth
    at = _moment(caller, query.at)
    with reading(caller.business_id):
        rows = queries.trial_balance(caller.business_id, at=at)
    data = [
        AccountRow(
            account=_account(row.kind, row.party),
            currency=row.currency,
            debit=row.debit_minor,
            credit=row.credit_minor,
        )
        for row in rows
    ]
    return shown(Page[AccountRow](data=data, next_cursor=None))


@router.get("/entries", response=Page[EntryShown], operation_id="list_entries")
def list_entries(request: ApiRequest, query: Query[EntryListing]) -> HttpResponse:
    """Journal entries with their postings, the newest written first."""
    caller = request.auth
    before = cursor_id("je", query.cursor)
    at = _moment(caller, query.at)
    with reading(caller.business_id):
        found = queries.entries(caller.business_id, at=at, before=before, limit=query.limit + 1)
        rows, next_cursor = cut(found, query.limit, lambda row: encode("je", row.id))
        postings = queries.postings(caller.business_id, [row.id for row in rows])
    audit.note(caller.business_id, NoteKind.EXPORTED, subject="journal", at=caller.at)
    data = [_entry(row, postings.get(row.id, [])) for row in rows]
    return shown(Page[EntryShown](data=data, next_cursor=next_cursor))


def _prefix(row: EntryRow) -> str | None:
    """Credit comes from a payment, whose reference is the memo, or from a credit note."""
    if row.kind == "credit_applied":
        return "pay" if row.memo == encode("pay", row.source_id) else "cn"
    return _SOURCES.get(row.kind)


def _entry(row: EntryRow, postings: list[PostingRow]) -> EntryShown:
    prefix = _prefix(row)
    return EntryShown(
        id=encode("je", row.id),
        kind=row.kind,
        source=encode(prefix, row.source_id) if prefix else None,
        occurred_at=row.occurred_at,
        posted_at=row.posted_at,
        memo=shown_text(row.memo),
        reverses=encode("je", row.reverses_id) if row.reverses_id else None,
        postings=[side for one in postings for side in _sides(one)],
    )


def _sides(one: PostingRow) -> list[AccountRow]:
    debit, credit = (one.debit_kind, one.debit_party), (one.credit_kind, one.credit_party)
    amount = one.amount_minor
    return [
        AccountRow(account=_account(*debit), currency=one.currency, debit=amount, credit=0),
        AccountRow(account=_account(*credit), currency=one.currency, debit=0, credit=amount),
    ]


def _account(kind: str, party: UUID | None) -> str:
    if party is None:
        return kind
    return f"{kind}:{encode('cus' if kind in CUSTOMER_KINDS else 'gwa', party)}"


def _moment(caller: Caller, text: str | None) -> datetime:
    """The moment of `at`; a day means its last instant where the business is."""
    if text is None:
        return caller.at
    try:
        if len(text) == _DAY_LENGTH:
            after = date.fromisoformat(text) + timedelta(days=1)
            zone = ZoneInfo(caller.business.timezone)
            return datetime.combine(after, time(), zone).astimezone(UTC) - timedelta(microseconds=1)
        found = datetime.fromisoformat(text)
        if found.tzinfo is not None:
            return found.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    message = "A moment like 2026-03-31T22:00:00Z, or a day like 2026-03-31."
    raise InvalidInput([FieldProblem("at", message, code="not_a_moment")])
