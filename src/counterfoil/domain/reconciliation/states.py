"""The states of bank lines and payouts, and why a line waits or was put aside."""

from enum import StrEnum

from counterfoil.kernel.states import Machine


class LineState(StrEnum):
    """What became of a line."""

    WAITING = "waiting"
    SETTLED = "settled"
    ASIDE = "aside"


S = LineState

LINE = Machine(
    name="bank_line",
    initial=S.WAITING,
    moves={
        S.WAITING: frozenset({S.SETTLED, S.ASIDE}),
        S.ASIDE: frozenset({S.WAITING}),
        S.SETTLED: frozenset({S.WAITING}),  # it was not that refund
    },
)


class Why(StrEnum):
    """Why a line waits for a person, or was put aside; surfaces have the words."""

    NO_REFERENCE = "no_reference"  # nothing in it names an invoice
    UNKNOWN_REFERENCE = "unknown_reference"  # it names one that is not ours
    SEVERAL_CUSTOMERS = "several_customers"  # it names invoices of more than one customer
    OTHER_CURRENCY = "other_currency"  # the invoice is in another currency than the money
    WEAK_REFERENCE = "weak_reference"  # a short number that may mean anything; the amount differs
    REVERSAL = "reversal"  # the bank takes back what it booked before
    OUTGOING = "outgoing"  # money that we paid
    NOT_A_PAYMENT = "not_a_payment"  # a person said so
    REFUND_DIFFERS = "refund_differs"  # it names a refund by hand, and the amount is another
    MAYBE_REFUND = "maybe_refund"  # money that left: a refund of this very amount, or to this payer
    PAYOUT_DIFFERS = "payout_differs"  # it names a payout of a gateway, and the amount is another


class PayoutState(StrEnum):
    """Where a payout stands: the gateway says that it is paid, our bank that it arrived."""

    IN_TRANSIT = "in_transit"
    PAID = "paid"
    ARRIVED = "arrived"
    FAILED = "failed"


P = PayoutState

PAYOUT = Machine(
    name="payout",
    initial=P.IN_TRANSIT,
    moves={
        P.IN_TRANSIT: frozenset({P.PAID, P.ARRIVED, P.FAILED}),
        P.PAID: frozenset({P.ARRIVED, P.FAILED}),
    },
)
OPEN_PAYOUTS = frozenset({P.IN_TRANSIT, P.PAID})
