"""Says to staff of a refund what happened, whether money moved, and what to do now."""

from django.utils.translation import gettext as _

from counterfoil.domain.payments.rows import RefundRow
from counterfoil.domain.payments.states import ByHand
from counterfoil.surfaces.ui.words import Pill


def refund_pill(state: str, failure_code: str = "", method: str = "") -> Pill:
    """The state of a refund, seen by staff; one by hand has its `method`."""
    if method and state == "pending":
        return Pill(_("To be sent"), "warn")
    if method and state == "cancelled":
        return Pill(_("Withdrawn"), "neutral")
    if state == "unknown" and failure_code:
        return Pill(_("Amounts differ"), "bad")
    return {
        "created": Pill(_("Starting"), "neutral"),
        "submitted": Pill(_("Being sent"), "neutral"),
        "pending": Pill(_("Accepted"), "neutral"),
        "unknown": Pill(_("Outcome unknown"), "warn"),
        "succeeded": Pill(_("Refunded"), "good"),
        "failed": Pill(_("Failed"), "bad"),
        "cancelled": Pill(_("Never sent"), "neutral"),
        "returned": Pill(_("Came back"), "bad"),
    }[state]


def hand_words(method: str) -> str:
    """How the business gives money back itself."""
    return {
        ByHand.BANK_TRANSFER: _("Bank transfer"),
        ByHand.CHEQUE: _("A cheque of yours"),
        ByHand.CASH: _("Cash, or their own cheque handed back"),
    }[ByHand(method)]


def refund_step_words(state: str, *, by_hand: bool = False) -> str:
    """What happened when a refund came into this state."""
    if by_hand and state in ("pending", "cancelled", "returned"):
        return {
            "pending": _("Noted: the transfer is to be sent"),
            "cancelled": _("Withdrawn: nothing was sent"),
            "returned": _("The refund came back, or did not go"),
        }[state]
    return {
        "created": _("Refund begun"),
        "submitted": _("Refund sent to the gateway"),
        "pending": _("The gateway has accepted the refund"),
        "unknown": _("The outcome of the refund is unknown"),
        "succeeded": _("Money given back"),
        "failed": _("Refund failed"),
        "cancelled": _("The refund was proven never to have been sent"),
        "returned": _("The refund came back from the bank"),
    }[state]


def hand_explanation(row: RefundRow, *, is_shown: bool) -> str:
    """The same of a refund by hand; `is_shown`: our bank's statement has it."""
    if row.state == "pending":
        return _(
            "You still have to send this from your bank: Counterfoil moves no money here. It "
            "counts as sent when you say so, or when your bank's statement shows it."
        )
    if row.state == "succeeded" and is_shown:
        return _("Your bank's statement shows that it has left your account.")
    if row.state == "succeeded":
        return {
            ByHand.BANK_TRANSFER: _(
                "You have sent it from your bank, whose statement does not show it yet."
            ),
            ByHand.CHEQUE: _(
                "You have given them a cheque, which your bank's statement does not show yet."
            ),
            ByHand.CASH: _("You have handed it over: cash, or their own cheque."),
        }[ByHand(row.method)]
    if row.state == "cancelled":
        return _("It was withdrawn before it was sent. No money moved; it can be refunded again.")
    return _("It came back, or did not go. You have the money, and the customer has it as credit.")


def refund_explanation(row: RefundRow) -> str:
    """What the state means: what happened, whether money moved, what to do now."""
    if row.state == "unknown":
        return _doubt(row.failure_code)
    if row.state == "failed":
        unmoved = _("No money moved, and the invoices stay as they are.")
        now = _("Try again later, or pay the customer back in another way.")
        return f"{refund_failure(row.failure_code)} {unmoved} {now}"
    if row.state == "pending" and row.claim_url:
        return _(
            "It waits for the customer, who says at this link where the money is to go. They see "
            "it on their payment; send it to them, or they may never fetch it."
        )
    known = {
        "created": _("It is about to be sent."),
        "submitted": _("It was sent to the gateway, which has not answered yet."),
        "pending": _(
            "The gateway has accepted it and has not sent the money yet. There is nothing to do."
        ),
        "succeeded": _("The gateway has sent the money. It is there in 5 to 10 working days."),
        "cancelled": _("It never reached the gateway. No money moved. It can be tried again."),
        "returned": _(
            "The money was sent, and the payer's bank sent it back. It is at the gateway again, "
            "and the customer has it as credit. Ask the customer where else it can go."
        ),
    }
    return known[row.state]


def _doubt(failure_code: str) -> str:
    if failure_code == "amount_mismatch":
        return _(
            "The gateway says that it gave back another amount than was asked for, so nothing was "
            "booked. Compare with the gateway's own dashboard."
        )
    if failure_code == "over_refunded":
        return _(
            "The gateway says that it was sent, but with the other refunds that is more than the "
            "payment, so it was not booked. Compare with the gateway's own dashboard."
        )
    return _(
        "The gateway's answer was lost: the money may have been sent or not. We ask again until it "
        "is certain, and never send it twice. Its amount stays reserved meanwhile."
    )


def refund_failure(code: str) -> str:
    """Why a refund failed, in a sentence."""
    known = {
        "instrument_closed": _("The card or account that paid takes no money any more."),
        "refund_declined": _("The payer's bank does not take the money."),
        "refund_cancelled": _("The refund was cancelled at the gateway before it was sent."),
        "less_is_left": _(
            "The gateway has less left of this payment: by a refund made there, or a dispute."
        ),
    }
    return known.get(code) or _("The gateway refused the refund.")
