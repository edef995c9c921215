"""From one business to another with the sign-in of the first: two clicks, and nothing in between
that could be passed on.

The page here sends a secret to the other host by POST, so that it stands in no address, log or
history. There it is good once, for a minute, for this person and this business, and only from the
page that it was made for (`Origin`): nobody is signed in as somebody else by a link of theirs.
"""

from urllib.parse import urlsplit
from uuid import UUID

from allauth.account.adapter import get_adapter
from allauth.account.authentication import get_authentication_records
from django.conf import settings
from django.contrib.auth import get_user_model, logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from counterfoil.domain.business import queries as businesses
from counterfoil.domain.business.rows import BusinessRow
from counterfoil.domain.customers import queries as customers
from counterfoil.domain.identity import hand_overs
from counterfoil.flows.addresses import base_url
from counterfoil.infra.db import reading
from counterfoil.kernel import clock
from counterfoil.kernel.errors import NotFound
from counterfoil.kernel.ids import BusinessId, decode, encode
from counterfoil.surfaces.entrance.doors import entrant_of
from counterfoil.surfaces.entrance.sign_on.views import elsewhere
from counterfoil.surfaces.portal.access import PortalRequest, somebody
from counterfoil.surfaces.portal.profile.people_pages import LeavePage, OtherBusiness
from counterfoil.surfaces.ui import htmx
from counterfoil.surfaces.ui.chosen import place
from counterfoil.surfaces.ui.problems import error_page

_FOREIGN = frozenset({"socialaccount"})  # the word of one business's provider is good there only


def others(request: HttpRequest) -> tuple[OtherBusiness, ...]:
    """The other businesses that the reader has signed in at and is a contact of still: each is
    asked on its own, in its own name."""
    if not _is_own_proof(request):
        return ()
    found = [
        businesses.by_id(one)
        for one in hand_overs.known_at(_user_id(request))
        if one != request.business.id and _is_contact(one, request.user.email)  # type: ignore[attr-defined, union-attr]
    ]
    return tuple(OtherBusiness(one.name, encode("biz", one.id)) for one in found)


def _user_id(request: HttpRequest) -> UUID:
    """The sign-in of who is signed in; nobody else comes here."""
    return UUID(str(request.user.pk))


def _is_own_proof(request: HttpRequest) -> bool:
    """Whether the reader has proved who they are to us, and not only to one business's provider."""
    proofs = {str(one["method"]) for one in get_authentication_records(request, request.user)}
    return bool(proofs - _FOREIGN)


def _is_contact(business_id: BusinessId, email: str) -> bool:
    with reading(business_id):
        return bool(customers.people(business_id, email))


@require_POST
@somebody
def leave(request: PortalRequest) -> HttpResponse:
    """On to another business of the reader's; anything else is not found."""
    wanted = request.POST.get("business", "")
    if wanted not in {one.id for one in others(request)}:
        raise NotFound
    there = businesses.by_id(BusinessId(decode("biz", wanted)))
    origin = f"{request.scheme}://{request.get_host()}"
    token = hand_overs.begin(_user_id(request), there.id, origin=origin, at=request.at)
    site = base_url(there.id)
    page = LeavePage(there.name, site + place("arrive"), token)
    response = htmx.render(request, "portal/people/leave.html", page=page)
    response["Referrer-Policy"] = "strict-origin"  # without it no `Origin` would be told
    response["Content-Security-Policy"] = _policy(site)
    return response


def _policy(site: str) -> str:
    """As everywhere, and this one form may go to the other host."""
    return (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        f"font-src 'self'; form-action 'self' {site}; base-uri 'none'; frame-ancestors 'none'"
    )


@csrf_exempt
@require_POST
def arrive(request: HttpRequest) -> HttpResponseBase:
    """Signs in who was sent here by a page of ours at another business, once; a new device is told
    of, and what matters asks for a proof of its own."""
    here: BusinessRow = request.business  # type: ignore[attr-defined]
    carried = hand_overs.take(request.POST.get("token", "")[:200], here.id, at=clock.now())
    if carried is None or not _is_from(request, carried.origin):
        return error_page(request, 410, reason="hand_over")
    user = get_user_model().objects.filter(pk=carried.user_id, is_active=True).first()
    if user is None or entrant_of(request, user) is None:
        return error_page(request, 410, reason="hand_over")
    away = elsewhere(request, user)
    if away is not None:  # the business here takes the word of a provider of its own only
        return away
    if request.user.is_authenticated and request.user.pk != user.pk:
        logout(request)
    if not request.user.is_authenticated:
        adapter = get_adapter()
        user.backend = settings.AUTHENTICATION_BACKENDS[0]
        adapter.login(request, user)
        response: HttpResponseBase = adapter.post_login(
            request, user, email_verification="none", redirect_url=reverse("home"),
            signal_kwargs=None, signup=False, email=user.email,
        )  # fmt: skip
        return response
    return HttpResponseRedirect(reverse("home"))


def _is_from(request: HttpRequest, origin: str) -> bool:
    sent = urlsplit(request.headers.get("Origin", ""))
    return f"{sent.scheme}://{sent.netloc}" == origin
