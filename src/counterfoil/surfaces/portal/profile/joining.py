"""An invitation, opened from a mail: looking at it uses nothing up, the button accepts it once."""

from typing import Any

from django.contrib import messages
from django.contrib.auth import get_user_model
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from counterfoil.domain.audit import operations as audit
from counterfoil.domain.audit.kinds import NoteKind
from counterfoil.domain.customers.rights import preset_of, read
from counterfoil.domain.customers.rows import CustomerRow, InvitationRow
from counterfoil.domain.customers.writing.invitations import InvitationOver
from counterfoil.flows.people import manage
from counterfoil.kernel import clock
from counterfoil.surfaces.entrance.arriving import enter_by_mail
from counterfoil.surfaces.portal.profile.people_pages import JoinPage
from counterfoil.surfaces.ui import htmx
from counterfoil.surfaces.ui.problems import error_page


@require_http_methods(["GET", "HEAD", "POST"])
def join(request: Any, token: str) -> HttpResponseBase:
    """Shows what the invitation is to; a POST makes the reader a contact and signs them in. A
    second factor is asked for all the same."""
    at, business_id = clock.now(), request.business.id
    try:
        if request.method != "POST":
            return _shown(request, *manage.opened(business_id, token, at=at))
        joined = manage.accept(business_id, token, at=at)
    except InvitationOver as over:
        return error_page(request, 410, reason=f"invitation_{over.why}")
    audit.note(
        business_id,
        NoteKind.JOINED,
        subject=f"contact:{joined.contact_id}",
        customer_id=joined.customer_id,
        at=at,
    )
    return _sign_in(request, joined)


def _shown(request: Any, row: InvitationRow, customer: CustomerRow) -> HttpResponseBase:
    page = JoinPage(
        inviter=row.inviter or request.business.name,
        customer_name=customer.name,
        email=row.email,
        preset=preset_of(read(row.rights)),
        until=row.expires_at,
        join_url=request.path,
    )
    response = htmx.render(request, "portal/people/join.html", page=page)
    response["Referrer-Policy"] = "same-origin"
    return response


def _sign_in(request: HttpRequest, joined: manage.Joined) -> HttpResponseBase:
    """Whoever could read the mail has proved that the address is theirs."""
    user = get_user_model().objects.get(id=joined.user_id)
    messages.success(request, _("You have access now."))
    return enter_by_mail(request, user, reverse("home"))
