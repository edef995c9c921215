"""An ordinary invoice of three lines, as values (imported once Django is there)."""

from datetime import datetime, timedelta

from counterfoil.domain.documents.values import Brand, InvoiceDocument, Line, Party, TaxRow


def invoice(at: datetime) -> InvoiceDocument:
    """Three lines, two rates, a discount."""
    return InvoiceDocument(
        brand=Brand(name="Harrow Water", address=("12 Quai Sud", "69002 Lyon"), country="FR"),
        customer=Party(name="Atelier Moreau", address=("3 rue Basse", "69001 Lyon")),
        number="HW-2026-00418",
        currency="EUR",
        issued_date=at.date(),
        due_date=at.date() + timedelta(days=20),
        lines=(
            Line("Water supply\nMeter 118 240", "42.6", "2.184", "5.5", 9304),
            Line("Standing charge", "1", "18", "5.5", 1800),
            Line("Leak inspection", "1", "96", "20", 7200, "25"),
        ),
        subtotal_minor=18304,
        tax_rows=(TaxRow("5.5", 11104, 611), TaxRow("20", 7200, 1440)),
        total_minor=20355,
        amount_paid_minor=0,
        amount_due_minor=20355,
    )
