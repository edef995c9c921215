"""Sealed columns: secrets that only the application can read, opened when they are asked for."""

import json
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, cast

from django.apps import apps
from django.db import models
from django.db.models.query_utils import DeferredAttribute

from counterfoil.infra.secrets.box import (
    VERSION,
    SealBroken,
    open_long,
    open_text,
    place_of,
    seal_text,
)


def seal(values: Mapping[str, str], place: str) -> str:
    """Sealed with the newest key, for this place (`place_of`) alone."""
    return seal_text(json.dumps(dict(values)), place)


def unseal(text: str, place: str) -> dict[str, str]:
    """Opened with the key that it names; `SealBroken` for one that is not there, and for a value
    that was changed or moved."""
    opened: dict[str, str] = json.loads(open_text(text, place))
    return opened


class Sealed(Mapping[str, str]):
    """A dictionary that stays sealed until something of it is asked for; then it may refuse
    (`SealBroken`). One row that can't be opened so hinders no other."""

    __slots__ = ("_opened", "_place", "_text")

    def __init__(self, text: str, place: str) -> None:
        self._text = text
        self._place = place
        self._opened: dict[str, str] | None = None

    def _read(self) -> dict[str, str]:
        if self._opened is None:
            self._opened = unseal(self._text, self._place)
        return self._opened

    def __getitem__(self, name: str) -> str:
        return self._read()[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._read())

    def __len__(self) -> int:
        return len(self._read())

    def __repr__(self) -> str:
        return "<sealed>"


def opened_or_none(values: Mapping[str, str]) -> dict[str, str]:
    """What is there; nothing, if it can't be opened: for who is about to replace it."""
    try:
        return dict(values)
    except SealBroken:
        return {}


class _Opening(DeferredAttribute):
    """What was read from the database comes out as `Sealed`, with the row that it belongs to."""

    def __get__(self, instance: Any, cls: Any = None) -> Any:
        value = super().__get__(instance, cls)
        if instance is None or not isinstance(value, str):
            return value
        field = cast("SealedField", self.field)
        opening = Sealed(value, field.place(instance))
        instance.__dict__[self.field.attname] = opening
        return opening

    def __set__(self, instance: Any, value: Any) -> None:
        """Only a descriptor that also sets is asked before the row's own dictionary."""
        instance.__dict__[self.field.attname] = value


class _Text(str):
    """A text that is sealed already."""

    __slots__ = ()


class SealedField(models.TextField):  # type: ignore[type-arg]
    """A small dictionary of secrets, sealed at rest, for its own row."""

    descriptor_class = _Opening

    def place(self, instance: models.Model) -> str:
        """Where the value of this row stands."""
        return place_of(instance._meta.db_table, str(self.column), str(instance.pk))

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:  # noqa: FBT001  Django's
        """Seals on the way in: here, where the row is known."""
        value = super().pre_save(model_instance, add)
        return None if value is None else _Text(seal(dict(value), self.place(model_instance)))

    def get_prep_value(self, value: Any) -> Any:
        """What `pre_save` sealed; anything else was written without its row (a bug)."""
        if value is None or isinstance(value, _Text):
            return value if value is None else str(value)
        raise TypeError(f"{self.name} is sealed for its row: write it by save() or create()")


class SealedText(models.TextField):  # type: ignore[type-arg]
    """A long text of personal data that is sealed at rest, for its own row: the statement that
    writes it is given what `seal_long` made, and who reads it opens it by `open_long`."""

    def get_prep_value(self, value: Any) -> Any:
        """Refuses what is not sealed (a bug)."""
        if value and not str(value).startswith(f"{VERSION}."):
            raise TypeError(f"{self.name} is written sealed")
        return super().get_prep_value(value)


def is_sealed(column: str) -> models.Q:
    """A `CHECK` that nothing stands in this column which is not sealed."""
    return models.Q(**{column: ""}) | models.Q(**{f"{column}__startswith": f"{VERSION}."})


def opened_row(table: str, row: Mapping[str, Any]) -> dict[str, Any]:
    """A row as the database told it (`to_jsonb`), with its long texts opened; one whose key is gone
    is empty, and hinders nothing else."""
    opened = {
        name: _text_or_empty(row[name], place_of(table, name, row["id"]))
        for name in _texts_of(table)
        if name in row
    }
    return {**row, **opened}


def _text_or_empty(sealed: str, place: str) -> str:
    try:
        return open_long(sealed, place)
    except SealBroken:
        return ""


@cache
def _texts_of(table: str) -> tuple[str, ...]:
    return tuple(
        str(field.column)
        for model in apps.get_models()
        if model._meta.db_table == table
        for field in model._meta.local_fields
        if isinstance(field, SealedText)
    )
