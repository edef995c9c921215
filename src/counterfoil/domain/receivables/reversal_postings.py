"""The journal entries of money given back, of money that came back, and of payments taken off
invoices (pure).

The rule: a refund first takes what of the payment covers nothing, then what covers invoices, the
newest allocation first; those invoices are open again by so much.
"""

from datetime import datetime
from uuid import UUID

from counterfoil.domain.ledger.journal import AccountKind, AccountRef, Entry, Post, posts_over_zero
from counterfoil.domain.receivables.giving_back import GivenBack
from counterfoil.kernel.money import Money


def refund_sent(
    given: GivenBack, refund_id: UUID, holder: AccountRef, *, occurred_at: datetime, memo: str
) -> Entry:
    """Who held the money gave it back: credit goes first, then invoices are owed again."""
    receivable = AccountRef(AccountKind.RECEIVABLE, given.customer_id)
    credit = AccountRef(AccountKind.CUSTOMER_CREDIT, given.customer_id)
    posts = [Post(credit, holder, given.uncovered)]
    posts += [Post(receivable, holder, part.amount) for part in given.parts]
    key = f"refund-sent:{refund_id}"
    return Entry("refund_sent", key, refund_id, occurred_at, posts_over_zero(posts), memo=memo)


def refund_returned(
    amount: Money,
    refund_id: UUID,
    customer_id: UUID,
    holder: AccountRef,
    *,
    occurred_at: datetime,
    memo: str,
) -> Entry:
    """Money that was given back has come back: it is the customer's credit."""
    credit = AccountRef(AccountKind.CUSTOMER_CREDIT, customer_id)
    posts = (Post(holder, credit, amount),)
    key = f"refund-returned:{refund_id}"
    return Entry("refund_returned", key, refund_id, occurred_at, posts, memo=memo)


def payment_unapplied(
    given: GivenBack, reversal_id: UUID, *, occurred_at: datetime, memo: str
) -> Entry:
    """A payment is taken off an invoice, which is owed again; the customer keeps it as credit."""
    receivable = AccountRef(AccountKind.RECEIVABLE, given.customer_id)
    credit = AccountRef(AccountKind.CUSTOMER_CREDIT, given.customer_id)
    posts = tuple(Post(receivable, credit, part.amount) for part in given.parts)
    key = f"payment-unapplied:{reversal_id}"
    return Entry("payment_unapplied", key, given.credit_id, occurred_at, posts, memo=memo)
