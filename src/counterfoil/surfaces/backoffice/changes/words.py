"""Changes in words: of what, how, and each column as the forms call it."""

from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from counterfoil.domain.identity.roles import Role
from counterfoil.surfaces.backoffice.words import role_words
from counterfoil.surfaces.ui.formatting import moment


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
    return {
        "accent": _("Accent colour"),
        "accepted_at": _("Accepted"),
        "address": _("Address"),
        "applies_credit": _("Credit applies itself"),
        "bacs_number": _("Bacs service user number"),
        "bank_name": _("Bank"),
        "bic": _("BIC"),
        "brand": _("Brand"),
        "creditor_ref": _("Creditor identifier"),
        "currency": _("Currency"),
        "debit_schemes": _("Bank debit"),
        "email": _("Email"),
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
        "key_hash": _("Secret"),
        "kind": _("Kind"),
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
        "part_floor": _("Least part"),
        "pay_date": _("Day of payment"),
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
        "takes_prepayments": _("Takes payments ahead"),
        "takes_registrations": _("People may ask for access"),
        "tax_id": _("Tax number"),
        "timezone": _("Time zone"),
        "user_id": _("Sign-in"),
        "withdrawn_at": _("Withdrawn"),
        **_sign_on_columns(),
    }.get(name, name)


def _sign_on_columns() -> dict[str, str]:
    return {
        "allows_unasked": _("Let people begin at the provider's own page"),
        "brings_back": _("Let in people again who were taken out"),
        "covers_second_factor": _("The provider asks for a second factor"),
        "domain": _("Mail domains"),
        "is_required": _("People of these domains must sign in this way"),
        "is_shown": _("Show a button on the sign-in page"),
        "makes_people": _("Let in people who are new here"),
        "vouches_for_mail": _("The provider's mail addresses can be relied on"),
    }


def value_words(name: str, value: Any) -> str:
    """A value as people read it; nothing is a dash."""
    if value is None or value in ("", [], {}):
        return "–"
    if name == "user_id":
        return _("has one")
    if name in ("role", "preset") and value in set(Role):
        return role_words(Role(value))
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if name.endswith("_at") and (at := parse_datetime(str(value))):
        return moment(at)
    return ", ".join(_leaves(value)) or "–"


def _leaves(value: Any) -> list[str]:
    """Everything in it that says something, one by one."""
    if isinstance(value, dict | list):
        inside = value.values() if isinstance(value, dict) else value
        return [leaf for one in inside for leaf in _leaves(one)]
    return [str(value)] if value not in (None, "") else []
