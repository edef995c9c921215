"""Links that open something without signing in: who was sent each, who used it, and the ways to
end it."""

from datetime import timedelta

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from counterfoil.domain.customers.rights import ContactRight
from counterfoil.domain.customers.rows import HeldLink
from counterfoil.domain.identity import operations as identity
from counterfoil.domain.identity import queries
from counterfoil.domain.identity.rows import GuestLinkRow
from counterfoil.flows.people import guest_links
from counterfoil.infra.db import reading
from counterfoil.kernel.errors import NotFound
from counterfoil.kernel.ids import decode, encode
from counterfoil.surfaces.entrance.agents import agent_words
from counterfoil.surfaces.portal.access import PortalRequest, is_theirs_to_end, may, signed_in
from counterfoil.surfaces.portal.profile.people_pages import LIVES, LinkRow, LinksPage
from counterfoil.surfaces.ui import htmx
from counterfoil.surfaces.ui.formatting import moment_day


@require_GET
@signed_in("profile")
def links(request: PortalRequest) -> HttpResponse:
    """The links to this customer's invoices: every one for who looks after people, else those that
    were sent to the reader."""
    scope, sees_all = request.scope, may(request, ContactRight.PEOPLE)
    with reading(scope.business_id):
        found = guest_links.held(scope.business_id, scope.customer_id, at=request.at)
    page = LinksPage(
        rows=tuple(
            _row(one, sees_all=sees_all)
            for one in found
            if is_theirs_to_end(request, one.link.sent_to)
        ),
        back_url=reverse("people" if sees_all else "profile"),
        sees_all=sees_all,
        devices={use.device: agent_words(use.device) for one in found for use in one.uses},
    )
    return htmx.render(request, "portal/people/links.html", page=page)


def _row(held: HeldLink, *, sees_all: bool) -> LinkRow:
    outside = encode("lnk", held.link.id)
    return LinkRow(
        held,
        revoke_url=reverse("link_revoke", args=[outside]),
        life_url=reverse("link_life", args=[outside]) if sees_all else "",
    )


def own_link(request: PortalRequest, link_id: str) -> GuestLinkRow:
    """A link that the reader may end: of their customer, and theirs or they look after people."""
    scope, wanted = request.scope, decode("lnk", link_id)
    found = queries.customer_links(scope.business_id, scope.customer_id, at=request.at)
    one = next((row for row in found if row.id == wanted), None)
    if one is None or not is_theirs_to_end(request, one.sent_to):
        raise NotFound
    return one


@require_POST
@signed_in("profile")
def revoke(request: PortalRequest, link_id: str) -> HttpResponse:
    """The link opens nothing any more."""
    one, scope = own_link(request, link_id), request.scope
    identity.revoke_customer_link(
        scope.business_id, one.id, customer_id=scope.customer_id, at=request.at
    )
    messages.success(request, _("The link is taken back: it opens nothing any more."))
    return HttpResponseRedirect(reverse("links"))


@require_POST
@signed_in("profile", right=ContactRight.PEOPLE)
def life(request: PortalRequest, link_id: str) -> HttpResponse:
    """The link works until another day: who may see an invoice is not for anybody to prolong."""
    one, scope = own_link(request, link_id), request.scope
    expires_at = request.at + days_of(request.POST.get("days", ""))
    identity.change_link_life(
        scope.business_id, one.id, customer_id=scope.customer_id, expires_at=expires_at
    )
    words = _("The link works until %(date)s now.") % {"date": moment_day(expires_at)}
    messages.success(request, words)
    return HttpResponseRedirect(reverse("links"))


def days_of(text: str) -> timedelta:
    """One of the lives that the form offers; `NotFound` for any other."""
    if text not in {str(days) for days in LIVES}:
        raise NotFound
    return timedelta(days=int(text))
