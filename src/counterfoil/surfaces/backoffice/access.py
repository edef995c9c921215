"""Who is at the back door: a member of staff with a right, or nobody."""

from collections.abc import Callable
from datetime import date, datetime
from functools import wraps
from typing import Any, Concatenate, ParamSpec
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from counterfoil.domain.business import queries as businesses
from counterfoil.domain.business.rows import BusinessRow
from counterfoil.domain.identity import queries as identity
from counterfoil.domain.identity.roles import Right, may
from counterfoil.domain.identity.rows import MemberRow, UserRow
from counterfoil.domain.insights import work
from counterfoil.infra.db import reading
from counterfoil.infra.limits import hit
from counterfoil.kernel import clock
from counterfoil.kernel.actor import Actor, ActorKind
from counterfoil.kernel.errors import Forbidden, Problem
from counterfoil.surfaces.backoffice.problems import problem_page
from counterfoil.surfaces.ui.htmx import wants_fragment

P = ParamSpec("P")
View = Callable[..., HttpResponse]

SESSION_USER = "staff"
SESSION_PROOF = "proof"
SESSION_BUSINESS = "business"
_FORM_LIFE_SECONDS = 7 * 24 * 3600


class StaffRequest(HttpRequest):
    """A request of a member of staff: whose books, who asks, when."""

    business: BusinessRow
    member: MemberRow
    actor: Actor
    at: datetime
    today: date
    work_count: int | None  # None: not counted yet


def staff(right: Right) -> Callable[[Callable[Concatenate[StaffRequest, P], HttpResponse]], View]:
    """Lets in a member of this business whose role has the right.

    Signed out, or a member of another business: to the sign-in page, and back afterwards. A role
    without the right gets a 403 page. Expected problems of the view become pages here.
    """

    def guard(view: Callable[Concatenate[StaffRequest, P], HttpResponse]) -> View:
        @wraps(view)
        def guarded(request: StaffRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            if not _admit(request):
                return _to_sign_in(request)
            with timezone.override(request.business.timezone):
                if not may(request.member.role, right):
                    return problem_page(request, Forbidden())
                try:
                    return view(request, *args, **kwargs)
                except Problem as problem:
                    return problem_page(request, problem)

        guarded.right = right  # type: ignore[attr-defined]  # read by the test of all routes
        return guarded

    return guard


def _admit(request: StaffRequest) -> bool:
    """Puts the facts of a signed-in member on the request; False if there is none, or if the
    password is a new one since."""
    user_id = _user_id(request)
    if user_id is None:
        return False
    proof = request.session.get(SESSION_PROOF, "")
    # Staff see what they have just saved, though another process may remember the old brand.
    business = request.business = businesses.by_id(request.business.id)
    request.at = clock.now()
    request.today = clock.local_date(request.at, business.timezone)
    request.work_count = None
    with reading(business.id):
        member = identity.member(business.id, user_id, proof)
        if member is not None and request.method == "GET" and not wants_fragment(request):
            count = work.work_count(business.id, today=request.today, at=request.at)
            request.work_count = count.total
    if member is None:
        return False
    request.member = member
    request.actor = Actor(ActorKind.STAFF, str(member.user_id), member.name or member.email)
    return True


def _user_id(request: HttpRequest) -> UUID | None:
    """The user of this session, if it was opened at this very business."""
    business_id: Any = request.business.id  # type: ignore[attr-defined]
    session = request.session
    if session.get(SESSION_BUSINESS) != str(business_id) or SESSION_USER not in session:
        return None
    return UUID(session[SESSION_USER])


def _to_sign_in(request: HttpRequest) -> HttpResponse:
    back = request.get_full_path() if request.method == "GET" else reverse("backoffice_work")
    return HttpResponseRedirect(f"{reverse('backoffice_sign_in')}?{urlencode({'next': back})}")


def open_session(request: HttpRequest, user: UserRow, business: BusinessRow) -> None:
    """Remembers who signed in, for this business only, under a new session key."""
    request.session.cycle_key()
    request.session[SESSION_BUSINESS] = str(business.id)
    request.session[SESSION_USER] = str(user.id)
    request.session[SESSION_PROOF] = user.proof


def is_first_time(request: StaffRequest) -> bool:
    """Whether this very form is sent for the first time: a second click does nothing again.

    Each form carries a `form_key` that was made with it; a form without one is not taken.
    """
    key = request.POST.get("form_key", "")[:80]
    name = f"form:{request.business.id}:{request.member.user_id}:{key}"
    limit_reached = hit(name, limit=1, window_seconds=_FORM_LIFE_SECONDS, at=request.at)
    return bool(key) and limit_reached is None
