"""The journal entries of money and credit being applied (pure)."""

from datetime import datetime
from uuid import UUID

from counterfoil.domain.ledger.journal import AccountKind, AccountRef, Entry, Post, posts_over_zero
from counterfoil.domain.receivables.rows import Applied


def payment_received(
    applied: Applied, gateway_account_id: UUID, *, occurred_at: datetime, memo: str
) -> Entry:
    """The gateway holds the money; it covers invoices, and the rest is the customer's credit."""
    clearing = AccountRef(AccountKind.CLEARING, gateway_account_id)
    receivable = AccountRef(AccountKind.RECEIVABLE, applied.customer_id)
    credit = AccountRef(AccountKind.CUSTOMER_CREDIT, applied.customer_id)
    posts = [Post(clearing, receivable, part) for _, part in applied.parts]
    posts.append(Post(clearing, credit, applied.unapplied))
    key = f"payment-received:{applied.id}"
    return Entry(
        "payment_received", key, applied.id, occurred_at, posts_over_zero(posts), memo=memo
    )


def credit_applied(applied: Applied, *, occurred_at: datetime, memo: str) -> Entry | None:
    """A customer's credit covers invoices. None if it covered nothing."""
    receivable = AccountRef(AccountKind.RECEIVABLE, applied.customer_id)
    credit = AccountRef(AccountKind.CUSTOMER_CREDIT, applied.customer_id)
    posts = [Post(credit, receivable, part) for _, part in applied.parts]
    key = f"credit-applied:{applied.id}"
    if not posts:
        return None
    return Entry("credit_applied", key, applied.id, occurred_at, posts_over_zero(posts), memo=memo)
