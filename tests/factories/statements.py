"""Counting what the database is asked while something runs."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.db import connection


@dataclass
class Statements:
    """The statements that were run, without the words that open and close transactions."""

    statements: list[str] = field(default_factory=list)

    @property
    def count(self) -> int:
        """How many."""
        return len(self.statements)


@contextmanager
def counted() -> Iterator[Statements]:
    """What this thread asks inside the block."""
    found = Statements()

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        found.statements.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield found
