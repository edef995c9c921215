"""Django's connection to PostgreSQL with hops in it: each statement, and both sides of a COMMIT.

A connection that breaks, or whose process dies, is lost to the product at once and for good. The
server's side of it is rolled back in the same moment, as the server does for a client that is gone;
but its session is kept for whoever connects next: a new one costs more than all that a life does.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from django.db import connections
from django.db.backends.postgresql.base import ServerBindingCursor
from psycopg._preparing import PrepareManager
from psycopg.pq import ConnStatus

from counterfoil.infra.postgres.base import DatabaseWrapper
from counterfoil_simulator.machine.actors import Actor, Fault, Killed, Point

_READ_ONLY = "READ ONLY"
_NO_AGE = {"CONN_MAX_AGE": None, "CONN_HEALTH_CHECKS": False}  # real time must not matter
_PLANNED_ONCE = "-c plan_cache_mode=force_generic_plan"  # so many statements, so few rows
_PREPARED_AT_ONCE = {"prepare_threshold": 1}
_FORGOTTEN = (b"ROLLBACK", b"RESET ALL", b"UNLISTEN *", b"SELECT pg_advisory_unlock_all()")
_FAIL = "DO $$ BEGIN RAISE EXCEPTION 'could not serialize' USING ERRCODE = '40001'; END $$"


_Cursor: Any = ServerBindingCursor  # the stubs know neither of the two from inside
_Wrapper: Any = DatabaseWrapper


class HoppingCursor(_Cursor):  # type: ignore[misc]
    """A cursor at which each statement is a hop of the actor behind the connection."""

    def execute(self, query: Any, params: Any = None, **how: Any) -> Any:
        """Runs the statement, unless something happens first."""
        actor: Actor | None = getattr(self.connection, "actor", None)
        _check(self.connection)
        faults = actor.meet(Point.STATEMENT) if actor else ()
        for fault in faults:
            assert actor is not None
            if fault is Fault.KILLED_BEFORE:
                actor.die("between two statements")
            elif fault is Fault.CUT_BEFORE:
                actor.be_cut("between two statements")
            else:
                self.fail(actor)
        _check(self.connection)
        if actor and isinstance(query, str) and _READ_ONLY in query:
            actor.is_reading = True
        return super().execute(query, params, **how)

    def fail(self, actor: Actor) -> None:
        """The server itself reports that the transaction can't be serialized."""
        _check(self.connection)
        actor.tally["serialization failure"] += 1
        actor.is_hurt = True
        actor.tell("... the database reports a serialization failure.")
        super().execute(_FAIL)


class _Plans(PrepareManager):
    """What the driver remembers of prepared statements: a rollback does not make it forget."""

    def clear(self) -> bool:
        """Nothing that a rollback takes back is prepared: no statement of the product is DDL."""
        return False


def _check(connection: Any) -> None:
    """What the driver says on a connection that is lost."""
    if getattr(connection, "is_lost", False):
        raise psycopg.OperationalError("the connection is lost")


def _end(connection: Any) -> None:
    """The client is gone: the server rolls back, and lets its locks go."""
    for words in _FORGOTTEN:
        connection.pgconn.exec_(words)
    connection.is_lost = True


class SimulatedDatabase(_Wrapper):  # type: ignore[misc]
    """The product's own connection, with an actor behind it."""

    actor: Actor
    is_away: Callable[[], bool]
    kept: Any = None

    def get_connection_params(self) -> dict[str, Any]:
        """The same, with our cursors."""
        params: dict[str, Any] = super().get_connection_params()
        plans = f"{params.get('options', '')} {_PLANNED_ONCE}"
        return params | {"cursor_factory": HoppingCursor, "options": plans, **_PREPARED_AT_ONCE}

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Connects, unless the database can't be reached, or nobody is there to connect."""
        if self.actor.is_dead and self.actor.is_on:
            raise Killed
        if self.actor.is_on and self.is_away():
            self.actor.is_hurt = True
            raise psycopg.OperationalError("connection refused")
        made, self.kept = self.kept or self._made(conn_params), None
        made.is_lost = False
        self.actor.backend = made.info.backend_pid
        self.actor.cut_off = lambda: _end(made)
        return made

    def _made(self, conn_params: dict[str, Any]) -> Any:
        made = super().get_new_connection(conn_params)
        made._prepared = _Plans()
        made.prepared_max = None
        made.actor = self.actor
        return made

    def _close(self) -> None:
        """The product closes it: the session is kept for the next to connect."""
        if self.connection is None:
            return
        if not self.connection.is_lost:
            _end(self.connection)
        is_whole = self.connection.pgconn.status == ConnStatus.OK
        self.kept, self.actor.backend = self.connection if is_whole else None, 0

    def leave(self) -> None:
        """Nobody connects any more."""
        self.close()
        if self.kept is not None:
            self.kept.close()

    def is_usable(self) -> bool:
        """Whether the connection stands: asked without a hop, for it depends on what was before."""
        return bool(self.actor.backend)

    def _commit(self) -> None:
        if self.connection is None:
            return
        faults = self.actor.meet(Point.COMMIT)
        with self.wrap_database_errors:
            for fault in faults:
                self._before(fault)
            _check(self.connection)
        super()._commit()
        self.actor.writes += not self.actor.is_reading
        self.actor.is_reading = False
        with self.wrap_database_errors:
            for fault in faults:
                self._after(fault)

    def _rollback(self) -> None:
        self.actor.is_reading = False
        with self.wrap_database_errors:
            _check(self.connection)
        super()._rollback()

    def _set_autocommit(self, autocommit: bool) -> None:  # noqa: FBT001  Django names it
        with self.wrap_database_errors:
            _check(self.connection)
        super()._set_autocommit(autocommit)

    def _before(self, fault: Fault) -> None:
        if fault is Fault.KILLED_BEFORE:
            self.actor.die("just before a commit")
        elif fault is Fault.CUT_BEFORE:
            self.actor.be_cut("just before a commit")
        elif fault is Fault.SERIALIZATION:
            self.connection.cursor().fail(self.actor)

    def _after(self, fault: Fault) -> None:
        if fault is Fault.KILLED_AFTER:
            self.actor.die("just after a commit")
        elif fault is Fault.CUT_AFTER:
            self.actor.be_cut("after a commit, before its answer")
            raise psycopg.OperationalError("the connection is lost")


def current_actor() -> Actor:
    """The actor that runs in this thread."""
    found = connections["default"]
    assert isinstance(found, SimulatedDatabase)
    return found.actor


@contextmanager
def simulated(actor: Actor, is_away: Callable[[], bool]) -> Iterator[SimulatedDatabase]:
    """In this thread, Django's connection is the actor's."""
    before = connections["default"]
    made = SimulatedDatabase(before.settings_dict | _NO_AGE, alias="default")
    made.actor, made.is_away = actor, is_away
    connections["default"] = made
    try:
        yield made
    finally:
        made.leave()
        connections["default"] = before
