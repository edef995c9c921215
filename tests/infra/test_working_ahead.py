"""Statements of a large batch run while the next are prepared: in their order, in one transaction,
all of them or none."""

import threading
import time

import pytest
from django.db import DataError, IntegrityError, connection

from counterfoil.infra.db import execute, execute_later, run, working_ahead
from counterfoil.kernel.ids import new_id

EVENT = """
INSERT INTO infra_event (business_id, id, kind, body, happened_at, tx)
VALUES (%(business_id)s::uuid, %(id)s::uuid, %(kind)s::text, '{}', now(),
        pg_current_xact_id()::text::bigint)
RETURNING kind
"""
KINDS = "SELECT kind FROM infra_event WHERE business_id = %(b)s::uuid ORDER BY id"


def kinds(business):
    return run(business, lambda: [kind for (kind,) in execute(KINDS, {"b": business})])


def give(business, kind, check=lambda _: None, event_id=None):
    params = {"business_id": business, "id": event_id or new_id(), "kind": kind}
    execute_later(EVENT, params, check)


def test_they_run_in_their_order_and_each_is_looked_at(business):
    seen = []

    def work():
        with working_ahead():
            for n in range(50):
                give(business, f"{n:02}", lambda rows: seen.append(rows[0][0]))

    run(business, work)

    assert seen == [f"{n:02}" for n in range(50)]
    assert kinds(business) == seen


def test_who_gives_them_does_not_wait(business):
    def work():
        with working_ahead():
            began = time.monotonic()
            execute_later("SELECT pg_sleep(0.3)", {}, lambda _: None)
            given = time.monotonic() - began
            execute("SELECT 1")
            return given, time.monotonic() - began

    given, waited = run(business, work)

    assert given < 0.2
    assert waited >= 0.3


def test_whoever_asks_sees_what_was_given(business):
    def work():
        with working_ahead():
            give(business, "first")
            return execute(KINDS, {"b": business})

    assert run(business, work) == [("first",)]


def test_whoever_asks_by_another_road_sees_it_too(business):
    def work():
        with working_ahead():
            for n in range(20):
                execute_later("SELECT pg_sleep(0.01)", {}, lambda _: None)
                give(business, f"{n:02}")
            with connection.cursor() as cursor:
                cursor.execute(KINDS, {"b": business})
                return len(cursor.fetchall())

    assert run(business, work) == 20


def test_outside_they_run_at_once(business):
    seen = []
    run(business, lambda: give(business, "now", seen.extend))
    assert seen == [("now",)]


def test_one_that_fails_takes_all_along(business):
    twice, after = new_id(), []

    def work():
        with working_ahead():
            give(business, "first", event_id=twice)
            give(business, "second", event_id=twice)
            give(business, "third", after.append)

    with pytest.raises(IntegrityError):
        run(business, work)

    assert (kinds(business), after) == ([], [])
    assert not connection.in_atomic_block


def test_a_look_that_is_not_content_takes_all_along(business):
    def refuse(_):
        raise ZeroDivisionError

    def work():
        with working_ahead():
            give(business, "first", refuse)
            give(business, "second")

    with pytest.raises(ZeroDivisionError):
        run(business, work)

    assert kinds(business) == []


def test_who_stops_in_between_leaves_nothing_and_no_thread(business):
    def work():
        with working_ahead():
            execute_later("SELECT pg_sleep(0.2)", {}, lambda _: None)
            give(business, "never")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        run(business, work)

    assert kinds(business) == []
    assert [one.name for one in threading.enumerate() if one.name.startswith("ahead")] == []


def test_inside_another_it_is_part_of_it(business):
    def work():
        with working_ahead():
            give(business, "first")
            with working_ahead():
                give(business, "second")
            give(business, "third")

    run(business, work)
    assert kinds(business) == ["first", "second", "third"]


def test_what_failed_is_raised_where_it_is_found_first(business):
    def work():
        with working_ahead():
            execute_later("SELECT 1 / %(n)s::int", {"n": 0}, lambda _: None)
            return execute("SELECT 1")

    with pytest.raises(DataError, match="division"):
        run(business, work)


def test_a_lost_connection_is_done_again_as_a_whole(business):
    tries = []

    def work():
        tries.append(len(tries))
        with working_ahead():
            give(business, "first")
            if not tries[-1]:
                execute_later("SELECT pg_terminate_backend(pg_backend_pid())", {}, lambda _: None)
            give(business, "second")

    run(business, work)

    assert (kinds(business), tries) == (["first", "second"], [0, 1])
