"""Reads of what is owed and what covers it, as frozen rows; every filter is its own statement."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any, Literal
from uuid import UUID

from counterfoil.domain.audit.queries import LAST_LOOK
from counterfoil.domain.customers.queries import like
from counterfoil.domain.receivables.rows import (
    BalanceRow,
    ClaimRow,
    DocumentRow,
    HomeRows,
    ItemRow,
    OpenClaim,
    PaymentRow,
    ReceivedRow,
    TransferReferences,
)
from counterfoil.infra.sql import Statement, Together
from counterfoil.kernel.errors import NotFound
from counterfoil.kernel.ids import BusinessId

PARTS_MAX = 500  # invoices of one payment


@dataclass(frozen=True, slots=True)
class Count:
    """A number of rows."""

    count: int


@dataclass(frozen=True, slots=True)
class Covered:
    """So much of something, in minor units."""

    minor: int


COVERED = Statement(__package__, "covered_by_credit", Covered)
CLAIMS = Statement(__package__, "claims_of", ClaimRow)
OPEN_CLAIMS = Statement(__package__, "open_claims", OpenClaim)
ITEMS = Statement(__package__, "items", ItemRow)
BALANCES = Statement(__package__, "customer_balances", BalanceRow)
BY_NUMBER = Statement(__package__, "items_by_number", ItemRow)
OPEN_ITEMS = Statement(__package__, "open_items", ItemRow)
NEXT_DUE = Statement(__package__, "next_due", ItemRow)
REFERENCES = Statement(__package__, "references_of", TransferReferences)
RECEIVED = Statement(__package__, "received", ReceivedRow)

ITEM_FILTERS = {
    "all": "",
    "due": "AND o.is_open",
    "overdue": "AND o.is_open AND o.due_date < %(today)s::date",
    "processing": """AND EXISTS (
      SELECT 1 FROM receivables_claim h WHERE h.business_id = o.business_id
      AND h.invoice_id = o.id AND h.freed_at IS NULL)""",
    "paid": "AND NOT o.is_open AND NOT o.is_void AND o.written_off_minor = 0",
    "void": "AND o.is_void",
}


@dataclass(frozen=True, slots=True)
class ItemSort:
    """An order of a customer's invoices: by which column, of which type, which way."""

    column: str
    kind: Literal["date", "bigint"]
    descends: bool = False

    @property
    def by(self) -> str:
        """As ORDER BY says it; the id tells equals apart."""
        way = " DESC" if self.descends else ""
        return f"o.{self.column}{way}, o.id{way}"

    @property
    def after(self) -> str:
        """Only what comes after a row."""
        sign = "<" if self.descends else ">"
        return (
            f"AND (o.{self.column}, o.id) {sign} (%(after_value)s::{self.kind}, %(after_id)s::uuid)"
        )

    def value(self, item: ItemRow) -> date | int:
        """What the item is sorted by."""
        found: date | int = getattr(item, self.column)
        return found


ITEM_SORTS = {
    "newest": ItemSort("issue_date", "date", descends=True),
    "oldest": ItemSort("issue_date", "date"),
    "due": ItemSort("due_date", "date"),
    "amount": ItemSort("total_minor", "bigint", descends=True),
}
_ITEM_SEARCH = "AND (o.number ILIKE %(q)s::text OR o.external_ref ILIKE %(q)s::text)"


@cache
def _items_statement(status: str, order: str, *, search: bool, after: bool) -> Statement[ItemRow]:
    wanted = ITEM_SORTS[order]
    return Statement(
        __package__,
        "customer_items",
        ItemRow,
        STATUS=ITEM_FILTERS[status],
        SEARCH=_ITEM_SEARCH if search else "",
        AFTER=wanted.after if after else "",
        ORDER=wanted.by,
    )


@cache
def _count_statement(status: str, *, search: bool) -> Statement[Count]:
    found = _ITEM_SEARCH if search else ""
    status_text = ITEM_FILTERS[status]
    return Statement(__package__, "customer_item_count", Count, STATUS=status_text, SEARCH=found)


