"""What a transfer says so that it finds its invoice: made of the invoice, the same ever after
(pure)."""

from hashlib import blake2b
from uuid import UUID

from counterfoil.kernel.references import compact, make_creditor_reference, make_qr_reference

_BODY_MAX = 21  # ISO 11649: letters and digits after RF and its check digits
_MARK = 4
_SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # none that is taken for another
_QR_BYTES = 10  # 24 or 25 digits of the 26


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
