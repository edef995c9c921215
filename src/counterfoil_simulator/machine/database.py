"""Django's connection to PostgreSQL with hops in it: each statement, and both sides of a COMMIT."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from django.db import connections
from django.db.backends.postgresql.base import DatabaseWrapper, ServerBindingCursor

from counterfoil_simulator.machine.actors import Actor, Fault, Killed, Point

_READ_ONLY = "READ ONLY"
_NO_AGE = {"CONN_MAX_AGE": None, "CONN_HEALTH_CHECKS": False}  # real time must not matter
_FAIL = "DO $$ BEGIN RAISE EXCEPTION 'could not serialize' USING ERRCODE = '40001'; END $$"


_Cursor: Any = ServerBindingCursor  # the stubs know neither of the two from inside
_Wrapper: Any = DatabaseWrapper


class HoppingCursor(_Cursor):  # type: ignore[misc]
    """A cursor at which each statement is a hop of the actor behind the connection."""

    def execute(self, query: Any, params: Any = None, **how: Any) -> Any:
        """Runs the statement, unless something happens first."""
        actor: Actor | None = getattr(self.connection, "actor", None)
        faults = actor.meet(Point.STATEMENT) if actor else ()
        for fault in faults:
            assert actor is not None
            if fault is Fault.KILLED_BEFORE:
                actor.die("between two statements")
            elif fault is Fault.CUT_BEFORE:
                actor.be_cut("between two statements")
            else:
                self.fail(actor)
        if actor and isinstance(query, str) and _READ_ONLY in query:
            actor.is_reading = True
        return super().execute(query, params, **how)

    def fail(self, actor: Actor) -> None:
        """The server itself reports that the transaction can't be serialized."""
        actor.tally["serialization failure"] += 1
        actor.is_hurt = True
        actor.tell("... the database reports a serialization failure.")
        super().execute(_FAIL)


class SimulatedDatabase(_Wrapper):  # type: ignore[misc]
    """Django's own connection, with an actor behind it."""

    actor: Actor
    is_away: Callable[[], bool]

    def get_connection_params(self) -> dict[str, Any]:
        """The same, with our cursors."""
        params: dict[str, Any] = super().get_connection_params()
        return params | {"cursor_factory": HoppingCursor}

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Connects, unless the database can't be reached, or nobody is there to connect."""
        if self.actor.is_dead and self.actor.is_on:
            raise Killed
        if self.actor.is_on and self.is_away():
            self.actor.is_hurt = True
            raise psycopg.OperationalError("connection refused")
        made = super().get_new_connection(conn_params)
        made.actor = self.actor
        self.actor.backend = made.info.backend_pid
        return made

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
        super()._commit()
        self.actor.writes += not self.actor.is_reading
        self.actor.is_reading = False
        with self.wrap_database_errors:
            for fault in faults:
                self._after(fault)

    def _rollback(self) -> None:
        self.actor.is_reading = False
        super()._rollback()

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
        made.close()
        connections["default"] = before
