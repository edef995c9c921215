"""The rooms of the settings."""

from django.urls import reverse
from django.utils.translation import gettext as _

from counterfoil.surfaces.backoffice.pages import Filter


def tabs(current: str) -> tuple[Filter, ...]:
    """Links to the rooms; `current` is the address name of the one that is open."""
    rooms = [
        ("backoffice_brand", _("Brand")),
        ("backoffice_bank_accounts", _("Bank accounts")),
        ("backoffice_paying", _("Paying")),
        ("backoffice_surcharges", _("Surcharges and planning")),
        ("backoffice_debits", _("Bank debit")),
        ("backoffice_people", _("People")),
        ("backoffice_gateways", _("Gateways")),
        ("backoffice_keys", _("API keys")),
    ]
    return tuple(Filter(words, reverse(name), name == current) for name, words in rooms)
