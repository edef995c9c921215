"""The customers that one sign-in acts for, and the way to each: the address of a tab says whose it
is, so two tabs never mix."""

from uuid import UUID

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import resolve, reverse
from django.views.decorators.http import require_safe

from counterfoil.domain.arrangements import queries as arrangements
from counterfoil.domain.customers.rights import preset_of
from counterfoil.domain.customers.rows import PersonRow
from counterfoil.domain.insights import work
from counterfoil.domain.insights.work_rows import CustomerTotal
from counterfoil.domain.receivables import queries as receivables
from counterfoil.infra.db import reading
from counterfoil.kernel.clock import local_date
from counterfoil.kernel.errors import NotFound
from counterfoil.kernel.ids import decode
from counterfoil.kernel.money import Money
from counterfoil.surfaces.portal.access import SEEING, PortalRequest, somebody
from counterfoil.surfaces.portal.profile import leaving
from counterfoil.surfaces.portal.profile.people_pages import OwnCustomer, SwitchPage
from counterfoil.surfaces.ui import htmx
from counterfoil.surfaces.ui.chosen import bare, under
from counterfoil.surfaces.ui.middleware import safe_path


@require_safe
@somebody
def switch(request: PortalRequest) -> HttpResponse:
    """Every customer of this sign-in; straight on to the one that owns what was asked for."""
    wanted = safe_path(request, request.GET.get("next", "/"))
    people = request.people
    with reading(request.business.id):
        owner, path = _owner(request, people, wanted)
        if owner is not None and owner != getattr(request, "chosen_customer", None):
            return HttpResponseRedirect(under(owner, path))
        seen = [one.customer_id for one in people if not one.may.isdisjoint(SEEING)]
        today = local_date(request.at, request.business.timezone)
        totals = work.customer_totals(request.business.id, seen, today=today)
    page = SwitchPage(
        customers=tuple(_own(request, one, totals, path) for one in people),
        businesses=leaving.others(request),
        leave_url=reverse("leave"),
    )
    return htmx.render(request, "portal/people/switch.html", page=page)


def _own(
    request: PortalRequest,
    person: PersonRow,
    totals: dict[UUID, list[CustomerTotal]],
    path: str,
) -> OwnCustomer:
    return OwnCustomer(
        name=person.customer_name,
        url=under(person.customer_id, path),
        preset=preset_of(person.may),
        due=tuple(
            Money(one.due_minor, one.currency)
            for one in totals.get(person.customer_id, [])
            if one.due_minor
        ),
        is_current=person.customer_id == getattr(request, "chosen_customer", None),
    )


def _owner(request: PortalRequest, people: list[PersonRow], path: str) -> tuple[UUID | None, str]:
    """Whose page a bare address is, for a link in a mail that does not say so; and where to go for
    any of them: the page of a list, or the first page."""
    try:
        found = resolve(bare(path).partition("?")[0])
    except Http404:
        return None, "/"
    kwargs = found.kwargs
    if not kwargs:
        return None, bare(path)
    ids = {one.customer_id for one in people}
    try:
        owner = _owner_of(request, people, kwargs)
    except NotFound:
        return None, "/"
    return (owner, bare(path)) if owner in ids else (None, "/")


def _owner_of(
    request: PortalRequest, people: list[PersonRow], named: dict[str, str]
) -> UUID | None:
    business_id = request.business.id
    if "payment_id" in named:
        return receivables.payment(business_id, decode("pay", named["payment_id"])).customer_id
    if "schedule_id" in named:
        return arrangements.schedule(business_id, decode("sch", named["schedule_id"])).customer_id
    for one in people if "number" in named else ():
        if receivables.items_by_number(business_id, one.customer_id, [named["number"]]):
            return one.customer_id
    return None
