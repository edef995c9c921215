"""Named SQL files: one statement each, returning frozen rows; prepared by the driver."""

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import fields, is_dataclass
from functools import cached_property
from importlib import resources
from typing import Any, Generic, TypeVar, get_args, get_origin

from counterfoil.infra.db import execute

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
        found = execute(self.text, params)
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
