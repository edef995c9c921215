"""How money comes in: the gateway accounts, their keys (typed in, never shown), and which payments
go to which."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from counterfoil.domain.audit.kinds import NoteKind
from counterfoil.domain.identity.roles import Right
from counterfoil.domain.insights import stories
from counterfoil.domain.payments import queries as payments
from counterfoil.domain.payments.accounts.routing import Route, RouteTaken
from counterfoil.domain.payments.rows import Account
from counterfoil.flows.gateways import is_built, offers, trouble_with
from counterfoil.flows.setting_up import gateway_accounts as flows
from counterfoil.infra.db import reading
from counterfoil.kernel.errors import FieldProblem, NotFound, Problem, Refused, Unavailable
from counterfoil.kernel.ids import decode, encode, new_id
from counterfoil.kernel.ports.gateways.account import OLD, AccountIncomplete, KeysRefused
from counterfoil.kernel.ports.gateways.capabilities import Capability, Setting
from counterfoil.surfaces.backoffice.access import StaffRequest, noted, staff
from counterfoil.surfaces.backoffice.forms import texts, with_problem
from counterfoil.surfaces.backoffice.frame import render
from counterfoil.surfaces.backoffice.pages import Filter
from counterfoil.surfaces.backoffice.settings.tabs import tabs
from counterfoil.surfaces.backoffice.settings.words import account_trouble
from counterfoil.surfaces.backoffice.words.settings import (
    environment_words,
    gateway_words,
    setting_words,
    way_words,
)
from counterfoil.surfaces.ui.shell import Choice, FormState
from counterfoil.surfaces.ui.step_up import step_up
from counterfoil.surfaces.ui.words import Pill, problem_words

WHAT = gettext_lazy("A change of where payments go")
ROUTE = ("method", "currency")


@dataclass(frozen=True, slots=True)
class Row:
    """A gateway account in the list; no secret ever comes to a page."""

    url: str
    name: str
    kind: str
    pill: Pill
    takes: tuple[str, ...]
    since: datetime
    heard_at: datetime | None
    trouble: str


@dataclass(frozen=True, slots=True)
class GatewaysPage:
    """The accounts, and what can be connected."""

    tabs: tuple[Filter, ...]
    accounts: tuple[Row, ...]
    kinds: tuple[Choice, ...]  # `value` is the address of the form


@dataclass(frozen=True, slots=True)
class Field:
    """One thing to type in."""

    name: str
    words: str
    hint: str
    is_secret: bool
    is_needed: bool
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class FormPage:
    """The form of a new account; its webhook address is known before its keys are."""

    tabs: tuple[Filter, ...]
    kind: str
    fields: tuple[Field, ...]
    form: FormState
    webhook_url: str
    account: str
    post_url: str


@dataclass(frozen=True, slots=True)
class SentRoute:
    """One route, in words and as its form sends it."""

    words: str
    method: str
    currency: str


@dataclass(frozen=True, slots=True)
class GatewayPage:
    """One account: how it is reached, what goes to it, its keys."""

    tabs: tuple[Filter, ...]
    name: str
    kind: str
    pill: Pill
    trouble: str
    is_compared: bool  # its kind has a list of its own, which is compared with the books each day
    is_active: bool
    webhook_url: str
    fields: tuple[Field, ...]
    form: FormState
    routes: tuple[SentRoute, ...]
    route_form: FormState
    methods: tuple[Choice, ...]
    post_url: str
    pause_url: str
    try_url: str
    route_url: str


@staff(Right.GATEWAYS)
@require_safe
def gateways(request: StaffRequest) -> HttpResponse:
    """The accounts, the newest first, and links to connect one more."""
    with reading(request.business.id):
        accounts = payments.gateway_accounts(request.business.id)
        told = {one.id: one for one in stories.gateway_accounts(request.business.id)}
    wrong = {one.id: _wrong(one) for one in accounts}
    rows = tuple(
        Row(
            url=reverse("backoffice_gateway", args=[one.id]) if is_built(one.kind) else "",
            name=one.opened.name,
            kind=gateway_words(one.kind),
            pill=_pill(is_active=one.is_active, is_broken=bool(wrong[one.id])),
            takes=tuple(_route_words(route) for route in one.routes),
            since=told[one.id].created_at,
            heard_at=told[one.id].last_event_at,
            trouble=wrong[one.id],
        )
        for one in accounts
    )
    kinds = tuple(
        Choice(reverse("backoffice_gateway_new", args=[kind]), gateway_words(kind))
        for kind in settings.GATEWAYS
    )
    page = GatewaysPage(tabs("backoffice_gateways"), rows, kinds)
    return render(request, "backoffice/settings/gateways.html", section="settings", page=page)


@staff(Right.GATEWAYS)
@step_up(WHAT, also_looking=True)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: StaffRequest, kind: str) -> HttpResponse:
    """Connects an account; what is missing comes back beside its field, secrets empty."""
    wanted = flows.wanted_of(kind)
    if request.method != "POST":
        return _new_page(request, kind, wanted, FormState({"name": gateway_words(kind)}), new_id())
    account_id = decode("gwa", request.POST.get("account", ""))
    values = texts(request.POST, ("name", *(one.name for one in wanted)))
    form = flows.Form(values["name"], values, _webhook_url(request, account_id))
    business_id = request.business.id
    try:
        is_new = flows.connect(business_id, account_id, kind, form, at=request.at, by=request.actor)
    except Refused as problem:
        shown = with_problem(_without_secrets(values, wanted), problem)
        return _new_page(request, kind, wanted, shown, account_id, status=422)
    if not is_new:
        messages.warning(request, _("This form was sent already. No second account was added."))
    else:
        messages.success(
            request, _("The gateway is connected. New payments can go there from now on.")
        )
    return HttpResponseRedirect(reverse("backoffice_gateway", args=[account_id]))


def _new_page(
    request: StaffRequest,
    kind: str,
    wanted: Sequence[Setting],
    form: FormState,
    account_id: UUID,
    *,
    status: int = 200,
) -> HttpResponse:
    page = FormPage(
        tabs=tabs("backoffice_gateways"),
        kind=gateway_words(kind),
        fields=_fields(wanted, is_new=True),
        form=form,
        webhook_url=_webhook_url(request, account_id),
        account=encode("gwa", account_id),
        post_url=request.path,
    )
    template = "backoffice/settings/gateway_new.html"
    return render(request, template, section="settings", status=status, page=page)


@staff(Right.GATEWAYS)
@step_up(WHAT, also_looking=True)
@require_http_methods(["GET", "HEAD", "POST"])
@noted(NoteKind.LOOKED, "gateway", "account_id")
def gateway(request: StaffRequest, account_id: UUID) -> HttpResponse:
    """One account; a POST gives it new keys. A secret that is left empty stays as it is."""
    account = _account(request, account_id)
    wanted = flows.wanted_of(account.kind)
    if request.method != "POST":
        return _page(request, account)
    values = texts(request.POST, ("name", *(one.name for one in wanted)))
    form = flows.Form(values["name"], values, _webhook_url(request, account_id))
    business_id = request.business.id
    try:
        flows.change_keys(business_id, account_id, form, at=request.at, by=request.actor)
    except Refused as problem:
        shown = with_problem(_without_secrets(values, wanted), problem)
        return _page(request, account, form=shown, status=422)
    messages.success(request, _("Saved."))
    return HttpResponseRedirect(request.path)


@staff(Right.GATEWAYS)
@step_up(WHAT)
@require_POST
def pause(request: StaffRequest, account_id: UUID) -> HttpResponse:
    """No new payments go there, or they do again; what is under way goes on either way."""
    is_paused = request.POST.get("pause") == "yes"
    business_id = request.business.id
    flows.pause(business_id, account_id, is_paused=is_paused, at=request.at, by=request.actor)
    messages.success(
        request,
        _("Paused: no new payments go there. What is under way is finished, refunds included.")
        if is_paused
        else _("New payments can go there again."),
    )
    return HttpResponseRedirect(reverse("backoffice_gateway", args=[account_id]))


@staff(Right.GATEWAYS)
@require_POST
def try_it(request: StaffRequest, account_id: UUID) -> HttpResponse:
    """Asks the gateway something harmless with these keys."""
    problem = flows.try_connection(request.business.id, account_id)
    if problem is None:
        messages.success(request, _("The gateway answers and knows these keys."))
    else:
        messages.warning(request, _trouble(problem))
    return HttpResponseRedirect(reverse("backoffice_gateway", args=[account_id]))


def _trouble(problem: Problem) -> str:
    if isinstance(problem, KeysRefused):
        return _(
            "The gateway does not know these keys. Payments would fail; no money was moved. "
            "Copy the keys again from the gateway's own pages."
        )
    if isinstance(problem, Unavailable) and not isinstance(problem, AccountIncomplete):
        return _(
            "The gateway can't be reached or did not answer as it should. No money was moved. "
            "Try again in a minute; it said: %(words)s"
        ) % {"words": problem.message}
    return problem_words(problem)


@staff(Right.GATEWAYS)
@step_up(WHAT)
@require_POST
def route(request: StaffRequest, account_id: UUID) -> HttpResponse:
    """Sends payments of a method and a currency there, or no more."""
    values = texts(request.POST, ROUTE)
    wanted = Route(values["method"], values["currency"].upper())
    change = flows.remove_route if request.POST.get("remove") == "yes" else flows.add_route
    try:
        change(request.business.id, account_id, wanted, at=request.at, by=request.actor)
    except (FieldProblem, RouteTaken) as problem:
        account = _account(request, account_id)
        shown = with_problem(values, problem)
        return _page(request, account, route_form=shown, status=422)
    messages.success(request, _("Saved. It holds for new payments; old ones stay where they are."))
    return HttpResponseRedirect(reverse("backoffice_gateway", args=[account_id]))


def _account(request: StaffRequest, account_id: UUID) -> Account:
    with reading(request.business.id):
        accounts = payments.gateway_accounts(request.business.id)
    found = next((one for one in accounts if one.id == account_id), None)
    if found is None or not is_built(found.kind):
        raise NotFound
    return found


def _page(
    request: StaffRequest,
    account: Account,
    *,
    form: FormState | None = None,
    route_form: FormState | None = None,
    status: int = 200,
) -> HttpResponse:
    wanted = flows.wanted_of(account.kind)
    typed = {"name": account.opened.name, **account.opened.settings}
    methods = flows.methods_of_account(account)
    wrong = _wrong(account)
    page = GatewayPage(
        tabs=tabs("backoffice_gateways"),
        name=account.opened.name,
        kind=gateway_words(account.kind),
        pill=_pill(is_active=account.is_active, is_broken=bool(wrong)),
        trouble=wrong,
        is_compared=offers(account.kind, Capability.LISTING),
        is_active=account.is_active,
        webhook_url=_webhook_url(request, account.id),
        fields=_fields(wanted, is_new=False),
        form=form or FormState(_without_secrets(typed, wanted)),
        routes=tuple(
            SentRoute(_route_words(one), one.method, one.currency) for one in account.routes
        ),
        route_form=route_form or FormState(),
        methods=(
            Choice("", _("Any method")),
            *(Choice(one, way_words(one)) for one in methods),
        ),
        post_url=reverse("backoffice_gateway", args=[account.id]),
        pause_url=reverse("backoffice_gateway_pause", args=[account.id]),
        try_url=reverse("backoffice_gateway_try", args=[account.id]),
        route_url=reverse("backoffice_gateway_route", args=[account.id]),
    )
    template = "backoffice/settings/gateway.html"
    return render(request, template, section="settings", status=status, page=page)


def _webhook_url(request: StaffRequest, account_id: UUID) -> str:
    args = [request.business.slug, encode("gwa", account_id)]
    return request.build_absolute_uri(reverse("gateway_event", args=args))


def _without_secrets(values: dict[str, str], wanted: Sequence[Setting]) -> dict[str, str]:
    secret = {one.name for one in wanted if one.is_secret}
    return {name: value for name, value in values.items() if name not in secret}


def _fields(wanted: Sequence[Setting], *, is_new: bool) -> tuple[Field, ...]:
    kept = "" if is_new else _("Leave it empty to keep the one that is stored.")
    old = _("Accepted for three days after it was replaced.")
    return tuple(
        Field(
            name=one.name,
            words=setting_words(one.name),
            hint=old if one.name.endswith(OLD) else kept if one.is_secret and one.is_needed else "",
            is_secret=one.is_secret,
            is_needed=one.is_needed and (is_new or not one.is_secret),
            choices=_choices(one),
        )
        for one in wanted
    )


def _choices(one: Setting) -> tuple[Choice, ...]:
    """Nothing is chosen for anybody, for one of them moves real money."""
    named = tuple(Choice(name, environment_words(name)) for name in one.choices)
    return (Choice("", ""), *named) if named else ()


def _wrong(account: Account) -> str:
    problem = trouble_with(account)
    return account_trouble(problem) if problem else ""


def _pill(*, is_active: bool, is_broken: bool) -> Pill:
    if is_active and is_broken:
        return Pill(_("Can’t be used"), "bad")
    return Pill(_("Active"), "good") if is_active else Pill(_("Paused"), "neutral")


def _route_words(route: Route) -> str:
    method = way_words(route.method) if route.method else _("Any method")
    currency = route.currency or _("any currency")
    return _("%(method)s in %(currency)s") % {"method": method, "currency": currency}
