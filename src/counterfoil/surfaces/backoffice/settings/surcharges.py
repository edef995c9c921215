"""What paying one way costs on top, and how far ahead customers may plan a payment."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from counterfoil.domain.business import operations as business_operations
from counterfoil.domain.business import queries as businesses
from counterfoil.domain.business.rows import BusinessRow
from counterfoil.domain.business.surcharges import KINDS, checked
from counterfoil.domain.identity.roles import Right
from counterfoil.kernel.errors import FieldProblem, Refused
from counterfoil.kernel.money import Money
from counterfoil.surfaces.backoffice.access import StaffRequest, staff
from counterfoil.surfaces.backoffice.forms import decimal_of, texts, with_problem
from counterfoil.surfaces.backoffice.frame import render
from counterfoil.surfaces.backoffice.pages import Filter
from counterfoil.surfaces.backoffice.settings.tabs import tabs
from counterfoil.surfaces.ui.amounts import typed, typed_amount
from counterfoil.surfaces.ui.middleware import HOSTS
from counterfoil.surfaces.ui.shell import FormState

TEMPLATE = "backoffice/settings/surcharges.html"
DAYS_MAX = 366
_PARTS = ("percent", "fixed", "cap")
_NAMES = tuple(f"{kind}.{part}" for kind in KINDS for part in _PARTS)


@dataclass(frozen=True, slots=True)
class SurchargesPage:
    """Fields in `form`: schedule_days_max, and of each kind `<kind>.percent`, `.fixed`, `.cap`, the
    last two in `currency`."""

    tabs: tuple[Filter, ...]
    form: FormState
    currency: str
    kinds: tuple[str, ...]


@staff(Right.SETTINGS)
@require_http_methods(["GET", "HEAD", "POST"])
def surcharges(request: StaffRequest) -> HttpResponse:
    """Off until somebody sets one."""
    row = businesses.by_id(request.business.id)
    if request.method != "POST":
        return _page(request, FormState(_values(row)))
    values = texts(request.POST, ("schedule_days_max", *_NAMES))
    try:
        days = _days(values["schedule_days_max"])
        wanted = {kind: _one(kind, values, row) for kind in KINDS}
    except Refused as problem:
        return _page(request, with_problem(values, problem), status=422)
    changes = {
        "schedule_days_max": days,
        "surcharges": {kind: one for kind, one in wanted.items() if one},
    }
    business_operations.change(request.business.id, changes)
    HOSTS.changed()
    messages.success(request, _("Saved."))
    return HttpResponseRedirect(reverse("backoffice_surcharges"))


def _days(text: str) -> int:
    if not (text.isascii() and text.isdigit()):
        raise FieldProblem("schedule_days_max", "This is not a number.", code="not_a_number")
    if int(text[:6]) > DAYS_MAX:
        raise FieldProblem("schedule_days_max", "This is too large.", code="too_large")
    return int(text[:6])


def _one(kind: str, values: dict[str, str], row: BusinessRow) -> dict[str, Any]:
    """One kind's setting, with what other currencies had before."""
    percent = values[f"{kind}.percent"]
    fixed, cap = values[f"{kind}.fixed"], values[f"{kind}.cap"]
    found = checked(
        kind,
        decimal_of(percent, f"{kind}.percent") if percent else Decimal(0),
        typed_amount(fixed, row.currency, field=f"{kind}.fixed")
        if fixed
        else Money(0, row.currency),
        typed_amount(cap, row.currency, field=f"{kind}.cap") if cap else None,
    )
    kept = row.surcharges.get(kind, {})
    for part in ("fixed", "cap"):
        others = {code: minor for code, minor in kept.get(part, {}).items() if code != row.currency}
        if found:
            found[part] = {**others, **found[part]}
    return found


def _values(row: BusinessRow) -> dict[str, str]:
    values = {"schedule_days_max": str(row.schedule_days_max)}
    for kind in KINDS:
        one = row.surcharges.get(kind, {})
        values[f"{kind}.percent"] = str(one.get("percent", ""))
        for part in ("fixed", "cap"):
            minor = one.get(part, {}).get(row.currency)
            values[f"{kind}.{part}"] = typed(Money(int(minor), row.currency)) if minor else ""
    return values


def _page(request: StaffRequest, form: FormState, *, status: int = 200) -> HttpResponse:
    room = tabs("backoffice_surcharges")
    page = SurchargesPage(room, form, request.business.currency, tuple(KINDS))
    return render(request, TEMPLATE, section="settings", status=status, page=page)
