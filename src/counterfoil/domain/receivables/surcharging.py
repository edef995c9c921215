"""How money that leaves a payment, or comes back to it, is made up (pure).

The rule, whoever moves it (a refund, a chargeback, a debit that comes back): first goes what the
payment brought for invoices and credit, then the surcharge, and what is more than the payment
brought at all is lost. So a whole refund returns the surcharge and a part does not, and in whatever
order money goes and comes back, the books end at what is gone altogether.
"""

from dataclasses import dataclass, replace

from counterfoil.domain.payments.rows import RefundedPayment
from counterfoil.domain.payments.states import AttemptState
from counterfoil.kernel.money import Money


@dataclass(frozen=True, slots=True)
class Shares:
    """What of an amount was brought for invoices and credit, what is surcharge, and what is more
    than the payment has."""

    brought: Money
    surcharge: Money
    beyond: Money


def leaving(payment: RefundedPayment, amount: Money, *, gone_minor: int) -> Shares:
    """What an amount takes that leaves a payment of which so much is gone already."""
    return _between(payment, gone_minor, gone_minor + amount.minor)


def coming_back(payment: RefundedPayment, amount: Money, *, gone_minor: int) -> Shares:
    """What an amount makes good that comes back to a payment of which so much is gone."""
    return _between(payment, gone_minor - amount.minor, gone_minor)


def back_as_a_whole(payment: RefundedPayment) -> Shares:
    """What a debit makes good that had come back and is paid after all: everything but what
    refunds and chargebacks have taken of it."""
    paid = replace(payment, state=AttemptState.SUCCEEDED.value)
    whole = Money(payment.amount_minor, payment.currency)
    return leaving(paid, whole, gone_minor=payment.gone_minor)


def _between(payment: RefundedPayment, less: int, more: int) -> Shares:
    """A debit that came back has taken all that there was: the rest is beyond it."""
    has = 0 if payment.state == AttemptState.RETURNED else payment.amount_minor
    surcharge = min(payment.surcharge_minor, has)
    brought = has - surcharge

    def share(start: int, size: int | None = None) -> Money:
        above = [max(0, gone - start) for gone in (less, more)]
        if size is not None:
            above = [min(size, one) for one in above]
        return Money(above[1] - above[0], payment.currency)

    return Shares(share(0, brought), share(brought, surcharge), share(has))
