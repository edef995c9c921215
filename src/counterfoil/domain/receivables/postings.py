"""The journal entries of money and credit being applied (pure)."""

from datetime import datetime
from uuid import UUID

from counterfoil.domain.ledger.journal import AccountKind, AccountRef, Entry, Post, posts_over_zero
from counterfoil.domain.payments.kinds import BANK, OFFLINE
from counterfoil.domain.receivables.rows import Applied

_HOLDERS = {BANK: AccountKind.BANK, OFFLINE: AccountKind.CASH}


def payment_received(
    applied: Applied, holder: AccountRef, *, occurred_at: datetime, memo: str
) -> Entry:
    """Who holds the money is debited; it covers invoices, and the rest is the customer's credit."""
    receivable = AccountRef(AccountKind.RECEIVABLE, applied.customer_id)
    credit = AccountRef(AccountKind.CUSTOMER_CREDIT, applied.customer_id)
    posts = [Post(holder, receivable, part) for _, part in applied.parts]
    posts.append(Post(holder, credit, applied.unapplied))
    key = f"payment-received:{applied.id}"
    return Entry(
        "payment_received", key, applied.id, occurred_at, posts_over_zero(posts), memo=memo
    )


def held_at(gateway_kind: str, gateway_account_id: UUID) -> AccountRef:
    """Where the money of a payment is: on our bank account, in our till, or still at a gateway."""
    return AccountRef(_HOLDERS.get(gateway_kind, AccountKind.CLEARING), gateway_account_id)


def credit_applied(
    applied: Applied, *, occurred_at: datetime, memo: str, application: UUID | None = None
) -> Entry | None:
    """A customer's credit covers invoices; `application` tells a later time from the first, when
    the credit arose. None if it covered nothing."""
    receivable = AccountRef(AccountKind.RECEIVABLE, applied.customer_id)
    credit = AccountRef(AccountKind.CUSTOMER_CREDIT, applied.customer_id)
    posts = [Post(credit, receivable, part) for _, part in applied.parts]
    key = f"credit-applied:{applied.id}" + (f":{application}" if application else "")
    if not posts:
        return None
    return Entry("credit_applied", key, applied.id, occurred_at, posts_over_zero(posts), memo=memo)
