"""Rights and scopes in words."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from counterfoil.domain.identity.roles import Right


def right_words() -> dict[Right, tuple[str, str]]:
    """Every right: its name, and what it lets somebody do."""
    return {
        Right.SEE: (_("See"), _("Customers, invoices and payments; everybody may.")),
        Right.EDIT_CUSTOMERS: (_("Edit customers"), _("Their particulars, contacts and tags.")),
        Right.EDIT_INVOICES: (_("Edit invoices"), _("Write, issue, send and void them.")),
        Right.CREDIT: (_("Credit notes"), _("Write credit notes, and use customers’ credit.")),
        Right.WRITE_OFF: (_("Write off"), _("Say that nobody expects the rest of an invoice.")),
        Right.RESOLVE_PAYMENTS: (
            _("Record payments"),
            _("Take cash and cheques, match bank lines, clear up payments."),
        ),
        Right.REFUND: (_("Refund"), _("Give money back, answer chargebacks, stop payments.")),
        Right.APPROVE: (_("Approve"), _("Be the second person where two are needed.")),
        Right.IMPORT: (_("Import"), _("Customers, invoices and bank statements from files.")),
        Right.EXPORT: (_("Export"), _("Take lists away as files.")),
        Right.SEE_AS_CUSTOMER: (
            _("See as the customer"),
            _("Look at the portal as a customer sees it; the customer is told."),
        ),
        Right.GATEWAYS: (_("Gateways"), _("Connect and change gateway accounts.")),
        Right.BANK_DATA: (_("Bank details"), _("Change the accounts that customers pay to.")),
        Right.SETTINGS: (_("Brand and settings"), _("The look, ways of paying, surcharges.")),
        Right.PEOPLE: (_("People and roles"), _("Ask people in, give roles and limits.")),
        Right.KEYS: (_("API keys"), _("Make keys for programs, and take them back.")),
        Right.TRAIL: (_("Changes"), _("See who changed and looked at what.")),
    }


def family_words() -> dict[str, tuple[str, str]]:
    """What an API key may reach, by family."""
    return {
        "customers": (_("Customers"), ""),
        "invoices": (_("Invoices"), _("Credit notes too.")),
        "payments": (_("Payments"), _("Mandates and gateways too.")),
        "refunds": (_("Refunds"), ""),
        "ledger": (_("Ledger"), _("The books; nobody writes to them.")),
        "events": (_("Events"), _("What has happened; nobody writes them.")),
    }


def scope_words(scopes: Iterable[str]) -> tuple[str, ...]:
    """What a key may do, a family each: `Customers: read and write`."""
    given, found = set(scopes), []
    for family, (words, _hint) in family_words().items():
        if f"{family}:write" in given:
            found.append(_("%(what)s: read and write") % {"what": words})
        elif f"{family}:read" in given:
            found.append(_("%(what)s: read") % {"what": words})
    return tuple(found)
