"""The sandbox wallet: the cards that its sheet offers, as a phone's wallet does."""

from counterfoil_sandbox.errors import invalid
from counterfoil_sandbox.instruments.cards import SandboxCard, check_number

EXPIRY_YEARS = 3
WALLET_NAMES = {"apple_pay": "Apple Pay", "google_pay": "Google Pay"}
WALLET_CARDS = {
    "visa": "4242424242424242",
    "mastercard": "5555555555554444",
    "declined": "4000000000000002",
    "disputed": "4000000000000259",
}


def wallet_card(name: str) -> SandboxCard:
    """The test card behind a card of the wallet; refuses a name that it does not hold."""
    number = WALLET_CARDS.get(name)
    if number is None:
        raise invalid("wallet_card_unknown", "The wallet holds no such card.", "card")
    return check_number(number)
