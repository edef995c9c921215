"""Says states, reasons and methods in translated words, the same on every page."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from counterfoil.surfaces.ui.formatting import day_short

Tone = Literal["neutral", "good", "warn", "bad"]
DUE_SOON_DAYS_MAX = 7

_BRANDS = {
    "visa": "Visa",
    "mastercard": "Mastercard",
    "amex": "American Express",
    "maestro": "Maestro",
    "discover": "Discover",
    "diners": "Diners Club",
    "jcb": "JCB",
    "unionpay": "UnionPay",
}


@dataclass(frozen=True, slots=True)
class Pill:
    """A state as words; the tone only repeats what the words say."""

    words: str
    tone: Tone


def due_words(days: int) -> str:
    """When an invoice is due, seen from today; negative days have passed."""
    if days == 0:
        return _("Due today")
    if days == 1:
        return _("Due tomorrow")
    if days > 1:
        return ngettext("Due in %(days)s day", "Due in %(days)s days", days) % {"days": days}
    late = -days
    return ngettext("%(days)s day overdue", "%(days)s days overdue", late) % {"days": late}


def invoice_pill(state: str, due_in_days: int, paid_date: date | None = None) -> Pill:
    """The state of an invoice; an unknown state is a bug and raises KeyError."""
    if state in {"open", "overdue", "part_paid"}:
        return _open_pill(state, due_in_days)
    if state == "paid" and paid_date is not None:
        return Pill(_("Paid %(date)s") % {"date": day_short(paid_date)}, "good")
    return {
        "processing": Pill(_("Processing"), "neutral"),
        "checking": Pill(_("Checking"), "neutral"),
        "paid": Pill(_("Paid"), "good"),
        "credited": Pill(_("Credited in full"), "good"),
        "void": Pill(_("Void"), "neutral"),
        "uncollectible": Pill(_("Closed"), "neutral"),
    }[state]


def _open_pill(state: str, due_in_days: int) -> Pill:
    words = _part_paid_words(due_in_days) if state == "part_paid" else due_words(due_in_days)
    if due_in_days < 0:
        return Pill(words, "bad")
    return Pill(words, "warn" if due_in_days <= DUE_SOON_DAYS_MAX else "neutral")


def _part_paid_words(days: int) -> str:
    """A part was paid: both facts matter, the rest's date as much as the part."""
    if days == 0:
        return _("Rest due today")
    if days == 1:
        return _("Rest due tomorrow")
    if days > 1:
        return ngettext(
            "Rest due in %(days)s day", "Rest due in %(days)s days", days
        ) % {"days": days}
    late = -days
    return ngettext(
        "Rest %(days)s day overdue", "Rest %(days)s days overdue", late
    ) % {"days": late}


def payment_pill(state: str) -> Pill:
    """The state of a payment; an unknown state is a bug and raises KeyError."""
    return {
        "created": Pill(_("Processing"), "neutral"),
        "submitted": Pill(_("Processing"), "neutral"),
        "processing": Pill(_("Processing"), "neutral"),
        "action_required": Pill(_("Waiting for you"), "warn"),
        "succeeded": Pill(_("Paid"), "good"),
        "failed": Pill(_("Declined"), "bad"),
        "unknown": Pill(_("Checking"), "neutral"),
        "cancelled": Pill(_("Cancelled"), "neutral"),
        "refunded": Pill(_("Refunded"), "neutral"),
        "part_refunded": Pill(_("Partly refunded"), "neutral"),
        "charged_back": Pill(_("Taken back by the bank"), "warn"),
    }[state]


def decline_reason(code: str) -> str:
    """Why a payment did not work, in one plain sentence; an unknown code gets a general one."""
    known = {
        "card_declined": _("Your bank said no and gave no reason."),
        "insufficient_funds": _("There was not enough money available on the card."),
        "expired_card": _("The card has expired."),
        "incorrect_cvc": _("The security code (CVC) did not match the card."),
        "authentication_failed": _("Your bank could not confirm that it was you."),
        "authentication_expired": _("The confirmation at your bank was not finished in time."),
        "token_invalid": _("The card details had grown too old to be used."),
        "gateway_refused": _("The payment could not be accepted."),
        "not_sent": _("The payment gateway could not be reached."),
    }
    return known.get(code, _("The payment could not be accepted."))


def decline_advice(code: str) -> str:
    """What to do after a decline, in one plain sentence."""
    known = {
        "insufficient_funds": _("Try another card, or try again when there is money on it."),
        "expired_card": _("Use another card."),
        "incorrect_cvc": _("Type the card details again; the CVC is often on the back."),
        "authentication_failed": _("Try again, or use another card."),
        "authentication_expired": _("Try again and finish the check at your bank."),
        "token_invalid": _("Type the card details again."),
    }
    return known.get(code, _("Use another card, or ask your bank and try again."))


def method_name(kind: str, brand: str = "") -> str:
    """What paid, without its number: `Visa`, `Bank debit`."""
    if kind == "card":
        return _BRANDS.get(brand.lower(), brand.title()) if brand else _("Card")
    known = {
        "bank_debit": _("Bank debit"),
        "bank_transfer": _("Bank transfer"),
        "cheque": _("Cheque"),
        "cash": _("Cash"),
    }
    return known.get(kind, _("Other method"))
