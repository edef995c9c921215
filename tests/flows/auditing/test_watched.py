"""What people change is written down by the database itself: who, from where, and what it was."""

import pytest

from counterfoil.domain.audit import queries
from counterfoil.domain.business import operations as businesses
from counterfoil.domain.business.rows import NewBankAccount
from counterfoil.domain.customers import operations as customers
from counterfoil.domain.customers import queries as known
from counterfoil.domain.customers.rows import place
from counterfoil.domain.identity import operations as identity
from counterfoil.domain.insights.catalogue import WATCHED
from counterfoil.domain.insights.proofs import prove
from counterfoil.domain.insights.trail import SOURCES
from counterfoil.infra.db import reading
from counterfoil.infra.postgres.acting import act_as
from counterfoil.infra.secrets.box import seal_long
from counterfoil.infra.secrets.fields import sealed_texts
from counterfoil.kernel.actor import SYSTEM, Actor, ActorKind
from counterfoil.kernel.ids import new_id
from factories import database as db
from factories.businesses import AT
from races.racing import race

CLERK = Actor(ActorKind.STAFF, "0190-clerk", "Clara O'Brien")


@pytest.fixture
def owner(addresses):
    with db.connect(addresses.owner_url) as connection:
        yield connection


@pytest.fixture
def clerk():
    act_as(CLERK, origin="203.0.113.7")
    yield
    act_as(SYSTEM, origin="")


def records(business, *objects):
    with reading(business):
        return queries.records(business, objects=objects)


def change(business, customer, **fields):
    with reading(business):
        row = known.customer(business, customer)
    customers.change(business, row, fields, at=AT)


def test_a_change_says_who_made_it_from_where_and_what_it_was(business, customer, clerk):
    change(business, customer, email="new@alice.example", phone="1")
    first, *others = records(business, customer)
    assert (first.actor, first.origin) == ("staff:0190-clerk", "203.0.113.7")
    assert (first.source, first.verb) == ("customers_customer", "update")
    assert first.changed == ["email", "phone"]
    assert first.before == {"email": "alice@example.com", "phone": ""}
    assert first.after == {"email": "new@alice.example", "phone": "1"}
    assert [one.verb for one in others] == ["insert"]
    assert others[0].actor == "system"
    assert others[0].after["name"] == "Alice"


def test_what_changes_nothing_is_not_written_down(business, customer):
    count = len(records(business))
    change(business, customer, phone="")
    assert len(records(business)) == count


def test_a_change_around_the_application_is_written_down_too(business, customer, owner):
    sealed = seal_long("X", place(customer, "tax_id"))
    owner.execute("UPDATE customers_customer SET tax_id = %s WHERE id = %s", [sealed, customer])
    made = records(business, customer)[0]
    assert made.actor.startswith("database:")
    assert (made.before, made.after) == ({"tax_id": ""}, {"tax_id": "X"})


def test_no_secret_is_in_it(business, clerk):
    key = identity.make_api_key(business, name="Shop", at=AT)
    made = records(business)[0]
    assert (made.source, made.after["name"]) == ("identity_apikey", "Shop")
    assert "key_hash" in made.changed
    assert "key_hash" not in made.after
    assert key not in str(made)


def test_what_the_business_sets_is_written_down_before_and_after(business, clerk):
    businesses.change(business, {"part_floor": 25})
    made = records(business, business)[0]
    assert (made.before, made.after) == ({"part_floor": 1.0}, {"part_floor": 25.0})
    assert made.actor == CLERK.label


def test_a_rollback_takes_it_along(business, customer):
    count = len(records(business))
    businesses.add_bank_account(business, bank_account(), at=AT)
    with pytest.raises(businesses.BankAccountThere):
        businesses.add_bank_account(business, bank_account(), at=AT)
    assert len(records(business)) == count + 1


def bank_account():
    return NewBankAccount(
        holder="Harrow", iban="DE89370400440532013000", number="", bic="", bank_name="",
        currency="EUR",
    )  # fmt: skip


def test_a_thread_acts_for_nobody_elses_person(business, clerk):
    race(lambda: businesses.change(business, {"legal_name": "Other"}))
    assert records(business, business)[0].actor == "system"


def test_names_are_no_way_into_the_words_that_open_a_transaction(business, customer):
    act_as(Actor(ActorKind.STAFF, "x'; DROP TABLE a; --"), origin="1' or '1")
    try:
        change(business, customer, phone="2")
    finally:
        act_as(SYSTEM, origin="")
    made = records(business, customer)[0]
    assert (made.actor, made.origin) == ("staff:x___DROP_TABLE_a__--", "1__or__1")


def test_values_that_were_edited_or_removed_are_found(business, customer, owner):
    change(business, customer, phone="3")
    made = records(business, customer)[0]
    which = f"WHERE id = '{made.id}'"
    owner.execute(f'UPDATE audit_recordvalues SET after = \'{{"phone": "4"}}\' {which}')
    assert not prove(business).holds
    owner.execute(f"DELETE FROM audit_recordvalues {which}")
    assert not prove(business).holds
    assert records(business, customer)[0].after == {}


def test_the_list_of_watched_tables_is_that_of_the_database(database, owner):
    found = owner.execute(
        "SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = 'watched' ORDER BY 1"
    ).fetchall()
    assert tuple(table for (table,) in found) == WATCHED


def test_the_trail_knows_every_sealed_text_by_its_mark(database, owner):
    """A trigger that were not told of a sealed column would take a new key for a change; a leaf
    over one would break with it."""
    rows = owner.execute(
        "SELECT tgrelid::regclass::text, string_to_array(encode(tgargs, 'escape'), '\\000') "
        "FROM pg_trigger WHERE tgname = 'watched'"
    ).fetchall()
    for table, (_hidden, _unwatched, *told) in rows:
        assert sorted(told[0].split(",")) == (sorted(sealed_texts(table)) or [""]), table
    for source in SOURCES:
        [(columns,)] = owner.execute(
            "SELECT array_agg(attname::text) FROM pg_attribute WHERE attrelid = %s::regclass",
            [source.table],
        ).fetchall()
        for name in sealed_texts(source.table):
            assert name in source.free
            assert f"{name}_mark" in set(columns) - set(source.free)


def test_another_business_sees_nothing_of_it(business, other_business, customer):
    change(business, customer, phone="5")
    assert all(one.object_id != customer for one in records(other_business))
    assert records(other_business, new_id()) == []
