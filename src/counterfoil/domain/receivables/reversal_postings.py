"""The journal entries of money given back, of money that came back, and of payments taken off
invoices (pure).

The rule: a refund first takes what of the payment covers nothing, then what covers invoices, the
newest allocation first; those invoices are open again by so much.
"""

from datetime import datetime
from uuid import UUID

from counterfoil.domain.ledger.journal import AccountKind, AccountRef, Entry, Post, posts_over_zero
from counterfoil.domain.receivables.giving_back import GivenBack
from counterfoil.domain.receivables.surcharging import Shares

SURCHARGES = AccountRef(AccountKind.SURCHARGES)
_LOST = AccountRef(AccountKind.CHARGEBACK_LOSSES)


def payment_returned(
    given: GivenBack,
    shares: Shares,
    holder: AccountRef,
    *,
    return_id: UUID,
    occurred_at: datetime,
    memo: str,
) -> Entry:
    """The payer's bank sent a paid debit back: what it covered is owed again. What had been
    refunded before has gone back twice, and that nobody owes. A debit may come back more than
    once: `return_id` is of this time."""
    posts = _gone(given, shares, holder)
    key = f"payment-returned:{return_id}"
    return Entry("payment_returned", key, given.credit_id, occurred_at, posts, memo=memo)


def _gone(given: GivenBack, shares: Shares, holder: AccountRef) -> tuple[Post, ...]:
    """Whoever held the money has given it away: credit goes first, then invoices are owed again,
    then so much of the surcharge, and what is above all of it is lost."""
    assert given.amount == shares.brought
    receivable = AccountRef(AccountKind.RECEIVABLE, given.customer_id)
    credit = AccountRef(AccountKind.CUSTOMER_CREDIT, given.customer_id)
    posts = [Post(credit, holder, given.uncovered)]
    posts += [Post(receivable, holder, part.amount) for part in given.parts]
    posts += [Post(SURCHARGES, holder, shares.surcharge), Post(_LOST, holder, shares.beyond)]
    return posts_over_zero(posts)


def refund_sent(  # noqa: PLR0913  the facts of an entry
    given: GivenBack,
    shares: Shares,
    refund_id: UUID,
    holder: AccountRef,
    *,
    occurred_at: datetime,
    memo: str,
    before: int = 0,
) -> Entry:
    """Who held the money gave it back: credit goes first, then invoices are owed again, then the
    surcharge; what the payer's bank had taken back before is lost. So many times `before` it was
    taken for sent and was not."""
    key = _once_a_time("refund-sent", refund_id, before)
    posts = _gone(given, shares, holder)
    return Entry("refund_sent", key, refund_id, occurred_at, posts, memo=memo)


def refund_unsent(  # noqa: PLR0913  the facts of an entry
    shares: Shares,
    refund_id: UUID,
    customer_id: UUID,
    holder: AccountRef,
    *,
    occurred_at: datetime,
    memo: str,
    before: int = 0,
) -> Entry:
    """It was taken for sent by a bank line that was another's: the money has never left, and is the
    customer's until it does. The invoices that it covered are covered by it again."""
    posts = _come_back(customer_id, shares, holder)
    key = _once_a_time("refund-unsent", refund_id, before)
    return Entry("refund_unsent", key, refund_id, occurred_at, posts, memo=memo)


def _once_a_time(what: str, refund_id: UUID, before: int) -> str:
    return f"{what}:{refund_id}" + (f":{before}" if before else "")


def refund_returned(
    shares: Shares,
    refund_id: UUID,
    customer_id: UUID,
    holder: AccountRef,
    *,
    occurred_at: datetime,
    memo: str,
) -> Entry:
    """Money that was given back has come back: what had been lost is made good, the surcharge is
    earned again, and the rest is the customer's credit."""
    posts = _come_back(customer_id, shares, holder)
    key = f"refund-returned:{refund_id}"
    return Entry("refund_returned", key, refund_id, occurred_at, posts, memo=memo)


def _come_back(customer_id: UUID, shares: Shares, holder: AccountRef) -> tuple[Post, ...]:
    credit = AccountRef(AccountKind.CUSTOMER_CREDIT, customer_id)
    return posts_over_zero(
        [
            Post(holder, credit, shares.brought),
            Post(holder, SURCHARGES, shares.surcharge),
            Post(holder, _LOST, shares.beyond),
        ]
    )


def return_undone(  # noqa: PLR0913  the facts of an entry
    payment_id: UUID,
    customer_id: UUID,
    shares: Shares,
    holder: AccountRef,
    *,
    undo_id: UUID,
    occurred_at: datetime,
    memo: str,
) -> Entry:
    """A debit that had come back is paid after all: what it brought is the customer's credit, which
    covers what is still open of its invoices; the surcharge is earned again, and what had gone
    twice is made good."""
    posts = _come_back(customer_id, shares, holder)
    key = f"return-undone:{undo_id}"
    return Entry("return_undone", key, payment_id, occurred_at, posts, memo=memo)


def payment_unapplied(
    given: GivenBack, reversal_id: UUID, *, occurred_at: datetime, memo: str
) -> Entry:
    """A payment is taken off an invoice, which is owed again; the customer keeps it as credit."""
    receivable = AccountRef(AccountKind.RECEIVABLE, given.customer_id)
    credit = AccountRef(AccountKind.CUSTOMER_CREDIT, given.customer_id)
    posts = tuple(Post(receivable, credit, part.amount) for part in given.parts)
    key = f"payment-unapplied:{reversal_id}"
    return Entry("payment_unapplied", key, given.credit_id, occurred_at, posts, memo=memo)
