"""Whatever a query forgets, the database shows and takes rows of the named business only.

The guard of the tests (each statement names its business) is put aside here: these statements are
wrong on purpose.
"""

from contextlib import suppress

import psycopg
import pytest
from django.db import connection

from architecture.catalogue import business_tables
from counterfoil.domain.receivables.models import OpenItem
from counterfoil.infra.db import execute, reading, run
from counterfoil.kernel.ids import new_id
from factories import database as db
from factories.customers import add_customer
from factories.invoices import credit_note, issued_invoice, line
from factories.payments import pay

NAME = "SELECT set_config('app.business_id', %s, true)"


@pytest.fixture
def unguarded(database):
    """Wrong statements reach the database."""
    connection.execute_wrappers.clear()


@pytest.fixture
def full(business, other_business, customer, issued, gateway):
    """Both businesses hold rows in most tables."""
    invoice = issued(line("100", tax="20"))
    pay(business, invoice)
    credit_note(business, customer)
    carol = add_customer(other_business, "Carol")
    issued_invoice(other_business, carol, line("7"))
    credit_note(other_business, carol)
    return carol


@pytest.fixture(scope="module")
def tables(addresses):
    with db.connect(addresses.owner_url) as owner:
        return business_tables(owner)


@pytest.fixture
def app(addresses, database):
    with psycopg.connect(addresses.app_url) as raw:
        yield raw
        raw.rollback()


def filled(app, tables):
    return {
        table: count
        for table in tables
        if (count := app.execute(f"SELECT count(*) FROM {table}").fetchone()[0])
    }


def test_without_a_business_there_are_no_rows(app, full, tables):
    assert filled(app, tables) == {}


@pytest.mark.parametrize("name", ["", "not-a-uuid", "00000000-0000-0000-0000-000000000000"])
def test_a_nameless_business_has_no_rows(app, full, tables, name):
    app.execute(NAME, [name])
    try:
        assert filled(app, tables) == {}
    except psycopg.errors.InvalidTextRepresentation:
        assert name == "not-a-uuid"


def test_each_business_sees_its_own_rows_only(
    app, full, tables, business, other_business, addresses
):
    with db.connect(addresses.owner_url) as owner:
        for one in (business, other_business):
            app.execute(NAME, [str(one)])
            theirs = {
                table: count
                for table in tables
                if (count := owner.execute(
                    f"SELECT count(*) FROM {table} WHERE business_id = %s", [one]
                ).fetchone()[0])
            }  # fmt: skip
            assert filled(app, tables) == theirs
            assert len(theirs) > 8


def test_without_a_business_nothing_is_written(app, full, tables, business):
    for table in tables:
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="row-level security|denied"):
            app.execute(
                f"INSERT INTO {table} (business_id, id) VALUES (%s, %s)", [business, new_id()]
            )
        app.rollback()


def test_no_row_is_written_for_another_business(app, full, tables, business, other_business):
    for table in tables:
        app.execute(NAME, [str(business)])
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="row-level security|denied"):
            app.execute(
                f"INSERT INTO {table} (business_id, id) VALUES (%s, %s)", [other_business, new_id()]
            )
        app.rollback()


def test_another_businesss_rows_are_neither_changed_nor_deleted(
    app, full, tables, business, other_business, addresses
):
    def all_of_theirs(owner):
        return {
            table: sorted(
                str(row) for row in owner.execute(
                    f"SELECT * FROM {table} WHERE business_id = %s", [other_business]
                )
            )
            for table in tables
        }  # fmt: skip

    with db.connect(addresses.owner_url) as owner:
        before = all_of_theirs(owner)
        for table in tables:
            for statement in (
                f"UPDATE {table} SET id = id WHERE business_id = %(other)s",
                f"DELETE FROM {table} WHERE business_id = %(other)s",
            ):
                app.execute(NAME, [str(business)])
                with suppress(psycopg.errors.InsufficientPrivilege):  # append-only: nobody's row
                    assert app.execute(statement, {"other": other_business}).rowcount == 0
                app.rollback()
        assert all_of_theirs(owner) == before


def test_a_row_is_not_moved_to_another_business(app, full, business, other_business):
    app.execute(NAME, [str(business)])
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="row-level security"):
        app.execute("UPDATE customers_customer SET business_id = %s", [other_business])


def test_a_parent_of_another_business_is_refused(app, full, business):
    """The composite reference looks for the parent inside the business."""
    app.execute(NAME, [str(business)])
    app.execute("UPDATE customers_contact SET customer_id = %s", [full])
    with pytest.raises(psycopg.errors.ForeignKeyViolation):
        app.commit()


def test_a_taken_id_of_another_business_tells_nothing(app, full, business):
    """Their id can be used here: no unique key reaches over the fence."""
    app.execute(NAME, [str(business)])
    app.execute(
        "INSERT INTO customers_customer (business_id, id, name, email, phone, locale, timezone, "
        "currency, tax_id, address, external_ref, created_at) VALUES (%s, %s, 'X', '', '', 'en', "
        "'UTC', 'EUR', '', '', '', now())",
        [business, full],
    )


def test_a_wrong_orm_query_sees_its_own_rows_only(full, unguarded, business, other_business):
    with reading(business):
        mine = list(OpenItem.objects.values_list("business_id", flat=True))
    with reading(other_business):
        theirs = OpenItem.objects.count()
    assert (set(mine), len(mine), theirs) == ({business}, 1, 1)


def test_a_wrong_join_sees_its_own_rows_only(full, unguarded, business):
    with reading(business):
        names = execute(
            "SELECT DISTINCT c.name FROM billing_invoice i, customers_customer c ORDER BY 1"
        )
    assert names == [("Alice",)]


def test_a_wrong_delete_in_a_flow_takes_its_own_rows_only(
    full, unguarded, business, other_business
):
    run(business, lambda: execute("DELETE FROM receivables_claim"))
    with reading(other_business):
        assert OpenItem.objects.count() == 1


def test_nothing_is_left_over_on_a_used_connection(full, unguarded, business, tables):
    with pytest.raises(ZeroDivisionError):
        run(business, lambda: 1 / 0)
    assert OpenItem.objects.count() == 0
    with reading(business):
        assert OpenItem.objects.count() == 1
    assert OpenItem.objects.count() == 0
    with pytest.raises(Exception, match="row-level security|violates"):
        OpenItem.objects.create(
            business_id=business, number="1", currency="EUR", total_minor=1,
            customer_id=full, issue_date="2026-03-01", due_date="2026-03-01",
        )  # fmt: skip
