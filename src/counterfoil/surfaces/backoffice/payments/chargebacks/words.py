"""Says to staff of a chargeback what happened, why, where the money is, and what to do now."""

from django.utils.translation import gettext as _

from counterfoil.domain.payments.rows import ChargebackRow
from counterfoil.surfaces.ui.words import Pill


def chargeback_pill(state: str, *, is_sent: bool = False) -> Pill:
    """The state of a chargeback, seen by staff."""
    if state == "open" and is_sent:
        return Pill(_("Answer on its way"), "neutral")
    return {
        "open": Pill(_("Needs an answer"), "warn"),
        "answered": Pill(_("Answered"), "neutral"),
        "won": Pill(_("Won"), "good"),
        "lost": Pill(_("Lost"), "bad"),
    }[state]


def chargeback_step_words(state: str) -> str:
    """What happened when a chargeback came into this state."""
    return {
        "open": _("The payer's bank has taken the money back"),
        "answered": _("The bank has our answer"),
        "won": _("The bank decided for us"),
        "lost": _("The bank decided for the payer"),
    }[state]


def chargeback_explanation(row: ChargebackRow) -> str:
    """What happened, where the money is, what to do now."""
    if row.state == "open" and row.evidence_sent_at:
        return _(
            "Your answer was sent, and the gateway has not confirmed it yet. We ask until it has; "
            "nothing is sent twice."
        )
    return {
        "open": _(
            "The payer's bank has taken the money back, and asks for your side. Until it decides, "
            "the invoices stay paid. Without an answer it is lost."
        ),
        "answered": _(
            "The bank has your answer and decides in some weeks. The invoices stay paid meanwhile. "
            "There is nothing to do."
        ),
        "won": _("The bank decided for you: the money is back at the gateway."),
        "lost": _(
            "The money is gone, and what the payment covered is owed again. Talk to the customer, "
            "or write the invoice off."
        ),
    }[row.state]


def chargeback_problem(code: str) -> str:
    """What about a chargeback does not add up."""
    return {
        "": "",
        "above_payment": _(
            "The bank takes more than is left of the payment. What is more than that is booked as "
            "a loss: compare with the gateway's dashboard."
        ),
        "other_currency": _(
            "The bank takes it in another currency than it was paid in. The difference is booked "
            "as a loss or a gain: compare with the gateway's dashboard."
        ),
        "amount_changed": _(
            "The gateway has changed the amount since; the books keep the first one. Compare with "
            "the gateway's dashboard."
        ),
    }[code]


def chargeback_reason(code: str) -> str:
    """Why the payer contests it, in plain words; a code that is new to us is shown by the page."""
    plain = code.lower().replace("-", "_")
    known = {
        "fraudulent": _("The payer says that they did not make this payment."),
        "unrecognized": _("The payer does not recognise this payment on the statement."),
        "duplicate": _("The payer says that they paid twice."),
        "product_not_received": _("The payer says that they got nothing for it."),
        "product_unacceptable": _("The payer says that what they got is faulty or not as agreed."),
        "subscription_canceled": _("The payer says that they had cancelled before."),
        "credit_not_processed": _("The payer says that a refund was promised and never came."),
        "debit_not_authorized": _("The payer says that they never allowed the debit."),
        "insufficient_funds": _("There was not enough money on the account."),
        "general": _("The payer's bank gives no reason."),
    }
    return known.get(plain) or _("The payer contests the payment.")
