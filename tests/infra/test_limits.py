"""Rate limits: so many knocks in a window, counted over every process."""

from datetime import timedelta

from counterfoil.infra.db import execute
from counterfoil.infra.limits import forget_old, hit
from factories.businesses import AT
from races.racing import race


def knock(key="door", at=AT):
    return hit(key, limit=3, window_seconds=60, at=at)


def test_a_window_lets_so_many_pass(database):
    assert [knock() for _ in range(5)] == [None, None, None, 60, 60]
    assert knock(at=AT + timedelta(seconds=45)) == 15
    assert knock("other") is None
    assert knock(at=AT + timedelta(seconds=60)) is None


def test_knocks_at_once_are_all_counted(database):
    results = race(*[knock] * 8)
    assert results.count(None) == 3


def test_old_counters_go(database):
    knock("old")
    knock("new", at=AT + timedelta(days=2))
    forget_old(at=AT + timedelta(days=2))
    assert execute("SELECT key FROM infra_ratecounter") == [("new",)]
