"""Ids round-trip, and sort by time in both forms."""

from datetime import UTC, datetime
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from counterfoil.kernel.errors import NotFound
from counterfoil.kernel.ids import decode, encode, new_ids

uuids = st.integers(0, 2**128 - 1).map(lambda number: UUID(int=number))
moments = st.datetimes(
    datetime(1970, 1, 2),
    datetime(2200, 1, 1),
    timezones=st.just(UTC),
)


@given(uuids)
def test_round_trip(value):
    assert decode("pay", encode("pay", value)) == value


@given(uuids, uuids)
def test_both_forms_sort_alike(one, two):
    assert (one < two) == (encode("inv", one) < encode("inv", two))


@given(moments, moments)
def test_ids_sort_by_their_moment(one, two):
    first, second = sorted([one, two])
    if int(first.timestamp() * 1000) < int(second.timestamp() * 1000):
        assert new_ids(3, at=first)[-1] < new_ids(3, at=second)[0]


@given(st.text(max_size=40))
def test_any_text_is_an_id_or_not_found(text):
    try:
        value = decode("inv", f"inv_{text}")
    except NotFound:
        return
    assert encode("inv", value) == f"inv_{text}"
