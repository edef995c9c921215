"""Who is at the back door: a member of staff with a right, or nobody."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import wraps
from typing import Any, Concatenate, ParamSpec
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from counterfoil.domain.audit import operations as audit
from counterfoil.domain.audit.kinds import NoteKind
from counterfoil.domain.business import queries as businesses
from counterfoil.domain.business.rows import BusinessRow
from counterfoil.domain.identity import queries as identity
from counterfoil.domain.identity.roles import Right
from counterfoil.domain.identity.rows import MemberRow
from counterfoil.domain.insights import segments, work
from counterfoil.infra.db import reading
from counterfoil.infra.limits import FORMS, knock
from counterfoil.infra.postgres.acting import act_as
from counterfoil.kernel import clock
from counterfoil.kernel.actor import Actor, ActorKind
from counterfoil.kernel.errors import Forbidden, NotFound, Problem
from counterfoil.surfaces.backoffice.frame import render
from counterfoil.surfaces.ui.htmx import lead, wants_fragment
from counterfoil.surfaces.ui.problems import status_of
from counterfoil.surfaces.ui.step_up.kept import keep_form
from counterfoil.surfaces.ui.words import problem_words

P = ParamSpec("P")
View = Callable[..., HttpResponse]

NARROWED = frozenset(
    {
        "backoffice_work",
        "backoffice_customers",
        "backoffice_customer_new",
        "backoffice_invoices",
        "backoffice_invoice_new",
        "backoffice_invoice_totals",
        "backoffice_payments",
        "backoffice_approvals",
    }
)
"""Pages about nothing in particular that show their reader just the customers that they see; any
other one is for those who see all."""

PASSING = frozenset({"backoffice_invoice_totals", "backoffice_accent"})
"""What a page asks by itself while somebody types. Once their session has ended it is answered with
nothing, so that they are not led away: the form itself leads to the sign-in, and is kept."""


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
                if not may(request.member, right):
                    return refused(request, Forbidden())
                try:
                    check_segment(request, kwargs)
                    return view(request, *args, **kwargs)
                except Forbidden as problem:
                    return refused(request, problem)
                except Problem as problem:
                    return problem_page(request, problem)

        guarded.right = right  # type: ignore[attr-defined]  # read by the test of all routes
        return guarded

    return guard


def may(member: MemberRow, right: Right) -> bool:
    """Whether a member has a right, by their role and whom they may see."""
    return right in member.rights


def member_url(request: StaffRequest, user_id: UUID | str) -> str:
    """A member's timeline, if the reader may see it; else nothing."""
    if not may(request.member, Right.TRAIL):
        return ""
    return reverse("backoffice_member_timeline", args=[user_id])


def check_segment(request: StaffRequest, named: Mapping[str, Any]) -> None:
    """For members who see some customers only: `NotFound` for what is anybody else's, `Forbidden`
    for a page that concerns every customer."""
    tags, place = request.member.tags, request.resolver_match
    if not tags:
        return
    name = (place.url_name if place else "") or ""
    if not name.startswith("backoffice_") or name in NARROWED:
        return
    things = {
        kind: value
        for kind, value in ((one.removesuffix("_id"), named[one]) for one in named)
        if kind in segments.KINDS
    }
    if not things:
        raise Forbidden
    with reading(request.business.id):
        if not segments.sees(request.business.id, tags, things):
            raise NotFound


def refused(request: StaffRequest, problem: Forbidden) -> HttpResponse:
    """The page of what somebody may not do, which the trail keeps."""
    what = request.resolver_match.url_name if request.resolver_match else ""
    audit.note(request.business.id, NoteKind.REFUSED, subject=f"page:{what}", at=request.at)
    return problem_page(request, problem)


