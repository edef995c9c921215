"""Reasons and methods in translated words, in the active language."""

from django.utils.translation import gettext as _

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


def method_name(kind: str, brand: str = "", last4: str = "") -> str:
    """What paid, as its owner knows it: `Visa •••• 4242`, `Bank debit •••• 3000`."""
    if kind == "card" and brand:
        name = _BRANDS.get(brand.lower(), brand.title())
    else:
        known = {
            "card": _("Card"),
            "bank_debit": _("Bank debit"),
            "bank_transfer": _("Bank transfer"),
            "cheque": _("Cheque"),
            "cash": _("Cash"),
        }
        name = known.get(kind, _("Other method"))
    return f"{name} •••• {last4}" if last4 else name


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
