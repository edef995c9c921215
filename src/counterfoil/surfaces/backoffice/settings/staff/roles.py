"""Roles: the presets, the business's own ones, and up to how much each does a thing alone."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from counterfoil.domain.customers.checks import one_line
from counterfoil.domain.identity.roles import RIGHT_OF, Act, Limit, Right, Role
from counterfoil.domain.identity.rows import StaffRoleRow
from counterfoil.domain.identity.staffing import operations as staffing
from counterfoil.domain.identity.staffing import queries as team
from counterfoil.flows.aftermath.approvals import limits as rules_flow
from counterfoil.infra.db import reading
from counterfoil.kernel.errors import FieldProblem, Forbidden, InvalidInput, NotFound, Problem
from counterfoil.kernel.money import Money
from counterfoil.surfaces.backoffice.access import StaffRequest, staff
from counterfoil.surfaces.backoffice.approvals.acts import act_words, limit_words, rule_words
from counterfoil.surfaces.backoffice.forms import with_problem
from counterfoil.surfaces.backoffice.frame import render
from counterfoil.surfaces.backoffice.settings.staff.pages import (
    LimitField,
    RightBox,
    RoleLine,
    RolePage,
    RolesPage,
)
from counterfoil.surfaces.backoffice.settings.tabs import tabs
from counterfoil.surfaces.backoffice.words import role_words
from counterfoil.surfaces.backoffice.words.staff import right_words
from counterfoil.surfaces.ui.amounts import typed, typed_amount
from counterfoil.surfaces.ui.shell import FormState
from counterfoil.surfaces.ui.step_up import step_up

WHAT = gettext_lazy("A change of what people may do")
NAME_MAX = 60
WITH_AMOUNT = (Act.REFUND, Act.WRITE_OFF, Act.CREDIT)


@staff(Right.PEOPLE)
@require_http_methods(["GET", "HEAD"])
def roles(request: StaffRequest) -> HttpResponse:
    """Every role, and what needs two people."""
    with reading(request.business.id):
        found = team.roles(request.business.id)
        rules = team.limits_of_all(request.business.id)
    page = RolesPage(
        tabs=tabs("backoffice_roles"),
        presets=tuple(_line(request, one) for one in found if one.role),
        own=tuple(_line(request, one) for one in found if not one.role),
        rules=rule_words(rules),
        rules_url=reverse("backoffice_rules"),
        new_url=reverse("backoffice_role_new"),
    )
    return render(request, "backoffice/settings/staff/roles.html", section="settings", page=page)


def _line(request: StaffRequest, one: StaffRoleRow) -> RoleLine:
    """A role in the list; it opens for who may change it."""
    mine = (request.member.role, request.member.own_role_id) == (one.role, one.id)
    may_change = not mine and one.role != Role.OWNER and one.rights <= request.member.rights
    url = ""
    if may_change and one.role:
        url = reverse("backoffice_preset", args=[one.role.value])
    elif may_change:
        url = reverse("backoffice_role", args=[one.id])
    words = right_words()
    return RoleLine(
        name=role_words(one.role, one.name),
        rights=tuple(words[right][0] for right in Right if right in one.rights),
        limits=limit_words(one.limits),
        people=one.people,
        url=url,
    )


@staff(Right.PEOPLE)
@step_up(WHAT)
@require_http_methods(["GET", "HEAD", "POST"])
def role_new(request: StaffRequest) -> HttpResponse:
    """A role of the business's own."""
    return _own(request, None)


@staff(Right.PEOPLE)
@step_up(WHAT)
@require_http_methods(["GET", "HEAD", "POST"])
def role(request: StaffRequest, role_id: UUID) -> HttpResponse:
    """Changes one of the business's own roles, for everyone who has it."""
    with reading(request.business.id):
        found = team.own_role(request.business.id, role_id)
    return _own(request, found)


