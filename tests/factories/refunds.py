"""Refunds to test with, through the flow that every page uses."""

import secrets
from typing import Any
from uuid import UUID

from counterfoil.domain.business.queries import bank_accounts
from counterfoil.domain.payments.rows import AttemptRow, RefundRow
from counterfoil.domain.reconciliation.queries import lines
from counterfoil.flows.banking import import_statement
from counterfoil.flows.banking.match_bank_lines import assign
from counterfoil.flows.refunds.refund_by_hand import Handed
from counterfoil.flows.refunds.refund_payment import RefundCommand, start
from counterfoil.infra.db import reading
from counterfoil.kernel.actor import SYSTEM
from counterfoil.kernel.ids import BusinessId
from factories.bank_files import IBAN, Booking, add_account, statement
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


def by_transfer(business_id: BusinessId, customer_id: UUID, amount: str, *invoices: Any) -> UUID:
    """A payment that came to our bank by transfer, for these invoices; the rest is credit."""
    with reading(business_id):
        there = [one.iban for one in bank_accounts(business_id)]
    if IBAN not in there:
        add_account(business_id)
    file = statement(Booking(amount, "unreadable", ref=f"B-{secrets.token_hex(4)}"))
    plan = import_statement.preview(business_id, file)
    import_statement.apply(business_id, plan, at=AT, by=SYSTEM)
    with reading(business_id):
        waiting = lines(business_id, state="waiting", limit=1)[0]
    ids = [one.id for one in invoices]
    return assign(business_id, waiting.id, customer_id, ids, at=AT, by=SYSTEM)


def by_hand(business_id: BusinessId, payment_id: UUID, minor: int | None = None, **how: Any) -> Any:
    """Gives such a payment back: yet to be transferred, or `method` and `on` say how it went."""
    form_key = how.pop("form_key", "") or secrets.token_hex(8)
    handed = Handed(**how) if how else None
    asked = RefundCommand(payment_id, form_key, minor, "Paid twice", handed)
    return start(business_id, asked, by=SYSTEM, at=AT)
