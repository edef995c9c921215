"""Sealed columns: secrets that only the application can read, opened when they are asked for."""

import json
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, cast

from django.apps import apps
from django.db import models
from django.db.models.query_utils import DeferredAttribute

from counterfoil.infra.secrets.box import (
    MARKED,
    VERSION,
    KeyGone,
    SealBroken,
    is_lost,
    mark_of_sealed,
    open_long,
    open_text,
    place_of,
    seal_long,
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


class SealedJson(SealedText):
    """The same of something with parts, sealed as its JSON; without any part it is empty."""


def is_sealed(column: str) -> models.Q:
    """A `CHECK` that nothing stands in this column which is not sealed and marked."""
    return models.Q(**{column: ""}) | models.Q(**{f"{column}__regex": MARKED})


def seal_parts(parts: Mapping[str, Any], place: str) -> str:
    """Parts, sealed for a `SealedJson`."""
    return seal_long(json.dumps(dict(parts)), place) if parts else ""


def open_parts(sealed: str, place: str) -> dict[str, Any]:
    """Opens what `seal_parts` sealed."""
    opened: dict[str, Any] = json.loads(open_long(sealed, place)) if sealed else {}
    return opened


def open_if_known(sealed: str, place: str) -> str:
    """A text as far as its key is here, else empty: a lost key must not shut a whole page. What was
    changed or moved is refused (`SealBroken`)."""
    try:
        return open_long(sealed, place)
    except KeyGone:
        return ""


def open_parts_if_known(sealed: str, place: str) -> dict[str, Any]:
    """The same of parts."""
    try:
        return open_parts(sealed, place)
    except KeyGone:
        return {}


class Unreadable:
    """In the place of a value that nothing opens, or that is not the one that was written down."""

    __slots__ = ()


UNREADABLE = Unreadable()


def told_values(
    table: str, row_id: Any, told: Mapping[str, Any], boxes: Mapping[str, Any]
) -> dict[str, Any]:
    """The columns of a row as the trail tells them, where a sealed one is told by its mark and its
    box stands apart: opened; `UNREADABLE` where there is no box with this mark that opens."""
    opened = {
        name: _by_mark(field, str(told[name]), str(boxes.get(name, "")), row_id)
        for name, field in _texts_of(table).items()
        if told.get(name)
    }
    return {**told, **opened}


def _by_mark(field: SealedText, mark: str, box: str, row_id: Any) -> Any:
    if mark_of_sealed(box) != mark:
        return UNREADABLE
    try:
        return _opened(field, box, row_id)
    except SealBroken:
        return UNREADABLE


def opened_row(table: str, row: Mapping[str, Any]) -> dict[str, Any]:
    """A row as the database told it (`to_jsonb`), with its long texts opened; one whose key is gone
    is empty, and hinders nothing else."""
    opened = {
        name: _opened_or_empty(field, row[name], row["id"])
        for name, field in _texts_of(table).items()
        if name in row
    }
    return {**row, **opened}


def _opened(field: SealedText, sealed: str, row_id: Any) -> Any:
    opens = open_parts if isinstance(field, SealedJson) else open_long
    return opens(sealed, place_of(field.model._meta.db_table, str(field.column), row_id))


def _opened_or_empty(field: SealedText, sealed: str, row_id: Any) -> Any:
    try:
        return _opened(field, sealed, row_id)
    except SealBroken:
        return {} if isinstance(field, SealedJson) else ""


def unopened_in(
    table: str, row_id: Any, boxes: Mapping[str, Any], told: Mapping[str, Any]
) -> list[str]:
    """The columns of a row, or of what the trail tells of it, where the sealed text is not the one
    whose mark is `told`, or does not open. Of one whose key is lost for good the mark alone
    counts."""
    opened = told_values(table, row_id, told, boxes)
    return [
        name
        for name, value in opened.items()
        if value is UNREADABLE
        and not (is_lost(box := str(boxes.get(name, ""))) and mark_of_sealed(box) == told[name])
    ]


def sealed_texts(table: str) -> tuple[str, ...]:
    """The columns of a table that hold long texts under a seal."""
    return tuple(_texts_of(table))


@cache
def _texts_of(table: str) -> Mapping[str, SealedText]:
    return {
        str(field.column): field
        for model in apps.get_models()
        if model._meta.db_table == table
        for field in model._meta.local_fields
        if isinstance(field, SealedText)
    }
