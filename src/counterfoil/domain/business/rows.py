"""The frozen row of a business."""

from dataclasses import dataclass, field
from typing import Any

from counterfoil.kernel.ids import BusinessId


@dataclass(frozen=True, slots=True)
class BusinessRow:
    """A business as surfaces see it; the logo's bytes are read on their own."""

    id: BusinessId
    slug: str
    name: str
    legal_name: str
    address: dict[str, Any]
    tax_id: str
    email: str
    bank_details: str
    locale: str
    timezone: str
    currency: str
    accent: str
    logo_type: str
    brand_version: int


@dataclass(frozen=True, slots=True)
class NewBusiness:
    """A business to found, and the host names at which it answers."""

    slug: str
    name: str
    currency: str
    hosts: tuple[str, ...]
    legal_name: str = ""
    address: dict[str, str] = field(default_factory=dict)
    tax_id: str = ""
    email: str = ""
    bank_details: str = ""
    locale: str = "en"
    timezone: str = "UTC"
    accent: str = "#0f5c4c"
