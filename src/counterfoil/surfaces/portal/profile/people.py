"""Who has access to a customer, for the people who look after that: asked in, changed, removed."""

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from counterfoil.domain.customers import queries as customers
from counterfoil.domain.customers.rights import RIGHTS, ContactRight, Preset, preset_of, read
from counterfoil.domain.customers.rows import (
    ContactChange,
    ContactRow,
    InvitationRow,
    NewInvitation,
)
from counterfoil.domain.customers.writing import invitations
from counterfoil.domain.customers.writing.invitations import InvitationOver, InvitedAlready
from counterfoil.domain.customers.writing.people import LastManager, NothingAllowed, one_of
from counterfoil.flows.people import manage
from counterfoil.flows.people.manage import Manager, PlansUndecided
from counterfoil.infra.db import reading
from counterfoil.kernel.errors import InvalidInput
from counterfoil.kernel.ids import decode, encode
from counterfoil.surfaces.portal.access import PortalRequest, View, signed_in
from counterfoil.surfaces.portal.profile.people_pages import (
    InvitedRow,
    PeoplePage,
    PersonPage,
    PersonRow,
    PlannedBy,
    RemovePage,
)
from counterfoil.surfaces.ui import htmx
from counterfoil.surfaces.ui.shell import Choice, FormState
from counterfoil.surfaces.ui.step_up import step_up
from counterfoil.surfaces.ui.words import problem_words

_FIELDS = ("name", "email", "preset", "locale", "gets_invoices", "gets_receipts")
_WAYS = ("GET", "HEAD", "POST")


def people_view(view: View) -> View:
    """Only for who looks after people, and, before anything changes, who has just proved to be
    that person."""
    asked = step_up(gettext_lazy("Changing who has access"))(view)
    return signed_in("profile", right=ContactRight.PEOPLE)(asked)


def manager(request: PortalRequest) -> Manager:
    """The reader, with what they may give to others."""
    person = request.person
    assert person is not None  # nobody else comes in
    return Manager(request.actor, person.may)


@require_http_methods(_WAYS)
@people_view
def people(request: PortalRequest) -> HttpResponse:
    """Who has access, and who was asked; a POST asks somebody in."""
    if request.method != "POST":
        proposed = {"preset": Preset.SEES, "gets_invoices": "on", "locale": _own_language(request)}
        return _people(request, FormState(proposed))
    typed = {name: request.POST.get(name, "") for name in _FIELDS}
    try:
        manage.invite(
            request.scope.business_id, _invitation(request, typed), by=manager(request),
            at=request.at,
        )  # fmt: skip
    except InvalidInput as problem:
        errors = {one.field: [problem_words(one)] for one in problem.problems}
        return _people(request, FormState(typed, errors), status=422)
    except (InvitedAlready, NothingAllowed) as problem:
        field = "email" if isinstance(problem, InvitedAlready) else "preset"
        return _people(request, FormState(typed, {field: [problem_words(problem)]}), status=422)
    words = _("An invitation is on its way to %(email)s.") % {"email": typed["email"].strip()}
    messages.success(request, words)
    return HttpResponseRedirect(reverse("people"))


def _own_language(request: PortalRequest) -> str:
    own = request.person.locale if request.person else ""
    return own if own in dict(settings.LANGUAGES) else request.LANGUAGE_CODE


def _invitation(request: PortalRequest, typed: dict[str, str]) -> NewInvitation:
    return NewInvitation(
        customer_id=request.scope.customer_id,
        name=typed["name"],
        email=typed["email"],
        locale=typed["locale"] or request.LANGUAGE_CODE,
        rights=rights_of(typed["preset"]),
        gets_invoices=bool(typed["gets_invoices"]),
        gets_receipts=bool(typed["gets_receipts"]),
    )


def rights_of(preset: str) -> frozenset[ContactRight]:
    """What a choice of the form means; nothing, for a word that is none of them."""
    return RIGHTS[Preset(preset)] if preset in set(Preset) else frozenset()


def _people(request: PortalRequest, form: FormState, *, status: int = 200) -> HttpResponse:
    scope, person = request.scope, request.person
    assert person is not None
    with reading(scope.business_id):
        contacts = customers.contacts(scope.business_id, [scope.customer_id])
        asked = invitations.invitations(scope.business_id, scope.customer_id)
    page = PeoplePage(
        customer_name=person.customer_name,
        people=tuple(_row(one, is_self=one.id == person.contact_id) for one in contacts),
        invited=tuple(_invited(one, has_expired=one.expires_at <= request.at) for one in asked),
        form=form,
        invite_url=reverse("people"),
        locales=tuple(Choice(code, words) for code, words in settings.LANGUAGES),
        back_url=reverse("profile"),
        links_url=reverse("links"),
    )
    return htmx.render(request, "portal/people/people.html", status=status, page=page)


def _row(one: ContactRow, *, is_self: bool) -> PersonRow:
    return PersonRow(
        name=one.name,
        email=one.email,
        preset=preset_of(read(one.rights)),
        url=reverse("person", args=[encode("con", one.id)]),
        gets_invoices=one.gets_invoices,
        gets_receipts=one.gets_receipts,
        is_self=is_self,
        may_sign_in=one.may_sign_in,
    )


