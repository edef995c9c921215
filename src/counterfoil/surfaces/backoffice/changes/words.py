"""Changes in words: of what, how, and each column as the forms call it."""

from django.utils.translation import gettext as _
from django.utils.translation import pgettext


def source_words(table: str) -> str:
    """What sort of thing was changed."""
    return {
        "arrangements_scheduledpayment": _("Planned payment"),
        "billing_series": _("Numbers of invoices"),
        "business_bankaccount": _("Bank account"),
        "business_business": _("Business"),
        "business_hostname": _("Address of the portal"),
        "customers_contact": _("Contact"),
        "customers_customer": _("Customer"),
        "customers_invitation": _("Invitation"),
        "customers_registration": _("Request for access"),
        "identity_apikey": _("API key"),
        "identity_guestlink": _("Link"),
        "identity_invitation": _("Invitation to work here"),
        "identity_membership": _("Member of staff"),
        "identity_rolelimit": _("Limit"),
        "identity_staffrole": _("Role of staff"),
        "identity_signon": _("Single sign-on"),
        "identity_signondomain": _("Mail domain of single sign-on"),
        "payments_gatewayaccount": _("Gateway account"),
        "payments_method": _("Saved payment method"),
        "payments_route": _("Way of payments"),
        "privacy_retention": _("How long what is kept"),
    }.get(table, table)


def verb_words(verb: str) -> str:
    """How it was changed."""
    return {
        "insert": pgettext("history", "Added"),
        "update": pgettext("history", "Changed"),
        "delete": pgettext("history", "Removed"),
    }[verb]


def column_words(name: str) -> str:
    """What a column holds, as the forms call it; one without a word keeps its name."""
    words = _columns_to_kind() | _columns_from_last4() | _sign_on_columns()
    return words.get(name, name)


def _columns_to_kind() -> dict[str, str]:
    return {
        "accent": _("Accent colour"),
        "accepted_at": _("Accepted"),
        "act": _("What it is about"),
        "address": _("Address"),
        "applies_credit": _("Credit applies itself"),
        "bacs_number": _("Bacs service user number"),
        "bank_name": _("Bank"),
        "bic": _("BIC"),
        "brand": _("Brand"),
        "creditor_ref": _("Creditor identifier"),
        "currency": _("Currency"),
        "days": _("Goes after"),
        "decided_at": _("Decided"),
        "decided_by": _("Decided by"),
        "debit_schemes": _("Bank debit"),
        "door": _("Opens for"),
        "email": _("Email"),
        "ended_at": pgettext("history", "Left"),
        "expires_at": _("Expires"),
        "exp_month": _("Expires (month)"),
        "exp_year": _("Expires (year)"),
        "external_ref": _("Your reference"),
        "format": _("Format"),
        "gets_invoices": _("Gets invoices"),
        "gets_receipts": _("Gets receipts"),
        "hint": _("Begins with"),
        "holder": _("Account holder"),
        "host": _("Host name"),
        "iban": _("IBAN"),
        "inviter": _("Invited by"),
        "is_active": _("In use"),
        "is_default": _("Used first"),
        "is_main": _("Links lead here"),
        "key_hash": _("Secret"),
        "kind": _("Kind"),
    }


def _columns_from_last4() -> dict[str, str]:
    return {
        "last4": _("Last four digits"),
        "legal_name": _("Legal name"),
        "locale": _("Language"),
        "logo": _("Logo"),
        "mails_seals": _("Daily mail of the seals"),
        "may_sign_in": _("May sign in"),
        "method": _("Method"),
        "method_id": _("Method"),
        "name": _("Name"),
        "number": _("Number"),
        "old_until": _("The old secret works until"),
        "own_role_id": _("Role"),
        "part_floor": _("Least part"),
        "pay_date": _("Day of payment"),
        "pay_locked_at": _("Paying was locked"),
        "payer": _("Who pays"),
        "phone": _("Phone"),
        "preset": _("Role"),
        "removed_at": pgettext("history", "Removed"),
        "revoked_at": _("Taken back"),
        "rights": _("What this person may do"),
        "role": _("Role"),
        "schedule_days_max": _("Days ahead that may be planned"),
        "scopes": _("What it may do"),
        "secrets": _("Secrets"),
        "sent_at": _("Sent"),
        "sent_to": _("Sent to"),
        "settings": _("Settings"),
        "step_up_over": _("Ask who pays from this amount on"),
        "surcharges": _("Surcharges"),
        "tags": _("Tags"),
        "taken_at": _("Accepted"),
        "takes_prepayments": _("Takes payments ahead"),
        "takes_registrations": _("People may ask for access"),
        "tax_id": _("Tax number"),
        "timezone": _("Time zone"),
        "up_to_minor": _("Alone up to"),
        "user_id": _("Sign-in"),
        "withdrawn_at": _("Withdrawn"),
    }


def _sign_on_columns() -> dict[str, str]:
    return {
        "allows_unasked": _("Let people begin at the provider's own page"),
        "brings_back": _("Let in people again who were taken out"),
        "covers_second_factor": _("The provider asks for a second factor"),
        "domain": _("Mail domains"),
        "is_required": _("People of these domains must sign in this way"),
        "is_shown": _("Show a button on the sign-in page"),
        "makes_people": _("Let in people who are new here"),
        "strong_contexts": _("What the provider calls two factors"),
        "vouches_for_mail": _("The provider's mail addresses can be relied on"),
    }
