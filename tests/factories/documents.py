"""Documents to print: one invoice, credit note and receipt that every test varies."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

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

BRAND = Brand(
    name="Harrow Water",
    accent="#0f5c4c",
    address=("12 Quai Sud", "69001 Lyon", "France"),
    country="FR",
    tax_id="FR32123456789",
    contact_email="billing@harrow.example",
    bank=BankDetails(
        "Harrow Water SAS", ("IBAN FR76 3000 6000 0112 3456 7890 189", "BIC AGRIFRPP")
    ),
)
CUSTOMER = Party("Atelier Moreau", ("4 rue des Capucins", "69001 Lyon"), "FR40303265045")
LINES = (
    Line("Water supply, October\nMeter 118 240", "42.6", "2.1840", "5.5", 9304),
    Line("Standing charge", "1", "18.00", "5.5", 1800),
    Line("Leak inspection", "1", "96.00", "20", 7200, "25"),
)


def invoice(**changes: Any) -> InvoiceDocument:
    """EUR 203.55 of water, three lines at two rates, nothing paid yet."""
    document = InvoiceDocument(
        brand=BRAND,
        customer=CUSTOMER,
        number="HW-2026-00418",
        currency="EUR",
        issued_date=date(2026, 11, 7),
        due_date=date(2026, 11, 27),
        lines=LINES,
        subtotal_minor=18304,
        tax_rows=(TaxRow("5.5", 11104, 611), TaxRow("20", 7200, 1440)),
        total_minor=20355,
        amount_due_minor=20355,
        external_ref="PO 7731",
        hosted_url="https://pay.harrow.example/i/3k9x2m7q4t",
    )
    return replace(document, **changes)


def untaxed(*lines: Line, **changes: Any) -> InvoiceDocument:
    """An invoice of these lines without tax."""
    total = sum(line.net_minor for line in lines)
    amounts = {"subtotal_minor": total, "total_minor": total, "amount_due_minor": total}
    return invoice(lines=lines, tax_rows=(), **amounts, **changes)


def credit_note(**changes: Any) -> CreditNoteDocument:
    """EUR 86.40 taken back from the invoice."""
    document = CreditNoteDocument(
        brand=BRAND,
        customer=CUSTOMER,
        number="HW-CN-0012",
        currency="EUR",
        issued_date=date(2026, 11, 20),
        lines=LINES[2:],
        subtotal_minor=7200,
        tax_rows=(TaxRow("20", 7200, 1440),),
        total_minor=8640,
        invoice_number="HW-2026-00418",
    )
    return replace(document, **changes)


def receipt(**changes: Any) -> ReceiptDocument:
    """EUR 389.15 by card for two invoices."""
    document = ReceiptDocument(
        brand=BRAND,
        customer=CUSTOMER,
        number="PAY-7F3K-219",
        currency="EUR",
        paid_at=datetime(2026, 11, 21, 9, 42, tzinfo=UTC),
        zone="Europe/Paris",
        method="Visa •••• 4242",
        total_minor=38915,
        allocations=(Allocation("HW-2026-00418", 20355), Allocation("HW-2026-00391", 18560)),
    )
    return replace(document, **changes)
