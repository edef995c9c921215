"""The pages of single sign-on, at both doors: away to the provider, and back."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from allauth.socialaccount.providers.base.constants import AuthProcess
from django.contrib import messages
from django.core import signing
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from counterfoil.domain.identity.sign_on.checks import domain_of
from counterfoil.domain.identity.sign_on.rows import LedTo, SignOnKind, SignOnRow
from counterfoil.flows.people.sign_on import capturing, providers
from counterfoil.infra.limits import SIGN_ONS, knock
from counterfoil.kernel import clock
from counterfoil.kernel.errors import NotFound
from counterfoil.kernel.ports.sign_on import SignOnRefused, Why
from counterfoil.surfaces.entrance.doors import is_inside
from counterfoil.surfaces.entrance.sign_on import finishing, openid, saml
from counterfoil.surfaces.entrance.sign_on.adapter import app_of, connection_of
from counterfoil.surfaces.entrance.sign_on.pages import LeadPage
from counterfoil.surfaces.entrance.sign_on.proofs import came_by_sign_on, came_through
from counterfoil.surfaces.ui import htmx
from counterfoil.surfaces.ui.callers import caller_network
from counterfoil.surfaces.ui.problems import error_page
from counterfoil.surfaces.ui.step_up.devices import at_staff_door

View = Callable[..., HttpResponseBase]
TRIAL_SECONDS = 600
_TRIAL = "counterfoil.sign-on.trial"
_OFFERED = "sign_on_offered"


def counted(view: View) -> View:
    """Nobody makes us call a provider, or check its answers, without end."""

    @wraps(view)
    def within(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        wait = knock(SIGN_ONS, caller_network(request), at=clock.now()).wait
        if wait is not None:
            return error_page(request, 429, retry_after_seconds=wait)
        return view(request, *args, **kwargs)

    return within


def trial_of(business_id: UUID, connection_id: UUID) -> str:
    """What lets staff try a connection out for ten minutes, at whichever door it is for."""
    return signing.dumps([str(business_id), str(connection_id)], salt=_TRIAL)


def _is_trial(request: HttpRequest, connection: SignOnRow) -> bool:
    try:
        told = signing.loads(request.GET.get("try", ""), salt=_TRIAL, max_age=TRIAL_SECONDS)
    except signing.BadSignature:
        return False
    business_id = request.business.id  # type: ignore[attr-defined]
    return bool(told == [str(business_id), str(connection.id)])


@require_GET
@counted
def begin(request: HttpRequest, connection_id: UUID) -> HttpResponseBase:
    """Away to the provider."""
    connection = connection_of(request, connection_id)
    trial, onward = _is_trial(request, connection), request.GET.get("next", "")
    if not connection.is_active and not trial:
        return finishing.refused(request, connection, SignOnRefused(Why.OFF))
    try:
        response: HttpResponse = provider_of(request, connection).redirect(
            request,
            AuthProcess.LOGIN,
            next_url=onward if is_inside(request, onward) else None,
            trial=trial,
        )
    except SignOnRefused as problem:
        return _told(request, connection, problem, trial=trial)
    return response


def provider_of(request: HttpRequest, connection: SignOnRow) -> Any:
    """The connection as allauth speaks to it."""
    kinds = {SignOnKind.OIDC: openid.OpenIdProvider, SignOnKind.SAML: saml.SamlProvider}
    return kinds[connection.kind](request, app=app_of(connection))


def _told(
    request: HttpRequest, connection: SignOnRow, problem: SignOnRefused, *, trial: bool
) -> HttpResponse:
    if trial:
        return finishing.tried(request, connection, None, problem)
    return finishing.refused(request, connection, problem)


def _of_kind(request: HttpRequest, connection_id: UUID, kind: SignOnKind) -> SignOnRow:
    connection = connection_of(request, connection_id)
    if connection.kind != kind:
        raise NotFound
    return connection


@require_GET
@counted
def callback(request: HttpRequest, connection_id: UUID) -> HttpResponseBase:
    """Back from an OpenID provider."""
    connection = _of_kind(request, connection_id, SignOnKind.OIDC)
    adapter = openid.OpenIdAdapter(request, str(connection_id))
    try:
        response: HttpResponse = openid.Callback.adapter_view(adapter)(request)
    except SignOnRefused as problem:
        trial = bool((getattr(adapter, "state", None) or {}).get("trial"))
        return _told(request, connection, problem, trial=trial)
    return response


@csrf_exempt
@require_POST
@counted
def acs(request: HttpRequest, connection_id: UUID) -> HttpResponseBase:
    """Where a SAML provider's page posts its answer to: signed, so no form of ours."""
    connection = _of_kind(request, connection_id, SignOnKind.SAML)
    try:
        return saml.take_in(request, connection)
    except SignOnRefused as problem:
        question = providers.saml_question_of(request.POST.get("SAMLResponse", ""))
        trial = bool(question and cache.get(saml.trial_place(question)))
        return _told(request, connection, problem, trial=trial)


