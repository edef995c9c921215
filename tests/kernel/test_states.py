"""A machine refuses what its table does not have."""

from enum import StrEnum

import pytest

from counterfoil.kernel.states import IllegalMove, Machine


class Light(StrEnum):
    RED = "red"
    GREEN = "green"
    OFF = "off"


LIGHT = Machine(
    "light",
    Light.RED,
    {Light.RED: frozenset({Light.GREEN, Light.OFF}), Light.GREEN: frozenset({Light.RED})},
)


def test_the_table_decides():
    LIGHT.check(Light.RED, Light.OFF)
    assert not LIGHT.allows(Light.OFF, Light.RED)
    with pytest.raises(IllegalMove, match="light: green can't become off"):
        LIGHT.check(Light.GREEN, Light.OFF)
    assert LIGHT.final() == {Light.OFF}
    assert LIGHT.states() == [Light.RED, Light.GREEN, Light.OFF]


def test_a_new_object_is_first_seen_where_it_is_taken_at_once():
    assert LIGHT.begins_in == Light.RED
    assert Machine("light", Light.RED, LIGHT.moves, at_once=Light.GREEN).begins_in == Light.GREEN
