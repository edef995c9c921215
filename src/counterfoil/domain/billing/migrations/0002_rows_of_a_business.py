"""Gives these tables to their business in the database itself."""

from django.db import migrations

from counterfoil.infra.migration_words import BusinessTable

NEVER_EDITED = """
CREATE FUNCTION billing_invoice_never_edited() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  free text[] := ARRAY['state', 'voided_at', 'party', 'party_mark'];
BEGIN
  IF TG_OP = 'DELETE' THEN
    IF OLD.state <> 'draft' THEN
      RAISE EXCEPTION 'an issued invoice is never deleted'
        USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN OLD;
  END IF;
  IF OLD.state <> 'draft'
     AND ((to_jsonb(NEW) - free) <> (to_jsonb(OLD) - free) OR NEW.state = 'draft'
       OR split_part(NEW.party, '.', 4) <> split_part(OLD.party, '.', 4)) THEN
    RAISE EXCEPTION 'an issued invoice is never edited'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER never_edited BEFORE UPDATE OR DELETE ON billing_invoice
  FOR EACH ROW EXECUTE FUNCTION billing_invoice_never_edited();

-- Both ends of a move are looked at, each by the invoice's key: one condition with OR in it would
-- read every invoice for each line.
CREATE FUNCTION billing_part_never_edited() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP <> 'INSERT' AND EXISTS (
       SELECT 1 FROM billing_invoice i WHERE i.business_id = OLD.business_id
       AND i.id = OLD.invoice_id AND i.state <> 'draft')
     OR TG_OP <> 'DELETE' AND EXISTS (
       SELECT 1 FROM billing_invoice i WHERE i.business_id = NEW.business_id
       AND i.id = NEW.invoice_id AND i.state <> 'draft')
  THEN
    RAISE EXCEPTION 'a part of an issued invoice is never edited'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER never_edited BEFORE INSERT OR UPDATE OR DELETE ON billing_invoiceline
  FOR EACH ROW EXECUTE FUNCTION billing_part_never_edited();
CREATE TRIGGER never_edited BEFORE INSERT OR UPDATE OR DELETE ON billing_invoicetax
  FOR EACH ROW EXECUTE FUNCTION billing_part_never_edited();
"""


class Migration(migrations.Migration):
    """Keys, references, row security."""

    dependencies = [
        ("billing", "0001_initial"),
        ("customers", "0002_rows_of_a_business"),
    ]
    operations = [
        BusinessTable("Series"),
        BusinessTable("Invoice"),
        BusinessTable("InvoiceLine"),
        BusinessTable("InvoiceTax"),
        BusinessTable("CreditNote", append_only=True, resealed="party"),
        BusinessTable("CreditNoteLine", append_only=True),
        BusinessTable("CreditNoteTax", append_only=True),
        migrations.RunSQL(NEVER_EDITED, migrations.RunSQL.noop),
    ]
