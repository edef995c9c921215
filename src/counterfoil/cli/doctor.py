"""`counterfoil doctor`: looks at everything that an installation needs, one line a check."""

import os
import secrets
from collections.abc import Callable, Iterator
from pathlib import Path

import typer
from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from counterfoil.cli.options import Data
from counterfoil.domain.business import queries as businesses
from counterfoil.domain.business.rows import BusinessRow
from counterfoil.domain.insights.proofs import prove_guards
from counterfoil.domain.payments import queries as payments
from counterfoil.domain.payments.rows import Account
from counterfoil.flows.auditing import watch_pages
from counterfoil.flows.gateways import charges_of
from counterfoil.infra import files
from counterfoil.infra.db import execute, reading
from counterfoil.infra.mail import takes_texts
from counterfoil.infra.postgres import home
from counterfoil.infra.registry import load
from counterfoil.infra.scripts.static import altered
from counterfoil.infra.secrets.box import SealBroken, newest
from counterfoil.infra.secrets.breached import look_at
from counterfoil.infra.secrets.rotation import counted, unknown_keys
from counterfoil.kernel import clock
from counterfoil.kernel.errors import Problem
from counterfoil.kernel.ids import encode, new_id

SKEW_SECONDS_MAX = 2.0
KEY_CHARACTERS_MIN = 32
KEY_VARIETY_MIN = 10
NAME_WIDTH = 12


class Unwell(Exception):
    """A check has failed; the message says what is wrong and, where it can, what would help."""


def doctor(_data: Data = None) -> None:
    """Check database, roles, rows, mail, gateways, storage, clock and keys; exit 1 if one fails."""
    results = [look(name, check) for name, check in CHECKS]
    if not all(results):
        raise typer.Exit(1)


def look(name: str, check: Callable[[], Iterator[str]]) -> bool:
    """Runs one check and says its outcome in one line for each thing that it looked at."""
    try:
        for words in check():
            typer.echo(f"ok    {name:<{NAME_WIDTH}} {words}")
    except (Unwell, Problem, DatabaseError, OSError, ValueError) as trouble:
        connection.close()
        words = " ".join(str(trouble).split()) or type(trouble).__name__
        typer.echo(f"FAIL  {name:<{NAME_WIDTH}} {words}")
        return False
    return True


def database() -> Iterator[str]:
    """The database answers."""
    rows = execute("SELECT current_database(), current_user, current_setting('server_version')")
    name, role, version = rows[0]
    host, port = settings.DATABASES["default"]["HOST"], settings.DATABASES["default"]["PORT"]
    yield f"PostgreSQL {version}, {name} at {host}:{port} as {role}"


def roles() -> Iterator[str]:
    """The application's role can't pass by row security and can't change the structure."""
    rows = execute(
        """
        SELECT r.rolsuper, r.rolbypassrls, r.rolcreaterole, r.rolcreatedb,
          has_schema_privilege(r.oid, 'public', 'CREATE'),
          has_database_privilege(r.oid, current_database(), 'CREATE'),
          EXISTS (SELECT 1 FROM pg_class c WHERE c.relowner = r.oid
                  AND c.relnamespace = 'public'::regnamespace)
        FROM pg_roles r WHERE r.rolname = %(role)s::text
        """,
        {"role": settings.APP_ROLE},
    )
    if not rows:
        raise Unwell(f"there is no role {settings.APP_ROLE}")
    powers = (
        "is a superuser", "passes by row security", "makes roles", "makes databases",
        "makes tables", "makes schemas", "owns tables",
    )  # fmt: skip
    held = [power for power, has in zip(powers, rows[0], strict=True) if has]
    if held:
        raise Unwell(f"{settings.APP_ROLE} {', '.join(held)}: it may only read and write rows")
    yield f"{settings.APP_ROLE} reads and writes rows, and nothing else"


def row_security() -> Iterator[str]:
    """Rows are closed to other businesses, and what is written once can't be edited."""
    finding = prove_guards(settings.APP_ROLE)
    if not finding.holds:
        raise Unwell("; ".join(f"{one.subject}: {one.found}" for one in finding.violations))
    counted = execute(
        "SELECT count(*) FROM pg_class WHERE relforcerowsecurity AND relkind IN ('r', 'p')"
    )
    yield f"forced on {counted[0][0]} tables"