def _own(request: StaffRequest, found: StaffRoleRow | None) -> HttpResponse:
    limits = found.limits if found else ()
    if request.method != "POST":
        values = {"name": found.name if found else ""} | _typed_limits(limits)
        rights = found.rights if found else frozenset({Right.SEE})
        return _page(request, found, FormState(values), rights)
    given = frozenset(right for right in Right if f"right-{right}" in request.POST)
    try:
        name = _name(request.POST.get("name", ""))
        staffing.save_role(
            request.business.id,
            found.id if found else None,
            name,
            given,
            _limits(request.POST, request.business.currency, limits),
            at=request.at,
            by=request.member.user_id,
        )
    except Forbidden:
        raise
    except Problem as problem:
        return _page(request, found, with_problem(_sent(request), problem), given, status=422)
    messages.success(request, _("Saved."))
    return HttpResponseRedirect(reverse("backoffice_roles"))


def _name(text: str) -> str:
    name = one_line(text)
    if not name:
        raise FieldProblem("name", "This is needed.", code="required")
    if len(name) > NAME_MAX:
        message = f"At most {NAME_MAX} characters."
        raise FieldProblem("name", message, code="too_long", most=NAME_MAX)
    return name


def _sent(request: StaffRequest) -> dict[str, str]:
    return {name: request.POST.get(name, "")[: NAME_MAX * 2] for name in request.POST}


def _typed_limits(limits: tuple[Limit, ...]) -> dict[str, str]:
    return {
        f"limit-{one.act}-{one.currency}": typed(Money(one.up_to_minor, one.currency))
        for one in limits
        if one.currency
    }


def _currencies(currency: str, limits: tuple[Limit, ...]) -> list[str]:
    return sorted({currency} | {one.currency for one in limits if one.currency})


def _limits(post: Mapping[str, str], currency: str, known: tuple[Limit, ...]) -> list[Limit]:
    """The limits that the form names: an empty field is none. A second currency is added below the
    others, by its three letters."""
    problems: list[FieldProblem] = []
    found: list[Limit] = []
    for act in WITH_AMOUNT:
        for code in _currencies(currency, known):
            name = f"limit-{act}-{code}"
            words = post.get(name, "").strip()
            if not words:
                continue
            try:
                found.append(Limit(act, code, typed_amount(words, code).minor))
            except FieldProblem as problem:
                problems.append(FieldProblem(name, problem.message, code=problem.code))
    if problems:
        raise InvalidInput(problems)
    return found


def _fields(
    currency: str, limits: tuple[Limit, ...], acts: Sequence[Act] = WITH_AMOUNT
) -> tuple[LimitField, ...]:
    return tuple(
        LimitField(
            f"limit-{act}-{code}",
            _("%(what)s, in %(currency)s") % {"what": act_words(act), "currency": code},
        )
        for act in acts
        for code in _currencies(currency, limits)
    )


def _page(
    request: StaffRequest,
    found: StaffRoleRow | None,
    form: FormState,
    given: frozenset[Right],
    *,
    status: int = 200,
) -> HttpResponse:
    limits = found.limits if found else ()
    is_preset = found is not None and found.role is not None
    own = found.id if found else None
    page = RolePage(
        title=role_words(found.role, found.name) if found else _("A new role"),
        is_preset=is_preset,
        form=form,
        rights=()
        if is_preset
        else tuple(
            RightBox(right.value, words, hint, right in given, right in request.member.rights)
            for right, (words, hint) in right_words().items()
            if right != Right.SEE
        ),
        limits=_fields(
            request.business.currency,
            limits,
            [act for act in WITH_AMOUNT if not is_preset or RIGHT_OF[act] in given],
        ),
        back_url=reverse("backoffice_roles"),
        remove_url=reverse("backoffice_role_remove", args=[own]) if own else "",
    )
    template = "backoffice/settings/staff/role.html"
    return render(request, template, section="settings", status=status, page=page)


