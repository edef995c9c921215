"""The connection to PostgreSQL: transactions that open in one message, and what has gone away."""

import pytest
from django.db import DataError, connection, transaction

from counterfoil.infra import db as db_words
from counterfoil.infra.db import execute, reading, run
from factories import database as db

LAST = "SELECT query, state FROM pg_stat_activity WHERE pid = %s"


@pytest.fixture
def other(addresses, database):
    with db.connect(addresses.app_url) as made:
        yield made


def pid():
    return connection.connection.info.backend_pid


def told(other):
    """What the server heard last on our connection, and what it does."""
    return other.execute(LAST, [pid()]).fetchone()


def end(other):
    other.execute("SELECT pg_terminate_backend(%s, 5000)", [pid()])


def next_request():
    """As Django begins each one: the connection is to be looked at once."""
    connection.health_check_enabled, connection.health_check_done = True, False


def test_a_transaction_opens_in_one_message(business, other):
    with reading(business):
        words, state = told(other)
    named = f"SET LOCAL app.business_id = '{business}'"
    assert words == f"BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY; {named}"
    assert state == "idle in transaction"

    words, _ = run(business, lambda: told(other))
    assert (
        words
        == f"BEGIN; {named}; SET LOCAL app.actor = 'system'; SELECT pg_current_xact_id()::text"
    )


def test_its_words_are_for_one_transaction_only(business, other):
    with reading(business):
        pass
    with transaction.atomic():
        assert told(other) == ("BEGIN", "idle in transaction")
    assert told(other) == ("COMMIT", "idle")


def test_what_does_not_open_leaves_nothing_open(business):
    with pytest.raises(DataError), db_words._transaction("BEGIN; SELECT 1 / 0", business):
        pytest.fail("it is not open")
    assert not connection.in_atomic_block
    assert connection.counterfoil_business is None
    assert execute("SELECT 1") == [(1,)]
    with transaction.atomic():
        assert execute("SELECT 1") == [(1,)]


@pytest.mark.parametrize("ask", [reading, None])
def test_a_connection_that_the_server_ended_meanwhile_is_made_anew(business, other, ask):
    execute("SELECT 1")
    before = pid()
    end(other)
    next_request()

    if ask is None:
        assert execute("SELECT 1") == [(1,)]
    else:
        with ask(business):
            assert execute("SELECT 1") == [(1,)]
    assert pid() != before


def test_a_connection_that_said_nothing_is_not_asked(business, other):
    execute("SELECT 41")
    before = pid()
    next_request()

    assert connection.is_usable()
    assert told(other) == ("SELECT 41", "idle")
    connection.close()
    assert not connection.is_usable()
    with reading(business):
        assert pid() != before


def test_a_statement_that_fails_leaves_the_next_one_alone(business):
    for _ in range(5):  # the driver prepares what comes again
        with pytest.raises(DataError):
            execute("SELECT 1 / %(by)s::int", {"by": 0})
        assert execute("SELECT 1 / %(by)s::int", {"by": 1}) == [(1,)]
    with transaction.atomic():
        with pytest.raises(DataError), transaction.atomic():
            execute("SELECT 1 / %(by)s::int", {"by": 0})
        assert execute("SELECT 1 / %(by)s::int", {"by": 1}) == [(1,)]
