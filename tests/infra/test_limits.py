"""Rate limits: so many knocks in a window, counted over every process."""

from datetime import timedelta

from django.core.cache import cache

from counterfoil.infra.db import execute
from counterfoil.infra.limits import FORMS, LIMITS, Limit, counts, forget_old, hit, raise_flag
from counterfoil.infra.limits import knock as counted
from counterfoil.kernel import clock
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


LAST_SECOND = AT.replace(minute=59, second=59)
NEXT = LAST_SECOND + timedelta(seconds=1)  # the clock strikes
FLAG = Limit("flag", "somebody", 0, 3600, "it holds", from_first=True)
ONCE = Limit("once", "somebody", 1, 3600, "not again", from_first=True)


def holds(at):
    (found,) = counts([(FLAG, "ada")], at=at)
    return found.count


def test_a_flag_holds_from_when_it_was_raised_whatever_the_clock_says(database):
    assert holds(LAST_SECOND) == 0
    raise_flag(FLAG, "ada", at=LAST_SECOND)
    end = LAST_SECOND + timedelta(hours=1)
    assert [holds(at) for at in (LAST_SECOND, NEXT, end - timedelta(seconds=1), end)] == [
        1,
        1,
        1,
        0,
    ]
    raise_flag(FLAG, "ada", at=end - timedelta(seconds=1))
    assert holds(end + timedelta(minutes=59)) == 1
    (found,) = counts([(FLAG, "ada")], at=end)
    assert found.seconds_left == 3599


def test_what_is_done_once_is_not_done_again_when_the_clock_strikes(database):
    told = [counted(ONCE, "ada", at=at).wait for at in (LAST_SECOND, NEXT)]
    assert told == [None, 3599]
    assert counted(ONCE, "ada", at=LAST_SECOND + timedelta(hours=1)).wait is None


def test_what_has_to_last_lasts_from_its_first():
    from_first = {one.name for one in LIMITS if one.from_first}
    assert from_first >= {
        "alarm", "alarm-mail", "card-flag", "code-guess", "form", "passed", "pay-pause", "solved",
        "text-from", "text-number", "text-person",
    }  # fmt: skip


def test_old_counters_go(database):
    counted(FORMS, "ada", at=AT)
    knock("new", at=AT + timedelta(days=7))
    forget_old(at=AT + timedelta(days=7))
    assert counted(FORMS, "ada", at=AT + timedelta(days=7, seconds=-1)).wait == 1
    forget_old(at=AT + timedelta(days=9))
    assert execute("SELECT key FROM infra_ratecounter") == [("new",)]


def test_what_the_cache_holds_of_old_tries_goes_too(database):
    """Django's own drops it where it is asked for again only, and counts every row at each try."""
    for name, minutes in (("old", 5), ("new", 60)):
        cache.set(name, [1], timeout=minutes * 60)
    forget_old(at=clock.now() + timedelta(minutes=6))
    assert execute("SELECT count(*) FROM infra_cache") == [(1,)]
    assert cache.get("new") == [1]
