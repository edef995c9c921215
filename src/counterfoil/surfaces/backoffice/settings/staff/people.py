"""Who works here: asking somebody in, changing what they may do, saying goodbye."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from counterfoil.domain.customers import tags as customer_tags
from counterfoil.domain.identity import queries as identity
from counterfoil.domain.identity.roles import Right, Role
from counterfoil.domain.identity.rows import InvitationRow, MemberRow, Post, StaffRoleRow
from counterfoil.domain.identity.staffing import operations as staffing
from counterfoil.domain.identity.staffing import queries as team
from counterfoil.flows.people import sign_out
from counterfoil.flows.setting_up import staff as flow
from counterfoil.infra.db import reading
from counterfoil.kernel.errors import Forbidden, NotFound, Problem
from counterfoil.kernel.ids import decode, encode
from counterfoil.surfaces.backoffice.access import StaffRequest, member_url, staff
from counterfoil.surfaces.backoffice.forms import texts, with_problem
from counterfoil.surfaces.backoffice.frame import render
from counterfoil.surfaces.backoffice.settings.staff.pages import (
    Invited,
    PeoplePage,
    Person,
    PersonPage,
)
from counterfoil.surfaces.backoffice.settings.tabs import tabs
from counterfoil.surfaces.backoffice.words import role_words, signed_out_words
from counterfoil.surfaces.ui.shell import Choice, FormState
from counterfoil.surfaces.ui.step_up import step_up

WHAT = gettext_lazy("A change of who works here")


@staff(Right.PEOPLE)
@step_up(WHAT)
@require_http_methods(["GET", "HEAD", "POST"])
def people(request: StaffRequest) -> HttpResponse:
    """Lists who works here, and asks somebody in by mail."""
    if request.method != "POST":
        return _people_page(request, FormState({"role": Role.READONLY.value}))
    values = texts(request.POST, ("email", "role", "tags"))
    try:
        flow.invite(
            request.business.id,
            values["email"],
            post_of(values["role"], values["tags"]),
            at=request.at,
            by=request.member.user_id,
        )
    except Forbidden:
        raise
    except Problem as problem:
        return _people_page(request, with_problem(values, problem), status=422)
    told = _("%(email)s gets a mail with a link. It works for seven days.")
    messages.success(request, told % {"email": values["email"]})
    return HttpResponseRedirect(reverse("backoffice_people"))


def post_of(role: str, tags: str) -> Post:
    """What the form means: a preset's name, or the outside id of one of the business's own."""
    wanted = customer_tags.cleaned(tags.split(","))
    if role in list(Role):
        return Post(role=Role(role), tags=wanted)
    try:
        return Post(own_role_id=decode("rol", role), tags=wanted)
    except NotFound:
        return Post(tags=wanted)  # no role at all: refused as such


def _value(role: Role | None, own_role_id: UUID | None) -> str:
    return encode("rol", own_role_id) if own_role_id else str(role or "")


def _choices(request: StaffRequest, roles: list[StaffRoleRow]) -> tuple[Choice, ...]:
    """The roles that the reader may give: none that reaches further than they do."""
    return tuple(
        Choice(_value(one.role, one.id), role_words(one.role, one.name))
        for one in roles
        if one.rights <= request.member.rights
    )


def _people_page(request: StaffRequest, form: FormState, *, status: int = 200) -> HttpResponse:
    business_id = request.business.id
    with reading(business_id):
        members = identity.members(business_id)
        invited = team.open_invitations(business_id)
        roles = team.roles(business_id)
        tags = customer_tags.tags(business_id)
    page = PeoplePage(
        tabs=tabs("backoffice_people"),
        people=tuple(_person(request, one) for one in members),
        invited=tuple(_invited(request, one) for one in invited),
        roles=_choices(request, roles),
        tags=tuple(tags),
        form=form,
    )
    template = "backoffice/settings/staff/people.html"
    return render(request, template, section="settings", status=status, page=page)


def _person(request: StaffRequest, one: MemberRow) -> Person:
    is_self = one.user_id == request.member.user_id
    may_change = not is_self and one.rights <= request.member.rights
    return Person(
        name=one.name or one.email,
        email=one.email,
        role=role_words(one.role, one.role_name),
        tags=one.tags,
        is_self=is_self,
        url=reverse("backoffice_person", args=[one.user_id]) if may_change else "",
        timeline_url=member_url(request, one.user_id),
    )


def _invited(request: StaffRequest, one: InvitationRow) -> Invited:
    return Invited(
        email=one.email,
        role=role_words(one.role, one.role_name),
        by=one.invited_by,
        until=one.expires_at,
        is_over=one.expires_at <= request.at,
        withdraw_url=reverse("backoffice_invitation_withdraw", args=[one.id]),
    )


@staff(Right.PEOPLE)
@step_up(WHAT)
@require_http_methods(["GET", "HEAD", "POST"])
def person(request: StaffRequest, user_id: UUID) -> HttpResponse:
    """Gives a member another role, or other customers to see."""
    with reading(request.business.id):
        members = {one.user_id: one for one in identity.members(request.business.id)}
    member = members.get(user_id)
    if member is None:
        raise NotFound
    if request.method != "POST":
        value = _value(member.role, member.own_role_id)
        form = FormState({"role": value, "tags": ", ".join(member.tags)})
        return _person_page(request, member, form)
    if request.POST.get("do") == "sign_out":
        sign_out.member(request.business.id, user_id, by=request.member.user_id, at=request.at)
        messages.success(request, signed_out_words(member.name or member.email))
        return HttpResponseRedirect(reverse("backoffice_person", args=[user_id]))
    values = texts(request.POST, ("role", "tags"))
    try:
        post = post_of(values["role"], values["tags"])
        staffing.change_post(
            request.business.id, user_id, post, at=request.at, by=request.member.user_id
        )
    except Forbidden:
        raise
    except Problem as problem:
        return _person_page(request, member, with_problem(values, problem), status=422)
    messages.success(request, _("Saved."))
    return HttpResponseRedirect(reverse("backoffice_people"))


def _person_page(
    request: StaffRequest, member: MemberRow, form: FormState, *, status: int = 200
) -> HttpResponse:
    with reading(request.business.id):
        roles = team.roles(request.business.id)
        tags = customer_tags.tags(request.business.id)
    page = PersonPage(
        name=member.name or member.email,
        email=member.email,
        roles=_choices(request, roles),
        tags=tuple(tags),
        form=form,
        back_url=reverse("backoffice_people"),
        remove_url=reverse("backoffice_person_remove", args=[member.user_id]),
    )
    template = "backoffice/settings/staff/person.html"
    return render(request, template, section="settings", status=status, page=page)


@staff(Right.PEOPLE)
@step_up(WHAT)
@require_POST
def person_remove(request: StaffRequest, user_id: UUID) -> HttpResponse:
    """Somebody works here no more."""
    flow.remove(request.business.id, user_id, at=request.at, by=request.member.user_id)
    messages.success(request, _("They work here no more, and every session of theirs has ended."))
    return HttpResponseRedirect(reverse("backoffice_people"))


@staff(Right.PEOPLE)
@step_up(WHAT)
@require_POST
def invitation_withdraw(request: StaffRequest, invitation_id: UUID) -> HttpResponse:
    """Takes an invitation back."""
    staffing.withdraw_invitation(
        request.business.id, invitation_id, at=request.at, by=request.member.user_id
    )
    messages.success(request, _("The invitation was withdrawn. Its link opens nothing."))
    return HttpResponseRedirect(reverse("backoffice_people"))
