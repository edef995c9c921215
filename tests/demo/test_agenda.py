"""The demo's agenda carries out in the order of time, and nothing after its end."""

from datetime import UTC, datetime, timedelta

from counterfoil.demo.agenda import Agenda

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def test_in_the_order_of_time_with_what_comes_up_meanwhile():
    agenda, done = Agenda(NOON + 5 * HOUR), []

    def first(at):
        done.append(("first", at))
        agenda.put(at + 2 * HOUR, lambda later: done.append(("after", later)))

    agenda.put(NOON + 3 * HOUR, lambda at: done.append(("last", at)))
    agenda.put(NOON, first)
    told = []
    agenda.run(told.append)
    assert done == [("first", NOON), ("after", NOON + 2 * HOUR), ("last", NOON + 3 * HOUR)]
    assert told == [NOON, NOON + 2 * HOUR, NOON + 3 * HOUR]


def test_what_would_come_after_the_end_never_does():
    agenda, done = Agenda(NOON), []
    agenda.put(NOON, done.append)
    agenda.put(NOON + HOUR, done.append)
    agenda.run(lambda _: None)
    assert done == []
