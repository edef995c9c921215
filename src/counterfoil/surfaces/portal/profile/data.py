"""Your data: a copy of what is held on the reader, and the wish to be forgotten."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from counterfoil.domain.customers import queries as customers
from counterfoil.domain.privacy import queries
from counterfoil.domain.privacy.operations import COPY_LIFE, TooManyCopies
from counterfoil.domain.privacy.rows import CopyRow, ErasureRow, Subject
from counterfoil.flows.people.privacy import erase, export
from counterfoil.flows.people.privacy.export import CopyExpired, CopyNotReady
from counterfoil.infra.db import reading
from counterfoil.kernel.errors import NotFound
from counterfoil.kernel.ids import decode, encode
from counterfoil.surfaces.portal.access import PortalRequest, signed_in
from counterfoil.surfaces.portal.profile.data_pages import Copy, DataPage, Wish
from counterfoil.surfaces.ui import htmx
from counterfoil.surfaces.ui.files.answers import zip_answer
from counterfoil.surfaces.ui.step_up import step_up
from counterfoil.surfaces.ui.words import problem_words


@require_safe
@signed_in("profile")
def data(request: PortalRequest) -> HttpResponse:
    """What can be done about one's own data, and where it stands."""
    person = _me(request)
    business_id = request.scope.business_id
    with reading(business_id):
        customer = customers.customer(business_id, person.customer_id)
        copies = queries.copies_of(person)
        wishes = queries.erasures_of(business_id, person.customer_id)
        is_alone = queries.contact_count(business_id, person.customer_id) == 1
    mine = [one for one in wishes if one.contact_id == person.contact_id or _whole(one, is_alone)]
    page = DataPage(
        url=reverse("data"),
        business_name=request.business.name,
        customer_name=customer.name,
        is_alone=is_alone,
        copies=tuple(_copy(one) for one in copies if _is_there(one, request)),
        wish=next((_wish(one) for one in mine if one.erased_at is None), None),
        copy_url=reverse("data_copy"),
        erase_url=reverse("data_erase"),
        back_url=reverse("profile"),
    )
    return htmx.render(request, "portal/profile/data.html", block="copies", page=page)


def _whole(one: ErasureRow, is_alone: bool) -> bool:  # noqa: FBT001  two facts
    return is_alone and one.contact_id is None


def _me(request: PortalRequest) -> Subject:
    if request.person is None:
        raise NotFound
    return Subject(request.scope.business_id, request.scope.customer_id, request.person.contact_id)


def _is_there(one: CopyRow, request: PortalRequest) -> bool:
    if one.removed_at is not None:
        return one.removed_at > request.at - COPY_LIFE
    return one.expires_at is None or one.expires_at > request.at


def _copy(one: CopyRow) -> Copy:
    is_over = one.removed_at is not None
    url = reverse("data_file", args=[encode("cpy", one.id)]) if one.made_at and not is_over else ""
    return Copy(one.asked_at, one.expires_at, -(-(one.size or 0) // 1024), url, is_over)


def _wish(one: ErasureRow) -> Wish:
    return Wish(one.asked_at, one.declined_at is not None, one.reason)


@require_POST
@signed_in("profile")
@step_up(gettext_lazy("A copy of your data"))
def data_copy(request: PortalRequest) -> HttpResponse:
    """Has a copy made; some a day are enough."""
    try:
        export.ask(_me(request), at=request.at, by=request.actor)
    except TooManyCopies as problem:
        messages.warning(request, problem_words(problem))
    return HttpResponseRedirect(reverse("data"))


@require_safe
@signed_in("profile")
@step_up(gettext_lazy("A copy of your data"), also_looking=True)
def data_file(request: PortalRequest, copy_id: str) -> HttpResponse:
    """The file of one's own copy; anybody else's is not there."""
    person = _me(request)
    with reading(person.business_id):
        row = queries.copy(person.business_id, decode("cpy", copy_id))
    if (row.customer_id, row.contact_id) != (person.customer_id, person.contact_id):
        raise NotFound
    try:
        content = export.content_of(person.business_id, row, at=request.at)
    except (CopyExpired, CopyNotReady) as problem:
        messages.warning(request, problem_words(problem))
        return HttpResponseRedirect(reverse("data"))
    return zip_answer(content, f"your-data-{row.asked_at:%Y-%m-%d}")


@require_POST
@signed_in("profile")
@step_up(gettext_lazy("Erasing your data"))
def data_erase(request: PortalRequest) -> HttpResponse:
    """Asks to be forgotten; staff look at it first. Whoever acts for a customer alone asks for all
    of it."""
    person = _me(request)
    with reading(person.business_id):
        is_alone = queries.contact_count(person.business_id, person.customer_id) == 1
    contact_id: UUID | None = None if is_alone else person.contact_id
    subject = Subject(person.business_id, person.customer_id, contact_id)
    erase.ask(subject, at=request.at, by=request.actor)
    messages.success(request, _("Your request has arrived. Nothing is erased yet."))
    return HttpResponseRedirect(reverse("data"))
