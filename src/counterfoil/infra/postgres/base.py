"""Django's connection to PostgreSQL with fewer messages on the wire and fewer objects around them.

What waits for the database pays twice: once for the message, once for waking up again.
"""

import re
import select
from collections.abc import Callable, Mapping
from functools import lru_cache, partial
from typing import Any

from django.db import Error
from django.db.backends.postgresql import base
from psycopg import RawCursor
from psycopg.types.datetime import TimestamptzLoader

from counterfoil.infra.postgres.ahead import Ahead
from counterfoil.infra.postgres.arrays import Ids, IdsDumper
from counterfoil.kernel.ids import BusinessId

BEGIN = "BEGIN"
_SOMETHING_CAME = select.POLLIN | select.POLLRDHUP
_PLACE = re.compile(r"%\((\w+)\)s|%%")


@lru_cache(1000)
def numbered(sql: str) -> tuple[bytes, tuple[str, ...]]:
    """A statement with its places numbered as PostgreSQL wants them, and what goes where: the
    driver would read the words anew each time, for a long statement."""
    names: dict[str, int] = {}

    def number(place: re.Match[str]) -> str:
        name = place[1]
        return f"${names.setdefault(name, len(names) + 1)}" if name else "%"

    return _PLACE.sub(number, sql).encode(), tuple(names)


class DatabaseWrapper(base.DatabaseWrapper):
    """The backend that settings name; Django finds it by this name."""

    counterfoil_business: BusinessId | None = None
    note: Callable[[Any], None] | None = None
    ahead: Ahead | None = None
    """What runs on this connection while its thread prepares the next (`db.working_ahead`)."""
    opening = BEGIN
    """The words that the next transaction opens with, all in one message."""
    opened: Any = None
    """The cursor of their results."""
    _kept: Any = None

    def _start_transaction_under_autocommit(self) -> None:
        """How Django has a transaction begun where the driver does not begin it by itself. Ours
        would send a bare BEGIN of its own before the first statement."""
        try:
            with self.wrap_database_errors:
                self.opened = self._cursor_kept().execute(self.opening, prepare=False)
        except Error:
            self.close()
            raise

    def _set_autocommit(self, autocommit: bool) -> None:  # noqa: FBT001  Django names it
        if self.connection.autocommit is not autocommit:
            super()._set_autocommit(autocommit)  # type: ignore[misc]  # the stubs lack it

    def fetch(self, sql: str, params: Mapping[str, Any] | None) -> list[tuple[Any, ...]]:
        """Runs one statement and returns its rows, if it has any, after all that runs ahead."""
        if self.ahead is not None:
            self.ahead.wait()
        return self.fetch_now(sql, params)

    def fetch_now(self, sql: str, params: Mapping[str, Any] | None) -> list[tuple[Any, ...]]:
        """The same, whatever else is to run; by one cursor that is kept, where `cursor()` makes
        three objects each time."""
        self.close_if_health_check_failed()
        if self.connection is None:
            self.ensure_connection()
        self.validate_no_broken_transaction()
        cursor, run = self._cursor_kept(), self._run
        for wrapper in reversed(self.execute_wrappers):
            run = partial(wrapper, run)
        with self.wrap_database_errors:
            run(sql, params, False, {"connection": self, "cursor": cursor})
            rows: list[tuple[Any, ...]] = cursor.fetchall() if cursor.pgresult.nfields else []
        return rows

    def _cursor(self, name: str | None = None) -> Any:
        if self.ahead is not None:
            self.ahead.wait()
        return super()._cursor(name)  # type: ignore[misc]  # the stubs lack it

    def _cursor_kept(self) -> Any:
        if self._kept is None or self._kept.connection is not self.connection:
            self._kept = RawCursor(self.connection)
            self._kept.adapters.register_loader(
                "timestamptz", TimestamptzLoader
            )  # Django's is slow
            self._kept.adapters.register_dumper(Ids, IdsDumper)
        return self._kept

    def _run(self, sql: str, params: Any, _many: object, context: dict[str, Any]) -> None:
        if params is None:
            context["cursor"].execute(sql)
        else:
            text, names = numbered(sql)
            context["cursor"].execute(text, [params[name] for name in names])

    def is_usable(self) -> bool:
        """Whether the connection stands: a server says so before it goes. One that has said nothing
        is not asked."""
        if self.connection is None or self.connection.closed:
            return False
        waiting = select.poll()
        waiting.register(self.connection.fileno(), _SOMETHING_CAME)
        return not waiting.poll(0) or bool(super().is_usable())
