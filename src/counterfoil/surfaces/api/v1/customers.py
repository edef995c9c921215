"""/customers: who owes, their particulars and what they owe."""

from typing import Annotated, Any
from uuid import UUID

from django.http import HttpResponse
from ninja import Query, Router
from pydantic import Field

from counterfoil.domain.audit import operations as audit
from counterfoil.domain.audit.kinds import NoteKind
from counterfoil.domain.customers import operations, queries
from counterfoil.domain.customers.rights import ALL, SEEING, Rights
from counterfoil.domain.customers.rows import CustomerRow, NewCustomer
from counterfoil.domain.identity.scopes import Scope
from counterfoil.domain.ledger import queries as ledger
from counterfoil.infra.db import reading
from counterfoil.kernel.ids import decode, encode
from counterfoil.surfaces.api.answers import shown
from counterfoil.surfaces.api.door import ApiRequest, Caller
from counterfoil.surfaces.api.fields import (
    Body,
    Currency,
    CustomerId,
    Moment,
    Shown,
    Text,
    left_out,
)
from counterfoil.surfaces.api.once import once
from counterfoil.surfaces.api.paging import Listing, Page, cursor_id, cut
from counterfoil.surfaces.api.v1.parts import given, shown_text

router = Router(tags=["customers"])
EXAMPLE: dict[str, Any] = {
    "name": "Atelier Nord",
    "email": "accounts@atelier-nord.example",
    "locale": "de",
    "timezone": "Europe/Berlin",
    "currency": "EUR",
    "tax_id": "DE136695976",
    "address": {"line1": "Hofweg 3", "postal_code": "22085", "city": "Hamburg", "country": "DE"},
    "external_ref": "ERP-1042",
}


class Address(Body):
    """A postal address; what is left out is empty."""

    line1: Text | None = None
    line2: Text | None = None
    postal_code: Text | None = None
    city: Text | None = None
    region: Text | None = None
    country: Text | None = None

    def filled(self) -> dict[str, str]:
        """Only the parts that say something."""
        return {name: value for name, value in self.model_dump().items() if value}


class CustomerIn(Body):
    """A customer to add; language, time zone and currency are the business's unless named."""

    model_config = {"json_schema_extra": {"examples": [EXAMPLE]}}

    name: Text
    email: Text | None = None
    phone: Text | None = None
    locale: Annotated[Text, Field(description="en, de or ar.")] | None = None
    timezone: Annotated[Text, Field(description="IANA, like Europe/Berlin.")] | None = None
    currency: Currency | None = None
    tax_id: Text | None = None
    address: Address | None = None
    external_ref: Annotated[Text, Field(description="Your own key; once in a business.")] | None = (
        None
    )


class CustomerChange(Body):
    """What to change; a field that is left out stays, null empties it. The address is replaced as
    a whole."""

    model_config = {"json_schema_extra": {"examples": [{"email": "new@atelier-nord.example"}]}}

    name: Text = left_out()
    email: Text | None = None
    phone: Text | None = None
    locale: Text = left_out()
    timezone: Text = left_out()
    currency: Currency = left_out()
    tax_id: Text | None = None
    address: Address | None = None
    external_ref: Text | None = None


class CustomerShown(Shown):
    """A customer."""

    id: CustomerId
    name: str
    email: str | None
    phone: str | None
    locale: str
    timezone: str
    currency: Currency
    tax_id: str | None
    address: dict[str, str]
    external_ref: str | None
    balance: Annotated[
        dict[str, int],
        Field(
            description="Minor units by currency: what the customer owes less unapplied credit; "
            "negative is in the customer's favour.",
            examples=[{"EUR": 12500}],
        ),
    ]
    created_at: Moment


def _shown(row: CustomerRow, balance: dict[str, int]) -> CustomerShown:
    return CustomerShown(
        id=encode("cus", row.id),
        name=row.name,
        email=shown_text(row.email),
        phone=shown_text(row.phone),
        locale=row.locale,
        timezone=row.timezone,
        currency=row.currency,
        tax_id=shown_text(row.tax_id),
        address=row.address,
        external_ref=shown_text(row.external_ref),
        balance={row.currency: 0} | balance,
        created_at=row.created_at,
    )


def _read(caller: Caller, customer_id: UUID) -> CustomerShown:
    with reading(caller.business_id):
        row = queries.customer(caller.business_id, customer_id)
        balances = ledger.customer_balances(caller.business_id, [customer_id])
    return _shown(row, balances.get(customer_id, {}))


@router.post("", response={201: CustomerShown}, operation_id="create_customer")
def create_customer(request: ApiRequest, body: CustomerIn) -> HttpResponse:
    """Adds a customer; with a mail address it gets a first contact, who may sign in, and may pay
    and manage only if the key has the scope `payments:write`, too."""
    caller = request.auth
    values = {name: value for name, value in given(body).items() if value is not None}
    defaults = {
        "locale": caller.business.locale,
        "timezone": caller.business.timezone,
        "currency": caller.business.currency,
    }
    new = NewCustomer(**(defaults | _flat(values)))

    def make(_name: str) -> UUID:
        first = _givable(caller)
        return operations.add(caller.business_id, [new], at=caller.at, first=first)[0]

    return once(request, make, lambda made: _read(caller, made))


def _givable(caller: Caller) -> Rights:
    """What the key may let a first contact do: to pay only what it may pay itself."""
    return ALL if Scope.PAYMENTS_WRITE in caller.scopes else SEEING


def _flat(values: dict[str, Any]) -> dict[str, Any]:
    """Null is empty, and an address its filled parts."""
    flat = {name: "" if value is None else value for name, value in values.items()}
    if "address" in values:
        flat["address"] = values["address"].filled() if values["address"] else {}
    return flat


@router.get("", response=Page[CustomerShown], operation_id="list_customers")
def list_customers(request: ApiRequest, query: Query[Listing]) -> HttpResponse:
    """Customers, the newest first."""
    business_id = request.auth.business_id
    before = cursor_id("cus", query.cursor)
    with reading(business_id):
        found = queries.newest(business_id, before=before, limit=query.limit + 1)
        rows, next_cursor = cut(found, query.limit, lambda row: encode("cus", row.id))
        balances = ledger.customer_balances(business_id, [row.id for row in rows])
    audit.note(business_id, NoteKind.EXPORTED, subject="customers", at=request.auth.at)
    data = [_shown(row, balances.get(row.id, {})) for row in rows]
    return shown(Page[CustomerShown](data=data, next_cursor=next_cursor))


@router.get("/{customer_id}", response=CustomerShown, operation_id="get_customer")
def get_customer(request: ApiRequest, customer_id: str) -> HttpResponse:
    """One customer."""
    return shown(_read(request.auth, decode("cus", customer_id)))


@router.patch("/{customer_id}", response=CustomerShown, operation_id="change_customer")
def change_customer(request: ApiRequest, customer_id: str, body: CustomerChange) -> HttpResponse:
    """Changes some fields of a customer. The mail address of one without contacts makes a first
    contact, who may pay and manage only if the key has the scope `payments:write`, too."""
    caller, wanted = request.auth, decode("cus", customer_id)
    with reading(caller.business_id):
        row = queries.customer(caller.business_id, wanted)
    changes = _flat(given(body))
    if changes:
        first = _givable(caller)
        operations.change(caller.business_id, row, changes, at=caller.at, first=first)
    return shown(_read(caller, wanted))
