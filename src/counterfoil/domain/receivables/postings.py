"""The journal entries of money and credit being applied (pure)."""

from datetime import datetime
from uuid import UUID

from counterfoil.domain.ledger.journal import AccountKind, AccountRef, Entry, Post, posts_over_zero
from counterfoil.domain.payments.accounts.kinds import BANK, OFFLINE
from counterfoil.domain.payments.states import ByHand
from counterfoil.domain.receivables.rows import Applied
from counterfoil.kernel.money import Money

_HOLDERS = {BANK: AccountKind.BANK, OFFLINE: AccountKind.CASH}


def payment_received(
    applied: Applied,
    holder: AccountRef,
    *,
    occurred_at: datetime,
    memo: str,
    surcharge: Money | None = None,
) -> Entry:
    """Who holds the money is debited; it covers invoices, and the rest is the customer's credit.
    What was paid for paying in this way is income of its own."""
    receivable = AccountRef(AccountKind.RECEIVABLE, applied.customer_id)
    credit = AccountRef(AccountKind.CUSTOMER_CREDIT, applied.customer_id)
    posts = [Post(holder, receivable, part) for _, part in applied.parts]
    posts.append(Post(holder, credit, applied.unapplied))
    if surcharge is not None:
        posts.append(Post(holder, AccountRef(AccountKind.SURCHARGES), surcharge))
    key = f"payment-received:{applied.id}"
    return Entry(
        "payment_received", key, applied.id, occurred_at, posts_over_zero(posts), memo=memo
    )


def held_at(gateway_kind: str, gateway_account_id: UUID) -> AccountRef:
    """Where the money of a payment is: on our bank account, in our till, or still at a gateway."""
    return AccountRef(_HOLDERS.get(gateway_kind, AccountKind.CLEARING), gateway_account_id)


def given_from(method: str, gateway_account_id: UUID, till_id: UUID | None) -> AccountRef:
    """Where the money of a refund comes from: its gateway; by hand our till, or what is on its way
    until our bank's statement shows it."""
    if method == ByHand.CASH:
        return AccountRef(AccountKind.CASH, till_id)
    kind = AccountKind.IN_TRANSIT if method else AccountKind.CLEARING
    return AccountRef(kind, gateway_account_id)


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


def write_off_recovered(
    applied: Applied, *, occurred_at: datetime, memo: str, application: UUID | None = None
) -> Entry | None:
    """Money came for what had been written off: it was owed after all. None if nothing had been."""
    receivable = AccountRef(AccountKind.RECEIVABLE, applied.customer_id)
    bad_debts = AccountRef(AccountKind.BAD_DEBTS)
    posts = tuple(Post(receivable, bad_debts, amount) for _, amount in applied.recovered)
    key = f"write-off-recovered:{applied.id}" + (f":{application}" if application else "")
    if not posts:
        return None
    return Entry("write_off_recovered", key, applied.id, occurred_at, posts, memo=memo)


def invoice_written_off(
    invoice_id: UUID,
    customer_id: UUID,
    amount: Money,
    *,
    occurred_at: datetime,
    memo: str,
    write_off_id: UUID,
) -> Entry:
    """Nobody expects the rest of an invoice any more: it is our loss."""
    receivable = AccountRef(AccountKind.RECEIVABLE, customer_id)
    posts = (Post(AccountRef(AccountKind.BAD_DEBTS), receivable, amount),)
    key = f"invoice-written-off:{write_off_id}"
    return Entry("invoice_written_off", key, invoice_id, occurred_at, posts, memo=memo[:200])


def write_off_taken_back(
    invoice_id: UUID,
    customer_id: UUID,
    amount: Money,
    *,
    occurred_at: datetime,
    memo: str,
    write_off_id: UUID,
) -> Entry:
    """It is expected again."""
    receivable = AccountRef(AccountKind.RECEIVABLE, customer_id)
    posts = (Post(receivable, AccountRef(AccountKind.BAD_DEBTS), amount),)
    key = f"write-off-taken-back:{write_off_id}"
    return Entry("write_off_taken_back", key, invoice_id, occurred_at, posts, memo=memo[:200])