def migrations() -> Iterator[str]:
    """The database is at the version of this program."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if plan:
        names = ", ".join(f"{one.app_label}.{one.name}" for one, _ in plan[:3])
        raise Unwell(f"{len(plan)} to apply ({names}): run `counterfoil migrate`")
    yield "up to date"


def lives() -> Iterator[str]:
    """The database lives where it did when somebody looked last after what could be lost."""
    noted = home.noted()
    if home.here() is None:
        yield "the server does not say where it is: a restored backup would not be noticed"
    elif noted is None:
        raise Unwell("where it lives was never noted: run `counterfoil migrate`")
    elif home.has_moved():
        raise Unwell(home.MOVED)
    else:
        yield f"it lives where it did on {noted[1]:%Y-%m-%d}"


def served_files() -> Iterator[str]:
    """What is served to browsers is what was installed."""
    changed = altered()
    if changed:
        raise Unwell(f"{len(changed)} were changed ({', '.join(changed[:3])}): install again")
    yield "what is served is what was installed"


def pages() -> Iterator[str]:
    """The pay page at each host, as a browser receives it, is what the inventory says."""
    for business in businesses.every():
        faults = watch_pages.faults_of(business.id)
        wrong = [one for one in faults if one.what != watch_pages.NO_ANSWER]
        if wrong:
            told = ", ".join(f"{one.what} at {one.host}" for one in wrong[:3])
            raise Unwell(f"{len(wrong)} differ from the inventory ({told})")
        silent = [one.host for one in faults]
        if silent:
            yield f"not looked at for {business.slug}: {', '.join(silent)} did not answer"
        else:
            yield f"the pay page of {business.slug} is as it was installed"


def mail() -> Iterator[str]:
    """Mail could go out now."""
    yield load(settings.MAIL_CHANNEL)(settings.MAIL).check()


def texts() -> Iterator[str]:
    """Text messages could go out now, if any are to be sent at all."""
    if takes_texts():
        where = load(settings.SMS_CHANNEL)(settings.SMS).check()
        yield f"{where}, {settings.SMS_DAILY} a day at most"


def scanner() -> Iterator[str]:
    """Files that come in are looked through, if any scanner is named."""
    if settings.CLAMD:
        yield load(settings.SCANNER)(settings.CLAMD).check()


def passwords() -> Iterator[str]:
    """New passwords are looked for in the list of stolen ones, if any is named."""
    path = settings.BREACHED_PASSWORDS
    if path is not None:
        yield f"stolen ones are refused: {look_at(path) / 1e9:,.1f} GB of hashes in {path}"


def gateways() -> Iterator[str]:
    """Each gateway account in use answers, and takes our key: it is asked for a payment that
    never was."""
    asked = 0
    for business in businesses.every():
        for account in opened_accounts(business):
            try:
                charges_of(account.kind).look_up(account.opened, encode("pay", new_id()))
            except Problem as problem:
                where = f"{account.opened.name} of {business.slug}"
                raise Unwell(f"{where}: {problem.message}") from None
            asked += 1
            yield f"{account.opened.name} of {business.slug} answers"
    if not asked:
        yield "none is connected"


def opened_accounts(business: BusinessRow) -> list[Account]:
    """The gateway accounts in use, with their secrets opened."""
    try:
        with reading(business.id):
            accounts = payments.active_accounts(business.id)
        for account in accounts:
            len(account.opened.secrets)
    except SealBroken:
        raise Unwell(
            f"the gateway secrets of {business.slug} were sealed with another key: name it in "
            "COUNTERFOIL_DATA_KEYS or COUNTERFOIL_OLD_SECRET_KEYS"
        ) from None
    return accounts


def storage() -> Iterator[str]:
    """Files can be written, and are on the disk for good."""
    folder = Path(settings.FILES)
    folder.mkdir(parents=True, exist_ok=True)
    probe = folder / f".check-{secrets.token_hex(4)}"
    try:
        with probe.open("xb") as file:
            file.write(b"check")
            file.flush()
            os.fsync(file.fileno())
    finally:
        probe.unlink(missing_ok=True)
    yield f"{folder} can be written to"


def clocks() -> Iterator[str]:
    """The database and this machine agree on the time."""
    before = clock.now()
    there = execute("SELECT clock_timestamp()")[0][0]
    after = clock.now()
    skew = (there - (before + (after - before) / 2)).total_seconds()
    if abs(skew) > SKEW_SECONDS_MAX + (after - before).total_seconds() / 2:
        raise Unwell(f"the database is {skew:+.1f} s away from this machine: set both by NTP")
    yield f"the database is {abs(skew):.2f} s away"


def keys() -> Iterator[str]:
    """The secret key is hard to guess, and opens what was sealed with it."""
    key = settings.SECRET_KEY
    if len(key) < KEY_CHARACTERS_MIN or len(set(key)) < KEY_VARIETY_MIN:
        raise Unwell(
            f"COUNTERFOIL_SECRET_KEY is too easy to guess: take {KEY_CHARACTERS_MIN} random "
            "characters or more"
        )
    every = businesses.every()
    opened = sum(len(opened_accounts(business)) for business in every)
    yield f"strong; {opened} sealed secrets open"
    by_place = counted([one.id for one in every], with_global=True)
    by_place[files.TOLD] = files.counted()
    if unknown := unknown_keys(by_place):
        raise Unwell(
            f"{sum(unknown.values())} values are sealed by keys that are not named here "
            f"({', '.join(sorted(unknown))}): name them in COUNTERFOIL_DATA_KEYS"
        )
    total = sum(count for one in by_place.values() for count in one.values())
    older = total - sum(one[newest().id] for one in by_place.values())
    waiting = f", {older} by older ones: run `counterfoil keys rotate`" if older else ""
    yield f"{total} sealed values, sealed by {newest().id}{waiting}"


CHECKS: tuple[tuple[str, Callable[[], Iterator[str]]], ...] = (
    ("database", database),
    ("roles", roles),
    ("row security", row_security),
    ("migrations", migrations),
    ("home", lives),
    ("mail", mail),
    ("texts", texts),
    ("scanner", scanner),
    ("passwords", passwords),
    ("gateways", gateways),
    ("storage", storage),
    ("files", served_files),
    ("pages", pages),
    ("clock", clocks),
    ("keys", keys),
)
