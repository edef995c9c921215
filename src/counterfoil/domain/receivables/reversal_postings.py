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

_SURCHARGES = AccountRef(AccountKind.SURCHARGES)


def payment_returned(
    given: GivenBack,
    amount: Money,
    holder: AccountRef,
    *,
    occurred_at: datetime,
    memo: str,
    surcharge: Money | None = None,
) -> Entry:
    """The payer's bank sent a paid debit back: what it covered is owed again. What had been
    refunded before has gone back twice, and that nobody owes."""
    posts = _gone(given, amount, holder, surcharge)
    key = f"payment-returned:{given.credit_id}"
    return Entry("payment_returned", key, given.credit_id, occurred_at, posts, memo=memo)


def _gone(
    given: GivenBack, amount: Money, holder: AccountRef, surcharge: Money | None
) -> tuple[Post, ...]:
    """Whoever held the money has given `amount` away: credit goes first, then invoices are owed
    again, then so much of the surcharge, and what is above all of it is lost."""
    receivable = AccountRef(AccountKind.RECEIVABLE, given.customer_id)
    credit = AccountRef(AccountKind.CUSTOMER_CREDIT, given.customer_id)
    lost = AccountRef(AccountKind.CHARGEBACK_LOSSES)
    posts = [Post(credit, holder, given.uncovered)]
    posts += [Post(receivable, holder, part.amount) for part in given.parts]
    above = amount - given.amount
    if surcharge is not None:
        posts.append(Post(_SURCHARGES, holder, surcharge))
        above -= surcharge
    return posts_over_zero([*posts, Post(lost, holder, above)])


def refund_sent(  # noqa: PLR0913  what went, to where, when
    given: GivenBack,
    amount: Money,
    refund_id: UUID,
    holder: AccountRef,
    *,
    occurred_at: datetime,
    memo: str,
    surcharge: Money | None = None,
) -> Entry:
    """Who held the money gave it back: credit goes first, then invoices are owed again, then the
    surcharge; what the payer's bank had taken back before is lost."""
    key = f"refund-sent:{refund_id}"
    posts = _gone(given, amount, holder, surcharge)
    return Entry("refund_sent", key, refund_id, occurred_at, posts, memo=memo)


def refund_returned(  # noqa: PLR0913  what came back, to where, when
    amount: Money,
    refund_id: UUID,
    customer_id: UUID | None,
    holder: AccountRef,
    *,
    occurred_at: datetime,
    memo: str,
    surcharge: Money | None = None,
) -> Entry:
    """Money that was given back has come back: it is the customer's credit; without a customer,
    whose bank had taken the payment back too, it makes good what was lost."""
    credit = AccountRef(AccountKind.CHARGEBACK_LOSSES)
    if customer_id is not None:
        credit = AccountRef(AccountKind.CUSTOMER_CREDIT, customer_id)
    fee = surcharge or Money(0, amount.currency)
    both = [Post(holder, credit, amount - fee), Post(holder, _SURCHARGES, fee)]
    posts = posts_over_zero(both)
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
