"""Makes the two roles and the database of a cluster: what migrations own, what the app may use."""

from collections.abc import Callable
from typing import Any

from psycopg import Connection, sql

DATABASE = "counterfoil"
OWNER_ROLE = "counterfoil_owner"
APP_ROLE = "counterfoil_app"
ROLE_ATTRIBUTES = {
    OWNER_ROLE: "LOGIN NOSUPERUSER NOCREATEROLE NOREPLICATION BYPASSRLS CREATEDB",
    APP_ROLE: "LOGIN NOSUPERUSER NOCREATEROLE NOREPLICATION NOBYPASSRLS NOCREATEDB",
}


def ensure_roles(
    connection: Connection[tuple[Any, ...]], password_of: Callable[[str], str]
) -> None:
    """Makes roles and database what we promise, so that a second start repairs a broken first.

    The connection is the superuser's, in autocommit. Passwords leave as SCRAM verifiers only.
    """
    for role, attributes in ROLE_ATTRIBUTES.items():
        verifier = connection.pgconn.encrypt_password(
            password_of(role).encode(), role.encode(), b"scram-sha-256"
        ).decode()
        known = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone()
        statement = sql.SQL("{verb} ROLE {role} {attributes} PASSWORD {verifier}").format(
            verb=sql.SQL("ALTER" if known else "CREATE"),
            role=sql.Identifier(role),
            attributes=sql.SQL(attributes),
            verifier=sql.Literal(verifier),
        )
        connection.execute(statement)
    known = connection.execute(
        "SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]
    ).fetchone()
    names = {"database": sql.Identifier(DATABASE), "owner": sql.Identifier(OWNER_ROLE)}
    if not known:
        connection.execute(sql.SQL("CREATE DATABASE {database} OWNER {owner}").format(**names))
    connection.execute(sql.SQL("REVOKE ALL ON DATABASE {database} FROM PUBLIC").format(**names))
    connection.execute(
        sql.SQL("GRANT CONNECT ON DATABASE {database} TO {app}").format(
            database=names["database"], app=sql.Identifier(APP_ROLE)
        )
    )
