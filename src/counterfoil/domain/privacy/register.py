"""The register: of every table, whose rows they are, and what becomes of each column (data).

Every column of text, JSON or bytes stands here under one of five words; numbers, dates, ids and yes
or no go along with their row. A test compares this with the database: a new column without a word
fails it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

NOBODY = "'erased-' || t.id || '@erased.invalid'"
"""A mail address of nobody: no mail ever goes there (RFC 6761, 6.4), and it stays the only one."""
NOBODYS_NAME = "'erased-' || right(t.id::text, 8)"
"""Lists still need something to click on."""


@dataclass(frozen=True, slots=True)
class Held:
    """What one table holds on people.

    `of_customer` and `of_person` say in SQL over the row `t` whose it is; a table without the
    latter holds nothing on one person alone. `erased` gives what a column becomes; `evidence` does
    the same, but only once the mandate it proves ended long enough ago; `books` is personal and
    stays as long as the books do; `plain` says nothing of a person; `hidden` is never handed out,
    nor what of the others `opens` something to whoever has it. Where the whole row goes, no column
    needs a word.
    """

    table: str
    of_customer: str
    of_person: str = ""
    erased: Mapping[str, str] = field(default_factory=dict)
    evidence: Mapping[str, str] = field(default_factory=dict)
    books: tuple[str, ...] = ()
    plain: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()
    opens: tuple[str, ...] = ()
    row_goes: bool = False

    @property
    def columns(self) -> list[str]:
        """Every column that has a word."""
        return [*self.erased, *self.evidence, *self.books, *self.plain, *self.hidden]


def _gone(*columns: str) -> dict[str, str]:
    return dict.fromkeys(columns, "''")


_CUSTOMER = "t.customer_id = %(customer_id)s::uuid"
_MAILS = "lower({}) = ANY(%(mails)s::text[])"
_ASKING = f"""(t.customer_id IS NULL AND {_MAILS.format("t.email")} AND NOT EXISTS (
  SELECT FROM customers_contact o WHERE o.business_id = %(business_id)s::uuid
  AND o.customer_id <> %(customer_id)s::uuid AND lower(o.email) = lower(t.email)))"""
_INVOICES = """{} IN (SELECT o.id FROM receivables_openitem o
  WHERE o.business_id = %(business_id)s::uuid AND o.customer_id = %(customer_id)s::uuid)"""
_ATTEMPTS = """{} IN (SELECT a.id FROM payments_attempt a
  WHERE a.business_id = %(business_id)s::uuid AND a.customer_id = %(customer_id)s::uuid)"""
_ACTED = "{} = ANY(%(actors)s::text[])"
_DOCUMENT = ("number", "currency", "external_ref")

HELD = (
    Held(
        "customers_customer",
        "t.id = %(customer_id)s::uuid",
        erased={
            "name": NOBODYS_NAME,
            **_gone("email", "phone", "tax_id", "address"),
        },
        plain=("locale", "timezone", "currency", "external_ref", "tags"),
    ),
    Held(
        "customers_contact",
        _CUSTOMER,
        "t.id = ANY(%(contact_ids)s::uuid[])",
        row_goes=True,
    ),
    Held(
        "customers_invitation",
        _CUSTOMER,
        f"{_CUSTOMER} AND {_MAILS.format('t.email')}",
        row_goes=True,
    ),
    Held(
        "customers_registration",
        f"({_CUSTOMER} OR {_ASKING})",
        f"({_CUSTOMER} AND {_MAILS.format('t.email')} OR {_ASKING})",
        row_goes=True,
    ),
    Held("customers_linkuse", _CUSTOMER, row_goes=True),
    Held(
        "notifications_message",
        _CUSTOMER,
        f"{_CUSTOMER} AND {_MAILS.format('t.recipient')}",
        erased={**_gone("subject", "text", "html", "problem"), "recipient": NOBODY},
        plain=("cause", "template", "about_kind", "locale", "message_ref", "state"),
    ),
    Held(
        "identity_guestlink",
        f"t.business_id = %(business_id)s::uuid AND {_CUSTOMER}",
        f"t.business_id = %(business_id)s::uuid AND {_CUSTOMER} AND {_MAILS.format('t.sent_to')}",
        erased={**_gone("sent_to"), "revoked_at": "coalesce(t.revoked_at, %(at)s::timestamptz)"},
        hidden=("token_hash",),
    ),
    Held(
        "arrangements_scheduledpayment",
        _CUSTOMER,
        _ACTED.format("t.created_by"),
        erased=_gone("payer"),
        plain=("state", "currency", "timezone", "form_key", "locale", "created_by", "end_reason"),
    ),
    Held(
        "payments_method",
        _CUSTOMER,
        _ACTED.format("t.created_by"),
        erased=_gone("name", "last4"),
        plain=("kind", "brand", "created_by"),
        hidden=("gateway_ref",),
    ),
    Held(
        "payments_mandate",
        _CUSTOMER,
        erased=_gone("name"),
        evidence=_gone("holder", "accepted_by", "ip_address", "user_agent", "last4", "text"),
        plain=(
            *("scheme", "state", "reference", "gateway_ref", "source_ref", "creditor_name"),
            *("creditor_ref", "country", "locale", "end_reason"),
        ),
    ),
    Held(
        "payments_intent",
        _CUSTOMER,
        _ACTED.format("t.created_by"),
        erased=_gone("note"),
        plain=("currency", "form_key", "created_by"),
    ),
    Held(
        "payments_attempt",
        _CUSTOMER,
        erased=_gone("step_url", "instrument_mark"),
        books=("payer",),
        plain=(
            *("state", "currency", "locale", "gateway_ref", "instrument_kind", "instrument_brand"),
            *("instrument_last4", "step_kind", "failure_code", "failure_detail", "bank_code"),
        ),
    ),
    Held(
        "payments_refund",
        _ATTEMPTS.format("t.attempt_id"),
        erased=_gone("claim_url"),
        books=("reason",),
        plain=(
            *("state", "currency", "form_key", "gateway_ref", "failure_code", "failure_detail"),
            *("method", "transfer_ref", "created_by"),
        ),
        opens=("claim_url",),
    ),
    Held(
        "payments_chargeback",
        _ATTEMPTS.format("t.attempt_id"),
        books=("evidence_text",),
        plain=("state", "gateway_ref", "currency", "reason_code", "problem", "evidence_by"),
    ),
    Held(
        "payments_evidence",
        """t.chargeback_id IN (SELECT c.id FROM payments_chargeback c
          JOIN payments_attempt a ON a.business_id = c.business_id AND a.id = c.attempt_id
          WHERE c.business_id = %(business_id)s::uuid AND a.customer_id = %(customer_id)s::uuid)""",
        books=("name",),
        plain=("media_type", "sha256", "added_by"),
    ),
    Held(
        "billing_invoice",
        _CUSTOMER,
        books=("party", "notes"),
        plain=(*_DOCUMENT, "state"),
        hidden=("party_mark",),
    ),
    Held(
        "billing_creditnote",
        _CUSTOMER,
        books=("party", "notes", "reason"),
        plain=(*_DOCUMENT, "issued_by"),
        hidden=("party_mark",),
    ),
    Held("billing_invoiceline", _INVOICES.format("t.invoice_id"), books=("description",)),
    Held(
        "billing_creditnoteline",
        """t.credit_note_id IN (SELECT n.id FROM billing_creditnote n
          WHERE n.business_id = %(business_id)s::uuid AND n.customer_id = %(customer_id)s::uuid)""",
        books=("description",),
    ),
    Held(
        "receivables_openitem",
        _CUSTOMER,
        plain=("number", "external_ref", "creditor_ref", "qr_ref", "currency"),
    ),
    Held(
        "receivables_claim",
        _INVOICES.format("t.invoice_id"),
        _ACTED.format("t.taken_by_ref"),
        erased=_gone("taken_by"),
        plain=("taken_by_ref",),
    ),
    Held("receivables_credit", _CUSTOMER, plain=("kind", "currency")),
    Held(
        "reconciliation_bankline",
        _ATTEMPTS.format("t.attempt_id"),
        books=("counterparty", "counterparty_account", "remittance", "note"),
        plain=(
            *("ref", "currency", "reference", "bank_ref", "state", "problem", "refund_was"),
            "account_mark",
        ),
    ),
    Held(
        "approvals_approval",
        _CUSTOMER,
        books=("called", "command", "reason", "note", "problem"),
        plain=(
            *("state", "act", "about_kind", "currency", "form_key", "asked_name", "decided_name"),
        ),
    ),
    Held("privacy_copy", _CUSTOMER, "t.contact_id = ANY(%(contact_ids)s::uuid[])",
         plain=("asked_by",)),
    Held("privacy_erasure", _CUSTOMER, "t.contact_id = ANY(%(contact_ids)s::uuid[])",
         books=("reason",), plain=("asked_by", "decided_by", "figures")),
)  # fmt: skip
"""What is held on customers and their people, in the order in which it is shown."""

APART = {
    "identity_user": "the sign-in, erased where nobody else uses it",
    "account_emailaddress": "of a sign-in: goes with it",
    "account_emailconfirmation": "of a sign-in: goes with it",
    "identity_session": "of a sign-in: goes with it",
    "identity_device": "of a sign-in: goes with it",
    "identity_phone": "of a sign-in: goes with it",
    "audit_recordvalues": "values of the trail, erased by the trail's own function",
    "payments_gatewayevent": "what gateways sent: bodies that name the person, once acted on",
    "infra_idempotentrequest": "answers of the API, kept for 30 days",
    "documents_storeddocument": "documents, which stay as long as the books",
}
"""Tables with personal data that go another way than by a row's columns."""

