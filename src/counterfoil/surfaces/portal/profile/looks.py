"""Who of the business has seen the portal as this customer sees it; and leaving such a look."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from counterfoil.flows.people.looks import looks_at
from counterfoil.infra.db import reading
from counterfoil.kernel import clock
from counterfoil.kernel.ids import encode
from counterfoil.surfaces.portal.access import PortalRequest, signed_in
from counterfoil.surfaces.portal.profile.looks_pages import Look, LooksPage
from counterfoil.surfaces.ui import htmx
from counterfoil.surfaces.ui.middleware import STAFF_PATH
from counterfoil.surfaces.ui.step_up import looking


@signed_in("profile")
@require_safe
def looks(request: PortalRequest) -> HttpResponse:
    """Who looked, when and why."""
    with reading(request.scope.business_id):
        rows = looks_at(request.scope.business_id, request.scope.customer_id)
    page = LooksPage(
        business_name=request.business.name,
        looks=tuple(
            Look(str(one.facts.get("by", "")), str(one.facts.get("reason", "")), one.at)
            for one in rows
        ),
        back_url=reverse("profile"),
    )
    return htmx.render(request, "portal/profile/looks.html", page=page)


@require_POST
def leave_look(request: HttpRequest) -> HttpResponse:
    """Leaves a look, back to the customer's page at the backoffice; harmless without one."""
    found = looking.looking_of(request, at=clock.now())
    to = f"{STAFF_PATH}customers/{encode('cus', found.customer_id)}" if found else reverse("home")
    response = HttpResponseRedirect(to)
    looking.end(response)
    return response
