"""What limits and the rules of two people are about, in words."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from counterfoil.domain.identity.roles import Act, Limit
from counterfoil.kernel.money import Money
from counterfoil.surfaces.ui.formatting import money


def act_words(act: str) -> str:
    """What a limit or a request is about; a word of another version of the program has no name."""
    known = {
        "limits": _("What needs two people"),
        Act.REFUND: _("Refunds"),
        Act.WRITE_OFF: _("Write-offs"),
        Act.CREDIT: _("Credit notes"),
        Act.BANK_DATA: _("Bank details"),
    }
    return known.get(act, _("Something that this version does not know"))


def limit_words(limits: Iterable[Limit]) -> tuple[str, ...]:
    """Limits as sentences."""
    return tuple(
        _("%(what)s up to %(amount)s")
        % {"what": act_words(one.act), "amount": money(Money(one.up_to_minor, one.currency))}
        for one in limits
        if one.currency
    )


def rule_words(limits: Iterable[Limit]) -> tuple[str, ...]:
    """What needs two people, whoever asks for it."""
    found = [
        _("%(what)s over %(amount)s")
        % {"what": act_words(one.act), "amount": money(Money(one.up_to_minor, one.currency))}
        for one in limits
        if one.currency
    ]
    if any(one.act == Act.BANK_DATA for one in limits):
        found.append(_("Every change of bank details"))
    return tuple(found)
