"""What customers may pay, and what becomes of their credit."""

from dataclasses import dataclass
from decimal import Decimal

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from counterfoil.domain.business import operations as business_operations
from counterfoil.domain.business import queries as businesses
from counterfoil.domain.business.rows import BusinessRow
from counterfoil.domain.identity.roles import Right
from counterfoil.kernel.errors import FieldProblem, Refused
from counterfoil.kernel.money import Money
from counterfoil.surfaces.backoffice.access import StaffRequest, staff
from counterfoil.surfaces.backoffice.forms import texts, with_problem
from counterfoil.surfaces.backoffice.frame import render
from counterfoil.surfaces.backoffice.pages import Filter
from counterfoil.surfaces.backoffice.settings.tabs import tabs
from counterfoil.surfaces.ui.amounts import typed, typed_amount
from counterfoil.surfaces.ui.middleware import HOSTS
from counterfoil.surfaces.ui.shell import FormState
from counterfoil.surfaces.ui.step_up import ask, fresh

TEMPLATE = "backoffice/settings/paying.html"
SUM_MAX = Decimal(1_000_000)
_SUMS = ("part_floor", "step_up_over")
_CHOICES = ("takes_prepayments", "applies_credit", "takes_registrations")


@dataclass(frozen=True, slots=True)
class PayingPage:
    """Fields in `form`: part_floor and step_up_over; takes_prepayments, applies_credit and
    takes_registrations are `on` or empty."""

    tabs: tuple[Filter, ...]
    form: FormState
    currency: str


@staff(Right.SETTINGS)
@require_http_methods(["GET", "HEAD", "POST"])
def paying(request: StaffRequest) -> HttpResponse:
    """The least part, paying ahead, and credit that applies itself."""
    row = businesses.by_id(request.business.id)
    if request.method != "POST":
        return _page(request, FormState(_values(row)))
    values = texts(request.POST, (*_SUMS, *_CHOICES))
    try:
        sums = {name: _sum(name, values[name], row.currency) for name in _SUMS}
    except Refused as problem:
        return _page(request, with_problem(values, problem), status=422)
    if sums["step_up_over"] != row.step_up_over and not fresh(request):
        return ask(request, _("Change of the sum from which we ask again"))
    chosen = {name: values[name] == "on" for name in _CHOICES}
    business_operations.change(request.business.id, {**sums, **chosen})
    HOSTS.changed()
    messages.success(request, _("Saved."))
    return HttpResponseRedirect(reverse("backoffice_paying"))


def _values(row: BusinessRow) -> dict[str, str]:
    chosen = {name: "on" if getattr(row, name) else "" for name in _CHOICES}
    return {name: _typed(getattr(row, name)) for name in _SUMS} | chosen


def _typed(kept: Decimal) -> str:
    whole = kept.quantize(Decimal("0.01"))
    return str(whole) if whole != kept else typed(Money.of_decimal(whole, "EUR"))


def _sum(name: str, text: str, currency: str) -> Decimal:
    """What was typed, in major units; nothing below zero and nothing that shuts parts out."""
    typed_sum = typed_amount(text, currency, field=name).decimal
    if typed_sum > SUM_MAX:
        raise FieldProblem(name, "This is too large.", code="too_large")
    return typed_sum


def _page(request: StaffRequest, form: FormState, *, status: int = 200) -> HttpResponse:
    page = PayingPage(tabs("backoffice_paying"), form, request.business.currency)
    return render(request, TEMPLATE, section="settings", status=status, page=page)
