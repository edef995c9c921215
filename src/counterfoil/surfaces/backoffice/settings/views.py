"""People and API keys of the business."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from counterfoil.domain.customers.checks import one_line
from counterfoil.domain.identity import operations as identity_operations
from counterfoil.domain.identity import queries as identity
from counterfoil.domain.identity.roles import Right, Role
from counterfoil.infra.db import reading
from counterfoil.kernel.errors import NotFound
from counterfoil.surfaces.backoffice.access import StaffRequest, is_first_time, staff
from counterfoil.surfaces.backoffice.forms import form_key
from counterfoil.surfaces.backoffice.frame import render
from counterfoil.surfaces.backoffice.settings.pages import (
    Key,
    KeysPage,
    PeoplePage,
    Person,
)
from counterfoil.surfaces.backoffice.settings.tabs import tabs
from counterfoil.surfaces.backoffice.words import role_words
from counterfoil.surfaces.ui.shell import FormState

KEY_NAME_MAX = 80


@staff(Right.SETTINGS)
@require_safe
def people(request: StaffRequest) -> HttpResponse:
    """Who works here, and what each may do."""
    may = {
        Role.OWNER: _("Everything, settings included"),
        Role.FINANCE: _("Customers, invoices, credit notes, payments and imports"),
        Role.READONLY: _("See everything, change nothing"),
    }
    with reading(request.business.id):
        members = identity.members(request.business.id)
    rows = tuple(
        Person(
            name=one.name or one.email,
            email=one.email,
            role=role_words(one.role),
            may=may[one.role],
            is_self=one.user_id == request.member.user_id,
        )
        for one in members
    )
    page = PeoplePage(tabs("backoffice_people"), rows)
    return render(request, "backoffice/settings/people.html", section="settings", page=page)


@staff(Right.SETTINGS)
@require_http_methods(["GET", "HEAD", "POST"])
def keys(request: StaffRequest) -> HttpResponse:
    """The API keys; a new one is shown this once and never again."""
    if request.method != "POST":
        return _keys_page(request, FormState())
    name = one_line(request.POST.get("name", ""))[:KEY_NAME_MAX]
    if not name:
        return _keys_page(request, FormState({}, {"name": [_("This is needed.")]}), status=422)
    if not is_first_time(request):
        messages.warning(request, _("This form was sent already. No second key was made."))
        return HttpResponseRedirect(reverse("backoffice_keys"))
    secret = identity_operations.make_api_key(request.business.id, name=name, at=request.at)
    return _keys_page(request, FormState(), secret=secret)


def _keys_page(
    request: StaffRequest, form: FormState, *, secret: str = "", status: int = 200
) -> HttpResponse:
    rows = tuple(
        Key(
            name=one.name,
            hint=one.hint,
            created_at=one.created_at,
            revoked_at=one.revoked_at,
            revoke_url=reverse("backoffice_key_revoke", args=[one.id]),
        )
        for one in identity.api_keys(request.business.id)
    )
    page = KeysPage(tabs("backoffice_keys"), rows, form, form_key(), secret)
    template = "backoffice/settings/keys.html"
    return render(request, template, section="settings", status=status, page=page)


@staff(Right.SETTINGS)
@require_POST
def key_revoke(request: StaffRequest, key_id: UUID) -> HttpResponse:
    """Takes an API key back: it opens nothing from this moment on."""
    if not identity_operations.revoke_api_key(request.business.id, key_id, at=request.at):
        raise NotFound
    messages.success(request, _("The key was taken back. It does not work any more."))
    return HttpResponseRedirect(reverse("backoffice_keys"))
