"""Says to staff of a payout where its money is, what it pays, and what does not add up."""

import re

from django.utils.translation import gettext as _

from counterfoil.surfaces.ui.words import Pill

_CODE = re.compile("[a-z_]+").fullmatch  # a gateway's name for a reason, no words


def payout_pill(state: str, *, has_suspense: bool = False) -> Pill:
    """The state of a payout, seen by staff."""
    if has_suspense:
        return Pill(_("Does not add up"), "bad")
    return {
        "in_transit": Pill(_("On its way"), "neutral"),
        "paid": Pill(_("Sent"), "neutral"),
        "arrived": Pill(_("Arrived"), "good"),
        "failed": Pill(_("Came back"), "bad"),
    }[state]


def payout_explanation(state: str, *, is_taken: bool = False) -> str:
    """Where the money is, and what comes next; `is_taken` if the gateway takes it from our bank."""
    if is_taken and state != "arrived":
        return _taken(is_refused=state == "failed")
    return {
        "in_transit": _(
            "The gateway has sent it. It is done once your bank's statement shows it: import that."
        ),
        "paid": _(
            "The gateway says that it is with your bank. It is done once your bank's statement "
            "shows it: import that."
        ),
        "arrived": _("Your bank's statement shows it. There is nothing to do."),
        "failed": _(
            "Your bank sent it back: the money is at the gateway, and goes with a later payout. "
            "Look at your bank details in the gateway's dashboard."
        ),
    }[state]


def _taken(*, is_refused: bool) -> str:
    if is_refused:
        return _(
            "Your bank did not give it: you owe it to the gateway. Look at your bank details in "
            "the gateway's dashboard."
        )
    return _(
        "The gateway takes it from your bank: more went back than it held for you. It is done "
        "once your bank's statement shows it: import that."
    )


def payout_failure(failure: str) -> str:
    """Why a payout did not reach our bank: in our words where the reason is known, and in any case
    what the gateway wrote, as its own words. `failure` is `code: words`, or one of both."""
    if not failure:
        return ""
    code, _colon, words = failure.partition(": ")
    if not _CODE(code):
        code, words = "", failure
    quoted = _("The gateway says: “%(words)s”") % {"words": words or code}
    return " ".join(filter(None, (_reasons().get(code, ""), quoted)))


def _reasons() -> dict[str, str]:
    unknown = _("The bank knows no such account.")
    holder = _("The account belongs to somebody else at the bank than at the gateway.")
    blocked = _("The bank account is blocked.")
    unpermitted = _("The bank has no permission for this debit.")
    return {
        "account_closed": _("The bank account is closed."),
        "account_frozen": blocked,
        "bank_account_restricted": blocked,
        "debit_not_authorized": unpermitted,
        "incorrect_account_holder_name": holder,
        "incorrect_account_holder_tax_id": holder,
        "invalid_account_number": unknown,
        "invalid_currency": _("The bank account does not take this currency."),
        "no_account": unknown,
    }


def movement_words(kind: str) -> str:
    """What moved."""
    return {
        "charge": _("Payment"),
        "refund": _("Refund"),
        "refund_reversal": _("Refund that came back"),
        "return": _("Debit that came back"),
        "chargeback": _("Chargeback"),
        "chargeback_reversal": _("Chargeback won"),
        "fee": _("Fee"),
        "payout_reversal": _("Payout that came back"),
        "adjustment": _("Adjustment of the gateway"),
    }[kind]


def movement_problem(code: str) -> str:
    """Why a movement is nothing of ours, or not all of it."""
    return {
        "": "",
        "unknown": _("Nothing of yours is behind it. Look it up in the gateway's dashboard."),
        "not_booked": _("It is yours, and its outcome is not known yet. It is looked at daily."),
        "amount_differs": _("The gateway has another amount than the books."),
        "twice": _("This payment was in an earlier payout already."),
        "adjustment": _("The gateway moved it by itself. Its dashboard says why."),
    }[code]