NOT_OF_CUSTOMERS = {
    "arrangements_schedulepart": "amounts",
    "audit_erasedvalues": "that values went",
    "audit_leaf": "hashes",
    "audit_note": "who did what, by id, and from which address: under the seals",
    "audit_record": "who changed what, by id, and from which address: under the seals",
    "audit_seal": "hashes",
    "audit_shape": "names of columns",
    "billing_creditnotetax": "amounts",
    "billing_invoicetax": "amounts",
    "billing_series": "numbers",
    "business_bankaccount": "our own accounts",
    "business_business": "ourselves",
    "business_hostname": "our own addresses",
    "documents_printing": "hashes of documents",
    "identity_apikey": "keys of programs",
    "identity_invitation": "staff",
    "identity_membership": "staff",
    "identity_rolelimit": "staff",
    "identity_signon": "settings of single sign-on",
    "identity_signondomain": "settings of single sign-on",
    "identity_staffrole": "staff",
    "infra_cache": "short-lived, by hash or id",
    "infra_event": "ids",
    "infra_home": "where the database lives",
    "infra_ratecounter": "counters of minutes and hours",
    "infra_transition": "states, by id",
    "ledger_account": "ids",
    "ledger_balance": "amounts",
    "ledger_journalentry": "numbers of documents",
    "ledger_posting": "amounts",
    "notifications_alarm": "what looked like an attack: networks and counts",
    "payments_gatewayaccount": "our own accounts",
    "payments_route": "settings",
    "privacy_retention": "settings",
    "receivables_allocation": "amounts",
    "reconciliation_cursor": "moments",
    "reconciliation_discrepancy": "references and amounts",
    "reconciliation_payout": "amounts",
    "reconciliation_payoutline": "references and amounts",
    "socialaccount_socialapp": "unused: settings of single sign-on are ours",
}
"""Every other table of ours, and why it holds nothing on a customer's people."""
