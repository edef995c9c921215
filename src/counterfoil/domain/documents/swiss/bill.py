"""What a Swiss QR-bill says, and the text of its code (pure).

Swiss Implementation Guidelines QR-bill, version 2.3: structured addresses (type S) only, amounts in
francs or euro, an account in Switzerland or Liechtenstein.
"""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from counterfoil.kernel.money import Money
from counterfoil.kernel.references import is_creditor_reference, is_iban, is_qr_reference

COUNTRIES = ("CH", "LI")
CURRENCIES = ("CHF", "EUR")
AMOUNT_MINOR_MAX = 99_999_999_999  # 999 999 999.99
MESSAGE_MAX = 140
_QR_IBAN = range(30_000, 32_000)  # the institutions whose IBANs ask for a QR reference
_NAME_MAX, _STREET_MAX, _CODE_MAX, _TOWN_MAX = 70, 70, 16, 35
_ALPHA_2 = 2
_NOBODY = ("",) * 7
_WRITTEN = frozenset(  # version 2.3, 4.1.1: what may stand in the code
    map(chr, [*range(0x20, 0x7F), *range(0xA0, 0x180), *range(0x218, 0x21C), 0x20AC])
)
_ALIKE = str.maketrans(
    "\u2018\u2019\u201a\u201c\u201d\u201e\u2010\u2011\u2012\u2013\u2014\u2212\u202f\u00a0",
    "'''\"\"\"------  ",
    "\u00ad\u200b\u200c\u200d\u200e\u200f\u2066\u2067\u2068\u2069\ufeff",
)

ReferenceType = Literal["QRR", "SCOR", "NON"]


@dataclass(frozen=True, slots=True)
class Party:
    """Whom the money goes to, or comes from: a structured address."""

    name: str
    street: str
    house: str
    postal_code: str
    town: str
    country: str

    @property
    def lines(self) -> tuple[str, ...]:
        """As it is printed; the country before the postal code where it is another one."""
        street = f"{self.street} {self.house}".strip()
        abroad = "" if self.country in COUNTRIES else f"{self.country}-"
        town = f"{abroad}{self.postal_code} {self.town}"
        return tuple(line for line in (self.name, street, town) if line)

    @property
    def fields(self) -> tuple[str, ...]:
        """As the code has it."""
        street = (self.street, self.house, self.postal_code, self.town)
        return ("S", self.name, *street, self.country)


@dataclass(frozen=True, slots=True)
class Purpose:
    """Who is to pay, where that is known, and for what, in a few words."""

    debtor: Party | None = None
    message: str = ""


NO_PURPOSE = Purpose()


@dataclass(frozen=True, slots=True)
class PaymentPart:
    """One payment part. Without a `debtor` there is room to write one by hand."""

    iban: str
    creditor: Party
    amount: Money
    reference_type: ReferenceType
    reference: str
    debtor: Party | None = None
    message: str = ""

    @property
    def text(self) -> str:
        """The 31 lines of the code."""
        debtor = self.debtor.fields if self.debtor else _NOBODY
        head = ("SPC", "0200", "1", self.iban, *self.creditor.fields, *_NOBODY)
        paid = (f"{self.amount.decimal}", self.amount.currency)
        end = (self.reference_type, self.reference, self.message, "EPD")
        return "\r\n".join((*head, *paid, *debtor, *end))


def is_qr_iban(iban: str) -> bool:
    """Whether the account asks for a QR reference (annex B)."""
    return iban[:2] in COUNTRIES and iban[4:9].isdigit() and int(iban[4:9]) in _QR_IBAN


def bill_of(
    iban: str,
    amount: Money,
    reference: str,
    *,
    creditor: Party | None,
    purpose: Purpose = NO_PURPOSE,
) -> PaymentPart | None:
    """The bill for an amount; None where there is none: for another currency or country, without
    the creditor's whole address, for nothing or for too much, and for a QR-IBAN without its
    reference."""
    if creditor is None or not is_iban(iban) or iban[:2] not in COUNTRIES:
        return None
    if amount.currency not in CURRENCIES or not 0 < amount.minor <= AMOUNT_MINOR_MAX:
        return None
    told = _reference(iban, reference)
    if told is None:
        return None
    said = (written(purpose.message) or "")[:MESSAGE_MAX].rstrip()
    return PaymentPart(iban, creditor, amount, *told, debtor=purpose.debtor, message=said)


def _reference(iban: str, reference: str) -> tuple[ReferenceType, str] | None:
    if is_qr_iban(iban):
        return ("QRR", reference) if is_qr_reference(reference) else None
    return ("SCOR", reference) if is_creditor_reference(reference) else ("NON", "")


def party_of(name: str, address: Mapping[str, Any]) -> Party | None:
    """Somebody as a bill names them; None unless name, postal code, town and country are all known
    and can be written in the letters that a bill may have."""
    parts = [written(str(address.get(key) or "")) for key in ("postal_code", "city", "country")]
    known, (code, town, country) = written(name), parts
    if not (known and code and town and country) or len(country) != _ALPHA_2:
        return None
    street = written(str(address.get("line1") or "")) or ""
    return Party(
        name=known[:_NAME_MAX].rstrip(),
        street=street[:_STREET_MAX].rstrip(),
        house="",
        postal_code=code[:_CODE_MAX].rstrip(),
        town=town[:_TOWN_MAX].rstrip(),
        country=country.upper(),
    )


def written(text: str) -> str | None:
    """The text in the letters that a bill may have, on one line; None where one of its letters has
    none of them, so that nobody is called by half their name."""
    found = []
    for each in unicodedata.normalize("NFC", " ".join(text.split())).translate(_ALIKE):
        plain = each if each in _WRITTEN else _base_of(each)
        if plain is None:
            return None
        found.append(plain)
    return " ".join("".join(found).split())


def _base_of(letter: str) -> str | None:
    """A letter without its marks, where what is left may be written."""
    if unicodedata.category(letter).startswith("C"):
        return ""
    apart = unicodedata.normalize("NFKD", letter)
    base = "".join(each for each in apart if not unicodedata.combining(each))
    return base if base and set(base) <= _WRITTEN else None
