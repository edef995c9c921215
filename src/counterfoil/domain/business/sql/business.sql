-- One business, as every request of staff reads it.
-- row: counterfoil.domain.business.rows.BusinessRow
SELECT b.id, b.slug, b.name, b.legal_name, b.address, b.tax_id, b.email, b.locale, b.timezone,
  b.currency, b.accent, b.logo_type, b.brand_version, b.part_floor, b.step_up_over,
  b.takes_prepayments, b.applies_credit, b.debit_schemes, b.creditor_ref, b.bacs_number,
  b.schedule_days_max, b.surcharges, b.mails_seals, b.takes_registrations
FROM business_business b
WHERE b.id = %(id)s
