"""The rooms of the settings."""

from django.urls import reverse
from django.utils.translation import gettext as _

from counterfoil.surfaces.backoffice.addresses import ROOMS
from counterfoil.surfaces.backoffice.pages import Filter


def tabs(current: str) -> tuple[Filter, ...]:
    """Links to the rooms, each with the right that opens it as its value: a page draws those that
    its reader may open. `current` is the address name of the one that is open."""
    words = {
        "backoffice_brand": _("Brand"),
        "backoffice_hosts": _("Addresses"),
        "backoffice_bank_accounts": _("Bank accounts"),
        "backoffice_paying": _("Paying"),
        "backoffice_surcharges": _("Surcharges and planning"),
        "backoffice_debits": _("Bank debit"),
        "backoffice_people": _("People"),
        "backoffice_roles": _("Roles"),
        "backoffice_sign_on": _("Single sign-on"),
        "backoffice_gateways": _("Gateways"),
        "backoffice_keys": _("API keys"),
        "backoffice_retention": _("Retention"),
        "backoffice_changes": _("Changes"),
    }
    return tuple(
        Filter(words[name], reverse(name), name == current, right.value)
        for name, right in ROOMS.items()
    )