def _invited(one: InvitationRow, *, has_expired: bool) -> InvitedRow:
    outside = encode("ivt", one.id)
    return InvitedRow(
        name=one.name,
        email=one.email,
        preset=preset_of(read(one.rights)),
        sent_at=one.sent_at,
        expires_at=one.expires_at,
        has_expired=has_expired,
        again_url=reverse("invitation_again", args=[outside]),
        withdraw_url=reverse("invitation_withdraw", args=[outside]),
    )


@require_POST
@people_view
def again(request: PortalRequest, invitation_id: str) -> HttpResponse:
    """Sends an invitation anew."""
    scope, found = request.scope, decode("ivt", invitation_id)
    try:
        row = manage.send_again(
            scope.business_id, scope.customer_id, found, by=manager(request), at=request.at
        )
    except InvitationOver:
        messages.warning(request, _("This invitation was answered or withdrawn meanwhile."))
    else:
        words = _("The invitation is on its way to %(email)s again. The link before works no more.")
        messages.success(request, words % {"email": row.email})
    return HttpResponseRedirect(reverse("people"))


@require_POST
@people_view
def withdraw(request: PortalRequest, invitation_id: str) -> HttpResponse:
    """Takes an invitation back."""
    scope, found = request.scope, decode("ivt", invitation_id)
    try:
        row = manage.withdraw(scope.business_id, scope.customer_id, found, at=request.at)
    except InvitationOver:
        messages.warning(request, _("This invitation was answered or withdrawn meanwhile."))
    else:
        words = _("The invitation of %(email)s is withdrawn: its link opens nothing any more.")
        messages.success(request, words % {"email": row.email})
    return HttpResponseRedirect(reverse("people"))


def _one(request: PortalRequest, contact_id: UUID) -> ContactRow:
    scope = request.scope
    with reading(scope.business_id):
        contacts = customers.contacts(scope.business_id, [scope.customer_id])
    return one_of(contacts, contact_id)


@require_http_methods(_WAYS)
@people_view
def person(request: PortalRequest, contact_id: str) -> HttpResponse:
    """What one person may do, and which mails they get; a POST changes it."""
    scope = request.scope
    one = _one(request, decode("con", contact_id))
    if request.method != "POST":
        values = {
            "preset": preset_of(read(one.rights)),
            "gets_invoices": "on" if one.gets_invoices else "",
            "gets_receipts": "on" if one.gets_receipts else "",
        }
        return _person(request, one, FormState(values))
    typed = {name: request.POST.get(name, "") for name in _FIELDS[2:]}
    command = ContactChange(
        rights_of(typed["preset"]), bool(typed["gets_invoices"]), bool(typed["gets_receipts"])
    )
    try:
        manage.change(
            scope.business_id, scope.customer_id, one.id, command, by=manager(request),
            at=request.at,
        )  # fmt: skip
    except (LastManager, NothingAllowed) as problem:
        form = FormState(typed, {"preset": [problem_words(problem)]})
        return _person(request, one, form, status=422)
    messages.success(request, _("Your changes are saved."))
    is_me = request.person is not None and one.id == request.person.contact_id
    still = ContactRight.PEOPLE in command.rights or not is_me
    return HttpResponseRedirect(reverse("people" if still else "profile"))


def _person(
    request: PortalRequest, one: ContactRow, form: FormState, *, status: int = 200
) -> HttpResponse:
    outside = encode("con", one.id)
    page = PersonPage(
        name=one.name,
        email=one.email,
        form=form,
        save_url=reverse("person", args=[outside]),
        remove_url=reverse("person_remove", args=[outside]),
        back_url=reverse("people"),
        is_self=request.person is not None and one.id == request.person.contact_id,
    )
    return htmx.render(request, "portal/people/person.html", status=status, page=page)


@require_http_methods(_WAYS)
@people_view
def remove(request: PortalRequest, contact_id: str) -> HttpResponse:
    """Asks what becomes of what the person has planned, and takes them out."""
    scope = request.scope
    one = _one(request, decode("con", contact_id))
    if request.method != "POST":
        return _remove(request, one)
    decided = {"keep": True, "cancel": False}.get(request.POST.get("planned", ""))
    try:
        cancelled = manage.remove(
            scope.business_id, scope.customer_id, one.id, decided=decided, by=manager(request),
            at=request.at,
        )  # fmt: skip
    except (LastManager, PlansUndecided) as problem:
        return _remove(request, one, error=problem_words(problem), status=422)
    words = _("%(name)s has no access any more.") % {"name": one.name or one.email}
    messages.success(request, words)
    if cancelled:
        more = _("What they had planned is cancelled: nothing is charged for it.")
        messages.success(request, more)
    is_me = request.person is not None and one.id == request.person.contact_id
    return HttpResponseRedirect(reverse("home" if is_me else "people"))


def _remove(
    request: PortalRequest, one: ContactRow, *, error: str = "", status: int = 200
) -> HttpResponse:
    scope, reader = request.scope, request.person
    assert reader is not None
    with reading(scope.business_id):
        planned = manage.planned_by(scope.business_id, scope.customer_id, one.id)
    outside = encode("con", one.id)
    page = RemovePage(
        name=one.name or one.email,
        email=one.email,
        customer_name=reader.customer_name,
        planned=tuple(PlannedBy(row.amount, row.pay_date, row.numbers) for row in planned),
        remove_url=reverse("person_remove", args=[outside]),
        back_url=reverse("person", args=[outside]),
        is_self=one.id == reader.contact_id,
        error=error,
    )
    return htmx.render(request, "portal/people/remove.html", status=status, page=page)
