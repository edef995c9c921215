"""The gateway's durable memory: one SQLite file in WAL mode, one writer at a time."""

import sqlite3
import threading
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Literal, TypeAlias

from counterfoil_sandbox.errors import invalid

Value: TypeAlias = str | int | float | None

FILE_NAME = "sandbox.sqlite3"
IN_MEMORY: Literal[":memory:"] = ":memory:"
SCHEMA_VERSION = 3
_SQL = Path(__file__).parent / "sql"
_STATEMENTS_KEPT = 400


class _Writing:
    """The transaction of a store; the outermost block begins and ends it."""

    def __init__(self, connection: sqlite3.Connection, lock: threading.RLock) -> None:
        self._connection = connection
        self._lock = lock
        self._depth = 0

    def __enter__(self) -> None:
        self._lock.acquire()
        try:
            if self._depth == 0:
                self._connection.execute("BEGIN IMMEDIATE")
        except BaseException:
            self._lock.release()
            raise
        self._depth += 1

    def __exit__(self, kind: type[BaseException] | None, *_details: object) -> None:
        self._depth -= 1
        try:
            if self._depth == 0:
                self._end("COMMIT" if kind is None else "ROLLBACK")
        finally:
            self._lock.release()

    def _end(self, how: str) -> None:
        try:
            self._connection.execute(how)
        except sqlite3.Error:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            raise


class Store:
    """Rows by name, transactions by `writing()`; safe to share between threads."""

    def __init__(self, folder: Path | Literal[":memory:"]) -> None:
        """Opens or makes the file in `folder`, or a store that lives as long as this object.

        A file of an older version is brought up to this one, all of it or nothing; one that a
        newer version has written is refused.
        """
        self._lock = threading.RLock()
        self._connection = sqlite3.connect(
            _file_in(folder),
            check_same_thread=False,
            isolation_level=None,
            cached_statements=_STATEMENTS_KEPT,
        )
        self._connection.row_factory = sqlite3.Row
        self._writing = _Writing(self._connection, self._lock)
        self._prepare()

    def _prepare(self) -> None:
        run = self._connection.execute
        run("PRAGMA busy_timeout = 5000")
        run("PRAGMA journal_mode = WAL")
        run("PRAGMA synchronous = NORMAL")
        run("PRAGMA temp_store = MEMORY")
        found = run("PRAGMA user_version").fetchone()[0]
        if found > SCHEMA_VERSION:
            self.close()
            raise ValueError(f"the data folder was written by a newer version (schema {found})")
        for version in range(found or SCHEMA_VERSION, SCHEMA_VERSION):
            self._write_schema(f"from_{version}.sql", version + 1)
        if found == 0:
            self._write_schema("schema.sql", SCHEMA_VERSION)
        run("PRAGMA foreign_keys = ON")

    def _write_schema(self, name: str, version: int) -> None:
        """Runs a file of statements and notes the version, all of it or nothing.

        A killed process leaves the file as it was: the next start begins again.
        """
        schema, text = (_SQL / "schema.sql").read_text(), (_SQL / name).read_text()
        words = text.replace("-- schema.sql stands here", schema)
        script = ["BEGIN IMMEDIATE;", words, f"PRAGMA user_version = {version};", "COMMIT;"]
        try:
            self._connection.executescript("\n".join(script))
        except sqlite3.Error:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            self.close()
            raise

    def writing(self) -> "_Writing":
        """One transaction: all of it or nothing. Joins the one that is open in this thread."""
        return self._writing

    def run(self, sql: str, *values: Value) -> int:
        """Runs one statement; gives the number of rows it changed."""
        with self._lock:
            return self._connection.execute(sql, values).rowcount

    def one(self, sql: str, *values: Value) -> sqlite3.Row | None:
        """The first row, or none."""
        with self._lock:
            row: sqlite3.Row | None = self._connection.execute(sql, values).fetchone()
            return row

    def all(self, sql: str, *values: Value) -> Sequence[sqlite3.Row]:
        """Every row."""
        with self._lock:
            return self._connection.execute(sql, values).fetchall()

    def insert(self, table: str, **values: Value) -> int:
        """Adds one row and gives its number; the names come from our own code only."""
        sql = _insert(table, tuple(values))
        with self._lock:
            return self._connection.execute(sql, tuple(values.values())).lastrowid or 0

    def page(
        self, select: str, wanted: Mapping[str, Value], *, before: str, limit: int
    ) -> tuple[Sequence[sqlite3.Row], str | None]:
        """Rows of a `SELECT ... FROM <table> x`, newest first, and the id to go on from.

        `wanted` narrows by column, or by a condition such as `x.type <> ?`; what is empty does
        not. `before` is the last id that was seen; one that is not there is refused.
        """
        where = {
            name if "?" in name else f"{name} = ?": value for name, value in wanted.items() if value
        }
        if before:
            seen = self.one(f"{select} WHERE x.id = ?", before)
            owner = wanted.get("x.account_id")
            if seen is None or owner not in {None, "", seen["account_id"]}:
                raise invalid("parameter_invalid", "There is no such object.", "cursor")
            where["x.seq < ?"] = seen["seq"]
        narrowed = f"{select} WHERE {' AND '.join(where)}" if where else select
        sql = f"{narrowed} ORDER BY x.seq DESC LIMIT ?"
        rows = self.all(sql, *where.values(), limit + 1)
        return rows[:limit], rows[limit - 1]["id"] if len(rows) > limit else None

    def setting(self, name: str) -> str | None:
        """One remembered setting, such as the clock's offset."""
        row = self.one("SELECT value FROM setting WHERE name = ?", name)
        return None if row is None else str(row["value"])

    def remember(self, name: str, value: str) -> None:
        """Writes one setting, over the old one."""
        self.run("INSERT OR REPLACE INTO setting (name, value) VALUES (?, ?)", name, value)

    def close(self) -> None:
        """Closes the file; the log is folded into it."""
        with self._lock:
            self._connection.close()


@cache
def _insert(table: str, columns: tuple[str, ...]) -> str:
    marks = ", ".join("?" for _ in columns)
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})"  # noqa: S608


def _file_in(folder: Path | Literal[":memory:"]) -> Path | str:
    if folder == IN_MEMORY:
        return IN_MEMORY
    path = Path(folder) / FILE_NAME
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    path.touch(mode=0o600)
    return path
