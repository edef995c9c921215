"""What the application's role may not do, and which address its processes may not hold."""

import os
import subprocess
import sys

import psycopg
import pytest

from counterfoil.cli.environment import Powers, missing_variables
from factories import database as db

APPEND_ONLY = [
    "audit_erasedvalues", "audit_leaf", "audit_note", "audit_record", "audit_seal", "audit_shape",
    "billing_creditnote", "billing_creditnoteline", "billing_creditnotetax", "documents_printing",
    "infra_event", "infra_transition", "ledger_journalentry", "ledger_posting",
    "receivables_allocation",
]  # fmt: skip


@pytest.fixture(scope="module")
def app(addresses):
    with db.connect(addresses.app_url) as connection:
        yield connection


@pytest.fixture(scope="module")
def existing(addresses):
    with db.connect(addresses.owner_url) as owner:
        rows = owner.execute(
            "SELECT c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid "
            "WHERE t.tgname = 'append_only' ORDER BY 1"
        )
        return [table for (table,) in rows]


def test_which_tables_only_grow(existing):
    assert existing == [table for table in APPEND_ONLY if table in existing]
    assert len(existing) >= 8


def test_append_only_tables_can_not_be_changed_by_the_application(app, existing):
    for table in existing:
        for statement in (
            f"UPDATE {table} SET id = id", f"DELETE FROM {table}", f"TRUNCATE {table}"
        ):  # fmt: skip
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                app.execute(statement)


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE mine (a int)",
        "CREATE TEMP TABLE mine (a int)",
        "ALTER TABLE infra_event ADD COLUMN a int",
        "ALTER TABLE infra_event DISABLE TRIGGER append_only",
        "ALTER TABLE infra_event NO FORCE ROW LEVEL SECURITY",
        "DROP TABLE infra_event",
        "DROP POLICY business_rows ON infra_event",
        "TRUNCATE billing_invoice",
        "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "SET ROLE counterfoil_owner",
        "SET session_replication_role = replica",
        "DELETE FROM django_migrations",
        "CREATE SCHEMA mine",
    ],
)
def test_the_application_changes_no_structure(app, statement):
    with pytest.raises((psycopg.errors.InsufficientPrivilege, psycopg.errors.FeatureNotSupported)):
        app.execute(statement)


def test_the_roles_are_what_we_promise(addresses):
    with db.connect(addresses.owner_url) as owner:
        rows = owner.execute(
            "SELECT rolname = %s, rolsuper, rolbypassrls, rolcreaterole FROM pg_roles "
            "WHERE rolname IN (%s, current_user) ORDER BY 1",
            [addresses.app_role, addresses.app_role],
        ).fetchall()
    assert rows == [(False, False, True, False), (True, False, False, False)]


def test_this_process_holds_the_applications_address_only():
    from django.conf import settings

    assert "DATABASE_OWNER_URL" not in os.environ
    assert settings.DATABASES["default"]["USER"] == settings.APP_ROLE


@pytest.mark.parametrize("command", ["serve", "worker"])
def test_serve_and_worker_refuse_the_owners_address(addresses, command, tmp_path):
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith("COUNTERFOIL_")
    } | db.environment(addresses, tmp_path)
    ran = subprocess.run(
        [sys.executable, "-c", "from counterfoil.cli.main import main; main()", command],
        env=environment | {"DATABASE_OWNER_URL": addresses.owner_url},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ran.returncode != 0
    assert "DATABASE_OWNER_URL is set" in ran.stderr


def test_only_the_owners_commands_need_the_owners_address(monkeypatch):
    for name in ("DATABASE_URL", "COUNTERFOIL_SECRET_KEY", "COUNTERFOIL_DATA"):
        monkeypatch.setenv(name, "x")
    monkeypatch.delenv("DATABASE_OWNER_URL", raising=False)

    assert missing_variables(Powers.APP) == []
    assert missing_variables(Powers.OWNER) == ["DATABASE_OWNER_URL"]
