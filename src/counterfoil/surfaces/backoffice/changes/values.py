"""The values of changes in words: as the pages on which they are set say them."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from counterfoil.domain.customers.rights import preset_of, read
from counterfoil.domain.identity.roles import Role, rights_of
from counterfoil.domain.identity.sign_on.rows import SignOnKind
from counterfoil.domain.notifications.words import method_name, preset_words
from counterfoil.domain.payments.mandate_texts import scheme_name
from counterfoil.domain.privacy.retention import FOREVER
from counterfoil.infra.secrets.fields import UNREADABLE
from counterfoil.kernel.money import Money
from counterfoil.kernel.ports.gateways.mandates import DebitScheme
from counterfoil.surfaces.backoffice.approvals.acts import act_words
from counterfoil.surfaces.backoffice.words import actor_words, locale_words, role_words
from counterfoil.surfaces.backoffice.words.settings import (
    environment_words,
    gateway_words,
    rule_words,
    setting_words,
    way_words,
)
from counterfoil.surfaces.backoffice.words.staff import right_words, scope_words
from counterfoil.surfaces.ui.context import lines_of
from counterfoil.surfaces.ui.formatting import day, moment, money, number, percent, quantity

NOTHING = "–"
Names = Mapping[str, str]
_NUMBERS = frozenset({"part_floor", "step_up_over"})


def value_words(
    source: str, name: str, value: Any, names: Names, *, called: str = "", other: Any = None
) -> str:
    """A value as people read it; nothing is a dash. `called` is what the row is called, `other`
    what the same column holds on the other side of the change: of days only what differs counts."""
    if name == "up_to_minor" and value is not None:
        return _limit(value, called)
    if name == "days" and isinstance(value, dict):
        return _days(value, other if isinstance(other, dict) else {})
    if value is None or value in ("", [], {}):
        return NOTHING
    if value is UNREADABLE:
        return _("can’t be opened")
    if (say := _SAID.get((source, name)) or _SAID.get(("", name))) is not None:
        return say(value) or NOTHING
    return _named(name, str(value), names) or _plain(name, value) or NOTHING


def called_words(source: str, called: str, names: Names) -> str:
    """What the changed row is called: a limit by whose it is and what of, a former member of staff
    without a name."""
    if source == "identity_rolelimit":
        whose, _sep, rest = called.partition(":")
        role = role_words(Role(whose)) if whose in set(Role) else names.get(whose, "")
        words = act_words(rest.partition(":")[0]) if rest else ""
        return ": ".join(filter(None, (role or _("Everybody"), words))) if words else ""
    if source == "identity_membership":
        return names.get(called) or _("A former member of staff")
    if source == "billing_series":
        return {"invoice": _("Invoices"), "credit_note": _("Credit notes")}.get(called, called)
    return names.get(called, called)


def _named(name: str, value: str, names: Names) -> str:
    if name in ("own_role_id", "method_id"):
        return names.get(value) or _("one that is not there any more")
    return actor_words(value, names) if name in ("payer", "decided_by") else ""


def _plain(name: str, value: Any) -> str:
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if name.endswith(("_at", "_until")) and (at := parse_datetime(str(value))):
        return moment(at)
    if name in _NUMBERS:
        return quantity(Decimal(str(value)))
    return ", ".join(_leaves(value))


def _limit(value: Any, called: str) -> str:
    _whose, _sep, rest = called.partition(":")
    currency = rest.partition(":")[2]
    if not rest:
        return number(int(value))
    return money(Money(int(value), currency)) if currency else _("needs two people")


def _role(value: Any) -> str:
    return role_words(Role(value)) if value in set(Role) else str(value)


def _staff_rights(value: Iterable[str]) -> str:
    words, given = right_words(), rights_of(value)
    return ", ".join(words[right][0] for right in words if right in given)


def _days(value: Mapping[str, int], other: Mapping[str, int]) -> str:
    words = rule_words()
    said = []
    for rule, (what, _hint) in words.items():
        if rule in value and value[rule] != other.get(rule):
            days = int(value[rule])
            told = ngettext("%(n)s day", "%(n)s days", days) % {"n": number(days)}
            span = _("for good") if days >= FOREVER else told
            said.append(f"{what}: {span}")
    return ", ".join(said) or NOTHING


def _surcharges(value: Mapping[str, Any]) -> str:
    return ", ".join(f"{way_words(kind)}: {_surcharge(one)}" for kind, one in value.items())


def _surcharge(one: Mapping[str, Any]) -> str:
    share = percent(Decimal(one["percent"])) if Decimal(one.get("percent") or 0) else ""
    fixed = [money(Money(int(minor), code)) for code, minor in one.get("fixed", {}).items()]
    whole = " + ".join(filter(None, (share, " / ".join(fixed))))
    cap = [money(Money(int(minor), code)) for code, minor in one.get("cap", {}).items()]
    most = _("at most %(amount)s") % {"amount": " / ".join(cap)} if cap else ""
    return ", ".join(filter(None, (whole, most)))


def _settings(value: Mapping[str, Any]) -> str:
    return ", ".join(
        f"{setting_words(name)}: "
        f"{environment_words(str(one)) if name == 'environment' else ' '.join(_leaves(one))}"
        for name, one in value.items()
        if _leaves(one)
    )


def _scheme(scheme: str) -> str:
    return scheme_name(scheme) if scheme in set(DebitScheme) else scheme


def _day(value: str) -> str:
    return day(date.fromisoformat(value))


_SAID: Mapping[tuple[str, str], Callable[[Any], str]] = {
    ("", "rights"): lambda value: preset_words(preset_of(read(value))),
    ("identity_staffrole", "rights"): _staff_rights,
    ("", "scopes"): lambda value: ", ".join(scope_words(value)),
    ("", "role"): _role,
    ("", "act"): act_words,
    ("", "locale"): locale_words,
    ("", "address"): lambda value: ", ".join(lines_of(value)),
    ("", "debit_schemes"): lambda value: ", ".join(_scheme(one) for one in value),
    ("", "surcharges"): _surcharges,
    ("", "pay_date"): _day,
    ("business_hostname", "door"): lambda value: {
        "both": _("customers and staff"),
        "portal": _("customers"),
        "staff": _("staff"),
    }.get(value, value),
    ("", "user_id"): lambda _value: _("has one"),
    ("", "schedule_days_max"): number,
    ("payments_gatewayaccount", "settings"): _settings,
    ("payments_gatewayaccount", "kind"): gateway_words,
    ("payments_method", "kind"): method_name,
    ("payments_method", "brand"): lambda value: method_name("card", value),
    ("payments_route", "method"): way_words,
    ("identity_signon", "kind"): lambda value: (
        "SAML" if value == SignOnKind.SAML else "OpenID Connect"
    ),
}
"""By table and column, else by column alone."""


def _leaves(value: Any) -> list[str]:
    """Everything in it that says something, one by one."""
    if isinstance(value, dict | list):
        inside = value.values() if isinstance(value, dict) else value
        return [leaf for one in inside for leaf in _leaves(one)]
    return [str(value)] if value not in (None, "") else []
