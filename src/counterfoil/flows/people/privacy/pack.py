"""The file of a copy: a ZIP with a page to read, tables, all of it as JSON, and the documents."""

import csv
import io
import json
import re
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import override

from counterfoil.flows.people.privacy.page import Reader, page

Rows = Sequence[Mapping[str, Any]]
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


@dataclass(frozen=True, slots=True)
class Held:
    """What is held: rows by table, sign-ins, and what the trail noted of them."""

    rows: Mapping[str, Rows]
    sign_ins: Rows
    trail: Rows


@dataclass(frozen=True, slots=True)
class Document:
    """One document as a file."""

    kind: str
    name: str
    content: bytes


def packed(
    business: str,
    held: Held,
    documents: Sequence[Document],
    reader: Reader,
    *,
    is_cut: bool,
    at: datetime,
) -> bytes:
    """The whole file, its page in the reader's language; the same content gives the same bytes."""
    tables = {**held.rows}
    if held.sign_ins:
        tables["identity_user"] = held.sign_ins
    if held.trail:
        tables["audit_note"] = held.trail
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:

        def add(name: str, content: bytes | str) -> None:
            info = zipfile.ZipInfo(name, date_time=at.timetuple()[:6])
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, content)

        named = [(one, f"documents/{one.kind}-{_plain(one.name)}.pdf") for one in documents]
        papers = {(one.kind, one.name): name for one, name in named}
        with override(reader.locale):
            add("index.html", page(business, tables, papers, reader, is_cut=is_cut, at=at))
        whole = {"business": business, "made_at": at.isoformat(), "data": tables}
        add("data.json", json.dumps(whole, indent=2, ensure_ascii=False, default=str))
        for table, rows in tables.items():
            add(f"tables/{table}.csv", _csv(rows))
        for one, name in named:
            add(name, one.content)
    return out.getvalue()


def _plain(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9._-]", "_", name).lstrip(".") or "document"


def _columns(rows: Rows) -> list[str]:
    return list(dict.fromkeys(column for row in rows for column in row))


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False, default=str)
    return str(value)


def _csv(rows: Rows) -> str:
    """As spreadsheets open it: what would be taken for a formula is not one."""
    out = io.StringIO()
    columns = _columns(rows)
    writer = csv.writer(out)
    writer.writerow(columns)
    for row in rows:
        cells = [_text(row.get(column)) for column in columns]
        writer.writerow([f"'{cell}" if cell.startswith(_FORMULA) else cell for cell in cells])
    return "\ufeff" + out.getvalue()
