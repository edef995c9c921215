"""At which host names customers and staff come in."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from counterfoil.domain.business import operations, queries
from counterfoil.domain.business.hosts import Door, HostNeeded, HostRow, HostTaken, checked_host
from counterfoil.domain.identity.roles import Right
from counterfoil.kernel.errors import Conflict, NotFound, Refused
from counterfoil.surfaces.backoffice.access import StaffRequest, staff
from counterfoil.surfaces.backoffice.forms import texts, with_problem
from counterfoil.surfaces.backoffice.frame import render
from counterfoil.surfaces.backoffice.pages import Filter
from counterfoil.surfaces.backoffice.settings.tabs import tabs
from counterfoil.surfaces.ui.middleware import HOSTS
from counterfoil.surfaces.ui.shell import Choice, FormState
from counterfoil.surfaces.ui.step_up import step_up
from counterfoil.surfaces.ui.words import Pill, problem_words

WHAT = gettext_lazy("A change of the portal's addresses")
TEMPLATE = "backoffice/settings/hosts.html"


@dataclass(frozen=True, slots=True)
class Host:
    """One address: who comes in there, and what can be done with it."""

    host: str
    door: str
    pill: Pill
    is_here: bool
    can_be_main: bool


@dataclass(frozen=True, slots=True)
class HostsPage:
    """The addresses, and the form for one more; `doors` are the choices of who comes in."""

    tabs: tuple[Filter, ...]
    hosts: tuple[Host, ...]
    doors: tuple[Choice, ...]
    form: FormState
    problem: str = ""


@staff(Right.SETTINGS)
@step_up(WHAT)
@require_http_methods(["GET", "HEAD", "POST"])
def hosts(request: StaffRequest) -> HttpResponse:
    """Lists the addresses and adds one; what is no host name comes back with what is wrong."""
    if request.method != "POST":
        return _page(request, FormState({"door": Door.BOTH.value}))
    values = texts(request.POST, ("host", "door"))
    try:
        host = _another(request, values["host"])
        operations.answer_at(request.business.id, host, door=_door(values["door"]))
    except Refused as problem:
        return _page(request, with_problem(values, problem), status=422)
    except (HostTaken, HostNeeded) as problem:
        errors = {"host": [problem_words(problem)]}
        return _page(request, FormState(values, errors), status=422)
    words = _("The address was added. It works once its DNS entry leads to this server.")
    return _saved(request, words)


@staff(Right.SETTINGS)
@step_up(WHAT)
@require_POST
def host_change(request: StaffRequest) -> HttpResponse:
    """Lets others in at an address, puts it in links, or takes it away; refuses what would leave
    customers or staff outside, and taking away the address at which the reader is."""
    values = texts(request.POST, ("host", "act", "door"))
    known = {one.host: one for one in queries.hosts(request.business.id)}
    row = known.get(values["host"])
    if row is None:
        raise NotFound
    try:
        _change(request, row, values)
    except Conflict as problem:
        form = FormState({"door": Door.BOTH.value})
        return _page(request, form, problem=problem_words(problem), status=409)
    return _saved(request, _("Saved."))


def _change(request: StaffRequest, row: HostRow, values: dict[str, str]) -> None:
    business_id, is_here = request.business.id, row.host == request.get_host().lower()
    match values["act"]:
        case "remove" if not is_here:
            operations.answer_no_more_at(business_id, row.host)
        case "main" if row.door is not Door.STAFF:
            operations.answer_at(business_id, row.host, door=row.door, is_main=True)
        case "door":
            door = _door(values["door"])
            if is_here and door is Door.PORTAL:
                raise HostNeeded
            is_main = row.is_main and door is not Door.STAFF
            operations.answer_at(business_id, row.host, door=door, is_main=is_main)
        case _:
            raise NotFound


def _another(request: StaffRequest, text: str) -> str:
    host = checked_host(text)
    if any(one.host == host for one in queries.hosts(request.business.id)):
        raise HostTaken
    return host


def _door(text: str) -> Door:
    try:
        return Door(text)
    except ValueError:
        raise NotFound from None


def _saved(request: StaffRequest, words: str) -> HttpResponse:
    HOSTS.changed()
    messages.success(request, words)
    return HttpResponseRedirect(reverse("backoffice_hosts"))


def _page(
    request: StaffRequest, form: FormState, *, problem: str = "", status: int = 200
) -> HttpResponse:
    rows = queries.hosts(request.business.id)
    page = HostsPage(
        tabs=tabs("backoffice_hosts"),
        hosts=tuple(_host(one, request.get_host().lower()) for one in rows),
        doors=tuple(Choice(value, words) for value, words in _doors().items()),
        form=form,
        problem=problem,
    )
    return render(request, TEMPLATE, section="settings", status=status, page=page)


def _host(one: HostRow, here: str) -> Host:
    main = Pill(_("In links"), "good")
    return Host(
        host=one.host,
        door=one.door.value,
        pill=main if one.is_main else Pill(_doors()[one.door.value], "neutral"),
        is_here=one.host == here,
        can_be_main=not one.is_main and one.door is not Door.STAFF,
    )


def _doors() -> dict[str, str]:
    return {
        Door.BOTH.value: _("Customers and staff"),
        Door.PORTAL.value: _("Customers only"),
        Door.STAFF.value: _("Staff only"),
    }
