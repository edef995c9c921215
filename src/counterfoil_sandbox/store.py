"""The gateway's durable memory: one SQLite file in WAL mode, one writer at a time."""

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TypeAlias

Value: TypeAlias = str | int | float | None

FILE_NAME = "sandbox.sqlite3"
_SCHEMA_VERSION = 1


class Store:
    """Rows by name, transactions by `writing()`; safe to share between threads."""

    def __init__(self, folder: Path) -> None:
        """Opens or makes the file in `folder`; refuses one that a newer version has written."""
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = folder / FILE_NAME
        path.touch(mode=0o600)
        self._lock = threading.RLock()
        self._depth = 0
        self._connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._connection.row_factory = sqlite3.Row
        self._prepare()

    def _prepare(self) -> None:
        run = self._connection.execute
        run("PRAGMA busy_timeout = 5000")
        run("PRAGMA journal_mode = WAL")
        run("PRAGMA synchronous = NORMAL")
        run("PRAGMA foreign_keys = ON")
        found = run("PRAGMA user_version").fetchone()[0]
        if found > _SCHEMA_VERSION:
            raise ValueError(f"the data folder was written by a newer version (schema {found})")
        schema = (Path(__file__).parent / "schema.sql").read_text(encoding="utf-8")
        self._connection.executescript(schema)
        run(f"PRAGMA user_version = {_SCHEMA_VERSION}")

    @contextmanager
    def writing(self) -> Iterator[None]:
        """One transaction: all of it or nothing. Joins the one that is open in this thread."""
        with self._lock:
            outermost = self._depth == 0
            if outermost:
                self._connection.execute("BEGIN IMMEDIATE")
            self._depth += 1
            try:
                yield
            except BaseException:
                if outermost:
                    self._connection.execute("ROLLBACK")
                raise
            else:
                if outermost:
                    self._connection.execute("COMMIT")
            finally:
                self._depth -= 1

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

    def insert(self, table: str, **values: Value) -> None:
        """Adds one row; `table` and the column names come from our own code only."""
        columns = ", ".join(values)
        marks = ", ".join("?" for _ in values)
        self.run(f"INSERT INTO {table} ({columns}) VALUES ({marks})", *values.values())  # noqa: S608

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
