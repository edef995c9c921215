"""What the application's role may do: rows, never structure; append-only tables only grow."""

from django.db import connection

_APPEND_ONLY = """
SELECT c.relname, rtrim(encode(t.tgargs, 'escape'), '\\000')
FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
WHERE t.tgname = 'append_only' AND NOT t.tgisinternal
"""

_OF_THE_TRAIL = (
    "audit_erase_values(uuid, uuid[], text)",
    "audit_reseal_values(uuid, uuid, jsonb, jsonb)",
)


def grant_to_app(role: str) -> None:
    """Gives the application's role its rights on every table of the schema; safe to repeat.

    Run by the owner after every migration. UPDATE and DELETE are taken away where the table is
    append-only, but for a sealed text that its trigger lets under another key; TRUNCATE is never
    given. Values of the trail go by a function that notes it, and what is sealed among them comes
    under another key by one that takes no other values.
    """
    quoted = connection.ops.quote_name(role)
    with connection.cursor() as cursor:
        cursor.execute(f"GRANT USAGE ON SCHEMA public TO {quoted}")
        cursor.execute(
            f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {quoted}"
        )
        cursor.execute(f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {quoted}")
        cursor.execute(_APPEND_ONLY)
        for table, resealed in cursor.fetchall():
            cursor.execute(f'REVOKE UPDATE, DELETE ON "{table}" FROM {quoted}')
            if resealed:
                cursor.execute(f'GRANT UPDATE ("{resealed}") ON "{table}" TO {quoted}')
        cursor.execute(f"REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM {quoted}")
        cursor.execute(f"REVOKE UPDATE, DELETE ON audit_recordvalues FROM {quoted}")
        cursor.execute(f"REVOKE INSERT ON audit_erasedvalues FROM {quoted}")
        for function in _OF_THE_TRAIL:
            cursor.execute(f"GRANT EXECUTE ON FUNCTION {function} TO {quoted}")
