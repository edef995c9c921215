"""Customers and their contacts: cleaned, checked as a whole, found again."""

import pytest

from counterfoil.domain.customers import operations as customers
from counterfoil.domain.customers import queries
from counterfoil.domain.customers.rows import NewContact, NewCustomer
from counterfoil.infra.db import execute, reading
from counterfoil.kernel.errors import InvalidInput
from factories.businesses import AT
from factories.customers import add_customer
from ledger_text import events


def new(name="Alice", **more):
    facts = {"locale": "en", "timezone": "Europe/London", "currency": "EUR"}
    return NewCustomer(name, **(facts | more))


def add(business, *wanted):
    return customers.add(business, list(wanted), at=AT)


def read(business, customer_id):
    with reading(business):
        return queries.customer(business, customer_id)


def how_many(business):
    with reading(business):
        return execute(
            "SELECT count(*) FROM customers_customer WHERE business_id = %(b)s::uuid",
            {"b": business},
        )[0][0]


def test_what_is_kept_is_clean(business):
    [one] = add(
        business,
        new(" Ali\u0000ce \n Ltd ", email=" Alice@Example.COM ", currency=" eur ",
            address={"city": " Harrow ", "planet": "Earth", "line2": ""}),
    )  # fmt: skip

    found = read(business, one)
    assert (found.name, found.email, found.currency, found.address) == (
        "Ali ce Ltd", "alice@example.com", "EUR", {"city": "Harrow"}
    )  # fmt: skip
    assert events(business) == ["customer.created"]


def test_the_mail_address_becomes_a_contact(business):
    [one] = add(business, new(email="alice@example.com"))
    with reading(business):
        [contact] = queries.contacts(business, [one])
    assert (contact.name, contact.email, contact.may_sign_in) == (
        "Alice", "alice@example.com", True
    )  # fmt: skip


def test_contacts_of_its_own_come_instead(business):
    contacts = (NewContact("Carol", "carol@example.com"), NewContact("Dave", "dave@example.com"))
    [one] = add(business, new(email="alice@example.com", contacts=contacts))
    with reading(business):
        names = [contact.name for contact in queries.contacts(business, [one])]
    assert names == ["Carol", "Dave"]


@pytest.mark.parametrize(
    ("wrong", "expected"),
    [
        (new(" "), {"name": "required"}),
        (new("x" * 201), {"name": "too_long"}),
        (new(email="alice"), {"email": "not_an_email"}),
        (new(email="a@b.c, d@e.f"), {"email": "not_an_email"}),
        (new(email="alice@example.com>"), {"email": "not_an_email"}),
        (new(locale="xx"), {"locale": "unknown_locale"}),
        (new(timezone="Mars/Olympus"), {"timezone": "unknown_timezone"}),
        (new(currency="XXX"), {"currency": "unknown_currency"}),
        (new(address={"city": "x" * 201}), {"address.city": "too_long"}),
        (new(contacts=(NewContact("Bob", "bob"),)), {"contacts.0.email": "not_an_email"}),
        (new("", currency="?"), {"name": "required", "currency": "unknown_currency"}),
    ],
)
def test_every_wrong_field_is_named_and_nobody_added(business, wrong, expected):
    with pytest.raises(InvalidInput) as caught:
        add(business, new("Bob"), wrong)
    assert {one.field: one.code for one in caught.value.problems} == expected
    assert how_many(business) == 0


def test_a_taken_reference_adds_nobody(business):
    add(business, new(external_ref="A-1"))
    with pytest.raises(customers.CustomerRefTaken):
        add(business, new("Bob"), new("Carol", external_ref="A-1"))
    assert how_many(business) == 1


def test_a_reference_is_free_in_another_business(business, other_business):
    add(business, new(external_ref="A-1"))
    [one] = add(other_business, new(external_ref="A-1"))
    with reading(other_business):
        assert queries.by_external_ref(other_business, ["A-1"])["A-1"].id == one


def test_the_first_mail_address_of_a_customer_without_contacts_becomes_one(business):
    [one] = add(business, new())
    for email in ("alice@example.com", "books@example.com"):
        customers.change(business, read(business, one), {"email": email}, at=AT)
    with reading(business):
        assert [who.email for who in queries.contacts(business, [one])] == ["alice@example.com"]


def test_some_fields_change(business, customer):
    customers.change(business, read(business, customer), {"name": "Alice Ltd"}, at=AT)

    found = read(business, customer)
    assert (found.name, found.email) == ("Alice Ltd", "alice@example.com")
    assert events(business)[-1] == "customer.updated"


@pytest.mark.parametrize(
    ("fields", "field"), [({"id": 1}, "id"), ({"name": ""}, "name"), ({"email": "x"}, "email")]
)
def test_a_wrong_change_changes_nothing(business, customer, fields, field):
    before = read(business, customer)
    with pytest.raises(InvalidInput) as caught:
        customers.change(business, before, fields, at=AT)
    assert [one.field for one in caught.value.problems] == [field]
    assert read(business, customer) == before


def test_a_change_to_a_taken_reference_is_refused(business, customer):
    add_customer(business, "Bob", external_ref="B")
    before = read(business, customer)
    with pytest.raises(customers.CustomerRefTaken):
        customers.change(business, before, {"external_ref": "B"}, at=AT)
    assert read(business, customer) == before


def test_wildcards_are_taken_literally(business):
    add(business, new("100% Water"), new("100 Wells"), new("a_b"), new("axb"), new("c\\d"))
    with reading(business):
        found = {
            q: [one.name for one in queries.page(business, q=q)]
            for q in ("100%", "a_b", "c\\", "WATER")
        }
    assert found == {
        "100%": ["100% Water"], "a_b": ["a_b"], "c\\": ["c\\d"], "WATER": ["100% Water"]
    }  # fmt: skip


def test_pages_follow_each_other(business):
    add(business, *(new(name) for name in ("Carol", "Alice", "Bob", "Alice")))
    with reading(business):
        first = queries.page(business, limit=2)
        after = (first[-1].name, first[-1].id)
        second = queries.page(business, after=after, limit=2)
        newest = queries.newest(business, limit=3)
        rest = queries.newest(business, before=newest[-1].id)
    assert [one.name for one in first + second] == ["Alice", "Alice", "Bob", "Carol"]
    assert len({one.id for one in newest + rest}) == 4
