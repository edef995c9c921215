"""Who is at the portal's door: a person who signed in, or the holder of a guest link."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cache, wraps
from typing import Any, Concatenate, ParamSpec
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponseRedirect, JsonResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from counterfoil.domain.audit import operations as audit
from counterfoil.domain.audit.kinds import NoteKind
from counterfoil.domain.business.rows import BusinessRow
from counterfoil.domain.customers import queries as customers
from counterfoil.domain.customers.rights import ContactRight, Rights
from counterfoil.domain.customers.rows import PersonRow
from counterfoil.domain.customers.writing import link_uses
from counterfoil.domain.customers.writing.link_uses import LinkUser
from counterfoil.domain.identity import devices
from counterfoil.domain.identity.rows import GuestLinkRow
from counterfoil.domain.payments import queries as payments
from counterfoil.flows import addresses
from counterfoil.flows.people import guest_links, looks
from counterfoil.infra.db import reading
from counterfoil.infra.limits import LINK_GUESSES, Doorkeeper
from counterfoil.infra.postgres.acting import act_as
from counterfoil.kernel import clock
from counterfoil.kernel.actor import Actor, ActorKind
from counterfoil.kernel.errors import NotFound
from counterfoil.kernel.ids import BusinessId
from counterfoil.surfaces.entrance.arriving import ELSEWHERE
from counterfoil.surfaces.ui.callers import caller_address, caller_network
from counterfoil.surfaces.ui.chosen import bare, here
from counterfoil.surfaces.ui.htmx import lead, wants_fragment
from counterfoil.surfaces.ui.problems import error_page
from counterfoil.surfaces.ui.shell import Nav
from counterfoil.surfaces.ui.step_up import looking
from counterfoil.surfaces.ui.step_up.kept import keep_form

P = ParamSpec("P")
View = Callable[..., HttpResponseBase]
Read = Callable[..., Any]
GUESSES = Doorkeeper(LINK_GUESSES)


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
    people: list[PersonRow]  # the contacts that this session is, one a customer
    scope: Scope
    actor: Actor
    at: datetime
    person: PersonRow | None
    link: GuestLinkRow | None
    token: str
    nav: Nav | None


def signed_in(
    section: Any = "",
    *,
    right: ContactRight | tuple[ContactRight, ...] = (),
    read: Read | None = None,
) -> Callable[[View], View]:
    """Lets in who signed in and is a contact of this business; others go to the sign-in page.

    With a `right` (or several, of which one is enough) only contacts who have it: others are told
    who can change it, and the refusal is noted. A person who acts for several customers is led to
    the address that says for which.

    What the view reads before all else, `read` reads for it in the same transaction as the person:
    to open one more costs as much as a query. The view is then given what was read in the place of
    what stands in the address.
    """
    wanted = right if isinstance(right, tuple) else (right,)

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(request: PortalRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            looked = _look(request)
            if looked is not None:
                page = Page(view, read, section, args, kwargs)
                return _looked(request, looked, page)
            if not request.user.is_authenticated:
                return _to_sign_in(request)
            with reading(request.business.id):
                person = _contact(request)
                if person is None:
                    return _elsewhere(request)
                admit_person(request, person, section)
                is_allowed = not wanted or not person.may.isdisjoint(wanted)
                if is_allowed and read is not None:
                    args, kwargs = (read(request, *args, **kwargs),), {}
            with timezone.override(person.timezone), _language(request, person.locale):
                if not is_allowed:
                    return refused(request, *wanted)
                return view(request, *args, **kwargs)

        guarded.rights = wanted  # type: ignore[attr-defined]  # read by the test of all routes
        return guarded

    return guard


@dataclass(frozen=True, slots=True)
class Page:
    """What stands behind a guard: the view, what is read for it, its place and its arguments."""

    view: View
    read: Read | None
    section: Any
    args: tuple[Any, ...]
    kwargs: dict[str, Any]


def _look(request: HttpRequest) -> looking.Looking | None:
    """The look that this browser is in, as long as the staff session is open that it came from."""
    at = clock.now()
    found = looking.looking_of(request, at=at)
    is_open = found is not None and devices.is_open(found.user_id, found.session, at=at)
    return found if is_open else None


def _looked(request: PortalRequest, looked: looking.Looking, page: Page) -> HttpResponseBase:
    """The page as the customer sees it, for a member of staff who looks: nothing can be done here,
    and no gateway is on it. It is over when the member has lost the right."""
    place = request.resolver_match
    if request.method not in ("GET", "HEAD") or not place or place.url_name not in looking.SHOWN:
        return _only_looks(request, looked)
    with reading(request.business.id):
        person = looks.seen_person(request.business.id, looked.user_id, looked.customer_id)
        if person is None:
            raise NotFound
        request.people = [person]
        request.looking = looked  # type: ignore[attr-defined]
        admit_person(request, person, page.section)
        request.actor = act_as(Actor(ActorKind.STAFF, str(looked.user_id), looked.name))
        args, kwargs = page.args, page.kwargs
        if page.read is not None:
            args, kwargs = (page.read(request, *args, **kwargs),), {}
    with timezone.override(person.timezone), _language(request, person.locale):
        response = page.view(request, *args, **kwargs)
    response.gateway_url = ""  # type: ignore[attr-defined]  # no script and no frame from elsewhere
    return response


def _only_looks(request: HttpRequest, looked: looking.Looking) -> HttpResponseBase:
    """Says that a look does nothing; the frame tells until when it lasts."""
    request.looking = looked  # type: ignore[attr-defined]
    with timezone.override(request.business.timezone):  # type: ignore[attr-defined]
        return error_page(request, 403, reason="looking")


def _to_sign_in(request: HttpRequest) -> HttpResponseBase:
    back = urlencode({"next": keep_form(request)})
    return lead(request, f"{reverse('account_login')}?{back}")


def somebody(view: View) -> View:
    """Lets in who signed in and is a contact of this business, for whichever customer."""

    @wraps(view)
    def guarded(request: PortalRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if (looked := _look(request)) is not None:
            return _only_looks(request, looked)
        people = people_of(request)
        if not people:
            return _to_sign_in(request)
        request.people = people
        chosen = getattr(request, "chosen_customer", None)
        first = next((one for one in people if chosen in (None, one.customer_id)), None)
        if first is None:
            raise NotFound
        admit_person(request, first, "")
        with timezone.override(first.timezone), _language(request, first.locale):
            return view(request, *args, **kwargs)

    guarded.rights = ()  # type: ignore[attr-defined]
    return guarded


def refused(request: PortalRequest, *wanted: ContactRight) -> HttpResponseBase:
    """Says that the reader may not do this, and who can change it; the trail notes that."""
    person, scope = request.person, request.scope
    assert person is not None  # guests have no rights that could be too few
    with reading(scope.business_id):
        contacts = customers.contacts(scope.business_id, [scope.customer_id])
    audit.note(
        scope.business_id,
        NoteKind.REFUSED,
        subject=f"contact:{person.contact_id}",
        customer_id=scope.customer_id,
        facts={"right": " ".join(wanted), "page": request.path[:200]},
        at=request.at,
    )
    names = [one.name or one.email for one in contacts if one.may(ContactRight.PEOPLE)]
    if request.headers.get("Accept", "") == "application/json":
        words = _("Your role does not allow this. No money was taken, and nothing was changed.")
        form_key = request.POST.get("form_key", "")
        answer = {"title": _("This is not open to you"), "words": [words], "form_key": form_key}
        return JsonResponse(answer, status=403)
    return error_page(request, 403, reason="right", names=tuple(names))


def may(request: PortalRequest, right: ContactRight) -> bool:
    """Whether the reader may do it: a guest may pay what their link opens, and nothing else."""
    if request.person is None:
        return right in (ContactRight.SEE, ContactRight.PAY)
    return right in request.person.may


def is_theirs_to_end(request: PortalRequest, sent_to: str) -> bool:
    """Whether the reader may take a link back that was sent there: their own, or any, for who
    looks after people."""
    person = request.person
    is_sent_to = person is not None and sent_to.lower() == person.email.lower()
    return is_sent_to or may(request, ContactRight.PEOPLE)


def people_of(request: HttpRequest) -> list[PersonRow]:
    """The contacts that this session is at this business, one for each customer."""
    if not request.user.is_authenticated:
        return []
    business_id = request.business.id  # type: ignore[attr-defined]
    with reading(business_id):
        return customers.people(business_id, request.user.email)


def _contact(request: PortalRequest) -> PersonRow | None:
    """The contact that the address names; the only one, where it names none. None for a person of
    several customers who has to say for which, and for nobody."""
    people = customers.people(request.business.id, request.user.email)  # type: ignore[union-attr]
    request.people = people
    chosen: UUID | None = getattr(request, "chosen_customer", None)
    if chosen is None:
        return people[0] if len(people) == 1 else None
    found = next((one for one in people if one.customer_id == chosen), None)
    if found is None and people:
        raise NotFound
    return found


def _elsewhere(request: PortalRequest) -> HttpResponseBase:
    """For somebody who is nobody here, the sign-in page; for a person of several customers the
    page to choose one, and nothing of what a form without a customer has sent."""
    if not request.people:
        return _to_sign_in(request)
    if request.method in ("GET", "HEAD"):
        back = urlencode({"next": request.get_full_path()}) if request.path != "/" else ""
        return HttpResponseRedirect(f"{reverse('switch')}?{back}" if back else reverse("switch"))
    return error_page(request, 409, reason="whose")


def admit_person(request: PortalRequest, person: PersonRow, section: Any) -> None:
    """Puts the facts of a signed-in person on the request."""
    request.at = clock.now()
    request.person, request.link, request.token = person, None, ""
    request.scope = Scope(request.business.id, person.customer_id)
    request.actor = act_as(Actor(ActorKind.CONTACT, str(person.contact_id), person.name))
    request.nav = _nav(request, person, section)


def _nav(request: PortalRequest, person: PersonRow, section: Any) -> Nav:
    """Where this person can go; what they may not see, or is closed to who looks, is left out."""
    places = {name: here(path) for name, path in _places().items()}
    rights: Rights = person.may
    looks = hasattr(request, "looking")
    has_more = len(getattr(request, "people", ())) > 1 or bool(request.session.get(ELSEWHERE))
    is_one_of_several = has_more and not looks
    return Nav(
        home_url=places["home"],
        invoices_url=places["invoices"] if ContactRight.SEE in rights else "",
        payments_url=places["payments"] if not rights.isdisjoint(SEEING) else "",
        profile_url="" if looks else places["profile"],
        person_name=person.name,
        current=section,
        customer_name=person.customer_name if is_one_of_several else "",
        switch_url=places["switch"] if is_one_of_several else "",
    )


SEEING = (ContactRight.SEE, ContactRight.STATEMENTS)


@cache
def _places() -> dict[str, str]:
    names = ("home", "invoices", "payments", "profile", "switch")
    return {name: bare(reverse(name)) for name in names}


def _language(request: PortalRequest, own: str) -> Any:
    """The person's own language, unless another one was chosen on this device."""
    chosen = getattr(request, "language_was_chosen", False)
    return translation.override(request.LANGUAGE_CODE if chosen or not own else own)


