"""What every test may use; README.md in this folder says how, `database.py` how it is made."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from pathlib import Path
from typing import Any

import pytest

from factories import database as db

_server = pytest.StashKey[db.Addresses]()
_template = pytest.StashKey[str]()
_clone = pytest.StashKey[db.Addresses]()
_data = pytest.StashKey[Path]()
_cluster = pytest.StashKey[Any]()
_made = pytest.StashKey[Future[None]]()


def pytest_configure(config: pytest.Config) -> None:
    """Starts or finds the server, loads Django on a database that is made during collection."""
    worker = getattr(config, "workerinput", None)
    if worker is not None:
        config.stash[_server] = db.Addresses(worker["app_url"], worker["owner_url"])
        config.stash[_template] = worker["template"]
    else:
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # the many processes compile us once
        _start_server(config)
    config.pluginmanager.import_plugin("factories.outside.log_watch")  # before Django is loaded
    if worker is None and config.getoption("numprocesses", None):
        _make_template(config)
        return  # the controller hands out; its workers run the tests
    config.stash[_clone] = db.new_database(config.stash[_server])
    config.stash[_data] = Path(tempfile.mkdtemp(prefix="counterfoil-data-"))
    os.environ.pop("DATABASE_OWNER_URL", None)
    os.environ.pop("COUNTERFOIL_AS_OWNER", None)
    os.environ.update(db.environment(config.stash[_clone], config.stash[_data]))
    _make_template(config)
    import django

    django.setup()
    for plugin in ("factories.fixtures", "factories.outside.browser", "factories.outside.post"):
        config.pluginmanager.import_plugin(plugin)


def _start_server(config: pytest.Config) -> None:
    server = db.given_server()
    if server is None:
        config.stash[_cluster] = db.own_cluster()
        started = config.stash[_cluster].start()
        server = db.Addresses(started.app_url, started.owner_url)
        db.let_owner_delete(config.stash[_cluster], server)
    config.stash[_server] = server
    config.stash[_template] = db.template_name()


def _make_template(config: pytest.Config) -> None:
    """Migrates beside the collection; the first of the processes does it, the others wait."""
    threads = ThreadPoolExecutor(1)
    asked = (config.stash[_server], config.stash[_template])
    config.stash[_made] = threads.submit(db.make_template, *asked)
    threads.shutdown(wait=False)


def pytest_collection_finish(session: pytest.Session) -> None:
    """Clones the template for this process."""
    stash = session.config.stash
    if stash.get(_clone, None):
        stash[_made].result()
        db.clone(stash[_server], stash[_template], into=stash[_clone])


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tells a worker of xdist where the server is."""
    stash = node.config.stash
    node.workerinput.update(db.packed(stash[_server], stash[_template]))


def pytest_unconfigure(config: pytest.Config) -> None:
    """Drops this process's database; the controller stops the server."""
    if config.stash.get(_made, None):
        wait([config.stash[_made]])
    if config.stash.get(_clone, None):
        from django.db import connections

        connections.close_all()
        db.drop(config.stash[_server], config.stash[_clone])
        shutil.rmtree(config.stash[_data], ignore_errors=True)
    if cluster := config.stash.get(_cluster, None):
        cluster.destroy()


@pytest.fixture(scope="session")
def addresses(pytestconfig: pytest.Config) -> db.Addresses:
    """The two addresses of this process's database."""
    return pytestconfig.stash[_clone]


@pytest.fixture(scope="session")
def server(pytestconfig: pytest.Config) -> db.Addresses:
    """The server, for tests that make a scratch database of their own."""
    return pytestconfig.stash[_server]


@pytest.fixture(scope="session")
def template(pytestconfig: pytest.Config) -> str:
    """The migrated database that scratch databases are cloned from."""
    return pytestconfig.stash[_template]


@pytest.fixture(scope="session")
def emptier(addresses: db.Addresses) -> Iterator[db.Emptier]:
    """Empties the database; tests use it through `database`."""
    made = db.Emptier(addresses)
    yield made
    made.close()


@pytest.fixture(scope="session")
def business_named(addresses: db.Addresses) -> db.BusinessNamed:
    """The guard that every statement of a test passes."""
    with db.connect(addresses.owner_url) as owner:
        tables = frozenset(str(table) for (table,) in owner.execute(db.BUSINESS_TABLES))
    return db.BusinessNamed(tables)


@pytest.fixture
def database(emptier: db.Emptier, business_named: db.BusinessNamed) -> Iterator[None]:
    """An empty database, entered as the application's role, with nothing wrapped around the test.

    Afterwards every table is emptied. Each statement, in any thread, must name its business.
    """
    from django.db import connection
    from django.db.backends.signals import connection_created

    def guard(connection: Any, **_: Any) -> None:
        if business_named not in connection.execute_wrappers:
            connection.execute_wrappers.append(business_named)

    connection_created.connect(guard)
    guard(connection)
    yield
    connection_created.disconnect(guard)
    connection.execute_wrappers.clear()
    assert not connection.in_atomic_block, "the test left a transaction open"
    emptier()
