"""Countries and languages as files write them, to the codes that customers are kept with."""

from functools import cache

from babel import Locale

from counterfoil.domain.customers.checks import LOCALES
from counterfoil.flows.importing.columns import plain

_ALSO = {
    "eire": "IE", "usa": "US", "united states of america": "US", "uk": "GB",
    "great britain": "GB", "england": "GB", "holland": "NL", "czech republic": "CZ", "rsa": "ZA",
    "channel islands": "", "unspecified": "", "european community": "", "unknown": "",
}  # fmt: skip
_CODE_LENGTH = 2


@cache
def _names() -> dict[str, str]:
    """Every country's name in English and German, as it is compared."""
    found: dict[str, str] = {}
    for language in ("en", "de"):
        for code, name in Locale(language).territories.items():
            if len(code) == _CODE_LENGTH and code.isalpha():
                found.setdefault(plain(name), code)
    return found


@cache
def country(text: str) -> str:
    """The ISO 3166 code of a country's name; what is no known country stays as it is written,
    and words that say nothing become empty."""
    bare = text.strip()
    if len(bare) == _CODE_LENGTH and bare.isascii() and bare.isalpha():
        known = bare.upper() in _names().values()
        return bare.upper() if known else _ALSO.get(bare.casefold(), bare)
    key = plain(bare)
    if key in _ALSO:
        return _ALSO[key]
    return _names().get(key, bare)


def locale(text: str, default: str) -> str:
    """One of our languages, from `de`, `de-CH` or `German`; the default for any other."""
    code = text.strip().casefold().replace("_", "-").partition("-")[0]
    words = {"english": "en", "german": "de", "deutsch": "de", "arabic": "ar"}
    code = words.get(code, code)
    return code if code in LOCALES else default
