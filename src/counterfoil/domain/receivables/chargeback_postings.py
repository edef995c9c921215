"""The journal entries of chargebacks: opened, won, lost, and won after it was lost (pure).

The rule: while a chargeback is contested its money stands in dispute, and the invoices stay
covered. Lost, it comes off what the payment covers as a refund does, the surcharge last; what is
more than the payment has (it was refunded before, or the exchange rate moved) is our loss.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from counterfoil.domain.ledger.journal import AccountKind, AccountRef, Entry, Post, posts_over_zero
from counterfoil.domain.receivables.giving_back import GivenBack
from counterfoil.domain.receivables.reversal_postings import SURCHARGES
from counterfoil.domain.receivables.surcharging import Shares
from counterfoil.kernel.money import Money

LOSSES = AccountRef(AccountKind.CHARGEBACK_LOSSES)


@dataclass(frozen=True, slots=True)
class Charged:
    """A chargeback as its entries need it: `amount` is what the bank takes, at this gateway
    account; `fee` what of the gateway's fee is booked now, below zero where it is given back."""

    id: UUID
    customer_id: UUID
    gateway_account_id: UUID
    amount: Money
    fee: Money
    memo: str

    @property
    def clearing(self) -> AccountRef:
        """What the gateway holds."""
        return AccountRef(AccountKind.CLEARING, self.gateway_account_id)

    @property
    def dispute(self) -> AccountRef:
        """What is contested there."""
        return AccountRef(AccountKind.IN_DISPUTE, self.gateway_account_id)

    @property
    def credit(self) -> AccountRef:
        """What we owe the customer."""
        return AccountRef(AccountKind.CUSTOMER_CREDIT, self.customer_id)

    def fee_posts(self) -> list[Post]:
        """The gateway keeps its fee, or gives it back."""
        fees = AccountRef(AccountKind.GATEWAY_FEES, self.gateway_account_id)
        if self.fee.minor < 0:
            return [Post(self.clearing, fees, -self.fee)]
        return [Post(fees, self.clearing, self.fee)]


def chargeback_opened(one: Charged, *, occurred_at: datetime) -> Entry:
    """The money leaves what the gateway holds, with the fee; nothing is owed again yet."""
    posts = [Post(one.dispute, one.clearing, one.amount), *one.fee_posts()]
    return _entry(one, posts, occurred_at, kind="chargeback_opened")


def chargeback_won(one: Charged, *, occurred_at: datetime) -> Entry:
    """The money is back at the gateway, and the fee as far as it gives it back."""
    posts = [Post(one.clearing, one.dispute, one.amount), *one.fee_posts()]
    return _entry(one, posts, occurred_at, kind="chargeback_won")


def chargeback_lost(
    one: Charged, given: GivenBack, shares: Shares, *, occurred_at: datetime
) -> Entry:
    """The money comes off the payment, whose invoices are owed again, then off its surcharge; what
    the payment does not have is lost. In another currency both sides meet in the losses, which
    are the difference."""
    assert given.amount == shares.brought
    receivable = AccountRef(AccountKind.RECEIVABLE, given.customer_id)
    same = given.amount.currency == one.amount.currency
    source = one.dispute if same else LOSSES
    posts = [Post(one.credit, source, given.uncovered)]
    posts += [Post(receivable, source, part.amount) for part in given.parts]
    posts += [Post(SURCHARGES, source, shares.surcharge)]
    beyond = shares.beyond if same else one.amount
    posts += [Post(LOSSES, one.dispute, beyond), *one.fee_posts()]
    return _entry(one, posts, occurred_at, kind="chargeback_lost")


def chargeback_won_late(one: Charged, shares: Shares, *, occurred_at: datetime) -> Entry:
    """Money that had been given up is back: what was taken of the payment is the customer's credit
    now, since its invoices may be paid again, and the surcharge is earned again."""
    same = shares.brought.currency == one.amount.currency
    source = one.clearing if same else LOSSES
    posts = [Post(source, one.credit, shares.brought), Post(source, SURCHARGES, shares.surcharge)]
    beyond = shares.beyond if same else one.amount
    posts += [Post(one.clearing, LOSSES, beyond), *one.fee_posts()]
    return _entry(one, posts, occurred_at, kind="chargeback_won_late")


def _entry(one: Charged, posts: list[Post], occurred_at: datetime, *, kind: str) -> Entry:
    key = f"{kind.replace('_', '-')}:{one.id}"
    return Entry(kind, key, one.id, occurred_at, posts_over_zero(posts), memo=one.memo)
