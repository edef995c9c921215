"""Seeing the portal as a customer does: with a reason, announced, and nothing can be done there."""

from dataclasses import dataclass
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from counterfoil.domain.customers import queries as customers
from counterfoil.domain.identity.devices import name_of
from counterfoil.domain.identity.roles import Right
from counterfoil.flows.people import looks
from counterfoil.infra.db import reading
from counterfoil.kernel.errors import NotFound, Problem
from counterfoil.surfaces.backoffice.access import StaffRequest, staff
from counterfoil.surfaces.backoffice.forms import texts, with_problem
from counterfoil.surfaces.backoffice.frame import render
from counterfoil.surfaces.ui.shell import FormState
from counterfoil.surfaces.ui.step_up import looking


@dataclass(frozen=True, slots=True)
class SeePage:
    """What will follow, and the reason to give."""

    customer: str
    minutes: int
    form: FormState
    back_url: str


@staff(Right.SEE_AS_CUSTOMER)
@require_http_methods(["GET", "HEAD", "POST"])
def see_as_customer(request: StaffRequest, customer_id: UUID) -> HttpResponse:
    """Opens the portal for half an hour, as this customer sees it."""
    if request.method != "POST":
        return _page(request, customer_id, FormState())
    values = texts(request.POST, ("reason",))
    try:
        looks.begin(
            request.business.id,
            customer_id,
            values["reason"],
            member=request.member,
            at=request.at,
        )
    except NotFound:
        raise
    except Problem as problem:
        return _page(request, customer_id, with_problem(values, problem), status=422)
    response = HttpResponseRedirect("/")  # the portal's own first page, at the same host
    looks_now = looking.Looking(
        business_id=request.business.id,
        customer_id=customer_id,
        user_id=request.member.user_id,
        name=request.member.name or request.member.email,
        until=request.at + looking.LOOK_LIFE,
        session=name_of(request.session.session_key or ""),
    )
    looking.begin(response, looks_now)
    return response


def _page(
    request: StaffRequest, customer_id: UUID, form: FormState, *, status: int = 200
) -> HttpResponse:
    with reading(request.business.id):
        customer = customers.customer(request.business.id, customer_id)
    page = SeePage(
        customer=customer.name,
        minutes=int(looking.LOOK_LIFE.total_seconds() // 60),
        form=form,
        back_url=reverse("backoffice_customer", args=[customer_id]),
    )
    template = "backoffice/customers/see.html"
    return render(request, template, section="customers", status=status, page=page)
