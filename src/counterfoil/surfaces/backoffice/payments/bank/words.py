"""Says what became of a bank line, and why, in translated words."""

from django.utils.translation import gettext as _

from counterfoil.domain.reconciliation.states import Why
from counterfoil.surfaces.ui.words import Pill


def line_pill(state: str) -> Pill:
    """What became of a line."""
    return {
        "waiting": Pill(_("Waiting"), "warn"),
        "settled": Pill(_("Settled"), "good"),
        "aside": Pill(_("Put aside"), "neutral"),
    }[state]


def why_words(problem: str) -> str:
    """Why a line waits, or was put aside; empty for one that settled."""
    return {
        "": "",
        Why.NO_REFERENCE: _("Nothing in it names an invoice."),
        Why.UNKNOWN_REFERENCE: _("Its reference is none of yours."),
        Why.SEVERAL_CUSTOMERS: _("It names invoices of several customers."),
        Why.OTHER_CURRENCY: _("The invoice is in another currency."),
        Why.WEAK_REFERENCE: _("It names a number of digits only, and the amount is another."),
        Why.REVERSAL: _("The bank takes something back."),
        Why.OUTGOING: _("Money that left your account."),
        Why.REFUND_DIFFERS: _("It names a refund, and does not agree with it."),
        Why.MAYBE_REFUND: _("Money that left your account: it may be a refund."),
        Why.PAYOUT_DIFFERS: _("It names a payout of a gateway, over another amount."),
        Why.NOT_A_PAYMENT: _("Not a payment of a customer."),
    }[problem]


def step_words(state: str, *, is_refund: bool = False) -> str:
    """One step of a line's history."""
    if state == "settled" and is_refund:
        return _("Booked as a refund")
    return {
        "waiting": _("Waits for somebody"),
        "settled": _("Became a payment"),
        "aside": _("Put aside"),
    }[state]


def taken_off_words(was: str) -> str:
    """What taking a line off its refund does; `was` is the refund's state before the line alone
    made it sent."""
    if not was:
        return _("The line waits again, and the refund is on its way as before.")
    if was == "pending":
        return _(
            "The line waits again. Nothing else says that the refund was sent: it is to be sent "
            "as before, its amount stays reserved, and whoever was told that it went gets a "
            "correction."
        )
    return _(
        "The line waits again. Nothing else says that there was a refund: none is to be sent, the "
        "payment stands as before, and whoever was told that money went gets a correction."
    )
