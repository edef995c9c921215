"""Reads of customers and contacts, as frozen rows."""

from collections.abc import Sequence
from uuid import UUID

from counterfoil.domain.customers.rows import ContactRow, CustomerRow, PersonRow
from counterfoil.infra.sql import Statement
from counterfoil.kernel.errors import NotFound
from counterfoil.kernel.ids import BusinessId

_BY_ID = "AND c.id = ANY(%(ids)s::uuid[])"
_BY_REF = "AND c.external_ref = ANY(%(refs)s::text[]) AND c.external_ref <> ''"  # as its index says
BY_ID = Statement(__package__, "customers", CustomerRow, WHICH=_BY_ID)
BY_REF = Statement(__package__, "customers", CustomerRow, WHICH=_BY_REF)
PAGE = Statement(__package__, "customer_page", CustomerRow)
LIST = Statement(__package__, "customer_list", CustomerRow)
CONTACTS = Statement(__package__, "contacts_of", ContactRow)
PEOPLE = Statement(__package__, "person", PersonRow)


def like(text: str) -> str:
    """A pattern that finds the text anywhere, with the wildcards in it taken literally."""
    escaped = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"


def customers(business_id: BusinessId, ids: Sequence[UUID]) -> dict[UUID, CustomerRow]:
    """Customers by id; unknown ids are left out."""
    rows = BY_ID.rows(business_id=business_id, ids=list(ids))
    return {row.id: row for row in rows}


def by_external_ref(business_id: BusinessId, refs: Sequence[str]) -> dict[str, CustomerRow]:
    """Customers by external reference; unknown references are left out."""
    rows = BY_REF.rows(business_id=business_id, refs=list(refs))
    return {row.external_ref: row for row in rows}


def customer(business_id: BusinessId, customer_id: UUID) -> CustomerRow:
    """One customer, or `NotFound`."""
    found = BY_ID.first(business_id=business_id, ids=[customer_id])
    if found is None:
        raise NotFound
    return found


def page(
    business_id: BusinessId,
    *,
    q: str = "",
    after: tuple[str, UUID] | None = None,
    limit: int = 50,
    tags: Sequence[str] = (),
) -> list[CustomerRow]:
    """Customers by name, found by a part of name or mail, or the whole reference; with `tags`, only
    those that carry one of them."""
    name, row_id = after or (None, None)
    return PAGE.rows(
        business_id=business_id,
        q=q,
        pattern=like(q),
        after_name=name,
        after_id=row_id,
        limit=limit,
        tags=list(tags),
    )


def newest(
    business_id: BusinessId, *, before: UUID | None = None, limit: int = 50
) -> list[CustomerRow]:
    """Customers, newest first."""
    return LIST.rows(business_id=business_id, before=before, limit=limit)


def contacts(business_id: BusinessId, customer_ids: Sequence[UUID]) -> list[ContactRow]:
    """The contacts of customers."""
    return CONTACTS.rows(business_id=business_id, customer_ids=list(customer_ids))


def people(business_id: BusinessId, email: str) -> list[PersonRow]:
    """The contacts of this address that may sign in, with their customers."""
    return PEOPLE.rows(business_id=business_id, email=email)