@dataclass(frozen=True, slots=True)
class ItemFilter:
    """What a customer looks for among the invoices: a status, words, an order."""

    status: str = "all"
    q: str = ""
    order: str = "newest"


def _item_params(wanted: ItemFilter, today: date) -> dict[str, Any]:
    params: dict[str, Any] = {}
    if wanted.q:
        params["q"] = like(wanted.q)
    if wanted.status == "overdue":
        params["today"] = today
    return params


def customer_items(
    business_id: BusinessId,
    customer_id: UUID,
    wanted: ItemFilter,
    *,
    today: date,
    after: tuple[date | int, UUID] | None = None,
    limit: int = 20,
) -> list[ItemRow]:
    """A page of a customer's issued invoices; `after` is the last row's value in this order
    (`ItemSort.value`) and its id."""
    statement = _items_statement(
        wanted.status, wanted.order, search=bool(wanted.q), after=after is not None
    )
    params = _item_params(wanted, today)
    if after is not None:
        params |= {"after_value": after[0], "after_id": after[1]}
    return statement.rows(business_id=business_id, customer_id=customer_id, limit=limit, **params)


def customer_item_count(
    business_id: BusinessId, customer_id: UUID, wanted: ItemFilter, *, today: date
) -> int:
    """How many invoices of the customer answer to the filter."""
    statement = _count_statement(wanted.status, search=bool(wanted.q))
    found = statement.first(
        business_id=business_id, customer_id=customer_id, **_item_params(wanted, today)
    )
    return found.count if found else 0


def items(business_id: BusinessId, ids: Sequence[UUID]) -> dict[UUID, ItemRow]:
    """Issued invoices as debts, by id; drafts and unknown ids are left out."""
    rows = ITEMS.rows(business_id=business_id, ids=list(ids))
    return {row.id: row for row in rows}


def items_by_number(
    business_id: BusinessId, customer_id: UUID, numbers: Sequence[str]
) -> list[ItemRow]:
    """Issued invoices of one customer by their numbers, the earliest due first; unknown ones, and
    other customers', are left out."""
    return BY_NUMBER.rows(business_id=business_id, customer_id=customer_id, numbers=list(numbers))


def open_items(
    business_id: BusinessId, customer_id: UUID, currency: str, *, limit: int = PARTS_MAX
) -> list[ItemRow]:
    """What a customer owes in one currency, or (empty) in every one, the oldest due first; at most
    as many invoices as one payment may be for."""
    return OPEN_ITEMS.rows(
        business_id=business_id, customer_id=customer_id, currency=currency, limit=limit
    )


def balances(business_id: BusinessId, customer_id: UUID, *, today: date) -> list[BalanceRow]:
    """What a customer owes, and has in unapplied credit, by currency; the most overdue first."""
    return BALANCES.rows(business_id=business_id, customer_id=customer_id, today=today)


def references(business_id: BusinessId, invoice_id: UUID) -> TransferReferences | None:
    """What a transfer for an issued invoice is told by; None for a draft."""
    return REFERENCES.first(business_id=business_id, invoice_id=invoice_id)


def received(business_id: BusinessId, invoice_id: UUID) -> list[ReceivedRow]:
    """What covers an invoice, oldest first."""
    return RECEIVED.rows(business_id=business_id, invoice_id=invoice_id)


def covered_by_credit(business_id: BusinessId, invoice_id: UUID) -> int:
    """How much of an invoice is covered by credit that its customer had before."""
    found = COVERED.first(business_id=business_id, invoice_id=invoice_id)
    return found.minor if found else 0


def claims(business_id: BusinessId, attempt_ids: Sequence[UUID]) -> list[ClaimRow]:
    """What attempts mean, or meant, to pay."""
    return CLAIMS.rows(business_id=business_id, attempt_ids=list(attempt_ids))


def open_claims(business_id: BusinessId, invoice_ids: Sequence[UUID]) -> dict[UUID, OpenClaim]:
    """Who is paying these invoices right now."""
    rows = OPEN_CLAIMS.rows(business_id=business_id, invoice_ids=list(invoice_ids))
    return {row.invoice_id: row for row in rows}


