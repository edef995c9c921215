"""Which errors the worker waits for: those of the queue's own connection are judged like those of
everybody else's."""

import pytest
from django.db import Error, connection
from procrastinate.exceptions import ConnectorException
from psycopg import InterfaceError, OperationalError
from psycopg.errors import lookup

from counterfoil.cli.worker import is_lost
from counterfoil.infra.db import is_retryable

PASSING = {
    "08006": "connection failure",
    "25006": "read-only, as one that is no longer the first of two",
    "40001": "serialization failure",
    "40P01": "deadlock",
    "53300": "too many connections",
    "55P03": "lock not available",
    "57P01": "told to shut down",
    "57P03": "starting up",
}
LASTING = ("22003", "23505", "25P02", "42501", "42601", "42P01", "XX000")


def as_django_tells(error):
    with pytest.raises(Error) as told, connection.wrap_database_errors:
        raise error
    return told.value


def as_the_queue_tells(error):
    told = ConnectorException()
    told.__cause__ = error
    return told


@pytest.mark.parametrize("state", [*PASSING, *LASTING])
def test_a_state_means_the_same_to_the_worker_and_to_everybody_else(state):
    error = lookup(state)("what it says")
    is_passing = state in PASSING
    assert is_retryable(as_django_tells(error)) is is_passing
    assert is_lost(error) is is_passing
    assert is_lost(as_the_queue_tells(error)) is is_passing


@pytest.mark.parametrize("error", [OperationalError("no route"), InterfaceError("closed")])
def test_a_database_that_says_nothing_is_waited_for(error):
    assert is_retryable(as_django_tells(error))
    assert is_lost(as_the_queue_tells(error))


def test_a_fault_of_ours_is_not_waited_for():
    assert not is_lost(ValueError("57P01"))
