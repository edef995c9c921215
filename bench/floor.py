"""The floor under a page: a bare WSGI application that runs the page's own statements on one kept
connection and draws their rows with Jinja2. No session logic, no middleware, no translation."""

import os
import pickle
import threading
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path
from typing import Any

import psycopg
from jinja2 import Environment

TEMPLATE = Environment(autoescape=True).from_string("""<!doctype html>
<html lang="en"><head><title>Floor</title><link rel="stylesheet" href="/static/ui/base.css"></head>
<body><h1>{{ person[1] }}</h1>
{% for rows in results %}<table>
{% for row in rows %}<tr>{% for value in row %}<td>{{ value }}</td>{% endfor %}</tr>
{% endfor %}</table>{% endfor %}
</body></html>""")

_local = threading.local()


@cache
def _asked() -> dict[str, Any]:
    """The business, and what each path asks the database: noted by `bench.pages`."""
    found: dict[str, Any] = pickle.loads(Path(os.environ["FLOOR"]).read_bytes())
    return found


def _connection() -> psycopg.Connection[Any]:
    kept: psycopg.Connection[Any] | None = getattr(_local, "connection", None)
    if kept is None:
        kept = psycopg.connect(os.environ["DATABASE_URL"], prepare_threshold=1)
        _local.connection = kept
    return kept


def application(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
    """Answers a path with the rows of its statements."""
    asked, connection = _asked(), _connection()
    connection.execute(f"SET LOCAL app.business_id = '{asked['business']}'", prepare=False)
    cursor = psycopg.RawCursor(connection)
    results = [
        cursor.execute(text, values).fetchall() for text, values in asked[environ["PATH_INFO"]]
    ]
    connection.commit()
    body = TEMPLATE.render(person=results[1][0], results=results[2:]).encode()
    start("200 OK", [("Content-Type", "text/html; charset=utf-8")])
    return [body]
