"""Lists reach the database as arrays, whatever stands in them."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from counterfoil.infra.db import execute
from counterfoil.infra.postgres.arrays import LARGE, Ids, array_text, written
from counterfoil.kernel.ids import new_id

ODD = ["", " ", "NULL", "null", '"', "\\", '\\"', "{}", ",", "a,b", "{", "é \u202e", "\n\t", None]


def back(values, kind):
    [(found,)] = execute(f"SELECT %(values)s::{kind}[]", {"values": values})
    return found


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ([], "text"),
        (ODD, "text"),
        ([new_id(), None], "uuid"),
        ([0, -1, 10**15, None], "bigint"),
        ([True, False, None], "boolean"),
        ([Decimal("5.50"), Decimal("-0.001")], "numeric"),
        ([date(2026, 3, 1), None], "date"),
        ([datetime(2026, 3, 1, 12, 30, 0, 123456, tzinfo=UTC), None], "timestamptz"),
    ],
)
def test_what_goes_in_comes_back(database, values, kind):
    assert back(values, kind) == values


def test_many_ids_come_back(database):
    ids = [new_id() for _ in range(2 * LARGE)]
    some = [one if n % 3 else None for n, one in enumerate(ids)]
    assert back(ids, "uuid") == ids
    assert back(some, "uuid") == some
    assert back([None] * LARGE, "uuid") == [None] * LARGE
    assert isinstance(written(ids), Ids)
    assert isinstance(written(ids[:5]), str)


@settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(values=st.lists(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]))))
def test_any_text_comes_back(database, values):
    assert back(values, "text") == values


def test_a_type_that_is_not_known_is_a_bug():
    with pytest.raises(KeyError):
        array_text([object()])
