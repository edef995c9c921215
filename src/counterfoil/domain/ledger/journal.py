"""The values that journal entries are made of, and the chart of account kinds (pure)."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from counterfoil.kernel.ids import new_id
from counterfoil.kernel.money import Money


class AccountKind(StrEnum):
    """The chart: what each account holds."""

    RECEIVABLE = "receivable"  # what a customer owes us; party: customer
    CUSTOMER_CREDIT = "customer_credit"  # what we owe a customer: unapplied; party: customer
    CLEARING = "clearing"  # captured, not yet paid out; party: gateway account
    BANK = "bank"  # in our own account at a bank; party: bank account
    IN_DISPUTE = "in_dispute"  # charged back, not decided yet; party: gateway account
    IN_TRANSIT = "in_transit"  # on its way to our bank, or out of it; party: gateway account
    SUSPENSE = "suspense"  # moved at a gateway, and nobody knows why; party: gateway account
    CASH = "cash"  # cheques and notes taken, not yet in a bank; party: gateway account `offline`
    GATEWAY_FEES = "gateway_fees"  # what gateways keep for their work; party: gateway account
    CHARGEBACK_LOSSES = "chargeback_losses"  # what banks took beyond what anybody owes
    BAD_DEBTS = "bad_debts"  # written off: nobody expects it any more
    SURCHARGES = "surcharges"  # what payers paid for paying in their way, on top of what they owe
    REVENUE = "revenue"  # net of tax
    TAX = "tax"  # collected for the authority


CUSTOMER_KINDS = frozenset({AccountKind.RECEIVABLE, AccountKind.CUSTOMER_CREDIT})


@dataclass(frozen=True, slots=True)
class AccountRef:
    """An account by its nature; it is opened when it is first posted to."""

    kind: AccountKind
    party: UUID | None = None


@dataclass(frozen=True, slots=True)
class Post:
    """One posting: debit, credit, a positive amount."""

    debit: AccountRef
    credit: AccountRef
    amount: Money

    def reversed(self) -> "Post":
        """The same amount the other way round."""
        return Post(self.credit, self.debit, self.amount)


@dataclass(frozen=True, slots=True)
class Entry:
    """Why and when, and its postings; `key` makes it happen once."""

    kind: str
    key: str
    source_id: UUID
    occurred_at: datetime
    posts: Sequence[Post]
    memo: str = ""
    reverses: UUID | None = None
    id: UUID = field(default_factory=new_id)


def posts_over_zero(posts: Sequence[Post]) -> tuple[Post, ...]:
    """Without the empty ones: nothing of zero is ever posted."""
    return tuple(post for post in posts if post.amount.minor != 0)
