"""Invoices and credit notes to test with; amounts are what they come to, tax only where said."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from counterfoil.domain.billing.arithmetic import LineInput
from counterfoil.domain.billing.drafts import NewCreditNote, NewInvoice
from counterfoil.domain.billing.operations import IssueTerms
from counterfoil.domain.billing.rows import IssuedCreditNote, IssuedInvoice
from counterfoil.flows import issue_invoices
from counterfoil.kernel.actor import SYSTEM
from counterfoil.kernel.ids import BusinessId
from factories.businesses import AT


def line(price: str = "100", *, quantity: str = "1", tax: str = "0", off: str = "0") -> LineInput:
    """One line: price in major units, tax and discount in percent."""
    return LineInput("Water", Decimal(quantity), Decimal(price), Decimal(tax), Decimal(off))


def new_invoice(
    customer_id: UUID, *lines: LineInput, currency: str = "EUR", **more: object
) -> NewInvoice:
    """A draft to write, of one line of 100.00 if none is given."""
    return NewInvoice(customer_id, currency, lines or (line(),), **more)  # type: ignore[arg-type]


def issued_invoice(
    business_id: BusinessId,
    customer_id: UUID,
    *lines: LineInput,
    currency: str = "EUR",
    due: date | None = None,
    at: datetime = AT,
) -> IssuedInvoice:
    """An issued invoice, of one line of 100.00 if none is given, due in 30 days if not said."""
    new = new_invoice(customer_id, *lines, currency=currency, due_date=due)
    terms = IssueTerms(at.date())
    return issue_invoices.draft_and_issue(business_id, [new], terms, at=at, by=SYSTEM)[0]


def draft_invoice(business_id: BusinessId, customer_id: UUID, *lines: LineInput) -> UUID:
    """A draft, of one line of 100.00 if none is given; returns its id."""
    return issue_invoices.draft(business_id, [new_invoice(customer_id, *lines)], at=AT, by=SYSTEM)[
        0
    ]


def credit_note(
    business_id: BusinessId,
    customer_id: UUID,
    *lines: LineInput,
    invoice_id: UUID | None = None,
    currency: str = "EUR",
    at: datetime = AT,
) -> IssuedCreditNote:
    """An issued credit note over one line of 10.00 if none is given; free without an invoice."""
    new = NewCreditNote(customer_id, currency, lines or (line("10"),), invoice_id=invoice_id)
    return issue_invoices.credit(business_id, [new], IssueTerms(at.date()), at=at)[0]
