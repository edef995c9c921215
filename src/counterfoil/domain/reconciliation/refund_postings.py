"""The journal entries of refunds by hand when our bank's statement shows them (pure)."""

from datetime import datetime
from uuid import UUID

from counterfoil.domain.ledger.journal import AccountKind, AccountRef, Entry, Post
from counterfoil.kernel.ids import new_id
from counterfoil.kernel.money import Money


def refund_cleared(
    refund_id: UUID,
    account_id: UUID,
    bank_account_id: UUID,
    moved: Money,
    *,
    occurred_at: datetime,
    memo: str,
) -> Entry:
    """What was on its way has left our bank account (`moved` is below zero), or is back on it."""
    post = _moved(account_id, bank_account_id, moved)
    key = f"refund-cleared:{new_id()}"  # a line is one refund: its row holds that, not the entry
    return Entry("refund_cleared", key, refund_id, occurred_at, (post,), memo=memo)


def refund_unmatched(
    refund_id: UUID,
    account_id: UUID,
    bank_account_id: UUID,
    moved: Money,
    *,
    occurred_at: datetime,
    memo: str,
) -> Entry:
    """The line was something else: the refund is on its way as before."""
    post = _moved(account_id, bank_account_id, moved).reversed()
    key = f"refund-unmatched:{new_id()}"
    return Entry("refund_unmatched", key, refund_id, occurred_at, (post,), memo=memo)


def _moved(account_id: UUID, bank_account_id: UUID, moved: Money) -> Post:
    transit = AccountRef(AccountKind.IN_TRANSIT, account_id)
    bank = AccountRef(AccountKind.BANK, bank_account_id)
    return Post(transit, bank, -moved) if moved.minor < 0 else Post(bank, transit, moved)
