"""Where sealed values stand, by which keys, and sealing them anew with the newest one.

Safe while pages are served: a value is replaced only where it is still the one that was read.
Done in small batches, and again from where it stopped: what is under the newest key is left alone.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar
from uuid import UUID

from django.apps import apps
from django.conf import settings
from django.db.models import Model

from counterfoil.infra.db import execute, run
from counterfoil.infra.rows import BusinessRow
from counterfoil.infra.secrets import trail
from counterfoil.infra.secrets.box import (
    VERSION,
    SealBroken,
    key_id_of,
    newest,
    place_of,
    resealed,
)
from counterfoil.infra.secrets.fields import SealedField, SealedText
from counterfoil.infra.secrets.keys import Rotated
from counterfoil.kernel.ids import BusinessId

R = TypeVar("R")
Id = UUID | int

BATCH = 200


@dataclass(frozen=True, slots=True)
class Place:
    """A column of sealed values, or one name inside a JSON column; `fixed` is what such values are
    bound to where the library that writes them does not say of which row they are. Long texts
    (`SealedText`) are sealed where there is one."""

    table: str
    column: str
    of_a_business: bool = False
    key: str = "bigint"
    inside: str = ""
    fixed: str = ""
    is_long: bool = False

    @property
    def told(self) -> str:
        """How a person is told of it."""
        return ".".join(filter(None, (self.table, self.column, self.inside)))

    @property
    def text(self) -> str:
        """The sealed text, in SQL over the row `t`."""
        if self.inside:
            return f"t.\"{self.column}\"::jsonb ->> '{self.inside}'"
        return f't."{self.column}"'

    @property
    def set(self) -> str:
        """What writes another text in its place."""
        if not self.inside:
            return f'"{self.column}" = %(new)s::text'
        path = f"'{{{self.inside}}}'"
        return (
            f'"{self.column}" = jsonb_set("{self.column}"::jsonb, {path}, to_jsonb(%(new)s::text))'
        )

    @property
    def mine(self) -> str:
        """Which rows are looked at."""
        whose = "t.business_id = %(business_id)s::uuid" if self.of_a_business else "true"
        return f"{whose} AND starts_with({self.text}, '{VERSION}.')" if self.is_long else whose


INSIDE = (
    Place("mfa_authenticator", "data", inside="secret", fixed="mfa_authenticator:data"),
    Place("mfa_authenticator", "data", inside="seed", fixed="mfa_authenticator:data"),
)
"""Sealed by hand (`seal_text`), so that no model tells of them."""


def places() -> list[Place]:
    """Every place where sealed values stand."""
    models = apps.get_models()
    found = [
        Place(
            model._meta.db_table,
            str(field.column),
            issubclass(model, BusinessRow),
            _type(model),
            is_long=isinstance(field, SealedText),
        )
        for model in models
        for field in model._meta.local_fields
        if isinstance(field, SealedField | SealedText)
    ]
    known = {model._meta.db_table for model in models}
    found += [place for place in INSIDE if place.table in known]
    return sorted(found, key=lambda place: place.told)


def _type(model: type[Model]) -> str:
    return "uuid" if model._meta.pk.get_internal_type() == "UUIDField" else "bigint"


def counted(businesses: Sequence[BusinessId], *, with_global: bool) -> dict[str, Counter[str]]:
    """By place, how many values each key still seals; a value of another form is under `?`."""
    found: dict[str, Counter[str]] = {}
    for place, business_id in _each(businesses, with_global=with_global):
        rows = _in(business_id, partial(_heads, place, business_id))
        counts = found.setdefault(place.told, Counter())
        for head, count in rows:
            counts[key_id_of(f"{head}.") or "?"] += count
    for business_id in businesses:
        counts = found.setdefault(trail.TOLD, Counter())
        for head, count in run(business_id, partial(trail.heads, business_id)):
            counts[key_id_of(f"{head}.") or "?"] += count
    return found


def unknown_keys(by_place: Mapping[str, Counter[str]]) -> dict[str, int]:
    """By key id, how many values are sealed by keys that nobody named, nor said to be lost."""
    total = sum(by_place.values(), Counter[str]())
    known = {key.id for key in settings.SEALING_KEYS} | settings.LOST_KEYS
    return {key_id: count for key_id, count in total.items() if key_id not in known}


def rotate(businesses: Sequence[BusinessId], *, with_global: bool) -> Iterator[Rotated]:
    """Seals everything with the newest key; tells of each place of each business."""
    for place, business_id in _each(businesses, with_global=with_global):
        resealed_count = broken_count = 0
        after: Id | None = None
        while rows := _in(business_id, partial(_waiting, place, business_id, after)):
            count, broken = _in(business_id, partial(_reseal, place, business_id, rows))
            resealed_count, broken_count = resealed_count + count, broken_count + broken
            after = rows[-1][0]
        yield Rotated(place.told, resealed_count, broken_count)
    for business_id in businesses:
        yield _rotate_trail(business_id)


def _rotate_trail(business_id: BusinessId) -> Rotated:
    resealed_count = broken_count = 0
    after: UUID | None = None
    while rows := run(business_id, partial(trail.waiting, business_id, after, most=BATCH)):
        count, broken = run(business_id, partial(trail.reseal, business_id, rows))
        resealed_count, broken_count = resealed_count + count, broken_count + broken
        after = rows[-1][0]
    return Rotated(trail.TOLD, resealed_count, broken_count)


def _each(
    businesses: Sequence[BusinessId], *, with_global: bool
) -> Iterator[tuple[Place, BusinessId | None]]:
    for place in places():
        if place.of_a_business:
            yield from ((place, business_id) for business_id in businesses)
        elif with_global:
            yield place, None


def _in(business_id: BusinessId | None, work: Callable[[], R]) -> R:
    """In a transaction of the business; a global table needs none."""
    return work() if business_id is None else run(business_id, work)


def _heads(place: Place, business_id: BusinessId | None) -> list[tuple[str, int]]:
    """What stands before the second full stop, and how often."""
    rows = execute(
        f"""
        SELECT substring({place.text} FROM '^[^.]*[.][^.]*'), count(*) FROM "{place.table}" t
        WHERE {place.mine} AND {place.text} IS NOT NULL GROUP BY 1
        """,  # noqa: S608  names of our own models
        {"business_id": business_id},
    )
    return [(str(head), int(count)) for head, count in rows]


def _waiting(
    place: Place, business_id: BusinessId | None, after: Id | None
) -> list[tuple[Any, str]]:
    """The next rows that another key seals."""
    rows = execute(
        f"""
        SELECT t.id, {place.text} FROM "{place.table}" t
        WHERE {place.mine} AND {place.text} IS NOT NULL
          AND NOT starts_with({place.text}, %(newest)s::text)
          AND (%(after)s::text IS NULL OR t.id > %(after)s::text::{place.key})
        ORDER BY t.id LIMIT {BATCH}
        """,  # noqa: S608  names of our own models
        {
            "business_id": business_id,
            "newest": f"{VERSION}.{newest().id}.",
            "after": None if after is None else str(after),
        },
    )
    return [(row_id, text) for row_id, text in rows]


def _reseal(
    place: Place, business_id: BusinessId | None, rows: Sequence[tuple[Id, str]]
) -> tuple[int, int]:
    """How many were sealed anew, and how many nothing opens."""
    count = broken = 0
    for row_id, old in rows:
        try:
            new = resealed(old, place.fixed or place_of(place.table, place.column, str(row_id)))
        except SealBroken:
            broken += 1
            continue
        changed = execute(
            f"""
            UPDATE "{place.table}" t SET {place.set}
            WHERE {place.mine} AND t.id = %(id)s::text::{place.key}
              AND {place.text} = %(old)s::text
            RETURNING t.id
            """,  # noqa: S608  names of our own models
            {"business_id": business_id, "id": str(row_id), "old": old, "new": new},
        )
        count += len(changed)
    return count, broken
