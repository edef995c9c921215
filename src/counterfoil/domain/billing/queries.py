"""Reads of issued and drafted documents, as frozen rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any
from uuid import UUID

from counterfoil.domain.billing.arithmetic import Credited, CreditedLine, CreditedRate
from counterfoil.domain.billing.drafts import LINES_MAX
from counterfoil.domain.billing.rows import (
    CreditedLineRow,
    CreditedRateRow,
    CreditNoteHead,
    InvoiceHead,
    LineRow,
    ReferredDocument,
    TaxRow,
)
from counterfoil.infra.sql import Statement
from counterfoil.kernel.errors import NotFound
from counterfoil.kernel.ids import BusinessId
from counterfoil.kernel.money import exponent

HEADS = Statement(__package__, "invoice_heads", InvoiceHead)
LINES = Statement(__package__, "invoice_lines", LineRow)
TAXES = Statement(__package__, "invoice_taxes", TaxRow)
CREDIT_HEADS = Statement(
    __package__,
    "credit_note_heads",
    CreditNoteHead,
    WHICH="AND (c.id = ANY(%(ids)s::uuid[]) OR c.invoice_id = ANY(%(invoice_ids)s::uuid[])) "
    "ORDER BY c.id",
)
CREDIT_LINES = Statement(__package__, "credit_note_lines", LineRow)
CREDITED_LINES = Statement(__package__, "credited_lines", CreditedLineRow)
CREDITED_RATES = Statement(__package__, "credited_rates", CreditedRateRow)
CREDIT_TAXES = Statement(__package__, "credit_note_taxes", TaxRow)
BY_REF = Statement(__package__, "documents_by_ref", ReferredDocument)
_PAGED = {
    "customer_id": "AND c.customer_id = %(customer_id)s::uuid",
    "invoice_id": "AND c.invoice_id = %(invoice_id)s::uuid",
    "before": "AND c.id < %(before)s::uuid",
}


@dataclass(frozen=True, slots=True)
class CreditNoteFilter:
    """Which credit notes are wanted: of one customer, against one invoice."""

    customer_id: UUID | None = None
    invoice_id: UUID | None = None


def invoices(business_id: BusinessId, ids: Sequence[UUID]) -> dict[UUID, InvoiceHead]:
    """Invoices by id; ids that the business does not have are left out."""
    rows = HEADS.rows(business_id=business_id, ids=list(ids))
    return {row.id: row for row in rows}


def invoice(business_id: BusinessId, invoice_id: UUID) -> InvoiceHead:
    """One invoice, or `NotFound`."""
    found = HEADS.first(business_id=business_id, ids=[invoice_id])
    if found is None:
        raise NotFound
    return found


def lines(business_id: BusinessId, invoice_id: UUID, *, limit: int = LINES_MAX) -> list[LineRow]:
    """The lines of an invoice in order."""
    return LINES.rows(business_id=business_id, invoice_id=invoice_id, limit=limit)


def taxes(business_id: BusinessId, invoice_id: UUID) -> list[TaxRow]:
    """The tax of an invoice by ascending rate."""
    return TAXES.rows(business_id=business_id, invoice_id=invoice_id)


def credit_note(business_id: BusinessId, credit_note_id: UUID) -> CreditNoteHead:
    """One credit note, or `NotFound`."""
    found = CREDIT_HEADS.first(business_id=business_id, ids=[credit_note_id], invoice_ids=[])
    if found is None:
        raise NotFound
    return found


def credit_notes(business_id: BusinessId, ids: Sequence[UUID]) -> dict[UUID, CreditNoteHead]:
    """Credit notes by id; unknown ids are left out."""
    rows = CREDIT_HEADS.rows(business_id=business_id, ids=list(ids), invoice_ids=[])
    return {row.id: row for row in rows}


def credit_notes_of(business_id: BusinessId, invoice_id: UUID) -> list[CreditNoteHead]:
    """The credit notes against an invoice, oldest first."""
    return CREDIT_HEADS.rows(business_id=business_id, ids=[], invoice_ids=[invoice_id])


def credit_notes_page(
    business_id: BusinessId,
    wanted: CreditNoteFilter,
    *,
    before: UUID | None = None,
    limit: int = 50,
) -> list[CreditNoteHead]:
    """A page of the business's credit notes, the newest first."""
    params: dict[str, Any] = {"business_id": business_id, "limit": limit}
    given = {
        "customer_id": wanted.customer_id,
        "invoice_id": wanted.invoice_id,
        "before": before,
    }
    params |= {name: value for name, value in given.items() if value}
    return _page_statement(frozenset(params) & frozenset(_PAGED)).rows(**params)


@cache
def _page_statement(given: frozenset[str]) -> Statement[CreditNoteHead]:
    which = " ".join(_PAGED[name] for name in sorted(given))
    which += " ORDER BY c.id DESC LIMIT %(limit)s::int"
    return Statement(__package__, "credit_note_heads", CreditNoteHead, WHICH=which)


def credit_note_lines(business_id: BusinessId, credit_note_id: UUID) -> list[LineRow]:
    """The lines of a credit note in order."""
    return CREDIT_LINES.rows(
        business_id=business_id, credit_note_id=credit_note_id, limit=LINES_MAX
    )


def credit_note_taxes(business_id: BusinessId, credit_note_id: UUID) -> list[TaxRow]:
    """The tax of a credit note by ascending rate."""
    return CREDIT_TAXES.rows(business_id=business_id, credit_note_id=credit_note_id)


def credited(business_id: BusinessId, invoice_ids: Sequence[UUID]) -> dict[UUID, Credited]:
    """What credit notes have taken back of these invoices so far; of most, nothing."""
    lines: dict[UUID, dict[UUID, CreditedLine]] = {one: {} for one in invoice_ids}
    rates: dict[UUID, dict[Decimal, CreditedRate]] = {one: {} for one in invoice_ids}
    for row in CREDITED_LINES.rows(business_id=business_id, invoice_ids=list(invoice_ids)):
        exact = row.hundredfold.scaleb(exponent(row.currency) - 2)
        lines[row.invoice_id][row.line_id] = CreditedLine(row.quantity, exact, row.net_minor)
    for one in CREDITED_RATES.rows(business_id=business_id, invoice_ids=list(invoice_ids)):
        rates[one.invoice_id][one.rate] = CreditedRate(
            net_minor=one.net_minor,
            allowance=one.hundredfold.scaleb(-2),
            allowance_minor=one.net_minor - one.base_minor,
            tax_minor=one.tax_minor,
        )
    return {one: Credited(lines[one], rates[one]) for one in invoice_ids}


def by_external_ref(business_id: BusinessId, refs: Sequence[str]) -> list[ReferredDocument]:
    """Invoices and credit notes that carry one of these external references."""
    return BY_REF.rows(business_id=business_id, refs=list(refs))
