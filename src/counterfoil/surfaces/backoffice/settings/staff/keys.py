"""The API keys: what a program may do, until when, a new secret, and the way to take one back."""

from datetime import datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST

from counterfoil.domain.customers.checks import one_line
from counterfoil.domain.identity import keys as key_operations
from counterfoil.domain.identity import operations as identity_operations
from counterfoil.domain.identity import queries as identity
from counterfoil.domain.identity.roles import Right
from counterfoil.domain.identity.rows import ApiKeyRow
from counterfoil.domain.identity.scopes import Scope, scopes_of
from counterfoil.domain.identity.staffing.giving import may_give
from counterfoil.kernel.errors import FieldProblem, InvalidInput, NotFound, Problem
from counterfoil.surfaces.backoffice.access import StaffRequest, is_first_time, staff
from counterfoil.surfaces.backoffice.forms import date_of, form_key, with_problem
from counterfoil.surfaces.backoffice.frame import render
from counterfoil.surfaces.backoffice.settings.staff.pages import Key, KeysPage, ScopeRow
from counterfoil.surfaces.backoffice.settings.tabs import tabs
from counterfoil.surfaces.backoffice.words.staff import family_words, scope_words
from counterfoil.surfaces.ui.shell import Choice, FormState
from counterfoil.surfaces.ui.step_up import step_up
from counterfoil.surfaces.ui.words import Pill

KEY_NAME_MAX = 80
OVERLAPS_DAYS = (0, 1, 7, 30)
WHAT = gettext_lazy("A change of the keys of programs")


@staff(Right.KEYS)
@step_up(WHAT)
@require_http_methods(["GET", "HEAD", "POST"])
def keys(request: StaffRequest) -> HttpResponse:
    """The API keys; a new one is shown this once and never again."""
    if request.method != "POST":
        return _page(request, FormState(), chosen={})
    values = {name: request.POST.get(name, "")[:200] for name in ("name", "expires_on")}
    chosen = {family: request.POST.get(f"scope-{family}", "") for family in family_words()}
    try:
        name, scopes = _checked(values["name"], chosen)
        ends = _end_of(request, values["expires_on"])
    except Problem as problem:
        return _page(request, with_problem(values, problem), chosen=chosen, status=422)
    if not is_first_time(request):
        messages.warning(request, _("This form was sent already. No second key was made."))
        return HttpResponseRedirect(reverse("backoffice_keys"))
    secret = identity_operations.make_api_key(
        request.business.id,
        name=name,
        scopes=scopes,
        expires_at=ends,
        at=request.at,
        by=request.member,
    )
    return _page(request, FormState(), chosen={}, secret=secret)


def _checked(name: str, chosen: dict[str, str]) -> tuple[str, list[Scope]]:
    problems = []
    clean = one_line(name)[:KEY_NAME_MAX]
    if not clean:
        problems.append(FieldProblem("name", "This is needed.", code="required"))
    known = {scope.value: scope for scope in Scope}
    asked = [f"{family}:{verb}" for family, verb in chosen.items()]
    scopes = [known[one] for one in asked if one in known]
    if not scopes:
        message = "Choose at least one thing that the key may do."
        problems.append(FieldProblem("scopes", message, code="no_scope"))
    if problems:
        raise InvalidInput(problems)
    return clean, scopes


def _end_of(request: StaffRequest, text: str) -> datetime | None:
    """The end of the chosen day where the business is; None without one."""
    on = date_of(text, "expires_on")
    if on is None:
        return None
    if on < request.today:
        raise FieldProblem("expires_on", "That day is over.", code="in_past")
    zone = ZoneInfo(request.business.timezone)
    return datetime.combine(on + timedelta(days=1), time(), zone)


def _page(
    request: StaffRequest,
    form: FormState,
    *,
    chosen: dict[str, str],
    secret: str = "",
    status: int = 200,
) -> HttpResponse:
    page = KeysPage(
        tabs=tabs("backoffice_keys"),
        keys=tuple(_key(request, one) for one in identity.api_keys(request.business.id)),
        scopes=tuple(_scope_row(request, family, chosen) for family in family_words()),
        form=form,
        form_key=form_key(),
        secret=secret,
        overlaps=_overlaps(),
    )
    template = "backoffice/settings/staff/keys.html"
    return render(request, template, section="settings", status=status, page=page)


def _overlaps() -> tuple[Choice, ...]:
    return tuple(
        Choice(str(days), ngettext("for %(n)s day", "for %(n)s days", days) % {"n": days})
        if days
        else Choice("0", _("not at all"))
        for days in OVERLAPS_DAYS
    )


def _scope_row(request: StaffRequest, family: str, chosen: dict[str, str]) -> ScopeRow:
    """What a key of the reader's may do with a family: no more than they may themselves."""
    words, hint = family_words()[family]
    choices = [Choice("", _("Nothing")), Choice("read", _("Read"))]
    write = f"{family}:write"
    if write in list(Scope) and may_give(request.member, frozenset({Scope(write)})):
        choices.append(Choice("write", _("Read and write")))
    return ScopeRow(f"scope-{family}", words, hint, tuple(choices), chosen.get(family, ""))


def _key(request: StaffRequest, one: ApiKeyRow) -> Key:
    is_over = one.expires_at is not None and one.expires_at <= request.at
    works = one.revoked_at is None and not is_over
    pill = Pill(_("Works"), "good")
    if one.revoked_at is not None:
        pill = Pill(_("Taken back"), "neutral")
    elif is_over:
        pill = Pill(_("Has ended"), "neutral")
    overlaps = one.old_until is not None and one.old_until > request.at
    return Key(
        name=one.name,
        hint=one.hint,
        scopes=scope_words(one.scopes),
        pill=pill,
        created_at=one.created_at,
        expires_at=one.expires_at,
        old_until=one.old_until if overlaps else None,
        last_used_at=one.last_used_at,
        revoke_url=reverse("backoffice_key_revoke", args=[one.id]) if works else "",
        rotate_url=reverse("backoffice_key_rotate", args=[one.id])
        if works and not overlaps and may_give(request.member, scopes_of(one.scopes))
        else "",
    )


@staff(Right.KEYS)
@step_up(WHAT)
@require_POST
def key_rotate(request: StaffRequest, key_id: UUID) -> HttpResponse:
    """A new secret for a key, shown this once; the old one works for the chosen days."""
    wanted = request.POST.get("overlap", "")
    days = int(wanted) if wanted in {str(one) for one in OVERLAPS_DAYS} else OVERLAPS_DAYS[-1]
    if key_id not in {one.id for one in identity.api_keys(request.business.id)}:
        raise NotFound
    if not is_first_time(request):
        messages.warning(request, _("This form was sent already. No second secret was made."))
        return HttpResponseRedirect(reverse("backoffice_keys"))
    secret = key_operations.rotate_api_key(
        request.business.id,
        key_id,
        old_until=request.at + timedelta(days=days),
        at=request.at,
        by=request.member,
    )
    return _page(request, FormState(), chosen={}, secret=secret)


@staff(Right.KEYS)
@step_up(WHAT)
@require_POST
def key_revoke(request: StaffRequest, key_id: UUID) -> HttpResponse:
    """Takes an API key back: it opens nothing from this moment on."""
    if not identity_operations.revoke_api_key(request.business.id, key_id, at=request.at):
        raise NotFound
    messages.success(request, _("The key was taken back. It does not work any more."))
    return HttpResponseRedirect(reverse("backoffice_keys"))
