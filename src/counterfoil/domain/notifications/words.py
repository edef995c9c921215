"""Reasons and methods in translated words, in the active language."""

from django.utils.translation import gettext as _

from counterfoil.domain.customers.rights import Preset

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


_WALLETS = {"google_pay": "Google Pay", "apple_pay": "Apple Pay"}
_BANK_PAGES = {
    "bancontact": "Bancontact",
    "blik": "BLIK",
    "eps": "EPS",
    "ideal": "iDEAL",
    "przelewy24": "Przelewy24",
    "twint": "TWINT",
}


def _card_name(brand: str) -> str:
    return _BRANDS.get(brand.lower(), brand.title())


def _wallet_name(brand: str) -> str:
    """`google_pay:visa` is a wallet and the card behind it: `Google Pay · Visa`."""
    wallet, _colon, card = brand.partition(":")
    name = _WALLETS.get(wallet, wallet.replace("_", " ").title())
    return f"{name} · {_card_name(card)}" if card else name


def method_name(kind: str, brand: str = "", last4: str = "") -> str:
    """What paid, as its owner knows it: `Visa •••• 4242`, `Bank debit •••• 3000`."""
    schemes = {
        "sepa": _("SEPA debit"),
        "ach": _("ACH debit"),
        "bacs": _("Bacs Direct Debit"),
    }
    if kind == "bank_debit" and brand.partition("_")[0] in schemes:
        name = schemes[brand.partition("_")[0]]
    elif kind == "wallet" and brand:
        name = _wallet_name(brand)
    elif kind == "card" and brand:
        name = _card_name(brand)
    else:
        known = {
            "card": _("Card"),
            "wallet": _("Wallet"),
            "bank_debit": _("Bank debit"),
            "bank_redirect": _BANK_PAGES.get(brand.lower()) or _("Online banking"),
            "bank_transfer": _("Bank transfer"),
            "digital_currency": _("Digital currency"),
            "cheque": _("Cheque"),
            "cash": _("Cash"),
        }
        name = known.get(kind, _("Other method"))
    return f"{name} •••• {last4}" if last4 else name


def decline_reason(code: str, kind: str = "") -> str:
    """Why a payment of this kind did not work, in one plain sentence; an unknown code gets a
    general one."""
    of_debits = {
        "insufficient_funds": _("There was not enough money on the bank account."),
        "account_closed": _("The bank account is closed, or it can't be debited."),
        "account_invalid": _("The bank knows no such account."),
        "debit_not_authorised": _("The bank has no permission for this debit."),
        "debit_contested": _("The owner of the account had the bank take the debit back."),
        "token_invalid": _("The bank details had grown too old to be used."),
    }
    if kind == "bank_debit" and code in of_debits:
        return of_debits[code]
    known = of_debits | {
        "card_declined": _("Your bank said no and gave no reason."),
        "insufficient_funds": _("There was not enough money available on the card."),
        "expired_card": _("The card has expired."),
        "incorrect_cvc": _("The security code (CVC) did not match the card."),
        "authentication_failed": _("Your bank could not confirm that it was you."),
        "authentication_expired": _("The confirmation at your bank was not finished in time."),
        "authentication_required": _("Your bank wants to check that it is you."),
        "token_invalid": _("The card details had grown too old to be used."),
        "gateway_refused": _("The payment could not be accepted."),
        "abandoned": _("The payment page was left, or its time was over."),
        "not_sent": _("The payment gateway could not be reached."),
    }
    return known.get(code, _("The payment could not be accepted."))


def decline_advice(code: str, kind: str = "") -> str:
    """What to do after a decline of this kind, in one plain sentence."""
    of_any = {
        "not_sent": _("Please try again in a few minutes: nothing is wrong on your side."),
        "abandoned": _("If you still want to pay, try again and finish on the payment page."),
        "gateway_refused": _("Pay in another way, or ask the business that sent the invoice."),
    }
    if code in of_any:
        return of_any[code]
    of_debits = {
        "insufficient_funds": _(
            "Pay in another way, or try again when there is money on the account."
        ),
        "account_closed": _("Use another account, or pay in another way."),
        "account_invalid": _("Use another account, or pay in another way."),
        "debit_not_authorised": _("Pay in another way, or give a new mandate with a payment."),
        "debit_contested": _("If that was a mistake, please pay in another way."),
        "token_invalid": _("Type the bank details again."),
    }
    if kind == "bank_debit":
        return of_debits.get(code, _("Pay in another way, or ask your bank and try again."))
    known = {
        "insufficient_funds": _("Try another card, or try again when there is money on it."),
        "expired_card": _("Use another card."),
        "incorrect_cvc": _("Type the card details again; the CVC is often on the back."),
        "authentication_failed": _("Try again, or use another card."),
        "authentication_expired": _("Try again and finish the check at your bank."),
        "token_invalid": _("Type the card details again."),
    }
    return known.get(code, _("Use another card, or ask your bank and try again."))


def plan_ended(reason: str) -> str:
    """Why a planned payment was not made, in one plain sentence."""
    known = {
        "nothing_due": _("Nothing is due any more: it was paid or credited in another way."),
        "method_gone": _("What it was to be paid with is not there any more."),
        "method_ended": _("The card that was to pay it had expired, so it was not charged."),
        "too_late": _("Its day passed while we could not charge it, so we leave it to you."),
    }
    return known.get(reason, _("It ended."))


def preset_words(preset: str) -> str:
    """What a person of a customer may do, in a few words."""
    return {
        Preset.MANAGES: _("Pays and manages"),
        Preset.PAYS: _("Sees and pays"),
        Preset.SEES: _("Sees only"),
        Preset.STATEMENTS: _("Statements only"),
    }[Preset(preset)]


def preset_meaning(preset: str) -> str:
    """The same in one sentence."""
    return {
        Preset.MANAGES: _(
            "Sees and pays invoices, saves cards and bank accounts, and decides who else may."
        ),
        Preset.PAYS: _("Sees invoices and pays them, today or on a day to come."),
        Preset.SEES: _("Sees invoices, payments and receipts, and can pay nothing."),
        Preset.STATEMENTS: _("Sees what is owed and what was paid, but no invoice."),
    }[Preset(preset)]
