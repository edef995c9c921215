"""Says to staff what a gateway's list and the books say differently, and what to do now."""

from django.utils.translation import gettext as _

from counterfoil.domain.reconciliation.discrepancies import Difference
from counterfoil.kernel.ports.gateways.outcomes import Result
from counterfoil.surfaces.backoffice.words import attempt_pill


def difference_title(kind: str) -> str:
    """What does not agree, in a few words."""
    return {
        Difference.FOUND: _("Found by comparison"),
        Difference.UNKNOWN_CHARGE: _("The gateway took money that nobody knows"),
        Difference.UNKNOWN_REFUND: _("The gateway gave back money of a charge that nobody knows"),
        Difference.UNKNOWN_CHARGEBACK: _("A bank took back money of a charge that nobody knows"),
        Difference.AMOUNT_DIFFERS: _("The gateway has another amount than the books"),
        Difference.REFUND_DIFFERS: _("The gateway gave back another amount than the books have"),
        Difference.STATE_DIFFERS: _("The gateway says otherwise of a payment than the books"),
        Difference.MISSING_THERE: _("The books have a payment that the gateway does not know"),
    }[Difference(kind)]


def difference_explanation(kind: str) -> str:
    """Where the money is, and what to do now."""
    return {
        Difference.FOUND: _("Its event was lost. It was booked by the daily comparison."),
        Difference.UNKNOWN_CHARGE: _(
            "The money is at the gateway and is not booked. Find out in its dashboard whose it is, "
            "and give it to that customer: it becomes their credit."
        ),
        Difference.UNKNOWN_REFUND: _(
            "The money left the gateway, and nothing is booked. Look the charge up in its "
            "dashboard; if it is yours, give the charge to its customer first."
        ),
        Difference.UNKNOWN_CHARGEBACK: _(
            "The gateway holds a chargeback, and nothing is booked. Look the charge up in its "
            "dashboard; if it is yours, give the charge to its customer first, and answer in time."
        ),
        Difference.AMOUNT_DIFFERS: _(
            "The books keep what was asked for. Compare with the gateway's dashboard."
        ),
        Difference.REFUND_DIFFERS: _(
            "Nothing was changed. The gateway's message named another amount than its list does "
            "now. Ask the gateway's support which of them is right."
        ),
        Difference.STATE_DIFFERS: _(
            "Nothing was changed: compare with the gateway's dashboard. If no money came, take the "
            "payment off its invoices. If a debit that came back was paid after all, its invoices "
            "are still open here: do not ask for the money again."
        ),
        Difference.MISSING_THERE: _(
            "We asked for it by name, and the gateway has never heard of it. Nothing was changed. "
            "Ask the gateway's support."
        ),
    }[Difference(kind)]


def difference_by_hand(kind: str) -> str:
    """Why a click can't end what differs still after the gateway was asked again."""
    return {
        Difference.UNKNOWN_REFUND: _(
            "A refund is booked against the payment that it is of. While nobody has that payment, "
            "there is nothing to book it against: give the charge to its customer first."
        ),
        Difference.UNKNOWN_CHARGEBACK: _(
            "A chargeback is booked against the payment that it is of. While nobody has that "
            "payment, there is nothing to book it against: give the charge to its customer first."
        ),
        Difference.AMOUNT_DIFFERS: _(
            "What was booked is never changed to another amount. If the gateway has more, give the "
            "rest back there or record it as money of the customer; if it has less, take the "
            "payment off its invoices and record what came."
        ),
        Difference.REFUND_DIFFERS: _(
            "What was booked is never changed to another amount; the gateway's support has to say "
            "which one left its account."
        ),
        Difference.STATE_DIFFERS: _(
            "The gateway had told us otherwise before. Money that was told to have come is only "
            "taken back by a refund, a return or a chargeback that the gateway names."
        ),
        Difference.MISSING_THERE: _(
            "Its customer has a receipt for this payment. Only the gateway's support can say what "
            "became of it; if no money came, take the payment off its invoices."
        ),
    }[Difference(kind)]


def state_there(result: str) -> str:
    """How a payment stands at the gateway."""
    own = {Result.ABSENT.value: _("Unknown there"), Result.CANCELLED.value: _("Stopped")}
    return own.get(result) or attempt_pill(result).words
