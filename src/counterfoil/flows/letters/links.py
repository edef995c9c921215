"""What the link in a mail opens, decided the same way when it is written and when it is sent."""

import re
from urllib.parse import urlsplit
from uuid import UUID

from counterfoil.domain.receivables import queries as receivables
from counterfoil.flows.addresses import base_url
from counterfoil.kernel.ids import BusinessId


def opened_by(business_id: BusinessId, about_kind: str, about_id: UUID) -> UUID | None:
    """The one invoice that a guest link in a mail about this opens; None where there are several,
    or none: then the mail leads to the portal's first page, and its sign-in."""
    if about_kind == "invoice":
        return about_id
    invoices = {claim.invoice_id for claim in receivables.claims(business_id, [about_id])}
    return invoices.pop() if len(invoices) == 1 else None


def message_ref(business_id: BusinessId, message_id: UUID) -> str:
    """The Message-ID of a message, without its brackets: the same at every try."""
    host = urlsplit(base_url(business_id)).hostname or ""
    return f"{message_id.hex}@{re.sub(r'[^a-z0-9.-]', '-', host)}"
