"""People who ask for access and could not prove whose invoices they may see: staff decide, those
who see every customer (the guard of `staff` keeps the others out)."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from counterfoil.domain.customers import queries as customers
from counterfoil.domain.customers.rights import givable, presets_of
from counterfoil.domain.customers.rows import CustomerRow, RegistrationRow
from counterfoil.domain.customers.writing import registrations
from counterfoil.domain.customers.writing.people import NothingAllowed
from counterfoil.domain.customers.writing.registrations import DecidedAlready
from counterfoil.domain.identity.roles import Right
from counterfoil.domain.insights.invoices import invoice_facts
from counterfoil.flows.people import register
from counterfoil.infra.db import reading
from counterfoil.kernel.errors import NotFound
from counterfoil.kernel.ids import BusinessId, decode, encode
from counterfoil.surfaces.backoffice.access import StaffRequest, staff
from counterfoil.surfaces.backoffice.customers.people import by_staff, rights_of
from counterfoil.surfaces.backoffice.frame import render
from counterfoil.surfaces.ui.lists import search_words
from counterfoil.surfaces.ui.shell import Choice
from counterfoil.surfaces.ui.step_up import step_up
from counterfoil.surfaces.ui.words import problem_words

CANDIDATES = 20


@dataclass(frozen=True, slots=True)
class Asking:
    """Somebody who asks, and the page to decide."""

    name: str
    email: str
    number: str
    asked_at: datetime
    url: str


@dataclass(frozen=True, slots=True)
class RegistrationsPage:
    """Those whom nobody has decided."""

    rows: tuple[Asking, ...]
    back_url: str


@dataclass(frozen=True, slots=True)
class RegistrationPage:
    """One of them, and the customers that they may be let in for: those that the search finds, or
    the one whose invoice they named."""

    asking: Asking
    search: str
    customers: tuple[Choice, ...]
    back_url: str
    presets: tuple[str, ...]
    error: str = ""


@staff(Right.EDIT_CUSTOMERS)
@require_safe
def waiting(request: StaffRequest) -> HttpResponse:
    """Everybody who waits."""
    with reading(request.business.id):
        rows = registrations.waiting(request.business.id)
    page = RegistrationsPage(tuple(_asking(one) for one in rows), reverse("backoffice_work"))
    template = "backoffice/customers/registrations.html"
    return render(request, template, section="work", page=page)


def _asking(row: RegistrationRow) -> Asking:
    url = reverse("backoffice_registration", args=[row.id])
    return Asking(row.name, row.email, row.number, row.asked_at, url)


@staff(Right.EDIT_CUSTOMERS)
@require_http_methods(["GET", "HEAD", "POST"])
@step_up(gettext_lazy("Changing who has access"))
def registration(request: StaffRequest, registration_id: UUID) -> HttpResponse:
    """One of them; a POST lets them in for a customer, or refuses."""
    if request.method != "POST":
        return _page(request, registration_id)
    business_id = request.business.id
    try:
        if request.POST.get("decision") == "refuse":
            register.refuse(business_id, registration_id, by=request.actor, at=request.at)
            messages.success(request, _("Refused. They were given no access."))
        else:
            chosen = request.POST.get("customer", "")
            if not chosen:
                return _page(request, registration_id, error=_("Choose a customer."), status=422)
            register.approve(
                business_id,
                registration_id,
                decode("cus", chosen),
                rights_of(request.POST.get("preset", "")),
                by=by_staff(request),
                at=request.at,
            )
            messages.success(request, _("They have access now, and were told by mail."))
    except NothingAllowed as problem:
        return _page(request, registration_id, error=problem_words(problem), status=422)
    except DecidedAlready as problem:
        messages.warning(request, problem_words(problem))
    return HttpResponseRedirect(reverse("backoffice_registrations"))


def _page(
    request: StaffRequest, registration_id: UUID, *, error: str = "", status: int = 200
) -> HttpResponse:
    business_id, q = request.business.id, search_words(request)
    with reading(business_id):
        row = registrations.registration(business_id, registration_id)
        if row.decided_at is not None:
            raise NotFound
        found = _candidates(business_id, row, q)
    page = RegistrationPage(
        asking=_asking(row),
        search=q,
        customers=tuple(Choice(encode("cus", one.id), _named(one)) for one in found),
        back_url=reverse("backoffice_registrations"),
        presets=presets_of(givable(request.member.rights)),
        error=error,
    )
    template = "backoffice/customers/registration.html"
    return render(request, template, section="work", status=status, page=page)


def _candidates(business_id: BusinessId, row: RegistrationRow, q: str) -> list[CustomerRow]:
    if q:
        return customers.page(business_id, q=q, limit=CANDIDATES)
    try:
        facts = invoice_facts(business_id, invoice_id=None, number=row.number, lines_max=0)
    except NotFound:
        return []
    return [customers.customer(business_id, facts.item.customer_id)]


def _named(one: CustomerRow) -> str:
    return " · ".join(part for part in (one.name, one.email, one.external_ref) if part)
