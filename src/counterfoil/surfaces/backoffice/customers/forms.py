"""The customer's form and the contact's form, between what was typed and what the domain takes."""

from collections.abc import Mapping, Sequence
from functools import cache
from zoneinfo import available_timezones

from counterfoil.domain.business.rows import BusinessRow
from counterfoil.domain.customers.checks import (
    ADDRESS_FIELDS,
    LOCALES,
    check_customer,
    clean_customer,
    is_email,
    one_line,
)
from counterfoil.domain.customers.operations import CustomerRefTaken
from counterfoil.domain.customers.rights import RIGHTS, Preset
from counterfoil.domain.customers.rows import ContactRow, CustomerRow, NewContact, NewCustomer
from counterfoil.kernel.errors import FieldProblem, InvalidInput
from counterfoil.surfaces.backoffice.forms import texts
from counterfoil.surfaces.backoffice.words import locale_words
from counterfoil.surfaces.ui.shell import Choice, FormState
from counterfoil.surfaces.ui.words import problem_words

PLAIN = ("name", "email", "phone", "locale", "timezone", "currency", "tax_id", "external_ref")
ADDRESS = tuple(f"address.{part}" for part in ADDRESS_FIELDS)
NEW_CONTACT = {
    "contact.gets_invoices": "on", "contact.gets_receipts": "on", "contact.preset": Preset.PAYS,
}  # fmt: skip
_CONTACT = (
    "contact.name", "contact.email", "contact.gets_invoices", "contact.gets_receipts",
    "contact.preset", "contact.invite",
)  # fmt: skip
_CONTACT_NAME_MAX = 120


def read(post: Mapping[str, str]) -> dict[str, str]:
    """The form as it was sent."""
    return texts(post, (*PLAIN, *ADDRESS))


def defaults(business: BusinessRow) -> dict[str, str]:
    """What a new customer most likely has: the business's language, zone and currency."""
    return {
        "locale": business.locale,
        "timezone": business.timezone,
        "currency": business.currency,
    }


def values_of(row: CustomerRow) -> dict[str, str]:
    """A customer as the form shows them."""
    address = {f"address.{part}": str(row.address.get(part, "")) for part in ADDRESS_FIELDS}
    return {name: getattr(row, name) for name in PLAIN} | address


def changes(values: Mapping[str, str]) -> dict[str, object]:
    """Every field of the form, as the domain takes changes."""
    fields: dict[str, object] = {name: values[name] for name in PLAIN}
    return fields | {"address": _address(values)}


def _address(values: Mapping[str, str]) -> dict[str, str]:
    parts = {part: values.get(f"address.{part}", "") for part in ADDRESS_FIELDS}
    return {part: value for part, value in parts.items() if value}


def new_customer(values: Mapping[str, str]) -> NewCustomer:
    """The customer that the form describes; every field that can't be taken is named at once."""
    new = NewCustomer(
        name=values["name"],
        email=values["email"],
        phone=values["phone"],
        locale=values["locale"],
        timezone=values["timezone"],
        currency=values["currency"],
        tax_id=values["tax_id"],
        external_ref=values["external_ref"],
        address=_address(values),
    )
    problems = check_customer(clean_customer(new))
    if problems:
        raise InvalidInput(problems)
    return new


def ref_taken(values: Mapping[str, str], problem: CustomerRefTaken) -> FormState:
    """The form again: somebody else has this reference."""
    return FormState(values, {"external_ref": [problem_words(problem)]})


def read_contact(post: Mapping[str, str]) -> dict[str, str]:
    """The contact's form as it was sent."""
    return texts(post, _CONTACT)


def new_contact(
    values: Mapping[str, str], customer: CustomerRow, people: Sequence[ContactRow]
) -> NewContact:
    """The contact that the form describes; refuses what is no mail address, and one that the
    customer has already."""
    email = one_line(values["contact.email"]).lower()
    if not is_email(email):
        raise FieldProblem("contact.email", "This is not a mail address.", code="not_an_email")
    if email in {one.email.lower() for one in people}:
        message = "This customer has a contact with this address already."
        raise FieldProblem("contact.email", message, code="contact_taken")
    return NewContact(
        name=one_line(values["contact.name"])[:_CONTACT_NAME_MAX],
        email=email,
        locale=customer.locale,
        gets_invoices=bool(values["contact.gets_invoices"]),
        gets_receipts=bool(values["contact.gets_receipts"]),
        rights=RIGHTS[_preset(values["contact.preset"])],
    )


def _preset(text: str) -> Preset:
    return Preset(text) if text in set(Preset) else Preset.SEES


def locales() -> tuple[Choice, ...]:
    """The languages that customers can be written to in."""
    return tuple(Choice(locale, locale_words(locale)) for locale in LOCALES)


@cache
def timezones() -> tuple[Choice, ...]:
    """Every IANA zone that names a place."""
    names = sorted(name for name in available_timezones() if "/" in name or name == "UTC")
    return tuple(Choice(name, name.replace("_", " ")) for name in names if _is_place(name))


def _is_place(name: str) -> bool:
    return not name.startswith(("Etc/", "SystemV/", "posix/", "right/", "US/"))
