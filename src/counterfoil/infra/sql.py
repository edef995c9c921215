"""Named SQL files: one statement each, returning frozen rows; prepared by the driver."""

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from functools import cached_property
from importlib import resources
from typing import Any, Generic, TypeVar, get_args, get_origin
from uuid import UUID

from counterfoil.infra.db import execute, execute_later

R = TypeVar("R")

STATEMENTS: list["Statement[Any]"] = []
"""Every statement of the product, for the test that prepares each on the migrated schema."""


class Statement(Generic[R]):
    """The statement `sql/<name>.sql` beside a module; its columns are the fields of `row`.

    `parts` fill `{NAME}` places with fixed text, so that each way of filtering is a statement of
    its own, with a stable text and its own plan. Values never go in this way.
    """

    def __init__(self, package: str, name: str, row: type[R], **parts: str) -> None:
        self.package, self.name, self.row, self.parts = package, name, row, parts
        STATEMENTS.append(self)

    @cached_property
    def text(self) -> str:
        """The statement without its comments, so that the prepared text is short and stable."""
        raw = resources.files(self.package).joinpath("sql", f"{self.name}.sql").read_text()
        lines = [re.sub(r"\s*--.*$", "", line) for line in raw.splitlines()]
        text = "\n".join(line for line in lines if line.strip())
        for name, part in self.parts.items():
            text = text.replace("{" + name + "}", part)
        return text

    @cached_property
    def columns(self) -> list[str]:
        """The names of the columns, in order; a row inside a row stands flat in its place."""
        return [name for name, _ in _flat(self.row)]

    @cached_property
    def _json_columns(self) -> list[int]:
        """Where the row class wants a dict: Django's connection hands jsonb out as text."""
        kinds = [get_origin(kind) or kind for _, kind in _flat(self.row)]
        return [index for index, kind in enumerate(kinds) if kind in (dict, list)]

    @cached_property
    def _build(self) -> Callable[[Sequence[Any]], R]:
        return _builder(self.row)

    def rows(self, **params: Any) -> list[R]:
        """Every row, as frozen values."""
        return self._opened(execute(self.text, params))

    def rows_later(self, check: Callable[[list[R]], None], **params: Any) -> None:
        """Runs it as `db.execute_later` does, and has `check` look at its rows."""
        execute_later(self.text, params, lambda found: check(self._opened(found)))

    def _opened(self, found: Sequence[Sequence[Any]]) -> list[R]:
        if not self._json_columns:
            return [self._build(values) for values in found]
        opened = []
        for values in found:
            changed = list(values)
            for index in self._json_columns:
                if isinstance(changed[index], str):
                    changed[index] = json.loads(changed[index])
            opened.append(self._build(changed))
        return opened

    def first(self, **params: Any) -> R | None:
        """The first row, or None."""
        found = self.rows(**params)
        return found[0] if found else None


TOGETHER: list["Together[Any]"] = []
"""Every one of the product, for the same test."""


class Together(Generic[R]):
    """Several statements of one owner asked as one: where a few rows are read, to ask costs more
    than to answer.

    The fields of `row` are lists of the rows of the statements that are named like them. Values
    go to all of them, but for `limit`, which is each one's own (`<name>_limit`).
    """

    def __init__(self, row: type[R], **statements: Statement[Any]) -> None:
        self.row, self.statements = row, statements
        TOGETHER.append(self)

    @cached_property
    def text(self) -> str:
        """One row: what each statement found, as the text of JSON."""
        return "SELECT " + ",\n".join(_as_json(name, one) for name, one in self.statements.items())

    @cached_property
    def _builds(self) -> list[Callable[[list[Any]], Any]]:
        return [_opener(one.row) for one in self.statements.values()]

    def read(self, **params: Any) -> R:
        """The rows of each statement, as frozen values."""
        (found,) = execute(self.text, params)
        return self.row(
            *[
                [build(values) for values in json.loads(rows)] if rows else []
                for build, rows in zip(self._builds, found, strict=True)
            ]
        )


def _as_json(name: str, statement: Statement[Any]) -> str:
    columns = ", ".join(f"r.{column}" for column in statement.columns)
    text = statement.text.replace("%(limit)s", f"%({name}_limit)s")
    return f"(SELECT json_agg(json_build_array({columns}))::text FROM (\n{text}) r) AS {name}"  # noqa: S608  our own files


_FROM_JSON: dict[type, Callable[[str], Any]] = {
    UUID: UUID,
    date: date.fromisoformat,
    datetime: datetime.fromisoformat,
}
_AS_IN_JSON = frozenset({str, int, bool, dict, list})  # a number with decimals would lose some


def _opener(row: type[R]) -> Callable[[list[Any]], R]:
    """Makes rows of their values in JSON; a row inside a row is not for this."""
    turns = []
    for place, (_, field) in enumerate(_flat(row)):
        (kind,) = {get_origin(one) or one for one in get_args(field) or (field,)} - {type(None)}
        if kind not in _AS_IN_JSON:
            turns.append((place, _FROM_JSON[kind]))

    def opened(values: list[Any]) -> R:
        for place, turn in turns:
            if values[place] is not None:
                values[place] = turn(values[place])
        return row(*values)

    return opened


def _inner(kind: Any) -> type[Any] | None:
    """The row class that a field holds (`Inner` or `Inner | None`), if it holds one."""
    kinds = [one for one in get_args(kind) or (kind,) if is_dataclass(one)]
    return kinds[0] if kinds else None  # type: ignore[return-value]  # classes, not instances


def _flat(row: type[Any]) -> list[tuple[str, Any]]:
    flat: list[tuple[str, Any]] = []
    for field in fields(row):
        inner = _inner(field.type)
        flat += _flat(inner) if inner else [(field.name, field.type)]
    return flat


def _builder(row: type[R]) -> Callable[[Sequence[Any]], R]:
    """Makes rows of flat values; an inner row whose first column is NULL is None."""
    parts: list[Any] = []
    at = 0
    for field in fields(row):  # type: ignore[arg-type]  # a dataclass by convention
        inner = _inner(field.type)
        width = len(_flat(inner)) if inner else 1
        parts.append((at, at + width, _builder(inner) if inner else None))
        at += width
    if not any(build for _, _, build in parts):
        return lambda values: row(*values)

    def built(values: Sequence[Any]) -> R:
        inside = [
            values[start]
            if build is None
            else None
            if values[start] is None
            else build(values[start:end])
            for start, end, build in parts
        ]
        return row(*inside)

    return built
