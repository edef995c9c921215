"""Reads a migrated database's own catalogue and complains where a table could leak a row."""

from collections.abc import Iterator
from typing import Any

import psycopg

GLOBAL_TABLES = frozenset(
    {
        # users and sign-in: a user is one person, whichever businesses they deal with
        "identity_user", "identity_session", "account_emailaddress", "account_emailconfirmation",
        "identity_device", "identity_phone", "mfa_authenticator",
        "socialaccount_socialaccount", "socialaccount_socialapp", "socialaccount_socialtoken",
        # which business a door leads to: read before the business is known
        "business_business", "business_hostname", "identity_apikey", "identity_guestlink",
        "identity_presence", "identity_handover",
        # plumbing that knows no rows of a business
        "infra_ratecounter", "infra_cache", "infra_home",
        # Django's and procrastinate's own
        "auth_group", "auth_group_permissions", "auth_permission", "django_content_type",
        "django_migrations", "procrastinate_events", "procrastinate_jobs",
        "procrastinate_periodic_defers", "procrastinate_workers",
    }
)  # fmt: skip

# Functions that act as the owner, past row-level security: each refuses another business itself.
TRUSTED_FUNCTIONS = frozenset({"audit_erase_values", "audit_reseal_values"})

_TABLES = """
SELECT c.oid, c.relname, c.relrowsecurity, c.relforcerowsecurity FROM pg_class c
WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace ORDER BY c.relname
"""
_KEYS = """
SELECT i.indisprimary, x.relname, array(
  SELECT a.attname FROM unnest(i.indkey::smallint[]) WITH ORDINALITY k(num, pos)
  LEFT JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.num ORDER BY k.pos)
FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid
WHERE i.indrelid = %s AND i.indisunique ORDER BY x.relname
"""
_POLICIES = """
SELECT polname, polcmd, pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid),
  polpermissive
FROM pg_policy WHERE polrelid = %s ORDER BY polname
"""
_REFERENCES = """
SELECT o.conname, p.relname, array(
    SELECT a.attname FROM unnest(o.conkey) WITH ORDINALITY k(num, pos)
    JOIN pg_attribute a ON a.attrelid = o.conrelid AND a.attnum = k.num ORDER BY k.pos), array(
    SELECT a.attname FROM unnest(o.confkey) WITH ORDINALITY k(num, pos)
    JOIN pg_attribute a ON a.attrelid = o.confrelid AND a.attnum = k.num ORDER BY k.pos)
FROM pg_constraint o JOIN pg_class p ON p.oid = o.confrelid
WHERE o.conrelid = %s AND o.contype = 'f' ORDER BY o.conname
"""
_REQUIRED = "SELECT attname FROM pg_attribute WHERE attrelid = %s AND attnotnull"
_VIEWS = """
SELECT c.relname FROM pg_class c
WHERE c.relkind IN ('v', 'm') AND c.relnamespace = 'public'::regnamespace ORDER BY c.relname
"""
_DEFINERS = """
SELECT p.proname, coalesce(array_to_string(p.proconfig, ' '), '') FROM pg_proc p
WHERE p.prosecdef AND p.pronamespace = 'public'::regnamespace ORDER BY p.proname
"""
POLICY = "(business_id = (NULLIF(current_setting('app.business_id'::text, true), ''::text))::uuid)"

Connection = psycopg.Connection[Any]


def complaints(owner: Connection) -> Iterator[str]:
    """Every way in which a table of the database is not closed to other businesses."""
    for oid, table, enabled, forced in owner.execute(_TABLES).fetchall():
        if table in GLOBAL_TABLES:
            yield from _of_a_global(owner, oid, table)
            continue
        if not (enabled and forced):
            yield f"{table}: row-level security is not forced"
        yield from _of_keys(owner, oid, table)
        yield from _of_policies(owner, oid, table)
        yield from _of_references(owner, oid, table)
    yield from _of_side_doors(owner)


def _of_side_doors(owner: Connection) -> Iterator[str]:
    """A view reads as its owner, and so does a function that says so: past every policy."""
    for (view,) in owner.execute(_VIEWS).fetchall():
        yield f"{view}: a view reads past row-level security"
    for function, settings in owner.execute(_DEFINERS).fetchall():
        if function not in TRUSTED_FUNCTIONS or "search_path=pg_catalog" not in settings:
            yield f"{function}: a function that acts as the owner"


def _of_a_global(owner: Connection, oid: int, table: str) -> Iterator[str]:
    for name, parent, _, _ in owner.execute(_REFERENCES, [oid]).fetchall():
        if parent not in GLOBAL_TABLES:
            yield f"{table}: global, but {name} leads to {parent}"


def _of_keys(owner: Connection, oid: int, table: str) -> Iterator[str]:
    primary = None
    for is_primary, name, columns in owner.execute(_KEYS, [oid]).fetchall():
        if is_primary:
            primary = columns
        elif columns[0] != "business_id":
            yield f"{table}: unique {name} does not begin with the business"
    if primary != ["business_id", "id"]:
        yield f"{table}: the primary key is {primary}"


def _of_policies(owner: Connection, oid: int, table: str) -> Iterator[str]:
    policies = owner.execute(_POLICIES, [oid]).fetchall()
    if policies != [("business_rows", "*", POLICY, POLICY, True)]:
        yield f"{table}: the policies are {policies}"


def _of_references(owner: Connection, oid: int, table: str) -> Iterator[str]:
    required = {name for (name,) in owner.execute(_REQUIRED, [oid]).fetchall()}
    is_held = False
    for name, parent, columns, target in owner.execute(_REFERENCES, [oid]).fetchall():
        is_held = is_held or (columns[0] == "business_id" and required.issuperset(columns))
        if parent in GLOBAL_TABLES:
            continue
        if columns[0] != "business_id" or target[0] != "business_id":
            yield f"{table}: {name} leads to {parent} without the business"
    if not is_held:
        yield f"{table}: nothing holds a row to a business that exists"


def business_tables(owner: Connection) -> list[str]:
    """The tables whose rows belong to a business."""
    rows = owner.execute(_TABLES).fetchall()
    return [table for _, table, _, _ in rows if table not in GLOBAL_TABLES]
