"""Is it still you: one page on which somebody who is signed in proves it again.

Who has a second factor shows that; who has none, the password, or a code by mail or (to a proved
number) as a text message.
"""

from typing import Any

from allauth.account.internal.flows.login import record_authentication
from allauth.core.internal import ratelimit
from allauth.mfa.base.internal.flows import post_authentication
from allauth.mfa.webauthn.internal import auth as webauthn
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from counterfoil.domain.audit.kinds import NoteKind
from counterfoil.domain.identity import phones
from counterfoil.infra.mail import takes_texts
from counterfoil.kernel.phones import ending
from counterfoil.surfaces.entrance import trail
from counterfoil.surfaces.entrance.arriving import prove_this_device
from counterfoil.surfaces.entrance.doors import home_of
from counterfoil.surfaces.entrance.factors import (
    FactorCodeAgain,
    PasskeyAgain,
    code_hint,
    factors_of,
)
from counterfoil.surfaces.entrance.mails import codes
from counterfoil.surfaces.entrance.pages import StepUpPage, Ways
from counterfoil.surfaces.ui import htmx
from counterfoil.surfaces.ui.step_up import asked_of, go_on
from counterfoil.surfaces.ui.words import wait_words

PURPOSE = "step_up"
_BY = ("passkey", "code", "password", "mail", "text")
_TEMPLATE = "account/step_up.html"


@require_http_methods(["GET", "POST"])
def prove(request: HttpRequest) -> HttpResponseBase:
    """Shows the ways, and takes a proof; then it goes on with what the reader was about to do."""
    ways = _ways(request)
    by = request.POST.get("by", "")
    if request.method != "POST":
        return _page(request, ways)
    if by != "mailed" and not (by in _BY and getattr(ways, by)):
        return _page(request, ways, status=422)
    if not ratelimit.consume(
        request, app="allauth.account", action="reauthenticate", user=request.user
    ):
        return _page(request, ways, by=by, error=wait_words(60), status=429)
    if by in _SENDING:
        return _SENDING[by](request, ways)
    told_by = "texted" if by == "mailed" and _has_text(request) else by
    error = _PROOFS[by](request, ways)
    if error:
        trail.note(request, NoteKind.FACTOR_FAILED, request.user, by=told_by)
        return _page(request, ways, by=by, error=error, status=422)
    trail.note(request, NoteKind.STEPPED_UP, request.user, by=told_by)
    if by != "password":
        prove_this_device(request)
    return go_on(request, home_of(request))


def _ways(request: HttpRequest) -> Ways:
    mine, asked = factors_of(request.user), asked_of(request)
    needs_more = asked is not None and asked.beyond_password
    has_factor = bool(mine & {"totp", "webauthn"})
    return Ways(
        passkey="webauthn" in mine,
        code=has_factor and bool(mine & {"totp", "recovery_codes"}),
        password=not has_factor and not needs_more and request.user.has_usable_password(),  # type: ignore[union-attr]
        mail=not has_factor,
        text="" if has_factor or not takes_texts() else ending(_number(request)),
        code_hint=code_hint(mine),
    )


def _number(request: HttpRequest) -> str:
    return phones.number_of(request.user.pk)  # type: ignore[arg-type]


def _mail(request: HttpRequest, ways: Ways) -> HttpResponse:
    wait = codes.send_code(request, PURPOSE, request.user.email)  # type: ignore[union-attr]
    if wait is not None:
        return _page(request, ways, by="mail", error=wait_words(wait), status=429)
    return _page(request, ways)


def _text(request: HttpRequest, ways: Ways) -> HttpResponse:
    error = codes.text_code(request, PURPOSE, _number(request))
    return _page(request, ways, by="text", error=error, status=422 if error else 200)


_SENDING = {"mail": _mail, "text": _text}


def _has_text(request: HttpRequest) -> bool:
    return bool(codes.waits_for(request, PURPOSE, codes.TEXT))


def _by_password(request: HttpRequest, ways: Ways) -> str:
    password = request.POST.get("password", "")[:1000]
    if not request.user.check_password(password):
        return _("Incorrect password.")
    record_authentication(request, request.user, "password", reauthenticated=True)  # type: ignore[arg-type]
    return ""


def _by_mailed_code(request: HttpRequest, ways: Ways) -> str:
    if not ways.mail:
        return _("Incorrect code.")
    trouble = codes.trouble_with(request, PURPOSE, request.POST.get("code", ""))
    if trouble:
        return trouble
    record_authentication(request, request.user, "code", reauthenticated=True)  # type: ignore[arg-type]
    return ""


def _by_code(request: HttpRequest, ways: Ways) -> str:
    form = FactorCodeAgain(data=request.POST, user=request.user)
    if not form.is_valid():
        return " ".join(form.errors.get("code", []))
    post_authentication(request, form.authenticator, reauthenticated=True)
    return ""


def _by_passkey(request: HttpRequest, ways: Ways) -> str:
    again: Any = PasskeyAgain  # allauth is untyped
    form = again(data=request.POST, user=request.user)
    if not form.is_valid():
        return " ".join(form.errors.get("credential", []))
    post_authentication(request, form.cleaned_data["credential"], reauthenticated=True)
    return ""


_PROOFS = {
    "password": _by_password,
    "mailed": _by_mailed_code,
    "code": _by_code,
    "passkey": _by_passkey,
}


def _page(
    request: HttpRequest, ways: Ways, *, by: str = "", error: str = "", status: int = 200
) -> HttpResponse:
    asked = asked_of(request)
    page = StepUpPage(
        what=asked.what if asked else "",
        back_url=asked.page if asked else home_of(request),
        ways=ways,
        asked=asked.name if asked else "",
        mailed_to=codes.waits_for(request, PURPOSE) if ways.mail else "",
        texted=bool(ways.text) and _has_text(request),
        error=error,
        by=by,
        options=webauthn.begin_authentication(request.user) if ways.passkey else None,
    )
    return htmx.render(request, _TEMPLATE, status=status, page=page)
