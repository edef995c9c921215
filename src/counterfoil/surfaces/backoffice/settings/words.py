"""What is wrong with a gateway account, in words for staff."""

from django.utils.translation import gettext as _

from counterfoil.kernel.errors import Problem
from counterfoil.kernel.ports.gateways.account import AccountIncomplete


def account_trouble(problem: Problem) -> str:
    """Why no payment can go to an account, and what to do about it."""
    if isinstance(problem, AccountIncomplete):
        why = _("One of its keys is missing or can’t be right (%(setting)s).") % {
            "setting": problem.setting
        }
        mend = _("Type it in again, as the gateway shows it.")
    elif problem.code == "seal_broken":
        why = _("Its stored secrets can’t be opened: they were sealed with another key.")
        mend = _("Name the old key in COUNTERFOIL_OLD_SECRET_KEYS, or type the secrets in again.")
    else:
        why = _("Counterfoil has no working part for this kind of gateway.")
        mend = _("Look into the log, and update Counterfoil.")
    left_out = _("Payers are not offered it; no money was moved.")
    return f"{why} {left_out} {mend}"
