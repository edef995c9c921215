"""Test bank accounts: what each does, and the checks that a real gateway makes before a token.

An account that is not in the table but passes its checks behaves like the one that pays.
"""

from dataclasses import dataclass

from counterfoil_sandbox.errors import GatewayError, invalid
from counterfoil_sandbox.instruments.cards import Behaviour
from counterfoil_sandbox.requests import BankDebitData

_ROUTING_DIGITS = 9
_ROUTING_WEIGHTS = (3, 7, 1) * 3
_SORT_CODE_DIGITS = 6
_BACS_ACCOUNT_DIGITS = 8
_ACH_DIGITS_MIN, _ACH_DIGITS_MAX = 4, 17
_IBAN_MODULUS, _IBAN_REMAINDER = 97, 1
IBAN_LENGTHS = {
    "AD": 24, "AE": 23, "AL": 28, "AT": 20, "AZ": 28, "BA": 20, "BE": 16, "BG": 22, "BH": 22,
    "CH": 21, "CY": 28, "CZ": 24, "DE": 22, "DK": 18, "EE": 20, "ES": 24, "FI": 18, "FO": 18,
    "FR": 27, "GB": 22, "GE": 22, "GI": 23, "GL": 18, "GR": 27, "HR": 21, "HU": 28, "IE": 22,
    "IL": 23, "IS": 26, "IT": 27, "JO": 30, "KW": 30, "KZ": 20, "LB": 28, "LI": 21, "LT": 20,
    "LU": 20, "LV": 21, "MC": 27, "MD": 24, "ME": 22, "MK": 19, "MT": 31, "NL": 18, "NO": 15,
    "PL": 28, "PS": 29, "PT": 25, "QA": 29, "RO": 24, "RS": 22, "SA": 24, "SE": 24, "SI": 19,
    "SK": 24, "SM": 27, "TN": 24, "TR": 26, "UA": 29, "VA": 22, "XK": 20,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class BankAccount:
    """An account that passed its checks: `number` is what a debit names, and is never kept."""

    scheme: str
    number: str
    country: str
    behaviour: Behaviour = Behaviour.SUCCEEDS
    return_code: str = ""
    what: str = "The debit is processing, then paid."


SANDBOX_ACCOUNTS = (
    BankAccount("sepa", "DE89370400440532013000", "DE"),
    BankAccount(
        "sepa", "DE62370400440532013001", "DE", Behaviour.RETURNED, "AM04",
        "Processing, then returned: insufficient funds.",
    ),
    BankAccount(
        "sepa", "DE35370400440532013002", "DE", Behaviour.RETURNED, "AC04",
        "Processing, then returned: the account is closed, and the mandate with it.",
    ),
    BankAccount(
        "sepa", "DE08370400440532013003", "DE", Behaviour.RETURNED, "MD01",
        "Processing, then returned: the bank knows no mandate.",
    ),
    BankAccount(
        "sepa", "DE78370400440532013004", "DE", Behaviour.RETURNED, "AC01",
        "Processing, then returned: no such account; the mandate fails.",
    ),
    BankAccount(
        "sepa", "DE51370400440532013005", "DE", Behaviour.RETURNED_LATE, "MD06",
        "Paid, and returned five working days later: the payer disputes it.",
    ),
    BankAccount("ach", "110000000 000123456789", "US"),
    BankAccount(
        "ach", "110000000 000111111116", "US", Behaviour.RETURNED, "R01",
        "Processing, then returned: insufficient funds.",
    ),
    BankAccount(
        "ach", "110000000 000111111113", "US", Behaviour.RETURNED, "R02",
        "Processing, then returned: the account is closed, and the mandate with it.",
    ),
    BankAccount(
        "ach", "110000000 000333333335", "US", Behaviour.RETURNED_LATE, "R10",
        "Paid, and returned five working days later: the payer disputes it.",
    ),
    BankAccount("bacs", "108800 00012345", "GB"),
    BankAccount(
        "bacs", "108800 22222227", "GB", Behaviour.RETURNED, "ARUDD-0",
        "Processing, then returned: insufficient funds.",
    ),
    BankAccount(
        "bacs", "108800 33333335", "GB", Behaviour.RETURNED, "ARUDD-B",
        "Processing, then returned: the account is closed, and the mandate with it.",
    ),
    BankAccount(
        "bacs", "108800 44444440", "GB", Behaviour.RETURNED_LATE, "DDICA",
        "Paid, and returned five working days later: the payer claims it back.",
    ),
)  # fmt: skip
_BY_NUMBER = {(account.scheme, account.number): account for account in SANDBOX_ACCOUNTS}


def iban_holds(iban: str) -> bool:
    """Whether length, country and check digits fit together (ISO 13616)."""
    if len(iban) != IBAN_LENGTHS.get(iban[:2]) or not iban[2:4].isdigit():
        return False
    digits = "".join(str(int(sign, 36)) for sign in iban[4:] + iban[:4])
    return int(digits) % _IBAN_MODULUS == _IBAN_REMAINDER


def routing_number_holds(digits: str) -> bool:
    """Whether the last digit is the right check digit (ABA)."""
    total = sum(int(digit) * weight for digit, weight in zip(digits, _ROUTING_WEIGHTS, strict=True))
    return total % 10 == 0


def check_account(data: BankDebitData) -> BankAccount:
    """The account that this names; refuses what is no account. Its number is never echoed."""
    given = {name for name in ("iban", "routing_number", "sort_code") if getattr(data, name)}
    if len(given) != 1 or (given == {"iban"} and data.account_number):
        raise GatewayError(
            400,
            "parameter_invalid",
            "Send an IBAN, or a routing number or a sort code with an account number.",
            "bank_debit",
        )
    account = _CHECKS[given.pop()](data)
    return _BY_NUMBER.get((account.scheme, account.number), account)


def _iban(data: BankDebitData) -> BankAccount:
    iban = _compact(data.iban).upper()
    if not (iban.isascii() and iban.isalnum() and iban[:2] in IBAN_LENGTHS):
        raise invalid("invalid_iban", "This is not an IBAN.", "iban")
    if not iban_holds(iban):
        raise invalid("incorrect_iban", "The IBAN is incorrect.", "iban")
    return BankAccount("sepa", iban, iban[:2])


def _ach(data: BankDebitData) -> BankAccount:
    routing, number = _compact(data.routing_number), _compact(data.account_number)
    if not _is_digits(routing, _ROUTING_DIGITS, _ROUTING_DIGITS):
        raise invalid(
            "invalid_routing_number", "The routing number has 9 digits.", "routing_number"
        )
    if not routing_number_holds(routing):
        raise invalid(
            "incorrect_routing_number", "The routing number is incorrect.", "routing_number"
        )
    if not _is_digits(number, _ACH_DIGITS_MIN, _ACH_DIGITS_MAX):
        raise _account_number_refused("The account number has 4 to 17 digits.")
    return BankAccount("ach", f"{routing} {number}", "US")


def _bacs(data: BankDebitData) -> BankAccount:
    sort_code, number = _compact(data.sort_code), _compact(data.account_number)
    if not _is_digits(sort_code, _SORT_CODE_DIGITS, _SORT_CODE_DIGITS):
        raise invalid("invalid_sort_code", "The sort code has 6 digits.", "sort_code")
    if not _is_digits(number, _BACS_ACCOUNT_DIGITS, _BACS_ACCOUNT_DIGITS):
        raise _account_number_refused("The account number has 8 digits.")
    return BankAccount("bacs", f"{sort_code} {number}", "GB")


_CHECKS = {"iban": _iban, "routing_number": _ach, "sort_code": _bacs}


def _account_number_refused(message: str) -> GatewayError:
    return invalid("invalid_account_number", message, "account_number")


def _compact(text: str) -> str:
    return text.replace(" ", "").replace("-", "")


def _is_digits(text: str, least: int, most: int) -> bool:
    return text.isascii() and text.isdigit() and least <= len(text) <= most
