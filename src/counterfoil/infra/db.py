"""Words for the database: reading, run (noting it, visiting others), operation,
outside_transaction, working_ahead."""

import random
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar, cast
from uuid import UUID

from django.db import (
    DEFAULT_DB_ALIAS,
    DatabaseError,
    IntegrityError,
    InterfaceError,
    InternalError,
    OperationalError,
    connections,
    transaction,
)

from counterfoil.infra.postgres import acting
from counterfoil.infra.postgres.ahead import Ahead, Check
from counterfoil.infra.postgres.arrays import written
from counterfoil.infra.postgres.base import BEGIN, DatabaseWrapper
from counterfoil.infra.postgres.commits import came_true
from counterfoil.kernel.errors import Problem, Unavailable
from counterfoil.kernel.ids import BusinessId

P = ParamSpec("P")
R = TypeVar("R")
E = TypeVar("E", bound=type[Problem])

RETRY_CLASSES = ("08", "40", "53", "57")
HELD = "55P03"  # the lock was not had in the time of `lock_timeout`
RETRY_STATES = frozenset({HELD, "25006"})
GIVE_UP_SECONDS = 5.0
_FIRST_PAUSE_SECONDS = 0.05
_LONGEST_PAUSE_SECONDS = 1.0


class TransactionMisuse(RuntimeError):
    """A bug: a transaction is open where none may be, or belongs to another business."""


class InProgress(Unavailable):
    """Somebody else holds what this is about for longer than anybody waits: nothing was started."""

    code = "in_progress"
    message = "Somebody else is at work on this at the moment. Nothing was started."


_TO_READ = "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY"
_PLANNED_ONCE = "; SET LOCAL plan_cache_mode = force_generic_plan"
# A foreign key's check is planned once for a connection. One that was planned while its table was
# nearly empty, or when it was analyzed (which sees nothing of an open transaction and so no rows),
# would read the table anew for each row of a batch. So: planned again, and by an index.
_BY_INDEX = "DISCARD PLANS; SET LOCAL enable_seqscan = off"
_ITS_NUMBER = "; SELECT pg_current_xact_id()::text"


def _database() -> DatabaseWrapper:
    """The connection of this thread, without the proxy that looks it up for each name."""
    return cast("DatabaseWrapper", connections[DEFAULT_DB_ALIAS])


def _named(business_id: BusinessId) -> str:
    """Names the business for row-level security: a literal, validated, never prepared."""
    return f"; SET LOCAL app.business_id = '{UUID(str(business_id))}'"


def _last(cursor: Any) -> str:
    """What the last of several words returned."""
    while cursor.nextset():
        pass
    return str(cursor.fetchone()[0])


@contextmanager
def _transaction(opening: str, business_id: BusinessId) -> Iterator[Any]:
    """One of this business that opens with these words; gives the cursor of their results."""
    database = _database()
    database.opening = opening
    try:
        with transaction.atomic():
            database.opening, database.counterfoil_business = BEGIN, business_id
            yield database.opened
    finally:
        database.opening, database.counterfoil_business = BEGIN, None


def current_business() -> BusinessId | None:
    """The business of the open transaction, for checks; never a default for anything."""
    database = _database()
    return database.counterfoil_business if database.in_atomic_block else None


@contextmanager
def reading(business_id: BusinessId) -> Iterator[None]:
    """A read-only transaction of one business, around queries that all see the same moment; does
    not nest."""
    if _database().in_atomic_block:
        raise TransactionMisuse("reading() inside an open transaction")
    with _transaction(_TO_READ + _named(business_id), business_id):
        yield


def is_retryable(error: Exception) -> bool:
    """Whether the whole piece of work may simply be done again (SQLSTATE, or none at all)."""
    state = getattr(error.__cause__, "sqlstate", None)
    if isinstance(error, InterfaceError) or state is None:
        return isinstance(error, InterfaceError | OperationalError | InternalError)
    return is_passing(state)


def is_passing(state: str | None) -> bool:
    """Whether what a database says (SQLSTATE; None: nothing at all) will be another thing in a
    while, with nothing wrong in what was asked."""
    return state is None or state[:2] in RETRY_CLASSES or state in RETRY_STATES


def is_away(error: BaseException | None) -> bool:
    """Whether this says that the database can't be reached, or can't do its work just now: nothing
    is wrong with what was asked."""
    return isinstance(error, InterfaceError | OperationalError | InternalError) and is_retryable(
        error
    )


_REFUSALS: dict[str, type[Problem]] = {}


def held_by(*constraints: str) -> Callable[[E], E]:
    """Marks a refusal with the constraints (or unique indexes) that hold it in the database, so
    that whoever is second in a race is told the same as whoever comes late. Any other broken
    constraint is a bug."""

    def mark(refusal: E) -> E:
        _REFUSALS.update(dict.fromkeys(constraints, refusal))
        return refusal

    return mark


def _refusal(error: IntegrityError) -> Problem | None:
    broken = getattr(getattr(error.__cause__, "diag", None), "constraint_name", None)
    refusal = _REFUSALS.get(broken or "")
    return refusal() if refusal else None


