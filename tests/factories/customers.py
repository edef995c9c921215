"""Customers to test with: Alice, and Bob where a second one is needed."""

from uuid import UUID

from counterfoil.domain.customers import operations as customers
from counterfoil.domain.customers.rows import NewCustomer
from counterfoil.kernel.ids import BusinessId
from factories.businesses import AT


def add_customer(  # each argument is a fact a test may need
    business_id: BusinessId,
    name: str = "Alice",
    *,
    email: str | None = None,
    currency: str = "EUR",
    locale: str = "en",
    external_ref: str = "",
) -> UUID:
    """A customer whose mail address is `<name>@example.com`, with that as the one contact."""
    new = NewCustomer(
        name=name,
        locale=locale,
        timezone="Europe/London",
        currency=currency,
        email=f"{name.split(maxsplit=1)[0].lower()}@example.com" if email is None else email,
        address={"line1": "2 Elm Road", "city": "Harrow", "country": "GB"},
        external_ref=external_ref,
    )
    return customers.add(business_id, [new], at=AT)[0]
