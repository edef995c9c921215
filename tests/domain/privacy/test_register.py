"""Every column that could hold something about a person has a word in the register."""

import pytest

from counterfoil.domain.privacy.erasing import hanging_on, of_users
from counterfoil.domain.privacy.register import APART, HELD, NOT_OF_CUSTOMERS
from counterfoil.domain.privacy.retention import KEPT, RULED
from counterfoil.domain.privacy.words import table_words
from factories import database as db

LIBRARIES = ("auth_", "django_", "procrastinate_")
_COLUMNS = """
SELECT c.relname, a.attname FROM pg_class c
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
JOIN pg_type t ON t.oid = a.atttypid
WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace
  AND (t.typcategory IN ('S', 'I', 'A', 'U') AND t.typname <> 'uuid')
ORDER BY 1, 2
"""


@pytest.fixture
def columns(addresses):
    """By table, each column that could hold words."""
    found = {}
    with db.connect(addresses.owner_url) as owner:
        tables = owner.execute(
            "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') "
            "AND relnamespace = 'public'::regnamespace"
        )
        found = {table: set() for (table,) in tables if not table.startswith(LIBRARIES)}
        for table, column in owner.execute(_COLUMNS):
            if table in found:
                found[table].add(column)
    return found


def test_every_table_has_a_place(columns):
    hanging = {table for table, _ in of_users()}
    hanging |= {child for table in set(hanging) for child, _ in hanging_on(table)}
    known = {held.table for held in HELD} | set(APART) | set(NOT_OF_CUSTOMERS) | hanging
    assert sorted(set(columns) - known) == []
    assert sorted({held.table for held in HELD} - set(columns)) == []


def test_every_column_has_one_word(columns):
    wrong = {}
    for held in HELD:
        twice = {one for one in held.columns if held.columns.count(one) > 1}
        missing = set() if held.row_goes else columns[held.table] - set(held.columns)
        if missing or twice:
            wrong[held.table] = sorted(missing | twice)
    assert wrong == {}


def test_every_table_that_is_shown_has_a_name():
    assert [one.table for one in HELD if table_words(one.table) == one.table] == []


def test_every_table_goes_by_a_rule_or_stays_for_a_reason(addresses):
    with db.connect(addresses.owner_url) as owner:
        found = owner.execute(
            "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') "
            "AND relnamespace = 'public'::regnamespace"
        )
        tables = {table for (table,) in found}
    unsaid = [one for one in tables if one not in RULED and not one.startswith(tuple(KEPT))]
    assert sorted(unsaid) == []
    assert sorted(set(RULED) - tables) == []
    assert [one for one in KEPT if not any(table.startswith(one) for table in tables)] == []
