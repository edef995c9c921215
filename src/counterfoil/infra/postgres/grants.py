"""What the application's role may do: rows, never structure; append-only tables only grow."""

from django.db import connection

_APPEND_ONLY = """
SELECT c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
WHERE t.tgname = 'append_only' AND NOT t.tgisinternal
"""


def grant_to_app(role: str) -> None:
    """Gives the application's role its rights on every table of the schema; safe to repeat.

    Run by the owner after every migration. UPDATE and DELETE are taken away where the table is
    append-only, TRUNCATE is never given. Values of the trail go by a function that notes it.
    """
    quoted = connection.ops.quote_name(role)
    with connection.cursor() as cursor:
        cursor.execute(f"GRANT USAGE ON SCHEMA public TO {quoted}")
        cursor.execute(
            f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {quoted}"
        )
        cursor.execute(f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {quoted}")
        cursor.execute(_APPEND_ONLY)
        for (table,) in cursor.fetchall():
            cursor.execute(f'REVOKE UPDATE, DELETE ON "{table}" FROM {quoted}')
        cursor.execute(f"REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM {quoted}")
        cursor.execute(f"REVOKE UPDATE, DELETE ON audit_recordvalues FROM {quoted}")
        cursor.execute(f"REVOKE INSERT ON audit_erasedvalues FROM {quoted}")
        cursor.execute(
            f"GRANT EXECUTE ON FUNCTION audit_erase_values(uuid, uuid[], text) TO {quoted}"
        )
