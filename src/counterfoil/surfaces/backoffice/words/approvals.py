"""Requests for a second person's word: what they are about, and what became of each."""

from django.utils.translation import gettext as _

from counterfoil.kernel.money import Money
from counterfoil.surfaces.ui.formatting import money


def act_title(act: str, about: Money | None) -> str:
    """What is asked for, by its act and what it is `about`."""
    amount = {"amount": money(about)} if about else {"amount": ""}
    known = {
        "refund": _("Refund of %(amount)s"),
        "write_off": _("Write-off of %(amount)s"),
        "credit": _("Credit note of %(amount)s"),
        "bank_data": _("Change of bank details"),
        "limits": _("Change of what needs two people"),
    }
    return known.get(act, _("Something that this version does not know")) % amount


def approval_step_words(state: str) -> str:
    """What became of a request for a second person's word."""
    return {
        "requested": _("Asked for a second person’s word"),
        "approved": _("Approved by a second person"),
        "carried_out": _("Done as approved"),
        "failed": _("Approved, but could not be done any more"),
        "refused": _("Refused by a second person"),
        "withdrawn": _("Withdrawn by who asked"),
        "expired": _("Not decided in time"),
    }[state]
