"""Writes down every change of what people keep and set: by triggers, so that a change made around
the application is written down too."""

from django.db import migrations

TOLD = """
CREATE FUNCTION audit_told(value jsonb, sealed text[]) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
  SELECT value || coalesce((
    SELECT jsonb_object_agg(k, split_part(value ->> k, '.', 4)) FROM unnest(sealed) k
    WHERE value ? k), '{}')
$$;
"""
"""A row as the trail tells it: of a sealed text its mark, which stays the same under every key."""
WATCHED = r"""
CREATE FUNCTION audit_watched() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  hidden text[] := string_to_array(TG_ARGV[0], ',');
  unwatched text[] := string_to_array(TG_ARGV[1], ',');
  sealed text[] := string_to_array(coalesce(TG_ARGV[2], ''), ',');
  old_row jsonb := CASE WHEN TG_OP = 'INSERT' THEN '{}'::jsonb ELSE to_jsonb(OLD) END;
  new_row jsonb := CASE WHEN TG_OP = 'DELETE' THEN '{}'::jsonb ELSE to_jsonb(NEW) END;
  either_row jsonb := old_row || new_row;
  owner_id uuid := coalesce(either_row ->> 'business_id', either_row ->> 'id')::uuid;
  named text := current_setting('app.business_id', true);
  record_id uuid := uuidv7();
  salt uuid := gen_random_uuid();
  names text[];
  boxes jsonb;
  called text := coalesce(
    nullif(either_row ->> 'name', ''), nullif(either_row ->> 'email', ''), either_row ->> 'host',
    nullif(either_row ->> 'iban', ''), nullif(either_row ->> 'number', ''),
    nullif(either_row ->> 'sent_to', ''), either_row ->> 'last4', either_row ->> 'code',
    either_row ->> 'user_id',
    CASE WHEN either_row ? 'act' THEN concat_ws(':',
      coalesce(either_row ->> 'own_role_id', either_row ->> 'preset'),
      either_row ->> 'act', either_row ->> 'currency') END, '');
BEGIN
  IF cardinality(sealed) > 0 THEN
    boxes := jsonb_build_object('before', old_row, 'after', new_row);
    old_row := audit_told(old_row, sealed);
    new_row := audit_told(new_row, sealed);
  END IF;
  SELECT array_agg(k ORDER BY k) INTO names FROM jsonb_object_keys(either_row) k
  WHERE k <> ALL(unwatched) AND k <> 'business_id'
    AND coalesce(old_row -> k, 'null') <> coalesce(new_row -> k, 'null');
  IF names IS NULL THEN
    RETURN NULL;
  END IF;
  SELECT coalesce(jsonb_object_agg(k, old_row -> k) FILTER (WHERE old_row ? k), '{}'),
         coalesce(jsonb_object_agg(k, new_row -> k) FILTER (WHERE new_row ? k), '{}')
  INTO old_row, new_row FROM unnest(names) k WHERE k <> ALL(hidden);
  SELECT jsonb_object_agg(side, kept) INTO boxes FROM (
    SELECT s.key AS side, jsonb_object_agg(k, s.value -> k) AS kept
    FROM jsonb_each(boxes) s CROSS JOIN unnest(names) k
    WHERE k = ANY(sealed) AND s.value ->> k <> '' GROUP BY s.key) b;
  PERFORM set_config('app.business_id', owner_id::text, true);
  INSERT INTO audit_recordvalues (business_id, id, salt, called, before, after, boxes)
  VALUES (owner_id, record_id, salt, called, old_row, new_row, boxes);
  INSERT INTO audit_record (business_id, id, at, actor, origin, source, verb, object_id, changed,
    digest)
  VALUES (owner_id, record_id, clock_timestamp(),
    coalesce(nullif(current_setting('app.actor', true), ''), 'database:' || current_user),
    coalesce(current_setting('app.origin', true), ''),
    TG_TABLE_NAME, lower(TG_OP), (either_row ->> 'id')::uuid, names,
    sha256(convert_to(concat_ws(E'\n', salt, called, old_row, new_row), 'UTF8')));
  PERFORM set_config('app.business_id', coalesce(named, ''), true);
  RETURN NULL;
END $$;
"""
_ALWAYS = "INSERT OR UPDATE OR DELETE"
_LATER = "UPDATE OR DELETE"
SEALED = {"customers_customer": "phone,tax_id,address"}
"""Columns of sealed texts: told by their marks, the sealed texts beside them."""
TABLES = (
    # table, what is written down, columns without their values, columns that are nobody's doing
    ("arrangements_scheduledpayment", _LATER, "",
     "state,told_at,claimed_at,tries,attempt_id,charged_at,end_reason,ended_at,runs_at"),
    ("billing_series", _LATER, "", "next_number"),
    ("business_bankaccount", _ALWAYS, "", ""),
    ("business_business", _ALWAYS, "logo", "brand_version"),
    ("business_hostname", _ALWAYS, "", ""),
    ("customers_contact", _ALWAYS, "", ""),
    ("customers_customer", _ALWAYS, "", ""),
    ("identity_apikey", _ALWAYS, "key_hash", ""),
    ("identity_guestlink", _LATER, "token_hash", "last_opened_at"),
    ("identity_membership", _ALWAYS, "", ""),
    ("payments_gatewayaccount", _ALWAYS, "secrets", ""),
    ("payments_method", _ALWAYS, "gateway_ref", "used_at,expiry_told_at"),
    ("payments_route", _ALWAYS, "", ""),
)  # fmt: skip


def _trigger(table: str, events: str, hidden: str, unwatched: str) -> str:
    return (
        f"CREATE TRIGGER watched AFTER {events} ON {table} FOR EACH ROW "
        f"EXECUTE FUNCTION audit_watched('{hidden}', '{unwatched}', '{SEALED.get(table, '')}');"
    )


class Migration(migrations.Migration):
    """The trigger `watched` on what people change."""

    dependencies = [
        ("arrangements", "0001_planned_payments"),
        ("audit", "0001_initial"),
        ("billing", "0002_rows_of_a_business"),
        ("business", "0004_planning_and_surcharges"),
        ("customers", "0002_rows_of_a_business"),
        ("identity", "0003_sessions"),
        ("payments", "0006_routes"),
    ]
    operations = [
        migrations.RunSQL(TOLD + WATCHED, migrations.RunSQL.noop),
        *(migrations.RunSQL(_trigger(*one), migrations.RunSQL.noop) for one in TABLES),
    ]
