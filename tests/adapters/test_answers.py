"""What several gateways' answers are read by: nothing that is odd passes for something that is."""

from datetime import UTC, datetime

import pytest

from counterfoil.adapters.answers import (
    Unreadable,
    carried,
    customer_of,
    json_of,
    moment,
    object_of,
    text,
    unix_moment,
)
from counterfoil.adapters.outbound import Answer
from counterfoil.kernel.errors import Unavailable
from counterfoil.kernel.ports.gateways.account import KeysRefused

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def answer(body: bytes, status: int = 200) -> Answer:
    return Answer(status, body, {})


def test_a_whole_and_good_answer_is_its_object():
    assert object_of(answer(b'{"id": "tr_1"}')) == {"id": "tr_1"}


@pytest.mark.parametrize(
    ("body", "status"),
    [(b"[]", 200), (b"", 200), (b'{"id"', 200), (b"[" * 99_999, 200), (b"{}", 201), (b"{}", 404)],
)
def test_any_other_answer_says_nothing(body, status):
    with pytest.raises(Unavailable) as told:
        object_of(answer(body, status))
    assert not isinstance(told.value, KeysRefused)


@pytest.mark.parametrize("status", [401, 403])
def test_keys_that_are_not_taken_are_told_as_such(status):
    with pytest.raises(KeysRefused):
        object_of(answer(b"{}", status))


def test_what_is_no_json_is_nothing():
    assert [json_of(answer(body)) for body in (b"\xff", b"{", b"7")] == [None, None, 7]


@pytest.mark.parametrize("value", ["", None, 7, b"x", ["x"]])
def test_what_is_no_text_can_not_be_read(value):
    with pytest.raises(Unreadable):
        text(value)


def test_times_are_told_in_utc():
    assert moment("2026-03-01T13:00:00+01:00") == moment("2026-03-01T12:00:00Z") == NOON
    assert unix_moment(int(NOON.timestamp())) == NOON


@pytest.mark.parametrize("value", ["2026-03-01T12:00:00", "soon", "", None, 7])
def test_a_time_without_its_zone_is_none(value):
    with pytest.raises(Unreadable):
        moment(value)


@pytest.mark.parametrize("value", ["7", 7.0, True, None, 10**20, -(10**20)])
def test_seconds_that_are_no_time_can_not_be_read(value):
    with pytest.raises(Unreadable):
        unix_moment(value)


@pytest.mark.parametrize(
    ("metadata", "found"),
    [
        ({"customer": "cus_1", "ours": "pay_1"}, ("cus_1", "pay_1")),
        ({"customer": 7, "ours": ["pay_1"]}, ("", "")),
        ({"customer": None}, ("", "")),
        ("customer", ("", "")),
        (["customer", "ours"], ("", "")),
        (None, ("", "")),
    ],
)
def test_what_we_gave_along_is_found_and_nothing_else(metadata, found):
    thing = {"metadata": metadata}
    assert (customer_of(thing), carried(thing, "ours")) == found
    assert (customer_of({}), carried({}, "ours")) == ("", "")