@require_GET
def finish(request: HttpRequest, connection_id: UUID) -> HttpResponseBase:
    """The browser comes for the answer of a SAML provider."""
    connection = _of_kind(request, connection_id, SignOnKind.SAML)
    try:
        return saml.finish(request, saml.SamlProvider(request, app=app_of(connection)))
    except SignOnRefused as problem:
        return finishing.refused(request, connection, problem)


@require_GET
def metadata(request: HttpRequest, connection_id: UUID) -> HttpResponseBase:
    """What a SAML provider reads about us."""
    connection = _of_kind(request, connection_id, SignOnKind.SAML)
    text = providers.saml_metadata(saml.self_of(request, connection))
    return HttpResponse(text, content_type="application/samlmetadata+xml; charset=utf-8")


@require_GET
def lead(request: HttpRequest, connection_id: UUID) -> HttpResponseBase:
    """Names the company's own sign-in; a link leads there, for a form may lead nowhere else."""
    connection = connection_of(request, connection_id)
    if not connection.is_active:
        return finishing.refused(request, connection, SignOnRefused(Why.OFF))
    path = _onward(request)
    onward = {"next": path} if path else {}
    is_only = connection.is_required and not connection.for_staff
    page = LeadPage(
        name=connection.name,
        url=_with(reverse("sign_on", args=[connection.id]), onward),
        for_owners=connection.is_required and connection.for_staff,
        other_url="" if is_only else _with(reverse("account_login"), onward),
    )
    return htmx.render(request, "sign_on/lead.html", page=page)


def _with(url: str, query: dict[str, str]) -> str:
    return f"{url}?{urlencode(query)}" if query else url


@require_http_methods(["GET", "HEAD", "POST"])
@counted
def company(request: HttpRequest) -> HttpResponseBase:
    """Asks for a mail address, and leads to the sign-in of its company."""
    email = request.POST.get("email", "").strip()[:254]
    led = _led_to(request, email) if email else None
    if led is not None:
        return _to_lead(request, led)
    tried = request.method == "POST"
    status = 422 if tried else 200
    said: dict[str, Any] = {"email": email, "is_unknown": tried, "onward": _onward(request)}
    return htmx.render(request, "sign_on/company.html", status=status, **said)


def _onward(request: HttpRequest) -> str:
    onward = request.POST.get("next") or request.GET.get("next") or ""
    return onward if is_inside(request, onward) else ""


def _led_to(request: HttpRequest, email: str) -> LedTo | None:
    business_id = request.business.id  # type: ignore[attr-defined]
    return capturing.led_to(business_id, email, for_staff=at_staff_door(request))


def _to_lead(request: HttpRequest, led: LedTo) -> HttpResponse:
    onward = _onward(request)
    url = _with(reverse("sign_on_lead", args=[led.id]), {"next": onward} if onward else {})
    return HttpResponseRedirect(url)


def captured(view: View) -> View:
    """Around a view that is told a mail address: one of a captured domain is led to its company's
    own sign-in; where that is only offered, once a session. The domain alone decides."""

    @wraps(view)
    def asked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        email = request.POST.get("login") or request.POST.get("email") or ""
        led = _led_to(request, email[:254]) if request.method == "POST" and email else None
        if led is None:
            return view(request, *args, **kwargs)
        is_only = led.is_required and not at_staff_door(request)
        if not is_only and request.session.get(_OFFERED) == domain_of(email):
            return view(request, *args, **kwargs)
        request.session[_OFFERED] = domain_of(email)
        return _to_lead(request, led)

    return asked


def offering(view: View) -> View:
    """Around the sign-in page: it gets the connections that it offers."""

    @wraps(view)
    def offered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = view(request, *args, **kwargs)
        context = getattr(response, "context_data", None)
        if isinstance(context, dict):
            business_id = request.business.id  # type: ignore[attr-defined]
            here = at_staff_door(request)
            context["sign_ons"] = capturing.offered(business_id, for_staff=here)
        return response

    return offered


def own_only(view: View) -> View:
    """Around what changes how a person signs in everywhere: whoever was vouched for by the provider
    of one business is not let near it."""

    @wraps(view)
    def kept_out(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not came_by_sign_on(request):
            return view(request, *args, **kwargs)
        words = _(
            "You are signed in through your company. To change your own ways to sign in, sign out "
            "and sign in by one of them. Nothing was changed."
        )
        messages.warning(request, words)
        return HttpResponseRedirect(reverse("mfa_index"))

    return kept_out


def elsewhere(request: HttpRequest, user: Any) -> HttpResponse | None:
    """Somebody who proved themselves here, and has to come through their company's sign-in: the way
    there. None for everybody else."""
    business_id = request.business.id  # type: ignore[attr-defined]
    led = capturing.must_use(business_id, user.pk, user.email, for_staff=at_staff_door(request))
    if led is None or came_through(request, user, led.id):
        return None
    return _to_lead(request, led)