def guest(view: View, *, read: Read | None = None, is_noted: bool = False) -> View:
    """Lets in the holder of a link: it opens one invoice and nothing else, and opening it changes
    nothing of it. An unknown link, or one of another business, is 404; an expired or revoked one
    says so. `read` is as in `signed_in`; with `is_noted` the owner sees who opened the page."""
    return _with_link(view, read, to_balance=False, is_noted=is_noted)


def balance_guest(view: View, *, is_noted: bool = False) -> View:
    """Lets in the holder of a link to what a customer owes, just as `guest` does for one invoice:
    it opens the page to pay that, what came of it, and nothing else."""
    return _with_link(view, None, to_balance=True, is_noted=is_noted)


def _with_link(view: View, read: Read | None, *, to_balance: bool, is_noted: bool) -> View:
    @wraps(view)
    def guarded(request: PortalRequest, token: str, *args: Any, **kwargs: Any) -> HttpResponseBase:
        request.at = clock.now()
        wait = GUESSES.wait(caller_network(request), at=request.at)
        if wait is not None:
            return error_page(request, 429, retry_after_seconds=wait)
        link = guest_links.link_of(request.business.id, token)
        if link is None or (link.invoice_id is None) != to_balance:
            GUESSES.wrong(caller_network(request), at=request.at)
            raise NotFound
        if link.revoked_at is not None:
            return error_page(request, 410, reason="revoked")
        if link.expires_at <= request.at:
            return error_page(request, 410, reason="expired")
        request.person, request.link, request.token, request.nav = None, link, token, None
        request.actor = act_as(Actor(ActorKind.GUEST, str(link.id), link.sent_to))
        begun_by = request.actor.label if to_balance else ""
        request.scope = Scope(request.business.id, link.customer_id, link.invoice_id, begun_by)
        with reading(request.business.id):
            customer = customers.customer(request.business.id, link.customer_id)
            if read is not None:
                args, kwargs = (read(request, *args, **kwargs),), {}
        if is_noted and request.method == "GET":
            note_use(request, link, is_part=wants_fragment(request))
        with timezone.override(customer.timezone), _language(request, customer.locale):
            return view(request, *args, **kwargs)

    return guarded


def note_use(
    request: PortalRequest, link: GuestLinkRow, *, has_paid: bool = False, is_part: bool = False
) -> None:
    """Writes down who used a link, for its owner to see; the link and what it opens stay as they
    are. A part of a page counts for who has not been seen opening it."""
    link_uses.note(
        request.scope.business_id,
        link.customer_id,
        link.id,
        user=LinkUser(caller_address(request), request.headers.get("User-Agent", "")),
        has_paid=has_paid,
        is_part=is_part,
        at=request.at,
    )


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
        request.actor = act_as(Actor(ActorKind.GUEST, str(attempt_id)))
        with timezone.override(customer.timezone), _language(request, customer.locale):
            return view(request, attempt_id, *args, **kwargs)

    return guarded
