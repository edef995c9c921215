"""Words for the database: reading, run (and noting it), operation, outside_transaction."""

import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar
from uuid import UUID

from django.db import InterfaceError, InternalError, OperationalError, connection, transaction

from counterfoil.kernel.errors import Unavailable
from counterfoil.kernel.ids import BusinessId

P = ParamSpec("P")
R = TypeVar("R")

RETRY_CLASSES = ("08", "40", "53", "57")
RETRY_STATES = frozenset({"55P03", "25006"})
GIVE_UP_SECONDS = 5.0
_FIRST_PAUSE_SECONDS = 0.05
_LONGEST_PAUSE_SECONDS = 1.0


class TransactionMisuse(RuntimeError):
    """A bug: a transaction is open where none may be, or belongs to another business."""


def _begin(business_id: BusinessId, *, read_only: bool) -> None:
    """Names the business for row-level security: a literal, validated, never prepared."""
    words = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY; " if read_only else ""
    words += f"SET LOCAL app.business_id = '{UUID(str(business_id))}'"
    connection.ensure_connection()
    with connection.wrap_database_errors:  # a lost connection shows here first
        connection.connection.execute(words, prepare=False)
    _mark(business_id)


def _mark(business_id: BusinessId | None) -> None:
    connection.counterfoil_business = business_id  # type: ignore[attr-defined]


def current_business() -> BusinessId | None:
    """The business of the open transaction, for checks; never a default for anything."""
    if not connection.in_atomic_block:
        return None
    return getattr(connection, "counterfoil_business", None)


@contextmanager
def reading(business_id: BusinessId) -> Iterator[None]:
    """A read-only transaction of one business, around queries that all see the same moment; does
    not nest."""
    if connection.in_atomic_block:
        raise TransactionMisuse("reading() inside an open transaction")
    try:
        with transaction.atomic():
            _begin(business_id, read_only=True)
            yield
    finally:
        _mark(None)


def is_retryable(error: Exception) -> bool:
    """Whether the whole piece of work may simply be done again (SQLSTATE, or none at all)."""
    cause = error.__cause__
    state = getattr(cause, "sqlstate", None)
    if isinstance(error, InterfaceError) or state is None:
        return isinstance(error, InterfaceError | OperationalError | InternalError)
    return state[:2] in RETRY_CLASSES or state in RETRY_STATES


def run(
    business_id: BusinessId, work: Callable[[], R], *, give_up_seconds: float = GIVE_UP_SECONDS
) -> R:
    """Calls `work` in a writing transaction of one business; again, as a whole, on lost
    connections, deadlocks and serialization failures; `Unavailable` when time is up. Does not
    nest: `work` must be safe to repeat."""
    if connection.in_atomic_block:
        raise TransactionMisuse("run() inside an open transaction")
    deadline = time.monotonic() + give_up_seconds
    pause = _FIRST_PAUSE_SECONDS
    while True:
        try:
            with transaction.atomic():
                _begin(business_id, read_only=False)
                result = work()
                _note(result)
        except (InterfaceError, OperationalError, InternalError) as error:
            connection.close()
            if not is_retryable(error):
                raise
            if time.monotonic() + pause > deadline:
                raise Unavailable("The database can't be reached.") from error
            time.sleep(pause * random.uniform(0.5, 1.5))  # noqa: S311  jitter, not a secret
            pause = min(pause * 2, _LONGEST_PAUSE_SECONDS)
        else:
            _expect(None)
            return result
        finally:
            _mark(None)


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
    connection.counterfoil_note = note  # type: ignore[attr-defined]


def _note(result: Any) -> None:
    note = getattr(connection, "counterfoil_note", None)
    if note is not None:
        note(result)


def operation(
    function: Callable[Concatenate[BusinessId, P], R],
) -> Callable[Concatenate[BusinessId, P], R]:
    """Marks a public write of one noun: joins the open `run` of its business, or opens its own."""

    @wraps(function)
    def joined(business_id: BusinessId, /, *args: P.args, **kwargs: P.kwargs) -> R:
        if not connection.in_atomic_block:
            return run(business_id, lambda: function(business_id, *args, **kwargs))
        if current_business() != business_id:
            raise TransactionMisuse("the open transaction belongs to another business")
        return function(business_id, *args, **kwargs)

    return joined


def outside_transaction(function: Callable[P, R]) -> Callable[P, R]:
    """Marks a call to the outside world: fails if a transaction is open."""

    @wraps(function)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
        if connection.in_atomic_block:
            raise TransactionMisuse(f"{function.__qualname__} inside a transaction")
        return function(*args, **kwargs)

    return guarded


def execute(sql: str, params: dict[str, Any] | None = None) -> list[tuple[Any, ...]]:
    """Runs one statement on the open connection and returns its rows, if it has any."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall() if cursor.description else []
