"""What lies sealed in the database and in the file store, as who holds the keys reads it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
from django.apps import apps

from counterfoil.domain.privacy.queries import as_dict
from counterfoil.infra.db import execute, reading
from counterfoil.infra.files import IN_THE_OPEN
from counterfoil.infra.secrets.box import open_bytes, open_long, place_of
from counterfoil.infra.secrets.fields import SealedText, opened_row
from counterfoil.kernel.ids import BusinessId


def letters(business: BusinessId, *columns: str, where: str = "true") -> list[tuple[Any, ...]]:
    """These columns of every mail that was written, oldest first."""
    with reading(business):
        rows = execute(
            "SELECT to_jsonb(m) FROM notifications_message m "
            f"WHERE m.business_id = %(b)s::uuid AND {where} ORDER BY m.id",
            {"b": business},
        )
    opened = [opened_row("notifications_message", as_dict(row)) for (row,) in rows]
    ids = [{**row, "id": UUID(row["id"])} for row in opened]
    return [tuple(row[name] for name in columns) for row in ids]


def texts(owner: psycopg.Connection[Any]) -> Iterator[tuple[str, str]]:
    """Each long text that is sealed, with the name of its table."""
    for model in apps.get_models():
        table = model._meta.db_table
        for field in model._meta.local_fields:
            if isinstance(field, SealedText):
                rows = owner.execute(
                    f'SELECT id, "{field.column}" FROM "{table}" '
                    f"""WHERE starts_with("{field.column}", 'v1.')"""
                ).fetchall()
                for row_id, sealed in rows:
                    yield table, open_long(sealed, place_of(table, str(field.column), row_id))


def files(store: Path) -> Iterator[tuple[Path, bytes]]:
    """Each file of a store that is sealed, with what is in it."""
    for path in store.rglob("*"):
        key = path.relative_to(store).as_posix()
        if path.is_file() and not key.startswith(f"{IN_THE_OPEN}/"):
            yield path, open_bytes(path.read_bytes(), f"file:{key}")
