"""What a transfer says so that it finds its invoice, or its customer: made of the invoice or of the
customer, the same ever after (pure)."""

import re
from hashlib import blake2b
from uuid import UUID

from counterfoil.kernel.references import compact, make_creditor_reference, make_qr_reference

_BODY_MAX = 21  # ISO 11649: letters and digits after RF and its check digits
_MARK = 4
_SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # none that is taken for another
_QR_BYTES = 10  # 24 or 25 digits of the 26
_KEY = 17  # the last signs of a customer's id, as it is written: 16 digits and a dash
_OF_CUSTOMER = re.compile(r"RF\d{2}C([0-9A-F]{4})([0-9A-F]{12})")
_QR_OF_CUSTOMER = re.compile(r"900000(\d{20})\d")  # the first of 26 digits, which invoices leave 0


def creditor_reference(number: str) -> str:
    """The RF reference of an invoice, made of its number, which the business has only once.

    A number of capitals and digits stands in it as it is; any other without its marks and with
    four signs of its digest, so that `A-1` and `A1` are told apart.
    """
    if number.isascii() and number.isalnum() and number.isupper() and len(number) <= _BODY_MAX:
        return make_creditor_reference(number)
    plain = "".join(sign for sign in compact(number) if sign.isascii() and sign.isalnum())
    rest = _BODY_MAX - _MARK
    if len(plain) > rest:
        return make_creditor_reference(_digest(number, _BODY_MAX))
    return make_creditor_reference(plain + _digest(number, _MARK))


def _digest(number: str, length: int) -> str:
    value = int.from_bytes(blake2b(number.encode(), digest_size=16).digest())
    return "".join(_SIGNS[value >> 5 * place & 31] for place in range(length))


def qr_reference(invoice_id: UUID) -> str:
    """The 27 digits for the Swiss QR-bill of an account whose IBAN asks for them (QR-IBAN)."""
    digest = blake2b(invoice_id.bytes, digest_size=_QR_BYTES).digest()
    return make_qr_reference(str(int.from_bytes(digest) or 1))


def customer_reference(customer_id: UUID) -> str:
    """The RF reference of a customer, for money that is for whatever they owe."""
    return make_creditor_reference("C" + customer_key(customer_id).replace("-", "").upper())


def customer_qr_reference(customer_id: UUID) -> str:
    """The same in 27 digits, for an account whose IBAN asks for them (QR-IBAN)."""
    number = int(customer_key(customer_id).replace("-", ""), 16)
    return make_qr_reference(f"900000{number:020}")


def customer_key(customer_id: UUID) -> str:
    """What of a customer's id their references hold: its end, which is chance."""
    return str(customer_id)[-_KEY:]


def customer_key_of(reference: str) -> str | None:
    """Which customer a reference names, if it is made as theirs are."""
    if found := _OF_CUSTOMER.fullmatch(reference):
        return f"{found[1]}-{found[2]}".lower()
    if found := _QR_OF_CUSTOMER.fullmatch(reference):
        number = f"{int(found[1]):016x}"
        return f"{number[:4]}-{number[4:]}" if len(number) == 16 else None  # noqa: PLR2004
    return None
