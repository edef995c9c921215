"""The tests' database: one server, a migrated template, and a clone of it for each process.

The server is an embedded cluster of this run, or whatever TEST_DATABASE_URL (the application's
role) and TEST_DATABASE_OWNER_URL (the owner's) name. Nothing here imports Django: it is ready
before Django is.
"""

import hashlib
import os
import re
import secrets
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit, urlunsplit

import psycopg
from psycopg import sql

from counterfoil.cli.postgres import Cluster

SOURCE = Path(__file__).resolve().parents[2] / "src"
SECRET_KEY = "only-for-tests-only-for-tests-only-for-tests"
MIGRATE = (
    "import django; django.setup(); from django.conf import settings; "
    "from django.core.management import call_command; "
    "from counterfoil.infra.postgres.grants import grant_to_app; "
    "call_command('migrate', skip_checks=True, verbosity=0); grant_to_app(settings.APP_ROLE)"
)
_SHAPES_THE_DATABASE = ("infra/migration_words.py", "infra/postgres/grants.py", "infra/rows.py")
_LOCK = 7_202_611  # whoever makes the template holds it
_DROP_TRIES = 40
_KEPT_TABLES = ("django_migrations", "django_content_type", "auth_permission")


@dataclass(frozen=True, slots=True)
class Addresses:
    """A database as the application sees it, and as its owner does."""

    app_url: str
    owner_url: str

    def of(self, database: str) -> "Addresses":
        """The same server and roles, another database."""
        return Addresses(_renamed(self.app_url, database), _renamed(self.owner_url, database))

    @property
    def app_role(self) -> str:
        """The role that the application signs in as."""
        return unquote(urlsplit(self.app_url).username or "")


def _renamed(address: str, database: str) -> str:
    return urlunsplit(urlsplit(address)._replace(path=f"/{database}"))


def given_server() -> Addresses | None:
    """The server that the environment names, if it names one."""
    app, owner = os.environ.get("TEST_DATABASE_URL"), os.environ.get("TEST_DATABASE_OWNER_URL")
    return Addresses(app, owner) if app and owner else None


def own_cluster() -> Cluster:
    """An embedded cluster in a folder of its own, not started yet."""
    folder = Path(tempfile.mkdtemp(prefix="counterfoil-tests-"))
    return Cluster(folder, durable=False, shared_buffers="128MB")


def let_owner_delete(cluster: Cluster, server: Addresses) -> None:
    """Lets the owner of this cluster's databases delete past triggers and foreign keys."""
    owner = sql.Identifier(urlsplit(server.owner_url).username or "")
    with cluster.as_superuser("postgres") as superuser:
        superuser.execute(
            sql.SQL("GRANT SET ON PARAMETER session_replication_role TO {}").format(owner)
        )


def connect(address: str) -> psycopg.Connection[tuple[object, ...]]:
    """A connection that commits each statement and waits for no lock for long."""
    return psycopg.connect(address, autocommit=True, options="-c lock_timeout=10000")


def template_name() -> str:
    """How the migrated database to clone is called: by the shape of the schema."""
    return f"counterfoil_template_{_fingerprint()}"


def make_template(server: Addresses, name: str) -> None:
    """Makes the migrated database to clone, unless it is there: once per shape of the schema.

    Whoever comes while it is being made waits for it; a half-made one is made afresh.
    """
    with connect(server.owner_url) as owner:
        owner.execute("SET lock_timeout = 0")
        owner.execute("SELECT pg_advisory_lock(%s)", [_LOCK])
        ready = owner.execute(
            "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s",
            [name],
        ).fetchone()
        if ready is None or ready[0] != "ready":
            _drop(owner, name)
            _create(owner, name, server.app_role)
            migrate(server.of(name))
            owner.execute(sql.SQL("COMMENT ON DATABASE {} IS 'ready'").format(sql.Identifier(name)))


def _fingerprint() -> str:
    package = SOURCE / "counterfoil"
    files = sorted(package.rglob("migrations/**/*.py")) + sorted(
        package.rglob("migrations/**/*.sql")
    )
    files += [package / name for name in _SHAPES_THE_DATABASE]
    settings = (package / "config/settings.py").read_text()
    digest = hashlib.sha256(settings.partition("INSTALLED_APPS")[2].partition("]")[0].encode())
    for file in files:
        digest.update(str(file).encode() + file.read_bytes())
    return digest.hexdigest()[:12]


def migrate(database: Addresses) -> None:
    """Brings an empty database to the present schema as its owner, in a child process."""
    with tempfile.TemporaryDirectory() as data:
        done = subprocess.run(
            [sys.executable, "-c", MIGRATE],
            env=os.environ | environment(database, Path(data)) | as_owner(database),
            capture_output=True,
            text=True,
            check=False,
        )
    if done.returncode:
        raise RuntimeError(f"the test database can't be migrated:\n{done.stderr[-4000:]}")


def environment(database: Addresses, data: Path) -> dict[str, str]:
    """What the application's processes are told: never the owner's address."""
    return {
        "DJANGO_SETTINGS_MODULE": "counterfoil.config.settings",
        "DATABASE_URL": database.app_url,
        "COUNTERFOIL_SECRET_KEY": SECRET_KEY,
        "COUNTERFOIL_DATA": str(data),
        "COUNTERFOIL_DEMO": "1",
        "PYTHONPATH": str(SOURCE),
    }


