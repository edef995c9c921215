"""A line or tax can't be moved out of an issued invoice either: both ends of a move are looked at."""

from django.db import migrations

PARTS = """
CREATE OR REPLACE FUNCTION billing_part_never_edited() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM billing_invoice i WHERE i.state <> 'draft'
             AND ((TG_OP <> 'INSERT' AND i.business_id = OLD.business_id AND i.id = OLD.invoice_id)
               OR (TG_OP <> 'DELETE' AND i.business_id = NEW.business_id AND i.id = NEW.invoice_id)))
  THEN
    RAISE EXCEPTION 'a part of an issued invoice is never edited'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$
"""


class Migration(migrations.Migration):
    """The trigger's function, anew."""

    dependencies = [
        ("billing", "0002_rows_of_a_business"),
    ]
    operations = [
        migrations.RunSQL(PARTS, migrations.RunSQL.noop),
    ]
