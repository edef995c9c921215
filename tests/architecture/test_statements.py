"""Each named statement prepares on the migrated schema, fits its row class, names its business."""

import re
from dataclasses import fields
from importlib import import_module
from itertools import product
from pathlib import Path
from pkgutil import walk_packages
from typing import get_args

import psycopg
import pytest

import counterfoil
from counterfoil.domain.receivables import queries
from counterfoil.domain.reconciliation import queries as reconciliation
from counterfoil.infra.sql import STATEMENTS, TOGETHER
from factories import database as db

ROOT = Path(counterfoil.__file__).parent
READ = re.compile(r"\b(?:FROM|JOIN|UPDATE)\s+([a-z_]+)(?:\s+AS)?\s+(\w+)", re.IGNORECASE)
AFTER_A_TABLE = {"where", "on", "set", "join", "left", "cross", "group", "order", "limit", "using"}
SHELVES = ("domain", "flows", "infra", "surfaces")
for _module in walk_packages(counterfoil.__path__, "counterfoil."):
    if "migrations" not in _module.name and _module.name.split(".")[1] in SHELVES:
        import_module(_module.name)

_YES_NO = (True, False)
for _status, _search, _after in product(queries.ITEM_FILTERS, _YES_NO, _YES_NO):
    queries._count_statement(_status, search=_search)
    for _order in queries.ITEM_SORTS:
        queries._items_statement(_status, _order, search=_search, after=_after)
for _status, _search, _customer, _due, _after in product(
    queries.DOCUMENT_FILTERS, _YES_NO, _YES_NO, _YES_NO, _YES_NO
):
    queries._documents_statement(
        _status, search=_search, customer=_customer, due=_due, after=_after
    )
for _status, _search, _after in product(queries.PAYMENT_FILTERS, _YES_NO, _YES_NO):
    for _which in (
        frozenset(),
        frozenset(queries._WHICH),
        *(frozenset({name}) for name in queries._WHICH),
    ):
        queries._payments_statement(_status, _which, search=_search, after=_after)
for _which, _search, _after in product(reconciliation._WHICH, _YES_NO, _YES_NO):
    reconciliation._lines_statement(_which, search=_search, after=_after)
STATEMENTS_ONCE = list({(one.package, one.name): one for one in STATEMENTS}.values())

NAMES = [f"{one.package.removeprefix('counterfoil.')}:{one.name}" for one in STATEMENTS_ONCE]


@pytest.fixture(scope="module")
def app(addresses):
    with db.connect(addresses.app_url) as connection:
        yield connection


def prepared(app, text):
    """The statement's columns and parameter types, as PostgreSQL understands it."""
    cursor = psycopg.Cursor(app)
    query = psycopg._queries.PostgresQuery(psycopg.adapt.Transformer(app))
    names = Names()
    query.convert(text, names)
    del cursor
    app.pgconn.prepare(b"", query.query)
    described = app.pgconn.describe_prepared(b"")
    assert described.status == psycopg.pq.ExecStatus.COMMAND_OK, described.error_message
    return [described.fname(index).decode() for index in range(described.nfields)]


class Names(dict):
    """Any parameter, empty."""

    def __missing__(self, key):
        return None


@pytest.mark.parametrize("statement", STATEMENTS_ONCE, ids=NAMES)
def test_prepares_and_fits_its_row_class(app, statement):
    """Every way in which its places are filled."""
    ways = {
        one.text: one for one in STATEMENTS
        if (one.package, one.name) == (statement.package, statement.name)
    }  # fmt: skip
    for text in ways:
        assert prepared(app, text) == statement.columns


@pytest.mark.parametrize("statement", STATEMENTS_ONCE, ids=NAMES)
def test_its_header_names_the_row_class(statement):
    row = f"{statement.row.__module__}.{statement.row.__qualname__}"
    package = ROOT.joinpath(*statement.package.split(".")[1:])
    lines = (package / "sql" / f"{statement.name}.sql").read_text().splitlines()
    assert lines[0].startswith("-- ")
    assert f"-- row: {row}" in lines


@pytest.mark.parametrize("statement", STATEMENTS_ONCE, ids=NAMES)
def test_names_its_business(business_named, statement):
    """As a whole, and for every table that it reads."""
    business_named.check(statement.text)
    unnamed = [
        name
        for table, alias in READ.findall(statement.text)
        if table in business_named.tables
        for name in [alias if alias.lower() not in AFTER_A_TABLE else table]
        if not re.search(rf"\b{name}\.business_id\b|\bbusiness_id = %", statement.text)
    ]
    assert unnamed == []


@pytest.mark.parametrize("one", TOGETHER, ids=[one.row.__name__ for one in TOGETHER])
def test_what_is_asked_together_fits_its_row_class(app, one):
    assert prepared(app, one.text) == [field.name for field in fields(one.row)]
    for field in fields(one.row):
        assert get_args(field.type) == (one.statements[field.name].row,)
        assert one._builds  # a type that JSON would not keep is a KeyError


def test_every_sql_file_is_a_statement():
    files = {
        (".".join(("counterfoil", *path.relative_to(ROOT).parts[:-2])), path.stem)
        for path in ROOT.rglob("sql/*.sql")
    }
    assert {(one.package, one.name) for one in STATEMENTS} == files
