"""Which bank debits a business offers, and by what its payers' banks know it."""

from collections.abc import Mapping, Sequence

from counterfoil.domain.business.rows import BusinessRow
from counterfoil.kernel.errors import FieldProblem, InvalidInput
from counterfoil.kernel.ports.gateways.mandates import DebitScheme

CURRENCIES: Mapping[DebitScheme, str] = {
    DebitScheme.SEPA_CORE: "EUR",
    DebitScheme.SEPA_B2B: "EUR",
    DebitScheme.ACH: "USD",
    DebitScheme.BACS: "GBP",
}
_SEPA = (DebitScheme.SEPA_CORE, DebitScheme.SEPA_B2B)
_CREDITOR_REF_MIN, _CREDITOR_REF_MAX = 8, 35
_MODULUS = 97
_BACS_DIGITS = 6


def offered_schemes(business: BusinessRow, currency: str) -> tuple[DebitScheme, ...]:
    """Whose rules a debit in this currency may follow here, the usual one first."""
    return tuple(
        scheme
        for scheme in DebitScheme
        if scheme.value in business.debit_schemes and CURRENCIES[scheme] == currency
    )


def creditor_ref(business: BusinessRow, scheme: DebitScheme) -> str:
    """By what the payer's bank knows who debits, where the scheme has such a word."""
    if scheme in _SEPA:
        return business.creditor_ref
    return business.bacs_number if scheme is DebitScheme.BACS else ""


def creditor_ref_holds(text: str) -> bool:
    """Whether it is a creditor identifier: country, check digits (ISO 7064, mod 97-10, without
    the business code in places 5 to 7), business code, national identifier (EPC 262-08)."""
    if not (text.isascii() and text.isalnum() and text == text.upper()):
        return False
    if not (_CREDITOR_REF_MIN <= len(text) <= _CREDITOR_REF_MAX):
        return False
    if not (text[:2].isalpha() and text[2:4].isdigit()):
        return False
    digits = "".join(str(int(sign, 36)) for sign in text[7:] + text[:4])
    return int(digits) % _MODULUS == 1


def checked_debits(
    schemes: Sequence[str], creditor_identifier: str, bacs_number: str
) -> dict[str, object]:
    """The settings as they may be kept; everything that can't be taken is named at once: an unknown
    scheme, an identifier that is mistyped, one that a chosen scheme needs and that is missing."""
    identifier = creditor_identifier.replace(" ", "").upper()
    number = bacs_number.replace(" ", "").replace("-", "")
    known = [scheme.value for scheme in DebitScheme]
    problems = []
    if any(scheme not in known for scheme in schemes):
        problems.append(FieldProblem("debit_schemes", "Choose among these.", code="unknown_scheme"))
    if identifier and not creditor_ref_holds(identifier):
        message = "This is not a creditor identifier: its check digits do not fit."
        problems.append(FieldProblem("creditor_ref", message, code="not_a_creditor_ref"))
    elif not identifier and any(scheme.value in schemes for scheme in _SEPA):
        message = "SEPA debits need your creditor identifier."
        problems.append(FieldProblem("creditor_ref", message, code="required"))
    is_number = number.isascii() and number.isdigit() and len(number) == _BACS_DIGITS
    if number and not is_number:
        message = "A service user number has six digits."
        problems.append(FieldProblem("bacs_number", message, code="not_a_bacs_number"))
    elif not number and DebitScheme.BACS.value in schemes:
        message = "Bacs debits need your service user number."
        problems.append(FieldProblem("bacs_number", message, code="required"))
    if problems:
        raise InvalidInput(problems)
    chosen = [scheme for scheme in known if scheme in schemes]
    return {"debit_schemes": chosen, "creditor_ref": identifier, "bacs_number": number}
