"""What a copy of personal data tells its reader of each table, in which order and by what words.

What has no word here is for machines (ids, keys of forms, references of gateways): it stands in the
data that go along.
"""

from collections.abc import Mapping

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

TOLD: Mapping[str, tuple[str, ...]] = {
    "customers_customer": (
        *("name", "email", "phone", "address", "tax_id", "external_ref", "locale", "timezone"),
        *("currency", "tags", "created_at"),
    ),
    "customers_contact": (
        *("name", "email", "locale", "rights", "gets_invoices", "gets_receipts", "may_sign_in"),
        "created_at",
    ),
    "customers_invitation": (
        *("name", "email", "rights", "inviter", "sent_at", "expires_at", "accepted_at"),
        "withdrawn_at",
    ),
    "customers_registration": ("name", "email", "number", "asked_at", "decided_at"),
    "customers_linkuse": ("day", "origin", "device", "opened_count", "paid_count", "last_at"),
    "notifications_message": (
        *("subject", "recipient", "created_at", "sent_at", "state", "problem", "text"),
    ),
    "identity_guestlink": ("sent_to", "created_at", "expires_at", "last_opened_at", "revoked_at"),
    "arrangements_scheduledpayment": (
        *("pay_date", "state", "payer", "created_at", "charged_at", "ended_at"),
    ),
    "payments_method": (
        *("method", "name", "expires", "is_default", "created_at", "used_at"),
        "removed_at",
    ),
    "payments_mandate": (
        *("reference", "scheme", "state", "holder", "name", "last4", "country", "accepted_at"),
        *("accepted_by", "ip_address", "user_agent", "ended_at", "text"),
    ),
    "payments_attempt": (
        *("amount_minor", "state", "method", "payer", "created_at", "finished_at"),
        *("surcharge_minor", "refunded_minor", "charged_back_minor", "note"),
    ),
    "payments_refund": ("amount_minor", "state", "reason", "created_at", "finished_at"),
    "payments_chargeback": ("amount_minor", "state", "opened_at", "decided_at", "evidence_text"),
    "payments_evidence": ("name", "added_at"),
    "billing_invoice": (
        *("number", "state", "issue_date", "due_date", "total_minor", "paid_minor"),
        *("credited_minor", "written_off_minor", "external_ref", "party", "notes"),
    ),
    "billing_creditnote": (
        *("number", "issue_date", "total_minor", "reason", "external_ref", "party", "notes"),
    ),
    "receivables_claim": ("taken_at", "number", "amount_minor", "taken_by"),
    "receivables_credit": ("total_minor", "applied_minor", "refunded_minor", "created_at"),
    "reconciliation_bankline": (
        *("booked_date", "amount_minor", "counterparty", "counterparty_account", "remittance"),
        "note",
    ),
    "approvals_approval": (
        *("asked_at", "asked_name", "amount_minor", "reason", "state", "decided_name"),
        *("decided_at", "note"),
    ),
    "privacy_copy": ("asked_at", "made_at", "expires_at"),
    "privacy_erasure": ("asked_at", "reason", "erased_at", "declined_at"),
    "identity_user": ("name", "email", "mobile_number", "locale", "date_joined", "last_login"),
    "audit_note": ("at", "what", "from_address"),
}
"""By table, the columns that are told; some are put together of others."""

INSIDE = {
    "billing_invoiceline": "invoice_id",
    "billing_creditnoteline": "credit_note_id",
}
"""What is told within the row that a column names."""
LINES = ("description", "quantity", "unit_price", "tax_rate", "net_minor")
SESSIONS = ("opened_at", "last_seen_at", "agent", "origin")
WITHIN = ("billing_invoiceline", "billing_creditnoteline", "receivables_openitem",
          "payments_intent")  # fmt: skip
"""Told along with other rows: lines with their documents, what is paid of an invoice with it."""
SHORT = frozenset({
    "customers_linkuse", "customers_registration", "identity_guestlink", "payments_refund",
    "payments_evidence", "receivables_claim", "receivables_credit", "privacy_copy",
    "privacy_erasure", "audit_note",
})  # fmt: skip
"""Told as a table: their rows are short, and there may be many."""


def column_words(name: str, table: str = "") -> str:
    """What a column holds, for those whose data it is."""
    if name == "created_at" and table.startswith("payments_") and table != "payments_method":
        return _("Begun")
    if name == "created_at" and table == "notifications_message":
        return _("Written")
    return _of_people().get(name) or _of_money().get(name) or name


