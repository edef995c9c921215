"""The journal entries of payouts: made, come back, arrived, and movements explained late (pure)."""

from datetime import datetime
from uuid import UUID

from counterfoil.domain.ledger.journal import AccountKind, AccountRef, Entry, Post, posts_over_zero
from counterfoil.kernel.money import Money


def _either(debit: AccountRef, credit: AccountRef, amount: Money) -> Post:
    """The posting, the other way round for what is below zero."""
    if amount.minor < 0:
        return Post(credit, debit, -amount)
    return Post(debit, credit, amount)


def payout_made(  # noqa: PLR0913  every amount of a payout
    payout_id: UUID,
    account_id: UUID,
    amount: Money,
    *,
    fee: Money,
    suspense: Money,
    occurred_at: datetime,
    memo: str,
) -> Entry | None:
    """The gateway has sent what it held (below zero: takes from our bank what it is owed), less its
    fees, which are booked now. What of it is
    nothing of ours stands in suspense, so that the clearing account says what the gateway holds.
    None where nothing of all this is to be booked."""
    clearing = AccountRef(AccountKind.CLEARING, account_id)
    posts = (
        _either(AccountRef(AccountKind.IN_TRANSIT, account_id), clearing, amount),
        _either(AccountRef(AccountKind.GATEWAY_FEES, account_id), clearing, fee),
        _either(clearing, AccountRef(AccountKind.SUSPENSE, account_id), suspense),
    )
    kept, key = posts_over_zero(posts), f"payout-made:{payout_id}"
    return Entry("payout_made", key, payout_id, occurred_at, kept, memo=memo) if kept else None


def payout_failed(
    payout_id: UUID, account_id: UUID, amount: Money, *, occurred_at: datetime, memo: str
) -> Entry:
    """Our bank sent it back: the gateway holds the money again. Its fees stay."""
    transit = AccountRef(AccountKind.IN_TRANSIT, account_id)
    posts = (_either(AccountRef(AccountKind.CLEARING, account_id), transit, amount),)
    return Entry(
        "payout_failed", f"payout-failed:{payout_id}", payout_id, occurred_at, posts, memo=memo
    )


def payout_arrived(
    payout_id: UUID,
    account_id: UUID,
    bank_account_id: UUID,
    amount: Money,
    *,
    occurred_at: datetime,
    memo: str,
) -> Entry:
    """Our bank's statement shows it."""
    transit = AccountRef(AccountKind.IN_TRANSIT, account_id)
    posts = (_either(AccountRef(AccountKind.BANK, bank_account_id), transit, amount),)
    return Entry(
        "payout_arrived", f"payout-arrived:{payout_id}", payout_id, occurred_at, posts, memo=memo
    )


def movement_explained(
    line_id: UUID,
    account_id: UUID,
    amount: Money,
    *,
    explained_id: UUID,
    occurred_at: datetime,
    memo: str,
) -> Entry:
    """A movement that stood in suspense is booked as what it is: it stood in clearing twice. It may
    be explained bit by bit, and two bits alike: `explained_id` is of this one."""
    suspense = AccountRef(AccountKind.SUSPENSE, account_id)
    post = _either(suspense, AccountRef(AccountKind.CLEARING, account_id), amount)
    key = f"movement-explained:{explained_id}"
    return Entry("movement_explained", key, line_id, occurred_at, (post,), memo=memo)
