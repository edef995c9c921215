"""No access yet: a mail address, an invoice and its code; then the code that proves the address.

Every step answers the same whatever was typed: nobody learns which addresses or invoices there
are. Tries and mails are counted by address typed and by who calls.
"""

import time
from typing import Any

from allauth.account.adapter import get_adapter
from django.contrib import messages
from django.contrib.auth import get_user_model
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from counterfoil.domain.customers.checks import is_email, one_line
from counterfoil.flows.people import register as flow
from counterfoil.flows.people.register import Came, RegisterCommand
from counterfoil.infra.limits import hit
from counterfoil.kernel import clock
from counterfoil.surfaces.entrance.arriving import enter_by_mail
from counterfoil.surfaces.entrance.mails import codes
from counterfoil.surfaces.portal.profile.people_pages import RegisterPage
from counterfoil.surfaces.ui import htmx
from counterfoil.surfaces.ui.callers import caller_network
from counterfoil.surfaces.ui.problems import error_page
from counterfoil.surfaces.ui.shell import FormState

LIFE_SECONDS = 15 * 60
_TRIES_MAX = 5
_BY_ADDRESS, _BY_CALLER, _WINDOW_SECONDS = 3, 10, 3600
_ASKED = "registering"
_LENGTHS = {"email": 254, "name": 120, "number": 80, "code": 80}
_WAYS = ("GET", "HEAD", "POST")


@require_http_methods(_WAYS)
def register(request: Any) -> HttpResponseBase:
    """What somebody has; a code goes to the address, whatever else was typed."""
    flow.check_taken(request.business.id)
    if request.method != "POST":
        return _page(request, RegisterPage(FormState()))
    typed = {name: one_line(request.POST.get(name, ""))[:most] for name, most in _LENGTHS.items()}
    errors = {}
    if not is_email(typed["email"]):
        errors["email"] = [_("This is not a mail address.")]
    if not typed["name"]:
        errors["name"] = [_("This is needed.")]
    if errors:
        return _page(request, RegisterPage(FormState(typed, errors)), status=422)
    wait = _seconds_to_wait(request, typed["email"])
    if wait is not None:
        return error_page(request, 429, retry_after_seconds=wait)
    _send(request, typed)
    return HttpResponseRedirect(reverse("register_confirm"))


def _seconds_to_wait(request: Any, email: str) -> int | None:
    business_id, at = request.business.id, clock.now()
    counted = ((email.lower(), _BY_ADDRESS), (caller_network(request), _BY_CALLER))
    waits = [
        hit(f"register:{business_id}:{who}", limit=most, window_seconds=_WINDOW_SECONDS, at=at)
        for who, most in counted
    ]
    return max((one for one in waits if one is not None), default=None)


def _send(request: HttpRequest, typed: dict[str, str]) -> None:
    adapter: Any = get_adapter(request)
    code = adapter.generate_login_code()
    request.session[_ASKED] = {
        **typed, "digest": _digest(request, code), "at": time.time(), "tries": 0,
    }  # fmt: skip
    told = {
        "title": _("Your code"),
        "words": _("Somebody, most likely you, asks for access to invoices with this address."),
        "code": code,
    }
    adapter.send_mail("account/email/code", typed["email"], told)


def _digest(request: HttpRequest, code: str) -> str:
    value = f"{request.business.id}:{code.strip().upper()}"  # type: ignore[attr-defined]
    return salted_hmac("counterfoil.registering", value, algorithm="sha256").hexdigest()


@require_http_methods(_WAYS)
def confirm(request: Any) -> HttpResponseBase:
    """The mailed code proves the address; only then it matters what was typed."""
    asked = request.session.get(_ASKED)
    flow.check_taken(request.business.id)
    if not asked or time.time() - asked["at"] > LIFE_SECONDS:
        return HttpResponseRedirect(reverse("register"))
    if request.method != "POST":
        return _page(request, RegisterPage(FormState(), sent_to=asked["email"]))
    who = f"register:{request.business.id}:{asked['email'].lower()}"
    wait = codes.seconds_to_wait(who)
    if wait is not None:
        return error_page(request, 429, retry_after_seconds=wait)
    sent = _digest(request, request.POST.get("code", "")[:20])
    if not constant_time_compare(sent, asked["digest"]):
        return _wrong(request, asked)
    del request.session[_ASKED]
    codes.welcome(who)
    command = RegisterCommand(asked["email"], asked["name"], asked["number"], asked["code"])
    came, user_id = flow.register(request.business.id, command, at=clock.now())
    if came is Came.WAITING:
        return _page(request, RegisterPage(FormState(), is_waiting=True))
    return _sign_in(request, user_id)


def _wrong(request: HttpRequest, asked: dict[str, Any]) -> HttpResponse:
    asked["tries"] += 1
    request.session.modified = True
    if asked["tries"] >= _TRIES_MAX:
        del request.session[_ASKED]
        messages.warning(request, _("The code was wrong too often. Ask for a new one."))
        return HttpResponseRedirect(reverse("register"))
    wrong = FormState({}, {"code": [_("Incorrect code.")]})
    return _page(request, RegisterPage(wrong, sent_to=asked["email"]), status=422)


def _sign_in(request: HttpRequest, user_id: Any) -> HttpResponseBase:
    """Whoever could read the mail has proved the address; a second factor is asked for too."""
    user = get_user_model().objects.get(id=user_id)
    messages.success(request, _("You have access now."))
    return enter_by_mail(request, user, reverse("home"))


def _page(request: HttpRequest, page: RegisterPage, *, status: int = 200) -> HttpResponse:
    return htmx.render(request, "portal/people/register.html", status=status, page=page)