def _of_people() -> dict[str, str]:
    return {
        "accepted_at": _("Accepted"),
        "accepted_by": _("Accepted by"),
        "added_at": _("Added on"),
        "address": _("Address"),
        "agent": _("Device"),
        "asked_at": _("Asked for"),
        "asked_name": _("Asked for by"),
        "at": _("When"),
        "country": _("Country"),
        "created_at": _("There since"),
        "currency": _("Currency"),
        "date_joined": _("There since"),
        "day": _("Day"),
        "decided_at": _("Decided"),
        "decided_name": _("Decided by"),
        "declined_at": _("Declined"),
        "device": _("Device"),
        "email": _("Email"),
        "ended_at": _("Ended"),
        "erased_at": _("Erased"),
        "expires_at": _("Expires"),
        "external_ref": _("Reference"),
        "from_address": _("Internet address"),
        "gets_invoices": _("Gets invoices"),
        "gets_receipts": _("Gets receipts"),
        "inviter": _("Invited by"),
        "ip_address": _("Internet address"),
        "last_at": _("Last used"),
        "last_login": _("Last signed in"),
        "last_opened_at": _("Last opened"),
        "last_seen_at": _("Last seen"),
        "locale": _("Language"),
        "made_at": _("Put together"),
        "may_sign_in": _("May sign in"),
        "mobile_number": _("Mobile number"),
        "name": _("Name"),
        "opened_at": _("Begun"),
        "opened_count": _("Times opened"),
        "origin": _("Internet address"),
        "paid_count": _("Times paid with it"),
        "phone": _("Phone"),
        "problem": _("What went wrong"),
        "recipient": _("To"),
        "removed_at": pgettext("history", "Removed"),
        "revoked_at": _("Taken back"),
        "rights": _("What this person may do"),
        "sent_at": _("Sent"),
        "sent_to": _("Sent to"),
        "subject": _("Subject"),
        "tags": _("Tags"),
        "text": _("Text"),
        "timezone": _("Time zone"),
        "used_at": _("Last used"),
        "user_agent": _("Device"),
        "what": _("What happened"),
        "withdrawn_at": _("Withdrawn"),
    }


def _of_money() -> dict[str, str]:
    return {
        "amount_minor": _("Amount"),
        "applied_minor": _("Used"),
        "booked_date": _("Booked on"),
        "charged_at": _("Charged"),
        "charged_back_minor": _("Charged back"),
        "counterparty": _("From"),
        "counterparty_account": _("Account"),
        "credited_minor": _("Credited"),
        "description": _("Description"),
        "due_date": _("Due"),
        "evidence_text": _("What was answered"),
        "expires": _("Valid until"),
        "finished_at": _("Decided"),
        "holder": _("Account holder"),
        "is_default": _("Used first"),
        "issue_date": _("Date"),
        "last4": _("Last four digits"),
        "method": _("Method"),
        "net_minor": _("Amount"),
        "note": _("Note"),
        "notes": _("Notes"),
        "number": _("Number"),
        "paid_minor": _("Paid"),
        "party": _("Billed to"),
        "pay_date": _("Day of payment"),
        "payer": _("Who pays"),
        "quantity": _("Quantity"),
        "reason": _("Reason"),
        "reference": _("Reference"),
        "refunded_minor": _("Refunded"),
        "remittance": _("What the bank line says"),
        "scheme": _("Scheme"),
        "state": _("State"),
        "surcharge_minor": _("Surcharge"),
        "taken_at": _("When"),
        "taken_by": _("Who"),
        "tax_id": _("Tax number"),
        "tax_rate": _("Tax"),
        "total_minor": _("Total"),
        "unit_price": _("Unit price"),
        "written_off_minor": _("Written off"),
    }


def state_words(table: str, state: str) -> str:
    """How something stands, for those whose data it is."""
    own = {
        ("billing_invoice", "issued"): pgettext("history", "Issued"),
        ("payments_attempt", "succeeded"): _("Received"),
        ("payments_attempt", "failed"): _("Declined"),
        ("payments_attempt", "cancelled"): _("Never sent"),
        ("payments_refund", "succeeded"): _("Sent"),
        ("payments_chargeback", "open"): _("Not decided"),
        ("payments_chargeback", "answered"): _("Not decided"),
        ("payments_mandate", "active"): _("In force"),
        ("notifications_message", "failed"): _("Not delivered"),
        ("notifications_message", "skipped"): _("Not sent"),
    }
    return own.get((table, state)) or _states().get(state) or state.replace("_", " ")


def _states() -> dict[str, str]:
    return {
        "action_required": _("Waiting for the payer"),
        "approved": _("Approved"),
        "cancelled": _("Cancelled"),
        "carried_out": _("Done"),
        "charging": _("Processing"),
        "created": _("Starting"),
        "deleted": pgettext("history", "Removed"),
        "draft": _("Draft"),
        "ended": _("Ended"),
        "expired": _("Expired"),
        "failed": _("Failed"),
        "lost": _("Lost"),
        "paid": _("Paid"),
        "pending": _("Processing"),
        "planned": _("Planned"),
        "processing": _("Processing"),
        "queued": _("Waiting"),
        "refused": _("Refused"),
        "requested": _("Waiting"),
        "returned": _("Came back"),
        "revoked": _("Taken back"),
        "sending": _("Sending"),
        "sent": _("Sent"),
        "submitted": _("Processing"),
        "unknown": _("Outcome unknown"),
        "voided": _("Voided"),
        "withdrawn": _("Withdrawn"),
        "won": _("Won"),
    }
