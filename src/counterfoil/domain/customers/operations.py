"""The only writer of customers and contacts."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from counterfoil.domain.customers import queries
from counterfoil.domain.customers.checks import (
    LOCALES,
    check_customer,
    clean_customer,
    one_line,
)
from counterfoil.domain.customers.rights import ALL, Rights, kept
from counterfoil.domain.customers.rows import CustomerRow, NewContact, NewCustomer, place
from counterfoil.infra.db import execute, held_by, operation
from counterfoil.infra.outbox import Happened, publish
from counterfoil.infra.secrets.box import seal_long
from counterfoil.infra.secrets.fields import seal_parts
from counterfoil.kernel.errors import Conflict, FieldProblem, InvalidInput, NotFound
from counterfoil.kernel.ids import BusinessId, encode, new_ids


@held_by("customers_external_ref_once")
class CustomerRefTaken(Conflict):
    """Another customer has this external reference."""

    code = "external_ref_taken"
    message = "Another customer has this external reference already."


@operation
def add(
    business_id: BusinessId,
    new: Sequence[NewCustomer],
    *,
    at: datetime,
    quiet: bool = False,
    first: Rights = ALL,
) -> list[UUID]:
    """Adds customers with their contacts; refuses bad fields (all named) and taken references.
    `first` is the most that these contacts may do, with the one that is made of a customer's own
    mail address."""
    new = [clean_customer(one) for one in new]
    problems = [problem for one in new for problem in check_customer(one)]
    if problems:
        raise InvalidInput(problems)
    ids = new_ids(len(new), at=at)
    written = execute(
        """
        INSERT INTO customers_customer (business_id, id, name, email, phone, locale, timezone,
                                        currency, tax_id, address, external_ref, created_at)
        SELECT %(business_id)s::uuid, n.id, n.name, n.email, n.phone, n.locale, n.timezone,
               n.currency, n.tax_id, n.address, n.external_ref, %(at)s::timestamptz
        FROM unnest(%(ids)s::uuid[], %(names)s::text[], %(emails)s::text[], %(phones)s::text[],
                    %(locales)s::text[], %(timezones)s::text[], %(currencies)s::text[],
                    %(tax_ids)s::text[], %(addresses)s::text[], %(refs)s::text[])
          AS n(id, name, email, phone, locale, timezone, currency, tax_id, address, external_ref)
        ON CONFLICT DO NOTHING RETURNING id
        """,
        {
            "business_id": business_id,
            "ids": ids,
            "names": [one.name for one in new],
            "emails": [one.email for one in new],
            "phones": _sealed(ids, "phone", [one.phone for one in new]),
            "locales": [one.locale for one in new],
            "timezones": [one.timezone for one in new],
            "currencies": [one.currency for one in new],
            "tax_ids": _sealed(ids, "tax_id", [one.tax_id for one in new]),
            "addresses": [
                seal_parts(one.address, place(one_id, "address"))
                for one_id, one in zip(ids, new, strict=True)
            ],
            "refs": [one.external_ref for one in new],
            "at": at,
        },
    )
    if len(written) != len(new):
        raise CustomerRefTaken
    for one_id, one in zip(ids, new, strict=True):
        add_contacts(business_id, one_id, _contacts(one, first), at=at)
    events = [Happened("customer.created", {"customer": encode("cus", one)}) for one in ids]
    publish(business_id, events, at=at, quiet=quiet)
    return ids


def _sealed(ids: Sequence[UUID], column: str, texts: Sequence[str]) -> list[str]:
    """Texts of one column, each for its own row."""
    return [seal_long(text, place(one, column)) for one, text in zip(ids, texts, strict=True)]


def _contacts(new: NewCustomer, first: Rights) -> Sequence[NewContact]:
    if new.contacts or not new.email:
        return [replace(one, rights=one.rights & first) for one in new.contacts]
    return (NewContact(name=new.name[:120], email=new.email, locale=new.locale, rights=first),)


@operation
def add_contacts(
    business_id: BusinessId, customer_id: UUID, new: Sequence[NewContact], *, at: datetime
) -> None:
    """Adds contacts; one with an address that the customer has already is left as it is."""
    if not new:
        return
    execute(
        """
        INSERT INTO customers_contact (business_id, id, customer_id, name, email, locale,
          gets_invoices, gets_receipts, may_sign_in, rights, created_at)
        SELECT %(business_id)s::uuid, n.id, %(customer_id)s::uuid, n.name, n.email, n.locale,
               n.invoices, n.receipts, true, n.rights, %(at)s::timestamptz
        FROM unnest(%(ids)s::uuid[], %(names)s::text[], %(emails)s::text[], %(locales)s::text[],
                    %(invoices)s::boolean[], %(receipts)s::boolean[], %(rights)s::jsonb[])
          AS n(id, name, email, locale, invoices, receipts, rights)
        ON CONFLICT DO NOTHING
        """,
        {
            "business_id": business_id,
            "customer_id": customer_id,
            "ids": new_ids(len(new), at=at),
            "names": [one.name for one in new],
            "emails": [one.email for one in new],
            "locales": [one.locale for one in new],
            "invoices": [one.gets_invoices for one in new],
            "receipts": [one.gets_receipts for one in new],
            "rights": [json.dumps(kept(one.rights)) for one in new],
            "at": at,
        },
    )


CONTACT_NAME_MAX = 120
CHANGEABLE = (
    "name", "email", "phone", "locale", "timezone", "currency", "tax_id", "address",
    "external_ref",
)  # fmt: skip


@operation
def change(
    business_id: BusinessId,
    customer: CustomerRow,
    fields: Mapping[str, object],
    *,
    at: datetime,
    first: Rights = ALL,
) -> None:
    """Changes some fields of a customer; refuses bad values and a taken reference
    (`CustomerRefTaken`). The first mail address of one without contacts becomes a contact, as it
    does when a customer is added; `first` is what that one may do."""
    unknown = set(fields) - set(CHANGEABLE)
    if unknown:
        raise InvalidInput([FieldProblem(name, "Unknown field.") for name in sorted(unknown)])
    values = {name: getattr(customer, name) for name in CHANGEABLE} | dict(fields)
    wanted = clean_customer(NewCustomer(**values))
    problems = check_customer(replace(wanted, contacts=()))
    if problems:
        raise InvalidInput(problems)
    changed = execute(
        """
        UPDATE customers_customer SET name = %(name)s, email = %(email)s,
          phone = coalesce(%(phone)s::text, phone), locale = %(locale)s,
          timezone = %(timezone)s, currency = %(currency)s,
          tax_id = coalesce(%(tax_id)s::text, tax_id),
          address = coalesce(%(address)s::text, address), external_ref = %(external_ref)s
        WHERE business_id = %(business_id)s::uuid AND id = %(id)s::uuid RETURNING id
        """,
        {name: getattr(wanted, name) for name in CHANGEABLE}
        | _sealed_anew(customer, wanted)
        | {"business_id": business_id, "id": customer.id},
    )
    if not changed:
        raise NotFound
    if wanted.email and not queries.contacts(business_id, [customer.id]):
        add_contacts(business_id, customer.id, _contacts(wanted, first), at=at)
    event = Happened("customer.updated", {"customer": encode("cus", customer.id)})
    publish(business_id, [event], at=at)


def _sealed_anew(was: CustomerRow, wanted: NewCustomer) -> dict[str, str | None]:
    """What is sealed, where it changed; None leaves it as it is stored, or as a rotation seals it
    at this moment."""
    there = place(was.id, "address")
    texts = {
        name: seal_long(getattr(wanted, name), place(was.id, name))
        if getattr(wanted, name) != getattr(was, name)
        else None
        for name in ("phone", "tax_id")
    }
    address = seal_parts(wanted.address, there) if wanted.address != was.address else None
    return texts | {"address": address}


@operation
def link_user(business_id: BusinessId, contact_ids: Sequence[UUID], user_id: UUID) -> None:
    """A contact has proved to be this sign-in, which is held until the transaction ends: whoever
    would erase it as nobody's waits, and sees that it is somebody's."""
    execute(
        "SELECT u.id FROM identity_user u WHERE u.id = %(user_id)s::uuid FOR KEY SHARE",
        {"user_id": user_id},
    )
    execute(
        """
        UPDATE customers_contact SET user_id = %(user_id)s::uuid
        WHERE business_id = %(business_id)s::uuid AND id = ANY(%(ids)s::uuid[])
        """,
        {"business_id": business_id, "ids": list(contact_ids), "user_id": user_id},
    )


@operation
def change_address(business_id: BusinessId, old: str, new: str) -> None:
    """The contacts of one address get another one, except where the customer has a contact with
    that already."""
    execute(
        """
        UPDATE customers_contact c SET email = %(new)s::text
        WHERE c.business_id = %(business_id)s::uuid AND lower(c.email) = lower(%(old)s::text)
          AND NOT EXISTS (
            SELECT 1 FROM customers_contact o
            WHERE o.business_id = %(business_id)s::uuid AND o.customer_id = c.customer_id
              AND lower(o.email) = lower(%(new)s::text))
        """,
        {"business_id": business_id, "old": old, "new": new},
    )


@operation
def change_contact(business_id: BusinessId, contact_id: UUID, *, name: str, locale: str) -> None:
    """Changes a contact's name and language; refuses an empty name and an unknown language."""
    name = one_line(name)
    problems = []
    if not name:
        problems.append(FieldProblem("name", "A name is needed.", code="required"))
    if len(name) > (most := CONTACT_NAME_MAX):
        message = f"At most {most} characters."
        problems.append(FieldProblem("name", message, code="too_long", most=most))
    if locale not in LOCALES:
        problems.append(FieldProblem("locale", "Unknown language.", code="unknown_locale"))
    if problems:
        raise InvalidInput(problems)
    execute(
        """
        UPDATE customers_contact SET name = %(name)s::text, locale = %(locale)s::text
        WHERE business_id = %(business_id)s::uuid AND id = %(id)s::uuid
        """,
        {"business_id": business_id, "id": contact_id, "name": name, "locale": locale},
    )
