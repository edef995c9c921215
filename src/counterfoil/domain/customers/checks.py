"""What a customer's fields must be, and how they are cleaned (pure)."""

import re
import unicodedata
from dataclasses import replace
from functools import cache
from zoneinfo import available_timezones

from counterfoil.domain.customers.rows import NewCustomer
from counterfoil.kernel.errors import FieldProblem, Refused
from counterfoil.kernel.money import exponent

ADDRESS_FIELDS = ("line1", "line2", "postal_code", "city", "region", "country")
LOCALES = ("en", "de", "ar")
_LENGTHS = {"name": 200, "email": 254, "phone": 40, "tax_id": 40, "external_ref": 120}
_ADDRESS_PART_MAX = 200
_EMAIL = re.compile(r"[^@\s<>,;:\"()\[\]\\]+@[^@\s<>,;:\"()\[\]\\]+\.[^@\s<>,;:\"()\[\]\\]+")
_BIDI = dict.fromkeys(map(ord, "\u202a\u202b\u202d\u202e\u2066\u2067\u2068"))


@cache
def _timezones() -> frozenset[str]:
    """Every IANA time zone; looked up in the files of the zones once only."""
    return frozenset(available_timezones())


def one_line(text: str) -> str:
    """A single line: NFC, no control characters, no bidi overrides, blanks made one."""
    text = unicodedata.normalize("NFC", text).translate(_BIDI)
    kept = (" " if unicodedata.category(c) in ("Cc", "Zl", "Zp") else c for c in text)
    return " ".join("".join(kept).split())


def is_email(text: str) -> bool:
    """Whether mail could go there: one address, nothing around it."""
    return len(text) <= _LENGTHS["email"] and bool(_EMAIL.fullmatch(text))


def clean_customer(new: NewCustomer) -> NewCustomer:
    """The same with every text as it may be kept."""
    address = {
        name: one_line(str(new.address[name])) for name in ADDRESS_FIELDS if new.address.get(name)
    }
    contacts = tuple(
        replace(one, name=one_line(one.name), email=one_line(one.email).lower())
        for one in new.contacts
    )
    return replace(
        new,
        name=one_line(new.name),
        email=one_line(new.email).lower(),
        phone=one_line(new.phone),
        tax_id=one_line(new.tax_id),
        external_ref=one_line(new.external_ref),
        currency=new.currency.strip().upper(),
        address=address,
        contacts=contacts,
    )


def check_customer(new: NewCustomer) -> list[FieldProblem]:
    """Everything that is wrong with a cleaned customer."""
    problems = [
        FieldProblem(name, f"At most {most} characters.", code="too_long", most=most)
        for name, most in _LENGTHS.items()
        if len(getattr(new, name)) > most
    ]
    if not new.name:
        problems.append(FieldProblem("name", "A name is needed.", code="required"))
    if new.email and not is_email(new.email):
        problems.append(FieldProblem("email", "This is not a mail address.", code="not_an_email"))
    if new.locale not in LOCALES:
        known = ", ".join(LOCALES)
        problems.append(FieldProblem("locale", f"One of {known}.", code="unknown_locale"))
    if new.timezone not in _timezones():
        message = "An IANA time zone like Europe/Berlin."
        problems.append(FieldProblem("timezone", message, code="unknown_timezone"))
    try:
        exponent(new.currency)
    except Refused as error:
        problems.append(FieldProblem("currency", error.message, code=error.code))
    for index, contact in enumerate(new.contacts):
        if not is_email(contact.email):
            message = "This is not a mail address."
            problems.append(FieldProblem(f"contacts.{index}.email", message, code="not_an_email"))
    problems += [
        FieldProblem(
            f"address.{name}",
            f"At most {_ADDRESS_PART_MAX} characters.",
            code="too_long",
            most=_ADDRESS_PART_MAX,
        )
        for name, value in new.address.items()
        if len(value) > _ADDRESS_PART_MAX
    ]
    return problems