@staff(Right.PEOPLE)
@step_up(WHAT)
@require_http_methods(["GET", "HEAD", "POST"])
def preset(request: StaffRequest, name: str) -> HttpResponse:
    """The limits of a preset; what it may do is the same in every business."""
    with reading(request.business.id):
        rows = team.roles(request.business.id)
    found = next((one for one in rows if one.role == name and name != Role.OWNER), None)
    if found is None or found.role is None:
        raise NotFound
    if request.method != "POST":
        return _page(request, found, FormState(_typed_limits(found.limits)), found.rights)
    try:
        limits = _limits(request.POST, request.business.currency, found.limits)
        staffing.limit_preset(
            request.business.id, found.role, limits, at=request.at, by=request.member.user_id
        )
    except Forbidden:
        raise
    except Problem as problem:
        form = with_problem(_sent(request), problem)
        unseen = {
            words: None
            for name, several in form.errors.items()
            if not _is_drawn(name, found)
            for words in several
        }
        form = replace(form, form_errors=[*form.form_errors, *unseen])
        return _page(request, found, form, found.rights, status=422)
    messages.success(request, _("Saved."))
    return HttpResponseRedirect(reverse("backoffice_roles"))


def _is_drawn(field: str, preset: StaffRoleRow) -> bool:
    """Whether the page of a preset has this field: a limit of what it may do."""
    return any(field.startswith(f"limit-{act}-") for act in WITH_AMOUNT
               if RIGHT_OF[act] in preset.rights)  # fmt: skip


@staff(Right.PEOPLE)
@step_up(WHAT)
@require_POST
def role_remove(request: StaffRequest, role_id: UUID) -> HttpResponse:
    """Takes one of the business's own roles away, if nobody has it."""
    try:
        staffing.remove_role(request.business.id, role_id, by=request.member.user_id)
    except staffing.RoleInUse as problem:
        messages.error(request, with_problem({}, problem).form_errors[0])
    else:
        messages.success(request, _("The role was removed."))
    return HttpResponseRedirect(reverse("backoffice_roles"))


@staff(Right.PEOPLE)
@step_up(WHAT)
@require_http_methods(["GET", "HEAD", "POST"])
def rules(request: StaffRequest) -> HttpResponse:
    """What needs two people, whoever asks for it: an owner too."""
    with reading(request.business.id):
        limits = tuple(team.limits_of_all(request.business.id))
    needs = any(one.act == Act.BANK_DATA for one in limits)
    if request.method != "POST":
        return _rules_page(request, limits, FormState(_typed_limits(limits)), needs=needs)
    needs = "bank_data" in request.POST
    try:
        wanted = _limits(request.POST, request.business.currency, limits)
        wanted += [Limit(Act.BANK_DATA, "", 0)] if needs else []
        done = rules_flow.change(
            request.business.id, wanted, member=request.member, at=request.at, by=request.actor
        )
    except Forbidden:
        raise
    except Problem as problem:
        form = with_problem(_sent(request), problem)
        return _rules_page(request, limits, form, needs=needs, status=422)
    if done is None:
        messages.success(request, _("Saved."))
        return HttpResponseRedirect(reverse("backoffice_roles"))
    messages.warning(request, _("This loosens a rule, so a second person has to approve it."))
    return HttpResponseRedirect(reverse("backoffice_approval", args=[done]))


def _rules_page(
    request: StaffRequest,
    limits: tuple[Limit, ...],
    form: FormState,
    *,
    needs: bool,
    status: int = 200,
) -> HttpResponse:
    page = RolePage(
        title=_("What needs two people"),
        is_preset=True,
        form=form,
        rights=(),
        limits=_fields(request.business.currency, limits),
        back_url=reverse("backoffice_roles"),
        needs_second=needs,
        is_for_all=True,
    )
    template = "backoffice/settings/staff/role.html"
    return render(request, template, section="settings", status=status, page=page)
