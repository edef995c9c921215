"""Assembles a document's values from the rows of other nouns (pure): exact, and as of its issue."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.utils.translation import get_language

from counterfoil.domain.billing.drafts import TERMS_DEFAULT_DAYS
from counterfoil.domain.billing.rows import CreditNoteHead, InvoiceHead, LineRow
from counterfoil.domain.billing.rows import TaxRow as StoredTax
from counterfoil.domain.business.colours import brand_colours
from counterfoil.domain.business.rows import BusinessRow
from counterfoil.domain.customers.rows import CustomerRow
from counterfoil.domain.documents.transfers import Transfer, svg
from counterfoil.domain.documents.values import (
    Allocation,
    BankDetails,
    Brand,
    CreditNoteDocument,
    InvoiceDocument,
    Line,
    Party,
    ReceiptDocument,
    TaxRow,
)
from counterfoil.domain.documents.words import LANGUAGES
from counterfoil.domain.receivables.rows import PaymentRow
from counterfoil.kernel.addresses import address_lines
from counterfoil.kernel.ids import encode
from counterfoil.kernel.ports.gateways.outcomes import is_known_by_day

PREVIEW = {"en": "PREVIEW", "de": "VORSCHAU", "ar": "معاينة"}
_LOCALE = re.compile(r"[a-z]{2}(-[A-Z]{2})?")


@dataclass(frozen=True, slots=True)
class Lines:
    """The lines of a document and its tax by rate, as stored."""

    lines: Sequence[LineRow]
    taxes: Sequence[StoredTax]


def known_locale(locale: str) -> str:
    """The locale if documents can be written in it, else English."""
    if _LOCALE.fullmatch(locale) and locale[:2] in LANGUAGES:
        return locale
    return "en"


def lines_of(address: Mapping[str, Any]) -> tuple[str, ...]:
    """An address as a letter has it, its country named in the active language."""
    return address_lines(address, (get_language() or "en").partition("-")[0])


def brand_of(business: BusinessRow, logo: bytes | None) -> Brand:
    """The sender, with an accent that can be read on paper."""
    name = business.legal_name or business.name
    return Brand(
        name=business.name,
        accent=brand_colours(business.accent).accent,
        address=((name,) if name != business.name else ()) + lines_of(business.address),
        country=str(business.address.get("country", "")),
        tax_id=business.tax_id,
        contact_email=business.email,
        logo=logo,
    )


def bank_of(transfer: Transfer) -> BankDetails:
    """The way to pay by transfer, as a document has it."""
    number = ("IBAN " if transfer.is_iban else "") + transfer.account
    facts = (transfer.bank_name, number, f"BIC {transfer.bic}" if transfer.bic else "")
    code = svg(transfer.code) if transfer.code else ""
    lines = tuple(filter(None, facts))
    return BankDetails(transfer.holder, lines, transfer.reference, code, transfer.bill)


def invoice_document(
    brand: Brand, head: InvoiceHead, parts: Lines, *, hosted_url: str
) -> InvoiceDocument:
    """An issued invoice as it was issued: what was paid since is not on it, so it never changes.
    Refuses (`SealBroken`) to be without the customer's particulars."""
    return _invoice(brand, head, parts, _party(head.billed_to), hosted_url)


def _invoice(
    brand: Brand, head: InvoiceHead, parts: Lines, party: Party, hosted_url: str
) -> InvoiceDocument:
    assert head.issue_date is not None  # a check of the table: issued ones have both dates
    assert head.due_date is not None
    return InvoiceDocument(
        brand=brand,
        customer=party,
        number=head.number,
        currency=head.currency,
        issued_date=head.issue_date,
        due_date=head.due_date,
        lines=[_line(line) for line in parts.lines],
        subtotal_minor=head.subtotal_minor,
        discount_minor=head.discount_minor,
        discount_percent=_some(head.discount_percent),
        tax_rows=[_tax(row) for row in parts.taxes],
        total_minor=head.total_minor,
        amount_due_minor=head.total_minor,
        notes=head.notes,
        external_ref=head.external_ref,
        hosted_url=hosted_url,
    )


def preview_document(
    brand: Brand, head: InvoiceHead, parts: Lines, customer: CustomerRow, *, today: date
) -> InvoiceDocument:
    """A draft as it would be if it were issued today; with no way to pay on it."""
    days = TERMS_DEFAULT_DAYS if head.terms_days is None else head.terms_days
    language = known_locale(customer.locale)[:2]
    as_issued = replace(
        head,
        number=PREVIEW[language],
        issue_date=today,
        due_date=head.due_date or today + timedelta(days=days),
    )
    party = replace(_party(customer.particulars), email="")
    return _invoice(replace(brand, bank=None), as_issued, parts, party, hosted_url="")


def credit_note_document(
    brand: Brand, head: CreditNoteHead, parts: Lines, *, invoice_number: str
) -> CreditNoteDocument:
    """An issued credit note; its reason stands above its notes."""
    return CreditNoteDocument(
        brand=brand,
        customer=_party(head.billed_to),
        number=head.number,
        currency=head.currency,
        issued_date=head.issue_date,
        lines=[_line(line) for line in parts.lines],
        subtotal_minor=head.subtotal_minor,
        discount_minor=head.discount_minor,
        discount_percent=_some(head.discount_percent),
        tax_rows=[_tax(row) for row in parts.taxes],
        total_minor=head.total_minor,
        invoice_number=invoice_number,
        notes="\n".join(text for text in (head.reason, head.notes) if text),
        external_ref=head.external_ref,
    )


def receipt_document(
    brand: Brand, payment: PaymentRow, customer: CustomerRow, *, method: str
) -> ReceiptDocument:
    """A payment that arrived: what it settled at once and what was paid back of it since; the rest
    was kept as credit."""
    assert payment.finished_at is not None  # set with the success
    meant = [part for part in payment.parts if part["planned"]]  # not what its credit covered later
    applied = [(str(part["number"]), int(part["applied"])) for part in meant]
    return ReceiptDocument(
        brand=brand,
        customer=replace(_party(customer.particulars), email=""),
        number=encode("pay", payment.id),
        currency=payment.currency,
        paid_at=payment.finished_at,
        zone=customer.timezone,
        method=method,
        has_hour=not is_known_by_day(payment.instrument_kind),
        total_minor=payment.amount_minor,
        allocations=[Allocation(number, amount) for number, amount in applied if amount],
        surcharge_minor=payment.surcharge_kept_minor,
        unapplied_minor=payment.amount_minor
        - payment.surcharge_kept_minor
        - payment.refunded_minor
        - sum(amount for _, amount in applied),
        refunded_minor=payment.refunded_minor,
    )


def _party(party: Mapping[str, Any]) -> Party:
    return Party(
        name=str(party.get("name", "")),
        address=lines_of(party.get("address") or {}),
        tax_id=str(party.get("tax_id", "")),
        email=str(party.get("email", "")),
    )


def _line(line: LineRow) -> Line:
    return Line(
        description=line.description,
        quantity=_plain(line.quantity),
        unit_price=_plain(line.unit_price),
        tax_rate=_plain(line.tax_rate),
        net_minor=line.net_minor,
        discount_percent=_some(line.discount_percent),
    )


def _tax(row: StoredTax) -> TaxRow:
    return TaxRow(rate=_plain(row.rate), base_minor=row.base_minor, tax_minor=row.tax_minor)


def _some(value: Decimal) -> str | None:
    return _plain(value) if value else None


def _plain(value: Decimal) -> str:
    """Without padding zeros and without an exponent."""
    return f"{value.normalize():f}"