# ---- For the whole business --------------------------------------------------------------------

DOCUMENT_FILTERS = {
    "": "",
    "void": "AND i.state = 'voided'",
    "draft": "AND i.state = 'draft'",
    "paid": "AND i.state = 'issued' AND NOT o.is_open AND o.written_off_minor = 0",
    "uncollectible": "AND i.state = 'issued' AND NOT o.is_open AND o.written_off_minor > 0",
    "overdue": "AND o.is_open AND o.due_date < %(today)s::date",
    "part_paid": """AND o.is_open AND o.due_date >= %(today)s::date
      AND o.paid_minor + o.credited_minor > 0""",
    "open": """AND o.is_open AND o.due_date >= %(today)s::date
      AND o.paid_minor + o.credited_minor = 0""",
}
_TAGGED = " AND k.tags && %(tags)s::varchar[]"
_DOCUMENT_SEARCH = """AND (i.number ILIKE %(q)s::text OR i.external_ref ILIKE %(q)s::text
  OR k.name ILIKE %(q)s::text)"""


@dataclass(frozen=True, slots=True)
class DocumentFilter:
    """What is looked for among the invoices of a business."""

    status: str = ""
    q: str = ""
    customer_id: UUID | None = None
    due_before: date | None = None
    tags: tuple[str, ...] = ()  # of customers that carry one of these; none: of all


@cache
def _documents_statement(
    status: str, *, search: bool, customer: bool, due: bool, after: bool, tags: bool = False
) -> Statement[DocumentRow]:
    return Statement(
        __package__,
        "business_invoices",
        DocumentRow,
        STATUS=DOCUMENT_FILTERS[status],
        SEARCH=_DOCUMENT_SEARCH if search else "",
        CUSTOMER=("AND i.customer_id = %(customer_id)s::uuid" if customer else "")
        + (_TAGGED if tags else ""),
        DUE="AND i.due_date < %(due_before)s::date" if due else "",
        AFTER="AND i.id < %(before)s::uuid" if after else "",
    )


def documents(
    business_id: BusinessId,
    wanted: DocumentFilter,
    *,
    today: date,
    before: UUID | None = None,
    limit: int = 50,
) -> list[DocumentRow]:
    """A page of the business's invoices, newest first; an unknown status is a KeyError."""
    statement = _documents_statement(
        wanted.status,
        search=bool(wanted.q),
        customer=wanted.customer_id is not None,
        due=wanted.due_before is not None,
        after=before is not None,
        tags=bool(wanted.tags),
    )
    params: dict[str, Any] = {"business_id": business_id, "limit": limit}
    if wanted.tags:
        params["tags"] = list(wanted.tags)
    if wanted.q:
        params["q"] = like(wanted.q)
    if wanted.customer_id is not None:
        params["customer_id"] = wanted.customer_id
    if wanted.due_before is not None:
        params["due_before"] = wanted.due_before
    if before is not None:
        params["before"] = before
    if "%(today)s" in DOCUMENT_FILTERS[wanted.status]:
        params["today"] = today
    return statement.rows(**params)


