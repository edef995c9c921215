"""Refunds to test with, through the flow that every page uses."""

import secrets

from counterfoil.domain.payments.rows import AttemptRow, RefundRow
from counterfoil.flows.refunds.refund_payment import RefundCommand, start
from counterfoil.kernel.actor import SYSTEM
from counterfoil.kernel.ids import BusinessId
from factories.businesses import AT


def refund(
    business_id: BusinessId,
    payment: AttemptRow,
    amount_minor: int | None = None,
    *,
    form_key: str = "",
    reason: str = "",
) -> RefundRow:
    """Gives a payment back, all that is left of it or so much, from a fresh form."""
    asked = RefundCommand(payment.id, form_key or secrets.token_hex(8), amount_minor, reason)
    return start(business_id, asked, by=SYSTEM, at=AT)
