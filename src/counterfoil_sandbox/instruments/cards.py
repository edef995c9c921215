"""Test cards: what each number does, and the checks that a real gateway makes before a token."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from counterfoil_sandbox.errors import invalid

_DIGITS_MIN = 12
_DIGITS_MAX = 19
_YEARS_AHEAD_MAX = 50
_CENTURY = 100
_LUHN_BASE = 10
_MONTHS = 12


class Behaviour(StrEnum):
    """What happens when an instrument is charged."""

    SUCCEEDS = "succeeds"
    CARD_DECLINED = "card_declined"
    INSUFFICIENT_FUNDS = "insufficient_funds"
    EXPIRED_CARD = "expired_card"
    INCORRECT_CVC = "incorrect_cvc"
    AUTHENTICATION = "authentication"
    ANSWER_LOST = "answer_lost"
    DECLINED_LATER = "declined_later"
    DISPUTED = "disputed"
    REFUND_FAILS = "refund_fails"
    RETURNED = "returned"
    RETURNED_LATE = "returned_late"
    OWN_PAGE = "own_page"


@dataclass(frozen=True, slots=True)
class SandboxCard:
    """One number of the table in the documentation."""

    number: str
    brand: str
    behaviour: Behaviour
    what: str


SANDBOX_CARDS = (
    SandboxCard("4242424242424242", "visa", Behaviour.SUCCEEDS, "The payment succeeds."),
    SandboxCard("5555555555554444", "mastercard", Behaviour.SUCCEEDS, "The payment succeeds."),
    SandboxCard("4000000000000002", "visa", Behaviour.CARD_DECLINED, "The bank declines it."),
    SandboxCard(
        "4000000000009995", "visa", Behaviour.INSUFFICIENT_FUNDS, "Declined: insufficient funds."
    ),
    SandboxCard(
        "4000000000000069", "visa", Behaviour.EXPIRED_CARD, "Declined: the card is expired."
    ),
    SandboxCard("4000000000000127", "visa", Behaviour.INCORRECT_CVC, "Declined: the CVC is wrong."),
    SandboxCard(
        "4000002500003155",
        "visa",
        Behaviour.AUTHENTICATION,
        "The bank asks the payer to approve it (3-D Secure).",
    ),
    SandboxCard(
        "4000000000009979",
        "visa",
        Behaviour.ANSWER_LOST,
        "The payment succeeds, but the answer and its webhook are lost.",
    ),
    SandboxCard(
        "4000000000000341",
        "visa",
        Behaviour.DECLINED_LATER,
        "The card can be saved, and is declined when it is charged later.",
    ),
    SandboxCard(
        "4000000000000259",
        "visa",
        Behaviour.DISPUTED,
        "The payment succeeds and comes back as a chargeback a minute later.",
    ),
    SandboxCard(
        "4000000000005126",
        "visa",
        Behaviour.REFUND_FAILS,
        "The payment succeeds; a refund of it succeeds first and fails a working day later.",
    ),
)
_BY_NUMBER = {card.number: card for card in SANDBOX_CARDS}

FAILURE_MESSAGES = {
    "card_declined": "The card was declined.",
    "insufficient_funds": "The card has insufficient funds.",
    "expired_card": "The card has expired.",
    "incorrect_cvc": "The card's security code is incorrect.",
    "authentication_failed": "The cardholder declined the payment at their bank.",
    "authentication_expired": "The cardholder did not approve the payment in time.",
    "page_left": "The payer left the page without paying.",
    "page_expired": "The payer did not pay in time.",
    "authentication_required": "The bank wants the cardholder to approve this payment.",
}


def luhn_holds(digits: str) -> bool:
    """Whether the last digit is the right check digit."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 + place % 2)
        total += value - 9 if value >= _LUHN_BASE else value
    return total % _LUHN_BASE == 0


def check_number(text: str) -> SandboxCard:
    """The test card of this number; spaces and hyphens are dropped. The number is never echoed."""
    digits = text.replace(" ", "").replace("-", "")
    plausible = digits.isascii() and digits.isdigit()
    if not plausible or not _DIGITS_MIN <= len(digits) <= _DIGITS_MAX:
        raise invalid("invalid_number", "This is not a card number.", "number")
    if not luhn_holds(digits):
        raise invalid("incorrect_number", "The card number is incorrect.", "number")
    card = _BY_NUMBER.get(digits)
    if card is None:
        raise invalid(
            "unknown_test_card",
            "This is a sandbox: it takes its own test cards only, never a real card.",
            "number",
        )
    return card


def check_expiry(month: int, year: int, now: datetime) -> tuple[int, int]:
    """Month and four-digit year; a card is good until its month ends by the sandbox clock."""
    if not 1 <= month <= _MONTHS:
        raise invalid("invalid_expiry", "The expiry month is between 1 and 12.", "exp_month")
    full_year = year + now.year // _CENTURY * _CENTURY if 0 <= year < _CENTURY else year
    if not 0 <= full_year <= now.year + _YEARS_AHEAD_MAX:
        raise invalid("invalid_expiry", "The expiry year is not plausible.", "exp_year")
    if is_expired(month, full_year, now):
        raise invalid("expiry_past", "The card's expiry date is in the past.", "exp_year")
    return month, full_year


def check_cvc(text: str) -> None:
    """Three or four digits; checked and forgotten."""
    if not (text.isascii() and text.isdigit() and len(text) in {3, 4}):
        raise invalid("invalid_cvc", "The security code has 3 or 4 digits.", "cvc")


def is_expired(month: int, year: int, now: datetime) -> bool:
    """Whether the card's last month is over by the sandbox clock."""
    return (year, month) < (now.year, now.month)
