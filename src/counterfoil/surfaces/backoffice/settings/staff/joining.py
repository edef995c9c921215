"""Taking an invitation to work here: opening the page does nothing, its button does."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from counterfoil.domain.identity.rows import InvitationRow
from counterfoil.domain.identity.staffing import queries as team
from counterfoil.flows.setting_up import staff as flow
from counterfoil.infra.db import reading
from counterfoil.infra.limits import hit
from counterfoil.kernel import clock
from counterfoil.kernel.errors import NotFound, Problem
from counterfoil.surfaces.backoffice.access import problem_page
from counterfoil.surfaces.backoffice.forms import texts, with_problem
from counterfoil.surfaces.backoffice.frame import render
from counterfoil.surfaces.backoffice.words import role_words
from counterfoil.surfaces.ui.callers import caller_network
from counterfoil.surfaces.ui.shell import FormState

TRIES_A_CALLER = 60
WINDOW_SECONDS = 15 * 60
_PASSWORD_MAX = 1000


@dataclass(frozen=True, slots=True)
class JoinPage:
    """Who asks whom to be what; somebody new chooses a name and a password too."""

    business: str
    email: str
    by: str
    role: str
    is_new: bool
    form: FormState


@require_http_methods(["GET", "HEAD", "POST"])
def join(request: HttpRequest, token: str) -> HttpResponse:
    """The invitation, and its button. A link that opens nothing (any more) is told as such."""
    business, at = request.business, clock.now()  # type: ignore[attr-defined]
    caller = f"joining:{caller_network(request)}"
    if hit(caller, limit=TRIES_A_CALLER, window_seconds=WINDOW_SECONDS, at=at) is not None:
        return problem_page(request, NotFound())
    try:
        with reading(business.id):
            asked = team.invitation_of(business.id, token, at=at)
        if request.method != "POST":
            return _page(request, asked, FormState())
        values = texts(request.POST, ("name",))
        password = request.POST.get("password", "")[:_PASSWORD_MAX]
        try:
            flow.join(business.id, token, name=values["name"], password=password, at=at)
        except NotFound:
            raise
        except Problem as problem:
            return _page(request, asked, with_problem(values, problem), status=422)
    except NotFound as problem:
        return problem_page(request, problem)
    messages.success(request, _("You work here now. Sign in to begin."))
    return HttpResponseRedirect(reverse("backoffice_sign_in"))


def _page(
    request: HttpRequest, asked: InvitationRow, form: FormState, *, status: int = 200
) -> HttpResponse:
    page = JoinPage(
        business=request.business.name,  # type: ignore[attr-defined]
        email=asked.email,
        by=asked.invited_by,
        role=role_words(asked.role, asked.role_name),
        is_new=flow.needs_password(asked.email),
        form=form,
    )
    response = render(request, "backoffice/settings/staff/join.html", status=status, page=page)
    response["Referrer-Policy"] = "strict-origin"  # without it no `Origin` would be told
    return response
