"""No table of the migrated database can leak a row; the checker sees each way in which it could."""

import pytest

from architecture.catalogue import GLOBAL_TABLES, business_tables, complaints
from factories import database as db


@pytest.fixture
def owner(addresses):
    with db.connect(addresses.owner_url) as connection:
        yield connection


def test_every_table_is_closed(owner):
    assert list(complaints(owner)) == []
    assert len(business_tables(owner)) > 20


def test_the_list_of_global_tables_holds_nothing_else(owner):
    open_tables = owner.execute(
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace "
        "AND relkind IN ('r', 'p') AND NOT relforcerowsecurity"
    ).fetchall()
    assert {table for (table,) in open_tables} == GLOBAL_TABLES


GOOD = """
CREATE TABLE planted (business_id uuid NOT NULL, id uuid NOT NULL, name text, parent_id uuid,
  PRIMARY KEY (business_id, id),
  CONSTRAINT planted_held FOREIGN KEY (business_id) REFERENCES business_business (id));
ALTER TABLE planted ENABLE ROW LEVEL SECURITY;
ALTER TABLE planted FORCE ROW LEVEL SECURITY;
CREATE POLICY business_rows ON planted
  USING (business_id = nullif(current_setting('app.business_id', true), '')::uuid)
  WITH CHECK (business_id = nullif(current_setting('app.business_id', true), '')::uuid);
"""
BAD = {
    "not forced": "ALTER TABLE planted NO FORCE ROW LEVEL SECURITY",
    "not enabled": "ALTER TABLE planted DISABLE ROW LEVEL SECURITY",
    "no policy": "DROP POLICY business_rows ON planted",
    "second policy": "CREATE POLICY more ON planted USING (true)",
    "other policy": "ALTER POLICY business_rows ON planted USING (true)",
    "unique": "ALTER TABLE planted ADD UNIQUE (name)",
    "unique index": "CREATE UNIQUE INDEX planted_lower ON planted (lower(name))",
    "key": "ALTER TABLE planted DROP CONSTRAINT planted_pkey, ADD PRIMARY KEY (id)",
    "reference": """
        CREATE UNIQUE INDEX planted_parent ON customers_customer (id);
        ALTER TABLE planted ADD FOREIGN KEY (parent_id) REFERENCES customers_customer (id)
    """,
    "not held": "ALTER TABLE planted DROP CONSTRAINT planted_held",
    "held if at all": """
        ALTER TABLE planted DROP CONSTRAINT planted_held, ADD FOREIGN KEY (business_id, parent_id)
          REFERENCES customers_customer (business_id, id)
    """,
    "view": "CREATE VIEW planted_view AS SELECT name FROM planted",
    "materialised view": "CREATE MATERIALIZED VIEW planted_view AS SELECT name FROM planted",
    "function of the owner": """
        CREATE FUNCTION planted_names() RETURNS SETOF text LANGUAGE sql SECURITY DEFINER
        SET search_path = pg_catalog, public AS $$ SELECT name FROM public.planted $$
    """,
    "global": """
        ALTER TABLE infra_ratecounter ADD COLUMN business_id uuid, ADD COLUMN customer_id uuid,
        ADD FOREIGN KEY (business_id, customer_id) REFERENCES customers_customer (business_id, id)
    """,
}


@pytest.mark.parametrize("name", BAD)
def test_the_checker_sees(owner, name):
    with owner.transaction(force_rollback=True):
        owner.execute(GOOD)
        assert list(complaints(owner)) == []
        owner.execute(BAD[name])
        assert list(complaints(owner)) != []