def as_owner(database: Addresses) -> dict[str, str]:
    """What a migration is told on top."""
    return {"DATABASE_OWNER_URL": database.owner_url, "COUNTERFOIL_AS_OWNER": "1"}


def new_database(server: Addresses) -> Addresses:
    """The addresses of a database that does not exist yet."""
    return server.of(f"counterfoil_test_{secrets.token_hex(4)}")


def clone(server: Addresses, of: str, into: Addresses | None = None) -> Addresses:
    """A database of our own, copied from the template."""
    made = into or new_database(server)
    with connect(server.owner_url) as owner:
        _create(owner, _name_of(made), server.app_role, of=of)
    return made


def drop(server: Addresses, database: Addresses) -> None:
    """Removes a clone, and whoever is still connected to it."""
    with connect(server.owner_url) as owner:
        _drop(owner, _name_of(database))


def _name_of(database: Addresses) -> str:
    return urlsplit(database.owner_url).path.lstrip("/")


def _create(
    owner: psycopg.Connection[tuple[object, ...]], name: str, role: str, of: str = "template0"
) -> None:
    names = {
        "name": sql.Identifier(name), "of": sql.Identifier(of), "role": sql.Identifier(role)
    }  # fmt: skip
    owner.execute(sql.SQL("CREATE DATABASE {name} TEMPLATE {of}").format(**names))
    owner.execute(sql.SQL("REVOKE ALL ON DATABASE {name} FROM PUBLIC").format(**names))
    owner.execute(sql.SQL("GRANT CONNECT ON DATABASE {name} TO {role}").format(**names))


def _drop(owner: psycopg.Connection[tuple[object, ...]], name: str) -> None:
    """The server's own vacuum, which an owner may not end, is waited for."""
    words = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
    for tries_left in reversed(range(_DROP_TRIES)):
        try:
            owner.execute(words)
        except psycopg.errors.InsufficientPrivilege:
            if not tries_left:
                raise
            time.sleep(0.5)
        else:
            return


class Emptier:
    """Empties a database between tests, by its owner: only the tables that hold rows.

    Deleting a few rows takes a tenth of the time of a TRUNCATE, which makes new files for every
    table and index; where the owner may not pass the triggers, it is a TRUNCATE all the same.
    """

    def __init__(self, database: Addresses) -> None:
        self._owner = connect(database.owner_url)
        tables = self._owner.execute(
            """
            SELECT c.relname FROM pg_class c
            WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace
              AND c.relname <> ALL(%s) ORDER BY c.relname
            """,
            [list(_KEPT_TABLES)],
        ).fetchall()
        asks = [
            sql.SQL("SELECT {} WHERE EXISTS (SELECT FROM {})").format(
                sql.Literal(table), sql.Identifier(str(table))
            )
            for (table,) in tables
        ]
        self._filled = sql.SQL(" UNION ALL ").join(asks)
        may = "SELECT has_parameter_privilege('session_replication_role', 'SET')"
        self._may_delete = self._owner.execute(may).fetchone() == (True,)
        if self._may_delete:
            self._owner.execute("SET session_replication_role = replica")

    def __call__(self) -> None:
        """Leaves every table empty; a test that left a transaction open is named by a timeout."""
        filled = [sql.Identifier(str(table)) for (table,) in self._owner.execute(self._filled)]
        if filled and self._may_delete:
            deletes = [sql.SQL("DELETE FROM {}").format(table) for table in filled]
            self._owner.execute(sql.SQL("; ").join(deletes))
        elif filled:
            names = sql.SQL(", ").join(filled)
            self._owner.execute(sql.SQL("TRUNCATE {} CASCADE").format(names))

    def close(self) -> None:
        """Lets the connection go."""
        self._owner.close()


BUSINESS_TABLES = "SELECT relname FROM pg_class WHERE relforcerowsecurity AND relkind IN ('r', 'p')"
_NAMES = re.compile(r"[a-z_][a-z0-9_]*")
_WRITTEN = re.compile(r'INSERT INTO "?([a-z_]+)"?')
_EQUATED = re.compile(r'business_id"?\s*(=\s*(ANY\s*\(\s*)?(%|\$|\')|IN\s*\()')


class BusinessNamed:
    """An execute wrapper: a statement that touches rows of a business must name its business.

    What is read, changed or deleted must be equated with a parameter, what is only inserted must
    have the column.
    """

    def __init__(self, tables: frozenset[str]) -> None:
        self.tables = tables
        self._sound: set[str] = set()  # the same few statements come again and again

    def __call__(self, execute, sql, params, many, context):  # type: ignore[no-untyped-def]
        """Refuses the statement before it runs."""
        self.check(sql)
        return execute(sql, params, many, context)

    def check(self, statement: str) -> None:
        """AssertionError for a statement that would read or write rows of any business."""
        if statement in self._sound:
            return
        read = self.tables.intersection(_NAMES.findall(_WRITTEN.sub("", statement)))
        written = self.tables.intersection(_WRITTEN.findall(statement))
        if (read and not _EQUATED.search(statement)) or (
            written and "business_id" not in statement
        ):
            names = ", ".join(sorted(read | written))
            message = f"this statement on {names} does not name its business:\n{statement}"
            raise AssertionError(message)
        self._sound.add(statement)


def packed(server: Addresses, of: str) -> dict[str, str]:
    """What another process needs to make its own clone, as plain values."""
    return asdict(server) | {"template": of}