def _admit(request: StaffRequest) -> bool:
    """Puts the facts of a signed-in member on the request; False if there is none, or if the
    password is a new one since."""
    user_id = _user_id(request)
    if user_id is None:
        return False
    proof = request.session.get(HASH_SESSION_KEY, "")
    # Staff see what they have just saved, though another process may remember the old brand.
    business = request.business = businesses.by_id(request.business.id)
    request.at = clock.now()
    request.today = clock.local_date(request.at, business.timezone)
    request.work_count = None
    with reading(business.id):
        member = identity.member(business.id, user_id, proof)
        is_page = request.method == "GET" and not wants_fragment(request)
        if member is not None and member.tags:
            request.work_count = 0
        elif member is not None and is_page:
            count = work.work_count(business.id, today=request.today, at=request.at)
            request.work_count = count.total
    if member is None:
        return False
    request.member = member
    request.actor = act_as(Actor(ActorKind.STAFF, str(member.user_id), member.name or member.email))
    return True


def _user_id(request: HttpRequest) -> UUID | None:
    """The user of this session, if it was opened by this door at this very business."""
    session = request.session
    here: Any = request.business.id  # type: ignore[attr-defined]
    if session.get("business") != str(here) or session.get("door") != "staff":
        return None
    return UUID(session[SESSION_KEY]) if SESSION_KEY in session else None


def _to_sign_in(request: HttpRequest) -> HttpResponse:
    """To the sign-in page, and back afterwards, with what was typed."""
    place = request.resolver_match
    if place and place.url_name in PASSING:
        return HttpResponse(status=204)
    back = keep_form(request)
    return lead(request, f"{reverse('backoffice_sign_in')}?{urlencode({'next': back})}")


def is_first_time(request: StaffRequest) -> bool:
    """Whether this very form is sent for the first time: a second click does nothing again.

    Each form carries a `form_key` that was made with it; a form without one is not taken.
    """
    key = request.POST.get("form_key", "")[:80]
    told = knock(FORMS, request.business.id, request.member.user_id, key, at=request.at)
    return bool(key) and told.wait is None


def waits(request: StaffRequest, approval_id: UUID) -> HttpResponse:
    """Somebody asked for more than they may do alone: to the request that was written down."""
    told = _("This needs a second person, who was asked by mail. Nothing has been done yet.")
    messages.warning(request, told)
    return HttpResponseRedirect(reverse("backoffice_approval", args=[approval_id]))


@dataclass(frozen=True, slots=True)
class ProblemPage:
    """What happened, in words, and the request's id to quote."""

    title: str
    words: str
    reference: str


def problem_page(request: HttpRequest, problem: Problem) -> HttpResponse:
    """The page of a problem that the view had no better place for."""
    status = status_of(problem)
    title, words = _said(status, problem)
    page = ProblemPage(title, words, getattr(request, "reference", ""))
    return render(request, "backoffice/problem.html", status=status, page=page)


def _said(status: int, problem: Problem) -> tuple[str, str]:
    if status == 404:  # noqa: PLR2004  the status itself
        return _("There is nothing here"), _("It was moved, or it belongs to another business.")
    if status == 403 and problem.code != Forbidden.code:  # noqa: PLR2004
        return _("You may not do this"), problem_words(problem)
    if status == 403:  # noqa: PLR2004
        words = _("Your role does not allow this. Ask an owner of this business.")
        return _("You may not do this"), words
    if status == 503:  # noqa: PLR2004
        return _("This did not work just now"), problem_words(problem)
    return _("This can't be done"), problem_words(problem)


def noted(kind: NoteKind, noun: str, name: str = "") -> Callable[[View], View]:
    """Stands under `staff`: who is shown the page by a GET is noted in the trail, once a person,
    thing and day. `noun` says what they saw, `name` is the view's argument with its id."""

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(request: StaffRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            answer = view(request, *args, **kwargs)
            if request.method == "GET" and answer.status_code == 200:  # noqa: PLR2004  shown
                subject = f"{noun}:{kwargs[name]}" if name else noun
                audit.note(request.business.id, kind, subject=subject, at=request.at)
            return answer

        return guarded

    return guard
