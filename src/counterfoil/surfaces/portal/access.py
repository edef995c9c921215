"""Who is at the portal's door: a person who signed in, or the holder of a guest link."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cache, wraps
from typing import Any, Concatenate, ParamSpec
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone, translation

from counterfoil.domain.business.rows import BusinessRow
from counterfoil.domain.customers import queries as customers
from counterfoil.domain.customers.rows import PersonRow
from counterfoil.domain.identity.rows import GuestLinkRow
from counterfoil.domain.payments import queries as payments
from counterfoil.flows import addresses
from counterfoil.flows.people import guest_links
from counterfoil.infra.db import reading
from counterfoil.kernel import clock
from counterfoil.kernel.actor import Actor, ActorKind
from counterfoil.kernel.errors import NotFound
from counterfoil.kernel.ids import BusinessId
from counterfoil.surfaces.ui.problems import error_page
from counterfoil.surfaces.ui.shell import Nav

P = ParamSpec("P")
View = Callable[..., HttpResponseBase]
Read = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Scope:
    """The only customer that the reader may see; for a guest, also the only invoice, or (with a
    link to what is owed) only the payments that the link began."""

    business_id: BusinessId
    customer_id: UUID
    invoice_id: UUID | None = None
    begun_by: str = ""


class PortalRequest(HttpRequest):
    """A request of somebody known, with what they may see."""

    business: BusinessRow
    scope: Scope
    actor: Actor
    at: datetime
    person: PersonRow | None
    link: GuestLinkRow | None
    token: str
    nav: Nav | None


def signed_in(section: Any = "", *, read: Read | None = None) -> Callable[[View], View]:
    """Lets in who signed in and is a contact of this business; others go to the sign-in page.

    What the view reads before all else, `read` reads for it in the same transaction as the person:
    to open one more costs as much as a query. The view is then given what was read in the place of
    what stands in the address.
    """

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(request: PortalRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return _to_sign_in(request)
            with reading(request.business.id):
                person = _contact(request)
                if person is None:
                    return _to_sign_in(request)
                admit_person(request, person, section)
                if read is not None:
                    args, kwargs = (read(request, *args, **kwargs),), {}
            with timezone.override(person.timezone), _language(request, person.locale):
                return view(request, *args, **kwargs)

        return guarded

    return guard


def _to_sign_in(request: HttpRequest) -> HttpResponseRedirect:
    back = urlencode({"next": request.get_full_path()})
    return HttpResponseRedirect(f"{reverse('account_login')}?{back}")


def person_of(request: HttpRequest) -> PersonRow | None:
    """The contact that this session is, at this business."""
    if not request.user.is_authenticated:
        return None
    with reading(request.business.id):  # type: ignore[attr-defined]
        return _contact(request)


def _contact(request: HttpRequest) -> PersonRow | None:
    business_id = request.business.id  # type: ignore[attr-defined]
    people = customers.people(business_id, request.user.email)  # type: ignore[union-attr]
    return people[0] if people else None


def admit_person(request: PortalRequest, person: PersonRow, section: Any) -> None:
    """Puts the facts of a signed-in person on the request."""
    request.at = clock.now()
    request.person, request.link, request.token = person, None, ""
    request.scope = Scope(request.business.id, person.customer_id)
    request.actor = Actor(ActorKind.CONTACT, str(person.contact_id), person.name)
    request.nav = Nav(**_places(), person_name=person.name, current=section)


@cache
def _places() -> dict[str, str]:
    return {f"{name}_url": reverse(name) for name in ("home", "invoices", "payments", "profile")}


def _language(request: PortalRequest, own: str) -> Any:
    """The person's own language, unless another one was chosen on this device."""
    chosen = getattr(request, "language_was_chosen", False)
    return translation.override(request.LANGUAGE_CODE if chosen or not own else own)


def guest(view: View, *, read: Read | None = None) -> View:
    """Lets in the holder of a link: it opens one invoice and nothing else, and opening it changes
    nothing. An unknown link, or one of another business, is 404; an expired or revoked one says
    so. `read` is as in `signed_in`."""
    return _with_link(view, read, to_balance=False)


def balance_guest(view: View) -> View:
    """Lets in the holder of a link to what a customer owes, just as `guest` does for one invoice:
    it opens the page to pay that, what came of it, and nothing else."""
    return _with_link(view, None, to_balance=True)


def _with_link(view: View, read: Read | None, *, to_balance: bool) -> View:
    @wraps(view)
    def guarded(request: PortalRequest, token: str, *args: Any, **kwargs: Any) -> HttpResponseBase:
        link = guest_links.link_of(request.business.id, token)
        if link is None or (link.invoice_id is None) != to_balance:
            raise NotFound
        request.at = clock.now()
        if link.revoked_at is not None:
            return error_page(request, 410, reason="revoked")
        if link.expires_at <= request.at:
            return error_page(request, 410, reason="expired")
        request.person, request.link, request.token, request.nav = None, link, token, None
        request.actor = Actor(ActorKind.GUEST, str(link.id), link.sent_to)
        begun_by = request.actor.label if to_balance else ""
        request.scope = Scope(request.business.id, link.customer_id, link.invoice_id, begun_by)
        with reading(request.business.id):
            customer = customers.customer(request.business.id, link.customer_id)
            if read is not None:
                args, kwargs = (read(request, *args, **kwargs),), {}
        with timezone.override(customer.timezone), _language(request, customer.locale):
            return view(request, *args, **kwargs)

    return guarded


def returning(
    view: Callable[Concatenate[PortalRequest, UUID, P], HttpResponseBase],
) -> View:
    """Lets in who comes back from the bank, in whatever browser: the address opens one payment's
    result and nothing else. One that was changed, or is another business's, is 404; one that is
    too old says so."""

    @wraps(view)
    def guarded(
        request: PortalRequest, token: str, *args: P.args, **kwargs: P.kwargs
    ) -> HttpResponseBase:
        request.at = clock.now()
        business_id = request.business.id
        try:
            attempt_id = addresses.payment_of_return(business_id, token, at=request.at)
        except addresses.ReturnAltered:
            return error_page(request, 404, reason="return", money="unknown")
        except addresses.ReturnExpired:
            return error_page(request, 410, reason="return", money="unknown")
        with reading(business_id):
            attempt = payments.attempt(business_id, attempt_id)
            customer = customers.customer(business_id, attempt.customer_id)
        request.person, request.link, request.token, request.nav = None, None, "", None
        request.scope = Scope(business_id, customer.id)
        request.actor = Actor(ActorKind.GUEST, str(attempt_id))
        with timezone.override(customer.timezone), _language(request, customer.locale):
            return view(request, attempt_id, *args, **kwargs)

    return guarded