_NOT_CHARGED_BACK = "AND a.contested_minor + a.charged_back_minor = 0"
PAYMENT_FILTERS = {
    "": "",
    "processing": "AND a.state IN ('created', 'submitted', 'processing')",
    "requires_action": "AND a.state = 'action_required'",
    "succeeded": f"AND a.state = 'succeeded' AND a.refunded_minor = 0 {_NOT_CHARGED_BACK}",
    "arrived": "AND a.state = 'succeeded'",  # whatever of it went back since
    "part_refunded": f"""AND a.state = 'succeeded' AND a.refunded_minor > 0
      AND a.refunded_minor < a.amount_minor {_NOT_CHARGED_BACK}""",
    "refunded": f"""AND a.state = 'succeeded' AND a.refunded_minor = a.amount_minor
      {_NOT_CHARGED_BACK}""",
    "charged_back": "AND a.contested_minor + a.charged_back_minor > 0",
    "failed": "AND a.state IN ('failed', 'returned')",
    "returned": "AND a.state = 'returned'",
    "unknown": "AND a.state = 'unknown'",
    "cancelled": "AND a.state = 'cancelled'",
}
_PAYMENT_SEARCH = """AND (k.name ILIKE %(q)s::text OR a.gateway_ref = %(exact)s::text
  OR a.instrument_last4 = %(exact)s::text
  OR EXISTS (SELECT 1 FROM receivables_claim h
             JOIN receivables_openitem n ON n.business_id = h.business_id AND n.id = h.invoice_id
             WHERE h.business_id = a.business_id AND h.attempt_id = a.id
               AND (n.number ILIKE %(q)s::text OR n.external_ref ILIKE %(q)s::text)))"""


@dataclass(frozen=True, slots=True)
class PaymentFilter:
    """What is looked for among payments: of one customer, in one state, or by words."""

    customer_id: UUID | None = None
    status: str = ""
    q: str = ""
    invoice_id: UUID | None = None
    ids: tuple[UUID, ...] | None = None
    tags: tuple[str, ...] | None = None  # of customers that carry one of these


_WHICH = {
    "tags": _TAGGED.strip(),
    "customer_id": "AND a.customer_id = %(customer_id)s::uuid",
    "ids": "AND a.id = ANY(%(ids)s::uuid[])",
    "invoice_id": """AND a.id IN (
      SELECT h.attempt_id FROM receivables_claim h
      WHERE h.business_id = %(business_id)s::uuid AND h.invoice_id = %(invoice_id)s::uuid)""",
}


@cache
def _payments_statement(
    status: str, which: frozenset[str], *, search: bool, after: bool
) -> Statement[PaymentRow]:
    return Statement(
        __package__,
        "payments",
        PaymentRow,
        WHICH=" ".join([PAYMENT_FILTERS[status], *(_WHICH[name] for name in sorted(which))]),
        SEARCH=_PAYMENT_SEARCH if search else "",
        AFTER="AND a.id < %(before)s::uuid" if after else "",
    )


def payments(
    business_id: BusinessId,
    wanted: PaymentFilter,
    *,
    before: UUID | None = None,
    limit: int = 50,
) -> list[PaymentRow]:
    """A page of payments, newest first, with the invoices each is for."""
    given: dict[str, Any] = {
        name: getattr(wanted, name) for name in _WHICH if getattr(wanted, name) is not None
    }
    statement = _payments_statement(
        wanted.status, frozenset(given), search=bool(wanted.q), after=before is not None
    )
    for name in ("ids", "tags"):
        if name in given:
            given[name] = list(given[name])
    if wanted.q:
        given |= {"q": like(wanted.q), "exact": wanted.q}
    if before is not None:
        given["before"] = before
    return statement.rows(business_id=business_id, limit=limit, **given)


HOME = Together(
    HomeRows,
    balances=BALANCES,
    next_due=NEXT_DUE,
    newest=_items_statement("all", "newest", search=False, after=False),
    last=_payments_statement("arrived", frozenset({"customer_id"}), search=False, after=False),
    looks=LAST_LOOK,
)


def home(
    business_id: BusinessId,
    customer_id: UUID,
    *,
    today: date,
    newest_limit: int,
    looked_since: datetime | None = None,
) -> HomeRows:
    """What a customer's home page shows of all this; without `looked_since`, no look of staff."""
    return HOME.read(
        looked_since=looked_since,
        business_id=business_id,
        customer_id=customer_id,
        today=today,
        newest_limit=newest_limit,
        last_limit=1,
    )


def payment(business_id: BusinessId, attempt_id: UUID) -> PaymentRow:
    """One payment with its invoices, or `NotFound`."""
    found = payments(business_id, PaymentFilter(ids=(attempt_id,)), limit=1)
    if not found:
        raise NotFound
    return found[0]