def run(
    business_id: BusinessId,
    work: Callable[[], R],
    *,
    give_up_seconds: float = GIVE_UP_SECONDS,
    is_small: bool = False,
) -> R:
    """Calls `work` in a writing transaction of one business; again, as a whole, on lost
    connections, deadlocks and serialization failures, unless it turns out to have come true all
    the same; `Unavailable` when time is up (`InProgress` where somebody else held a row for all of
    it), `Uncertain` if nobody knows. A broken
    constraint is the refusal that is `held_by` it, if there is one. Does not nest: `work` must be
    safe to repeat.

    `is_small` says that `work` is over a handful of rows: its statements keep the plan they have,
    where a large batch is planned for its size (PostgreSQL, 19.7.4, `plan_cache_mode`)."""
    database = _database()
    if database.in_atomic_block:
        raise TransactionMisuse("run() inside an open transaction")
    planned = _PLANNED_ONCE if is_small else ""
    opening = BEGIN + planned + _named(business_id) + acting.told() + _ITS_NUMBER
    deadline = time.monotonic() + give_up_seconds
    pause = _FIRST_PAUSE_SECONDS
    while True:
        committing = ""
        try:
            with _transaction(opening, business_id) as opened:
                number = _last(opened)
                result = work()
                _note(result)
                committing = number
        except IntegrityError as error:
            refusal = _refusal(error)
            if refusal is None:
                raise
            raise refusal from error
        except (InterfaceError, OperationalError, InternalError) as error:
            database.close()
            if not is_retryable(error):
                raise
            if committing and came_true(committing, deadline=deadline):
                _expect(None)
                return result
            if time.monotonic() + pause > deadline:
                raise _given_up(error) from error
            time.sleep(pause * random.uniform(0.5, 1.5))  # noqa: S311  jitter, not a secret
            pause = min(pause * 2, _LONGEST_PAUSE_SECONDS)
        else:
            _expect(None)
            return result


def _given_up(error: Exception) -> Unavailable:
    """What whoever asked is told when time is up."""
    if getattr(error.__cause__, "sqlstate", None) == HELD:
        return InProgress()
    return Unavailable("The database can't be reached.")


@contextmanager
def noting(note: Callable[[Any], None]) -> Iterator[None]:
    """The first `run` inside also calls `note` with its result, before its commit: what was done
    and what is noted of it become true together, or neither does."""
    _expect(note)
    try:
        yield
    finally:
        _expect(None)


def _expect(note: Callable[[Any], None] | None) -> None:
    _database().note = note


def _note(result: Any) -> None:
    note = _database().note
    if note is not None:
        note(result)


@contextmanager
def visiting(business_id: BusinessId) -> Iterator[None]:
    """Inside an open `run`: what is asked here is asked of another business, under its own name;
    afterwards the transaction is its own business's again. For what belongs to none of them, such
    as a sign-in, and must not change between the look and the commit."""
    database, own = _database(), current_business()
    if own is None:
        raise TransactionMisuse("visiting() outside a transaction")
    _name(database, business_id)
    try:
        yield
    except DatabaseError:  # the transaction is lost, and with it whose it was
        raise
    except BaseException:
        _name(database, own)
        raise
    else:
        _name(database, own)


def _name(database: DatabaseWrapper, business_id: BusinessId) -> None:
    named = {"business_id": str(UUID(str(business_id)))}
    database.fetch("SELECT set_config('app.business_id', %(business_id)s::text, true)", named)
    database.counterfoil_business = business_id


def operation(
    function: Callable[Concatenate[BusinessId, P], R],
) -> Callable[Concatenate[BusinessId, P], R]:
    """Marks a public write of one noun: joins the open `run` of its business, or opens its own."""

    @wraps(function)
    def joined(business_id: BusinessId, /, *args: P.args, **kwargs: P.kwargs) -> R:
        if not _database().in_atomic_block:
            return run(business_id, lambda: function(business_id, *args, **kwargs))
        if current_business() != business_id:
            raise TransactionMisuse("the open transaction belongs to another business")
        return function(business_id, *args, **kwargs)

    return joined


def outside_transaction(function: Callable[P, R]) -> Callable[P, R]:
    """Marks a call to the outside world: fails if a transaction is open."""

    @wraps(function)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
        if _database().in_atomic_block:
            raise TransactionMisuse(f"{function.__qualname__} inside a transaction")
        return function(*args, **kwargs)

    return guarded


@contextmanager
def working_ahead() -> Iterator[None]:
    """Around the writes of one large batch in an open transaction: what is given to `execute_later`
    runs while the next is prepared. All of it has run and is looked at when the outermost of these
    is left."""
    database = _database()
    if database.ahead is not None:
        yield
        return
    database.fetch(_BY_INDEX, None)
    database.ahead = ahead = Ahead(database.fetch_now)
    try:
        yield
        ahead.wait()
    finally:
        database.ahead = None
        ahead.end()


def execute_later(sql: str, params: Mapping[str, Any], check: Check) -> None:
    """Runs one statement and has `check` look at the rows that it returns: at once, or, inside
    `working_ahead`, at some time before the next `execute` and the end of that."""
    ahead = _database().ahead
    if ahead is None:
        check(execute(sql, params))
    else:
        ahead.give(sql, _written(params), check)


def execute(sql: str, params: Mapping[str, Any] | None = None) -> list[tuple[Any, ...]]:
    """Runs one statement on the open connection and returns its rows, if it has any.

    A list becomes an array, mostly its text, so the statement says of which type:
    `%(ids)s::uuid[]`.
    """
    return _database().fetch(sql, _written(params) if params else params)


def _written(params: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: written(value) if type(value) is list else value for name, value in params.items()
    }
