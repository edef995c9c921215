"""Mobile numbers as the world writes them (E.164): `+`, a country's digits, and the number's."""

import re
import unicodedata

_E164 = re.compile(r"\+[1-9][0-9]{7,14}")
_BETWEEN = re.compile(r"[\s().\-/\u2010-\u2015\u200e\u200f\u202a-\u202e\u2066-\u2069]+")
_TYPED_MAX = 40
_TOLD_DIGITS = 3


def cleaned(typed: str) -> str:
    """The number that somebody typed, in any digits and with signs between them; empty if it is
    none, or has no country: what begins with a single 0 may be anywhere."""
    if len(typed) > _TYPED_MAX:
        return ""
    plain = "".join(_digit(one) for one in typed.replace("(0)", ""))
    number = _BETWEEN.sub("", plain)
    if number.startswith("00"):
        number = f"+{number[2:]}"
    return number if _E164.fullmatch(number) else ""


def _digit(character: str) -> str:
    value = unicodedata.decimal(character, None)
    return character if value is None else str(value)


def ending(number: str) -> str:
    """The last digits, by which its owner knows it and nobody else does."""
    return number[-_TOLD_DIGITS:]
