"""A person at the customer changes their own details and the customer's billing details."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from counterfoil.domain.customers import operations as customers
from counterfoil.domain.customers.rows import ContactRow, CustomerRow
from counterfoil.infra.db import run
from counterfoil.kernel.ids import BusinessId


@dataclass(frozen=True, slots=True)
class ProfileCommand:
    """What the profile page sends."""

    name: str
    locale: str
    phone: str
    timezone: str
    tax_id: str
    address: Mapping[str, str] = field(default_factory=dict)


def change(
    business_id: BusinessId,
    customer: CustomerRow,
    contact: ContactRow,
    command: ProfileCommand,
    *,
    at: datetime,
) -> None:
    """Saves both in one transaction; refuses bad fields (all named) and then changes nothing."""

    def work() -> None:
        customers.change_contact(business_id, contact.id, name=command.name, locale=command.locale)
        fields: dict[str, object] = {
            "phone": command.phone,
            "timezone": command.timezone,
            "tax_id": command.tax_id,
            "address": dict(command.address),
        }
        customers.change(business_id, customer, fields, at=at)

    run(business_id, work)
