"""The one way in which values of the trail may go, by a function that writes down that they went;
and the one way in which what is sealed among them comes under another key."""

import django.db.models.deletion
from django.db import migrations, models

import counterfoil.kernel.ids
from counterfoil.infra.migration_words import BusinessTable

FUNCTION = """
CREATE FUNCTION audit_erase_values(business uuid, records uuid[], why text) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  gone integer;
BEGIN
  IF business IS DISTINCT FROM nullif(current_setting('app.business_id', true), '')::uuid THEN
    RAISE EXCEPTION 'values of another business' USING ERRCODE = 'insufficient_privilege';
  END IF;
  WITH erased AS (
    DELETE FROM audit_recordvalues v WHERE v.business_id = business AND v.id = ANY(records)
    RETURNING v.id
  )
  INSERT INTO audit_erasedvalues (business_id, id, record_id, at, actor, why)
  SELECT business, uuidv7(), e.id, clock_timestamp(),
    coalesce(nullif(current_setting('app.actor', true), ''), 'database:' || session_user), why
  FROM erased e;
  GET DIAGNOSTICS gone = ROW_COUNT;
  RETURN gone;
END $$;
REVOKE ALL ON FUNCTION audit_erase_values(uuid, uuid[], text) FROM PUBLIC;
"""
RESEAL = """
CREATE FUNCTION audit_marks(boxes jsonb) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
  SELECT jsonb_object_agg(side.key, (
    SELECT jsonb_object_agg(box.key, split_part(box.value, '.', 4))
    FROM jsonb_each_text(side.value) box)) FROM jsonb_each(boxes) side
$$;
CREATE FUNCTION audit_reseal_values(business uuid, record uuid, was jsonb, becomes jsonb)
RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF business IS DISTINCT FROM nullif(current_setting('app.business_id', true), '')::uuid THEN
    RAISE EXCEPTION 'values of another business' USING ERRCODE = 'insufficient_privilege';
  END IF;
  IF audit_marks(becomes) IS DISTINCT FROM audit_marks(was) THEN
    RAISE EXCEPTION 'other values than were written down'
      USING ERRCODE = 'insufficient_privilege';
  END IF;
  UPDATE audit_recordvalues v SET boxes = becomes
  WHERE v.business_id = business AND v.id = record AND v.boxes = was;
  RETURN FOUND;
END $$;
REVOKE ALL ON FUNCTION audit_reseal_values(uuid, uuid, jsonb, jsonb) FROM PUBLIC;
"""


class Migration(migrations.Migration):
    """One table of a business, which only grows, and the functions that alone write it and what is
    sealed in the trail."""

    dependencies = [("audit", "0003_notes"), ("business", "0001_initial")]
    operations = [
        migrations.CreateModel(
            name="ErasedValues",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=counterfoil.kernel.ids.new_id,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("record_id", models.UUIDField()),
                ("at", models.DateTimeField()),
                ("actor", models.CharField(max_length=120)),
                ("why", models.CharField(max_length=60)),
                (
                    "business",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="business.business",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("business", "record_id"), name="audit_erased_once"
                    )
                ],
            },
        ),
        BusinessTable("ErasedValues", append_only=True),
        migrations.RunSQL(FUNCTION, "DROP FUNCTION audit_erase_values(uuid, uuid[], text)"),
        migrations.RunSQL(RESEAL, migrations.RunSQL.noop),
    ]
