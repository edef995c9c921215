"""What the template of the payment part is given: finished strings in reading order."""

from typing import Any

from counterfoil.domain.documents.legible import legible
from counterfoil.domain.documents.swiss.bill import Party, PaymentPart
from counterfoil.domain.documents.swiss.words import words_in
from counterfoil.kernel.money import Money

_WORD_MAX = 24
_THOUSAND = "\u00a0"


def slip_sheet(bill: PaymentPart, *, locale: str, code: str) -> dict[str, Any]:
    """The payment part with its receipt; `code` names the picture of the QR code."""
    language, words = words_in(locale)
    return {
        "lang": language,
        "words": words,
        "code": code,
        "account": [grouped(bill.iban), *_lines(bill.creditor)],
        "reference": printed_reference(bill),
        "message": legible(bill.message, word_max=_WORD_MAX),
        "debtor": _lines(bill.debtor) if bill.debtor else [],
        "currency": bill.amount.currency,
        "amount": printed_amount(bill.amount),
    }


def printed_amount(amount: Money) -> str:
    """With a blank between thousands, and a point before two decimals: `1 949.75`."""
    return f"{amount.decimal:,.2f}".replace(",", _THOUSAND)


def printed_reference(bill: PaymentPart) -> str:
    """A QR reference as two digits and then fives, a creditor reference in fours."""
    if bill.reference_type == "QRR":
        return f"{bill.reference[:2]} {grouped(bill.reference[2:], 5)}"
    return grouped(bill.reference)


def grouped(text: str, size: int = 4) -> str:
    """The text in groups, from the left."""
    return " ".join(text[start : start + size] for start in range(0, len(text), size))


def _lines(party: Party) -> list[str]:
    return [legible(line, word_max=_WORD_MAX) for line in party.lines]
