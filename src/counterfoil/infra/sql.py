"""Named SQL files: one statement each, returning frozen rows; prepared by the driver."""

import json
import re
from dataclasses import fields
from functools import cached_property
from importlib import resources
from typing import Any, Generic, TypeVar, get_origin

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
        """The field names of the row class, in order."""
        return [field.name for field in fields(self.row)]  # type: ignore[arg-type]

    @cached_property
    def _json_columns(self) -> list[int]:
        """Where the row class wants a dict: Django's connection hands jsonb out as text."""
        kinds = [get_origin(field.type) or field.type for field in fields(self.row)]  # type: ignore[arg-type]
        return [index for index, kind in enumerate(kinds) if kind in (dict, list)]

    def rows(self, **params: Any) -> list[R]:
        """Every row, as frozen values."""
        found = execute(self.text, params)
        if not self._json_columns:
            return [self.row(*values) for values in found]
        opened = []
        for values in found:
            changed = list(values)
            for index in self._json_columns:
                if isinstance(changed[index], str):
                    changed[index] = json.loads(changed[index])
            opened.append(self.row(*changed))
        return opened

    def first(self, **params: Any) -> R | None:
        """The first row, or None."""
        found = self.rows(**params)
        return found[0] if found else None
