"""Payments to test with, through the flow that every page uses."""

import secrets
from uuid import UUID

from counterfoil.domain.billing.rows import IssuedInvoice
from counterfoil.domain.payments.rows import AttemptRow
from counterfoil.flows.pay_invoices import PayCommand, start
from counterfoil.kernel.actor import SYSTEM
from counterfoil.kernel.ids import BusinessId
from factories.businesses import AT


def command(customer_id: UUID, *invoices: IssuedInvoice, **more: object) -> PayCommand:
    """What a payer asks for: these invoices in full, with the token `ok`, from a fresh form."""
    facts: dict[str, object] = {
        "currency": invoices[0].currency if invoices else "EUR",
        "source": "ok",
        "parts": tuple((one.id, one.total_minor) for one in invoices),
        "form_key": secrets.token_hex(8),
        "site": "https://harrow.example",
        "payer": "alice@example.com",
    }
    return PayCommand(customer_id=customer_id, **(facts | more))  # type: ignore[arg-type]


def pay(business_id: BusinessId, *invoices: IssuedInvoice, **more: object) -> AttemptRow:
    """Pays invoices of one customer in full; `source=` says how the gateway answers."""
    asked = command(invoices[0].customer_id, *invoices, **more)
    return start(business_id, asked, by=SYSTEM, at=AT)
