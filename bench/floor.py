"""The floor under a page: a bare WSGI application that runs the page's own statements on one kept
connection and draws their rows with Jinja2. No session logic, no middleware, no translation."""

import os
import threading
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime
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
_statements: dict[str, list[str]] = {}


def _load() -> dict[str, list[str]]:
    """The statements of the product's pages, by path."""
    import django

    django.setup()
    from counterfoil.domain.customers.queries import PEOPLE
    from counterfoil.domain.identity.sessions import LOAD
    from counterfoil.domain.receivables import queries

    wanted = queries.PaymentFilter(status="succeeded")
    payments = queries._payments_statement(
        wanted.status, frozenset({"customer_id"}), search=False, after=False
    )
    items = queries._items_statement("all", "newest", search=False, after=False)
    count = queries._count_statement("all", search=False)
    first = [LOAD.text, PEOPLE.text]
    return {
        "/": [*first, queries.BALANCES.text, queries.HOME.text, payments.text],
        "/invoices/": [*first, items.text, count.text],
    }


def _connection() -> psycopg.Connection[Any]:
    kept: psycopg.Connection[Any] | None = getattr(_local, "connection", None)
    if kept is None:
        kept = psycopg.connect(os.environ["DATABASE_URL"], prepare_threshold=1)
        _local.connection = kept
    return kept


def application(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
    """Answers a path with the rows of its statements."""
    if not _statements:
        _statements.update(_load())
    business, key, email = environ["HTTP_COOKIE"].removeprefix("floor=").split("|")
    params: dict[str, Any] = {
        "business_id": business,
        "key": key,
        "email": email,
        "at": datetime.now(UTC),
        "today": date.today(),  # noqa: DTZ011  any day will do
        "due_limit": 20,
        "newest_limit": 5,
        "limit": 1 if environ["PATH_INFO"] == "/" else 21,
    }
    connection, results = _connection(), []
    connection.execute(f"SET LOCAL app.business_id = '{business}'", prepare=False)
    for text in _statements[environ["PATH_INFO"]]:
        rows = connection.execute(text, params).fetchall()
        if len(results) == 1:
            params["customer_id"] = rows[0][4]
        results.append(rows)
    connection.commit()
    body = TEMPLATE.render(person=results[1][0], results=results[2:]).encode()
    start("200 OK", [("Content-Type", "text/html; charset=utf-8")])
    return [body]
