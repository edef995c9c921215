"""What tables of personal data are called by people."""

from django.utils.translation import gettext as _


def table_words(table: str) -> str:
    """The heading of a table, for those whose data it is."""
    return {
        "customers_customer": _("Customer"),
        "customers_contact": _("People"),
        "customers_invitation": _("Invitations"),
        "customers_registration": _("Requests for access"),
        "customers_linkuse": _("Use of links"),
        "notifications_message": _("Mails"),
        "identity_guestlink": _("Links to invoices"),
        "identity_user": _("Sign-ins and sessions"),
        "arrangements_scheduledpayment": _("Planned payments"),
        "payments_method": _("Saved methods"),
        "payments_mandate": _("Mandates"),
        "payments_intent": _("What was to be paid"),
        "payments_attempt": _("Payments"),
        "payments_refund": _("Refunds"),
        "payments_chargeback": _("Chargebacks"),
        "payments_evidence": _("Files about chargebacks"),
        "payments_gatewayevent": _("Messages of payment gateways"),
        "billing_invoice": _("Invoices"),
        "billing_invoiceline": _("Lines of invoices"),
        "billing_creditnote": _("Credit notes"),
        "billing_creditnoteline": _("Lines of credit notes"),
        "receivables_openitem": _("What is owed"),
        "receivables_claim": _("Who began to pay what"),
        "receivables_credit": _("Customer's credit"),
        "reconciliation_bankline": _("Lines of bank statements"),
        "approvals_approval": _("Requests for a second word"),
        "privacy_copy": _("Copies of data"),
        "privacy_erasure": _("Requests to be forgotten"),
        "audit_note": _("What was noted in the trail"),
        "audit_recordvalues": _("Old values in the trail"),
    }.get(table, table)
