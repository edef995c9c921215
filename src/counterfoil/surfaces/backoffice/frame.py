"""The frame around every page of the backoffice: where staff can go, and who they are."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, Literal

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from counterfoil.domain.identity.roles import Right
from counterfoil.domain.identity.rows import MemberRow
from counterfoil.domain.insights import work
from counterfoil.infra.db import reading
from counterfoil.surfaces.backoffice.addresses import first_room
from counterfoil.surfaces.backoffice.words import role_words
from counterfoil.surfaces.ui import htmx

Section = Literal["", "work", "customers", "invoices", "payments", "bank", "import", "settings"]


@dataclass(frozen=True, slots=True)
class Entry:
    """One place to go to; `count` says how much waits there."""

    words: str
    url: str
    is_current: bool
    count: int = 0


@dataclass(frozen=True, slots=True)
class Desk:
    """What `backoffice/frame.html` draws around a page; `rights` are `Right` values."""

    entries: tuple[Entry, ...]
    rights: frozenset[str]
    person_name: str
    role: str
    sign_out_url: str

    def may(self, right: str) -> bool:
        """Whether the reader's role has the right; an unknown right is a bug."""
        return Right(right).value in self.rights


def desk_of(request: HttpRequest, section: Section, *, counted: bool = True) -> Desk | None:
    """The frame for a signed-in member; None at the sign-in page."""
    member: MemberRow | None = getattr(request, "member", None)
    if member is None:
        return None
    rights = member.rights
    work_count = _work_count(request) if counted else 0
    places: list[tuple[Section, str, str, Right]] = [
        ("work", _("Work list"), "backoffice_work", Right.SEE),
        ("customers", _("Customers"), "backoffice_customers", Right.SEE),
        ("invoices", _("Invoices"), "backoffice_invoices", Right.SEE),
        ("payments", _("Payments"), "backoffice_payments", Right.SEE),
        ("bank", _("Bank lines"), "backoffice_bank", Right.SEE),
        ("import", _("Import"), "backoffice_import", Right.IMPORT),
    ]
    if room := first_room(rights):
        places.append(("settings", _("Settings"), room, Right.SEE))
    if member.tags:
        places = [one for one in places if one[0] != "bank"]
    entries = tuple(
        Entry(words, reverse(name), place == section, work_count if place == "work" else 0)
        for place, words, name, right in places
        if right in rights
    )
    return Desk(
        entries=entries,
        rights=frozenset(right.value for right in rights),
        person_name=member.name or member.email,
        role=role_words(member.role, member.role_name),
        sign_out_url=reverse("backoffice_sign_out"),
    )


def _work_count(request: Any) -> int:
    """What the guard has counted with its own reading, or a count of its own after a POST."""
    if request.work_count is None:
        business = request.business
        with reading(business.id):
            count = work.work_count(business.id, today=request.today, at=request.at)
        request.work_count = count.total
    counted: int = request.work_count
    return counted


def seated(view: Callable[..., Any]) -> Callable[..., Any]:
    """Gives pages that are drawn elsewhere the frame of a signed-in member."""

    @wraps(view)
    def drawn(request: Any, *args: Any, **kwargs: Any) -> Any:
        request.desk = desk_of(request, "")
        return view(request, *args, **kwargs)

    return drawn


def render(
    request: HttpRequest,
    template: str,
    *,
    section: Section = "",
    block: str = "",
    status: int = 200,
    **context: Any,
) -> HttpResponse:
    """A page in the frame, or only its named block if htmx asked for it."""
    is_part = bool(block) and htmx.wants_fragment(request)
    desk = desk_of(request, section, counted=not is_part)
    context |= {"desk": desk, "is_part": is_part}
    return htmx.render(request, template, block=block, status=status, **context)
