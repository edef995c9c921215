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

from django.utils.html import escape
from django.utils.translation import gettext as _

from counterfoil.domain.privacy.words import table_words

Rows = Sequence[Mapping[str, Any]]
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_STYLE = """body{font:16px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:70rem;padding:0 1rem}
table{border-collapse:collapse;width:100%;margin:0 0 2rem;display:block;overflow-x:auto}
td,th{border:1px solid #bbb;padding:.3rem .5rem;text-align:start;vertical-align:top}
th{background:#f3f3f3}"""


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
    business: str, held: Held, documents: Sequence[Document], *, is_cut: bool, at: datetime
) -> bytes:
    """The whole file; the same content gives the same bytes."""
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
        add("index.html", _page(business, tables, named, is_cut=is_cut, at=at))
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


def _page(
    business: str,
    tables: Mapping[str, Rows],
    documents: Sequence[tuple[Document, str]],
    *,
    is_cut: bool,
    at: datetime,
) -> str:
    title = _("Your data at %(business)s") % {"business": business}
    moment = _("As it was on %(moment)s (UTC).") % {"moment": f"{at:%Y-%m-%d %H:%M}"}
    left_out = _("Keys and passwords are not in it: nobody can read them.")
    papers = _("Documents")
    parts = [
        '<!doctype html><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width">',
        f"<title>{escape(title)}</title><style>{_STYLE}</style><h1>{escape(title)}</h1>",
        f"<p>{escape(moment)}</p><p>{escape(left_out)}</p>",
    ]
    for table, rows in tables.items():
        parts.append(f"<h2>{escape(table_words(table))}</h2>")
        parts.append(_table(rows))
    if documents:
        parts.append(f"<h2>{escape(papers)}</h2><ul>")
        parts += [f'<li><a href="{name}">{escape(name)}</a></li>' for _one, name in documents]
        parts.append("</ul>")
    if is_cut:
        words = _("There are more documents than fit in here: these are the newest %(count)s.")
        parts.append(f"<p>{escape(words % {'count': len(documents)})}</p>")
    return "\n".join(parts)


def _table(rows: Rows) -> str:
    columns = _columns(rows)
    head = "".join(f"<th>{escape(column.replace('_', ' '))}</th>" for column in columns)
    lines = [
        "<tr>"
        + "".join(f'<td dir="auto">{escape(_text(row.get(column)))}</td>' for column in columns)
        + "</tr>"
        for row in rows
    ]
    return f"<table><tr>{head}</tr>{''.join(lines)}</table>"
