"""Outside ids in addresses: `inv_…` in the path is the invoice's UUID in the view."""

import re
from functools import cache
from typing import Any, ClassVar
from uuid import UUID

from django.urls import register_converter, reverse
from django.urls.converters import get_converters

from counterfoil.domain.identity.roles import Right
from counterfoil.kernel.errors import NotFound
from counterfoil.kernel.ids import decode, encode


class OutsideId:
    """A path converter for one kind of id; anything else is no address of ours."""

    prefix: ClassVar[str]

    def to_python(self, value: str) -> UUID:
        """The UUID inside."""
        try:
            return decode(self.prefix, value)
        except NotFound:
            raise ValueError from None

    def to_url(self, value: UUID) -> str:
        """The outside form."""
        return encode(self.prefix, value)


KINDS = (
    *("cus", "inv", "pay", "ref", "evt", "msg", "lnk", "key", "bnk", "acc", "con"),
    *("gwa", "dis", "evd", "po", "dcy", "apr", "usr", "rol", "ivt", "reg", "sso", "cpy", "era"),
    "mdt",
)

ROOMS = {
    "backoffice_brand": Right.SETTINGS,
    "backoffice_hosts": Right.SETTINGS,
    "backoffice_bank_accounts": Right.BANK_DATA,
    "backoffice_paying": Right.SETTINGS,
    "backoffice_surcharges": Right.SETTINGS,
    "backoffice_debits": Right.SETTINGS,
    "backoffice_people": Right.PEOPLE,
    "backoffice_roles": Right.PEOPLE,
    "backoffice_sign_on": Right.PEOPLE,
    "backoffice_gateways": Right.GATEWAYS,
    "backoffice_keys": Right.KEYS,
    "backoffice_retention": Right.SETTINGS,
    "backoffice_changes": Right.TRAIL,
}
"""The address name of each room, and the right that opens it."""


def _converter(prefix: str) -> Any:
    members = {"prefix": prefix, "regex": prefix + "_[0-9a-z]{26}"}
    return type(f"OutsideId_{prefix}", (OutsideId,), members)


def register() -> None:
    """Makes `<staff_inv:invoice_id>` and its like known to the resolver, once."""
    for prefix in KINDS:
        if f"staff_{prefix}" not in get_converters():
            register_converter(_converter(prefix), f"staff_{prefix}")


@cache
def _around(name: str) -> tuple[str, str, str]:
    before, prefix, after = re.split("([a-z]+)_0{26}", reverse(name, args=[UUID(int=0)]))
    return before, prefix, after


def place(name: str, one: UUID) -> str:
    """`reverse` for the page of one thing: what stands around its id is looked up once, for a list
    names the same address for each of its rows."""
    before, prefix, after = _around(name)
    return f"{before}{encode(prefix, one)}{after}"


def first_room(rights: frozenset[Right]) -> str:
    """The address name of the first room that these rights open; empty if none does."""
    return next((name for name, right in ROOMS.items() if right in rights), "")
