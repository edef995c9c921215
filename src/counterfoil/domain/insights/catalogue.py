"""The proof that the database itself still guards its rows: triggers, policies and grants."""

from collections.abc import Iterator

from counterfoil.domain.insights.rows import Violation
from counterfoil.infra.db import execute

APPEND_ONLY = (
    "audit_erasedvalues",
    "audit_leaf",
    "audit_note",
    "audit_record",
    "audit_seal",
    "audit_shape",
    "billing_creditnote",
    "billing_creditnoteline",
    "billing_creditnotetax",
    "documents_printing",
    "infra_event",
    "infra_transition",
    "ledger_journalentry",
    "ledger_posting",
    "receivables_allocation",
)
NEVER_EDITED = ("billing_invoice", "billing_invoiceline", "billing_invoicetax")
WATCHED = (
    "arrangements_scheduledpayment",
    "billing_series",
    "business_bankaccount",
    "business_business",
    "business_hostname",
    "customers_contact",
    "customers_customer",
    "customers_invitation",
    "customers_registration",
    "identity_apikey",
    "identity_guestlink",
    "identity_invitation",
    "identity_membership",
    "identity_rolelimit",
    "identity_signon",
    "identity_signondomain",
    "identity_staffrole",
    "payments_gatewayaccount",
    "payments_method",
    "payments_route",
    "privacy_retention",
)
"""Tables whose changes are written down, whoever makes them."""
DIRECTORIES = (
    "business_hostname", "identity_apikey", "identity_guestlink", "identity_presence",
    "identity_session",
)  # fmt: skip
"""Tables that lead from a secret or a host name to a business: read before it is known."""

_TRIGGERS = """
SELECT w.name FROM unnest(%(tables)s::text[]) AS w(name)
WHERE NOT EXISTS (
  SELECT 1 FROM pg_trigger t
  WHERE t.tgrelid = to_regclass(w.name) AND t.tgname = %(trigger)s::text AND t.tgenabled = 'O')
ORDER BY 1
"""
_POLICIES = """
SELECT c.relname FROM pg_class c
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'business_id' AND NOT a.attisdropped
WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace
  AND c.relname <> ALL(%(directories)s::text[])
  AND NOT (c.relrowsecurity AND c.relforcerowsecurity AND (
    SELECT array_agg(p.polname::text) FROM pg_policy p WHERE p.polrelid = c.oid
  ) = ARRAY['business_rows'])
ORDER BY 1
"""
BY_FUNCTION = ("audit_recordvalues",)
"""Tables of which the application may add rows, and take some away by a function that notes it."""

_GRANTS = """
SELECT w.name || ' may be ' || r.verb FROM unnest(%(tables)s::text[]) AS w(name)
CROSS JOIN (VALUES ('UPDATE', 'updated'), ('DELETE', 'deleted'), ('TRUNCATE', 'emptied'))
  AS r(name, verb)
WHERE has_table_privilege(%(role)s::text, to_regclass(w.name), r.name)
ORDER BY 1
"""


def unguarded(app_role: str) -> Iterator[Violation]:
    """Every guard that is missing, switched off or weakened."""
    triggers = {"append_only": APPEND_ONLY, "never_edited": NEVER_EDITED, "watched": WATCHED}
    for trigger, tables in triggers.items():
        found = execute(_TRIGGERS, {"tables": list(tables), "trigger": trigger})
        for (table,) in found:
            yield Violation(table, f"the trigger {trigger} is missing or switched off")
    for (table,) in execute(_POLICIES, {"directories": list(DIRECTORIES)}):
        yield Violation(table, "row security is not forced, or its policy is another")
    for (words,) in execute(_GRANTS, {"tables": [*APPEND_ONLY, *BY_FUNCTION], "role": app_role}):
        yield Violation(app_role, words)
