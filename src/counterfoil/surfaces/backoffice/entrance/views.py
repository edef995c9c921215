"""The staff sign-in page: one answer for unknown and wrong, and a limit on trying."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from counterfoil.domain.business.rows import BusinessRow
from counterfoil.domain.identity import queries as identity
from counterfoil.domain.identity.rows import UserRow
from counterfoil.infra.db import reading
from counterfoil.infra.limits import forgive, hit
from counterfoil.kernel import clock
from counterfoil.surfaces.backoffice.access import open_session
from counterfoil.surfaces.backoffice.entrance.pages import SignInPage
from counterfoil.surfaces.backoffice.frame import render
from counterfoil.surfaces.ui.callers import caller_network
from counterfoil.surfaces.ui.middleware import safe_path
from counterfoil.surfaces.ui.shell import FormState

TRIES_AN_ADDRESS = 10
TRIES_A_CALLER = 200
WINDOW_SECONDS = 15 * 60
_PASSWORD_MAX = 1000


@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Signs a member of this business in and goes on to where they were."""
    home = reverse("backoffice_work")
    sent = request.POST if request.method == "POST" else request.GET
    onward = safe_path(request, sent.get("next", ""), home)
    onward = onward if onward.startswith(home) else home
    email = request.POST.get("email", "").strip()
    if request.method != "POST":
        return _page(request, onward)
    wait_seconds = _knock(request, email)
    if wait_seconds is not None:
        response = _page(request, onward, email=email, error=_later(wait_seconds), status=429)
        response["Retry-After"] = str(wait_seconds)
        return response
    business: BusinessRow = request.business  # type: ignore[attr-defined]
    user = _member(business, email, request.POST.get("password", ""))
    if user is None:
        error = _("This mail address and this password do not fit together here.")
        return _page(request, onward, email=email, error=error, status=422)
    forgive(_address_key(business, email))
    open_session(request, user, business)
    return HttpResponseRedirect(onward)


def _knock(request: HttpRequest, email: str) -> int | None:
    """Counts a try for the address and for the caller; seconds to wait, or None."""
    at, business = clock.now(), request.business  # type: ignore[attr-defined]
    limits = {
        _address_key(business, email): TRIES_AN_ADDRESS,
        f"staff-from:{caller_network(request)}": TRIES_A_CALLER,
    }
    waits = [
        hit(key, limit=limit, window_seconds=WINDOW_SECONDS, at=at) for key, limit in limits.items()
    ]
    longest = max(wait or 0 for wait in waits)
    return longest or None


def _address_key(business: BusinessRow, email: str) -> str:
    return f"staff:{business.id}:{email.lower()[:120]}"


def _member(business: BusinessRow, email: str, password: str) -> UserRow | None:
    """The user of this address and password, if they work for this business."""
    user = identity.check_password(email, password[:_PASSWORD_MAX])
    if user is None:
        return None
    with reading(business.id):
        return user if identity.member(business.id, user.id, user.proof) else None


def _later(wait_seconds: int) -> str:
    minutes = max((wait_seconds + 59) // 60, 1)
    words = ngettext(
        "Too many tries. Try again in %(n)s minute.",
        "Too many tries. Try again in %(n)s minutes.",
        minutes,
    )
    return words % {"n": minutes}


def _page(
    request: HttpRequest, onward: str, *, email: str = "", error: str = "", status: int = 200
) -> HttpResponse:
    form = FormState(values={"email": email}, form_errors=(error,) if error else ())
    page = SignInPage(form=form, next=onward)
    return render(request, "backoffice/sign_in.html", status=status, page=page)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """Ends the staff session; harmless without one."""
    request.session.flush()
    return HttpResponseRedirect(reverse("backoffice_sign_in"))
