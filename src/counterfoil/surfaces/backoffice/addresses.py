"""Outside ids in addresses: `inv_…` in the path is the invoice's UUID in the view."""

from typing import ClassVar
from uuid import UUID

from django.urls import register_converter

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


def _converter(prefix: str) -> type[OutsideId]:
    members = {"prefix": prefix, "regex": prefix + "_[0-9a-z]{26}"}
    return type(f"OutsideId_{prefix}", (OutsideId,), members)


for _prefix in ("cus", "inv", "pay", "evt", "msg", "lnk", "key"):
    register_converter(_converter(_prefix), f"staff_{_prefix}")
