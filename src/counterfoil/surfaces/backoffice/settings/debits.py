"""Bank debit: by whose rules accounts may be debited, and by what payers' banks know us."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from counterfoil.domain.business import operations as business_operations
from counterfoil.domain.business import queries as businesses
from counterfoil.domain.business.debits import CURRENCIES, checked_debits
from counterfoil.domain.identity.roles import Right
from counterfoil.domain.payments.mandate_texts import scheme_name
from counterfoil.kernel.errors import Refused
from counterfoil.kernel.ports.gateways.mandates import DebitScheme
from counterfoil.surfaces.backoffice.access import StaffRequest, staff
from counterfoil.surfaces.backoffice.forms import texts, with_problem
from counterfoil.surfaces.backoffice.frame import render
from counterfoil.surfaces.backoffice.pages import Filter
from counterfoil.surfaces.backoffice.settings.tabs import tabs
from counterfoil.surfaces.ui.middleware import HOSTS
from counterfoil.surfaces.ui.shell import FormState
from counterfoil.surfaces.ui.step_up import step_up

TEMPLATE = "backoffice/settings/debits.html"
_FIELDS = ("creditor_ref", "bacs_number")


@dataclass(frozen=True, slots=True)
class SchemeChoice:
    """One scheme that can be switched on."""

    value: str
    words: str
    currency: str
    hint: str
    is_on: bool


@dataclass(frozen=True, slots=True)
class DebitsPage:
    """Fields in `form`: creditor_ref and bacs_number."""

    tabs: tuple[Filter, ...]
    form: FormState
    schemes: tuple[SchemeChoice, ...]


@staff(Right.SETTINGS)
@require_http_methods(["GET", "HEAD", "POST"])
@step_up(gettext_lazy("Change of bank debits"))
def debits(request: StaffRequest) -> HttpResponse:
    """Which bank debits customers are offered; what a scheme needs and lacks is named."""
    row = businesses.by_id(request.business.id)
    if request.method != "POST":
        values = {"creditor_ref": row.creditor_ref, "bacs_number": row.bacs_number}
        return _page(request, FormState(values), row.debit_schemes)
    values = texts(request.POST, _FIELDS)
    chosen = request.POST.getlist("schemes")[: len(DebitScheme)]
    try:
        kept = checked_debits(chosen, values["creditor_ref"], values["bacs_number"])
    except Refused as problem:
        return _page(request, with_problem(values, problem), chosen, status=422)
    business_operations.change(request.business.id, kept)
    HOSTS.changed()
    messages.success(request, _("Saved."))
    return HttpResponseRedirect(reverse("backoffice_debits"))


def _page(
    request: StaffRequest, form: FormState, chosen: list[str], *, status: int = 200
) -> HttpResponse:
    hints = {
        DebitScheme.SEPA_CORE: _("For everybody; payers may have a debit back for 8 weeks."),
        DebitScheme.SEPA_B2B: _(
            "Between businesses only; there is no refund, and the payer's bank has to be told "
            "first."
        ),
        DebitScheme.ACH: _("From accounts in the United States."),
        DebitScheme.BACS: _(
            "From accounts in the United Kingdom, with the Direct Debit Guarantee."
        ),
    }
    schemes = tuple(
        SchemeChoice(
            scheme.value,
            scheme_name(scheme.value),
            CURRENCIES[scheme],
            hints[scheme],
            is_on=scheme.value in chosen,
        )
        for scheme in DebitScheme
    )
    page = DebitsPage(tabs("backoffice_debits"), form, schemes)
    return render(request, TEMPLATE, section="settings", status=status, page=page)
