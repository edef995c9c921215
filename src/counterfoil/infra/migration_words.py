"""One migration word per table of a business: keys, references, row security, append-only."""

from typing import Any

from django.db.migrations.operations.base import Operation

from counterfoil.infra.rows import BusinessForeignKey

_BUSINESS = "business_business"
POLICY = "business_id = nullif(current_setting('app.business_id', true), '')::uuid"

APPEND_ONLY = """
CREATE OR REPLACE FUNCTION counterfoil_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  sealed text := TG_ARGV[0];
  free text[] := ARRAY[sealed, sealed || '_mark'];
BEGIN
  IF TG_OP = 'UPDATE' AND TG_NARGS > 0
     AND (to_jsonb(NEW) - free) = (to_jsonb(OLD) - free)
     AND split_part(to_jsonb(NEW) ->> sealed, '.', 4)
       = split_part(to_jsonb(OLD) ->> sealed, '.', 4) THEN
    RETURN NEW;  -- the same text under another key
  END IF;
  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME
    USING ERRCODE = 'integrity_constraint_violation';
END $$
"""


class BusinessTable(Operation):
    """Makes a table belong to its business in the database itself.

    Primary key `(business_id, id)`, a composite foreign key for every reference inside the
    business, row-level security forced, and with `append_only` triggers that refuse UPDATE and
    DELETE; `resealed` names the column of such a table whose sealed text may come under another key
    as long as its mark stays, which stands in a column of its own (`<name>_mark`). Only a table
    without a required reference inside the business refers to the business itself: each such check
    locks the business's one row. Written right after the table's CreateModel; safe to repeat after
    references are added.
    """

    reduces_to_sql = True
    reversible = True

    def __init__(self, model_name: str, *, append_only: bool = False, resealed: str = "") -> None:
        self.model_name, self.append_only, self.resealed = model_name, append_only, resealed

    def state_forwards(self, app_label: str, state: Any) -> None:
        """Nothing: Django keeps seeing a plain id."""

    def database_forwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        """Writes the keys, references and policies."""
        model = to_state.apps.get_model(app_label, self.model_name)
        table = model._meta.db_table
        for sql in [*self._keys(table), *self._references(model, table), *self._security(table)]:
            schema_editor.execute(sql, params=None)

    def database_backwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        """Nothing: the table itself goes next."""

    def describe(self) -> str:
        """The word in the list of a migration's steps."""
        return f"{self.model_name} belongs to its business"

    def _keys(self, table: str) -> list[str]:
        """The key is changed once: dropping it again would take other tables' references along."""
        return [
            f"""DO $$ BEGIN
              IF NOT EXISTS (SELECT FROM pg_constraint WHERE conrelid = '"{table}"'::regclass
                AND pg_get_constraintdef(oid) = 'PRIMARY KEY (business_id, id)') THEN
                ALTER TABLE "{table}" DROP CONSTRAINT IF EXISTS "{table}_pkey" CASCADE;
                ALTER TABLE "{table}" ADD CONSTRAINT "{table}_pkey" PRIMARY KEY (business_id, id);
              END IF;
            END $$"""
        ]

    def _references(self, model: Any, table: str) -> list[str]:
        inside = [
            field for field in model._meta.local_fields if isinstance(field, BusinessForeignKey)
        ]
        steps = _reference(table, f"{table}_business_fk", "business_id", _BUSINESS, "id")
        if not all(field.null for field in inside):
            steps.pop()  # its parent is held to the same business
        for field in inside:
            name, parent = f"{table}_{field.column}_business_fk", field.related_model._meta.db_table
            columns = f'business_id, "{field.column}"'
            steps += _reference(table, name, columns, parent, "business_id, id")
        return steps

    def _security(self, table: str) -> list[str]:
        steps = [
            f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY',
            f'ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY',
            f'DROP POLICY IF EXISTS business_rows ON "{table}"',
            f'CREATE POLICY business_rows ON "{table}" USING ({POLICY}) WITH CHECK ({POLICY})',
        ]
        if self.append_only:
            resealed = f"'{self.resealed}'" if self.resealed else ""
            steps += [
                APPEND_ONLY,
                f'DROP TRIGGER IF EXISTS append_only ON "{table}"',
                (
                    f'CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON "{table}" '
                    f"FOR EACH ROW EXECUTE FUNCTION counterfoil_append_only({resealed})"
                ),
            ]
        return steps


def _reference(table: str, name: str, columns: str, parent: str, target: str) -> list[str]:
    """The old reference of this name goes, and is written anew."""
    return [
        f'ALTER TABLE "{table}" DROP CONSTRAINT IF EXISTS "{name}"',
        (
            f'ALTER TABLE "{table}" ADD CONSTRAINT "{name}" FOREIGN KEY ({columns}) '
            f'REFERENCES "{parent}" ({target}) DEFERRABLE INITIALLY DEFERRED'
        ),
    ]
