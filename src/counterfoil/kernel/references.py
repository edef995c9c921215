"""References and account numbers that carry check digits: made, checked, and found in texts."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from counterfoil.kernel.errors import Refused

_RF_BODY_MAX = 21
_RF = re.compile(r"RF\d{2}[0-9A-Z]{1,21}")
_QR_DIGITS = 27
_QR_CARRY = (0, 9, 4, 6, 8, 2, 7, 1, 3, 5)
_BELGIAN = re.compile(r"(?:\+{3}|\*{3})?(\d{3})/?(\d{4})/?(\d{5})(?:\+{3}|\*{3})?")
_BELGIAN_MODULUS = 97
_IBAN = re.compile(r"[A-Z]{2}\d{2}[0-9A-Z]+")
_IBAN_CHECKS = range(2, 99)
_FOUND = re.compile(
    r"(?:\+{3}|\*{3}) ?\d{3} ?/ ?\d{4} ?/ ?\d{5} ?(?:\+{3}|\*{3})"
    r"|(?<!\d)\d{2} ?(?:\d{5} ?){4}\d{5}(?!\d)"
    r"|(?<![0-9A-Z])RF\d{2}[0-9A-Z]{1,21}(?![0-9A-Z])"
)
_RF_IN_FOURS = re.compile(
    r"(?<![0-9A-Z])RF\d{2}(?: [0-9A-Z]{4}){0,5}(?: [0-9A-Z]{1,4})?(?![0-9A-Z])"
)
_IBAN_LENGTHS = {
    15: "NO",
    16: "BE",
    18: "DK FI FK FO GL NL SD",
    19: "MK SI",
    20: "AT BA EE KZ LT LU MN XK",
    21: "CH HR LI LV",
    22: "BG BH CR DE GB GE IE ME RS VA",
    23: "AE GI IL IQ OM SO TL",
    24: "AD CZ ES MD PK RO SA SE SK TN VG",
    25: "LY PT ST",
    26: "IS TR",
    27: "BI DJ FR GR IT MC MR SM",
    28: "AL AZ BY CY DO GT HN HU LB NI PL SV",
    29: "BR EG PS QA UA",
    30: "JO KW MU YE",
    31: "MT SC",
    32: "LC",
    33: "RU",
}  # ISO 13616-1, the register that SWIFT keeps; Nicaragua has 28 since its edition 94
_UNREGISTERED_LENGTHS = {
    25: "AO CV GW MZ",
    26: "DZ IR",
    27: "CF CG CM GA GQ KM MG TD",
    28: "BF BJ CI MA ML NE SN TG",
}  # their banks print IBANs all the same
_LENGTH_OF = {
    code: length
    for table in (_IBAN_LENGTHS, _UNREGISTERED_LENGTHS)
    for length, codes in table.items()
    for code in codes.split()
}


class BadReference(Refused):
    """Nothing that a reference of this kind can be made of."""

    code = "bad_reference"
    message = "No reference can be made of this."


class ReferenceKind(StrEnum):
    """Whose rule a structured reference follows."""

    RF = "rf"  # the creditor reference of ISO 11649, in Switzerland called SCOR
    QRR = "qrr"  # the reference of the Swiss QR-bill, and of the slip with reference before it
    OGM = "ogm"  # the Belgian structured communication (VCS in French)
    OTHER = "other"  # the bank calls it a reference; no rule that we know holds for it


@dataclass(frozen=True, slots=True)
class Reference:
    """A structured reference without blanks and marks, and the rule that its digits follow."""

    kind: ReferenceKind
    value: str


def compact(text: str) -> str:
    """The text without blanks, in capitals, as electronic messages carry it."""
    return "".join(text.split()).upper()


def _mod_97(text: str) -> int:
    """The remainder by 97, with A to Z as 10 to 35 (ISO 7064, MOD 97-10; ISO 13616-1, 6.2)."""
    return int("".join(str(int(sign, 36)) for sign in text)) % 97


def make_creditor_reference(body: str) -> str:
    """`RF`, two check digits and the body of up to 21 letters and digits.

    ISO 11649, clause 5 and annex B: 98 less the remainder of body, `RF00` by 97.
    Refuses (`BadReference`) a body that is empty, too long, or holds any other sign.
    """
    plain = compact(body)
    if not 1 <= len(plain) <= _RF_BODY_MAX or not (plain.isascii() and plain.isalnum()):
        raise BadReference("A creditor reference has 1 to 21 letters and digits after its RF.")
    return f"RF{98 - _mod_97(plain + 'RF00'):02}{plain}"


def is_creditor_reference(text: str) -> bool:
    """Whether this is an RF creditor reference with right check digits (ISO 11649, annex B)."""
    plain = compact(text)
    return bool(_RF.fullmatch(plain)) and make_creditor_reference(plain[4:]) == plain


def make_qr_reference(digits: str) -> str:
    """27 digits: the 26 that are given, filled with zeros on the left, and the check digit.

    Swiss Implementation Guidelines QR-bill, annex B: modulo 10, recursive.
    Refuses (`BadReference`) anything but 1 to 26 digits.
    """
    plain = compact(digits)
    if not 1 <= len(plain) < _QR_DIGITS or not (plain.isascii() and plain.isdigit()):
        raise BadReference("A QR reference has up to 26 digits before its check digit.")
    filled = plain.zfill(_QR_DIGITS - 1)
    return f"{filled}{_recursive_check(filled)}"


def is_qr_reference(text: str) -> bool:
    """Whether these are 27 digits, not all zero, with the right one at the end.

    Swiss Implementation Guidelines QR-bill, annex B. Every single wrong digit is found; two
    neighbours that changed places are found but where they and the carry come to 4 and 7.
    """
    plain = compact(text)
    if len(plain) != _QR_DIGITS or not (plain.isascii() and plain.isdigit()):
        return False
    return bool(plain.strip("0")) and make_qr_reference(plain[:-1]) == plain


def _recursive_check(digits: str) -> int:
    carry = 0
    for digit in map(int, digits):
        carry = _QR_CARRY[(carry + digit) % 10]
    return (10 - carry) % 10


def is_belgian_reference(text: str) -> bool:
    """Whether these are the 12 digits of a structured communication, with or without its marks.

    Febelfin, "Structured format communication", 3: the last two digits are the remainder of the
    first ten by 97, and 97 where there is none.
    """
    found = _BELGIAN.fullmatch(compact(text))
    if not found or not text.isascii():
        return False
    digits = "".join(found.groups())
    return int(digits[10:]) == (int(digits[:10]) % _BELGIAN_MODULUS or _BELGIAN_MODULUS)


def is_iban(text: str) -> bool:
    """Whether this is an IBAN: a country that has them, its length, and right check digits.

    ISO 13616-1, clause 5 (structure, length by country) and 6 (check digits 02 to 98 by
    ISO 7064, MOD 97-10). Whether the account exists, no rule can tell.
    """
    plain = compact(text)
    if _LENGTH_OF.get(plain[:2]) != len(plain) or not plain.isascii():
        return False
    if not _IBAN.fullmatch(plain) or int(plain[2:4]) not in _IBAN_CHECKS:
        return False
    return _mod_97(plain[4:] + plain[:4]) == 1


def reference_of(text: str) -> Reference:
    """What a bank gives as the creditor's reference, with its kind; blanks are taken out."""
    plain = compact(text)
    if is_creditor_reference(plain):
        return Reference(ReferenceKind.RF, plain)
    if is_qr_reference(plain):
        return Reference(ReferenceKind.QRR, plain)
    if is_belgian_reference(plain):
        return Reference(ReferenceKind.OGM, re.sub(r"\D", "", plain))
    return Reference(ReferenceKind.OTHER, plain)


def find_reference(text: str) -> Reference | None:
    """The one structured reference that a free text holds; none where there are several.

    Belgian ones only between their marks (`+++090/9337/55493+++`): twelve bare digits may be
    anything.
    """
    capitals = text.upper()
    found = {reference_of(match.group()) for match in _FOUND.finditer(capitals)}
    found |= {reference_of(fours) for fours in _in_fours(capitals)}
    known = [one for one in found if one.kind is not ReferenceKind.OTHER]
    return known[0] if len(known) == 1 else None


def _in_fours(capitals: str) -> Iterator[str]:
    """RF references as they are printed; the words after one may look like more groups of it."""
    for match in _RF_IN_FOURS.finditer(capitals):
        groups = match.group().split()
        starts = ("".join(groups[:count]) for count in range(len(groups), 1, -1))
        right = next(filter(is_creditor_reference, starts), None)
        if right:
            yield right
