"""What happens when somebody has come in: who acts from now on, and with which device; and when
who was in has lost their access, or their session."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.authentication import get_authentication_records
from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from counterfoil.domain.audit.kinds import NoteKind
from counterfoil.domain.identity import devices, hand_overs
from counterfoil.infra.postgres.acting import act_as
from counterfoil.kernel import clock
from counterfoil.surfaces.entrance import trail
from counterfoil.surfaces.entrance.agents import agent_words
from counterfoil.surfaces.entrance.doors import PORTAL, door_of, entrant_of, home_of
from counterfoil.surfaces.ui.callers import caller_address
from counterfoil.surfaces.ui.step_up import beyond
from counterfoil.surfaces.ui.step_up.devices import device_of, signed_in_with

View = Callable[..., HttpResponseBase]
_AGENT_MAX = 300
CODE_BY = "code_by"  # in the session: how the code that is waited for went out
ELSEWHERE = "elsewhere"  # in the session: this person is known at other businesses too


def enter_by_mail(request: HttpRequest, user: Any, onward: str | None = None) -> HttpResponseBase:
    """Signs in who could read a mail of ours, as far as that goes: a second factor is asked for
    all the same. Somebody who is signed in already has proved nothing more by it."""
    if request.user.is_authenticated:
        if request.user.pk == user.pk:
            return HttpResponseRedirect(onward or home_of(request))
        logout(request)
    request.session.pop(CODE_BY, None)
    record_authentication(request, user, "code", email=user.email)
    login = Login(user=user, redirect_url=onward, email=user.email)
    response: HttpResponseBase = perform_login(request, login)
    return response


def letting_go(view: View) -> View:
    """Around the sign-in page: the session of somebody who is nobody here any more ends, and they
    read why. Left open, this page would lead them in and the door back here, for ever. Who had a
    session that is gone reads that too; who makes one up learns nothing by it."""

    @wraps(view)
    def met(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated and entrant_of(request, request.user) is None:
            logout(request)
            messages.warning(request, _("Your access was taken back."))
        elif request.session_is_lost and request.method == "GET":  # type: ignore[attr-defined]
            messages.warning(request, _("You were signed out elsewhere, or a long time ago."))
        return view(request, *args, **kwargs)

    return met


def clearing(view: View) -> View:
    """Around signing out: the browser drops what it keeps of our pages. Cookies stay, for they hold
    the other door's session, the device and the language; this door's goes as it always did. The
    page that asks first has a way back in for who is in."""

    @wraps(view)
    def left(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method != "POST":
            request.is_known = request.user.is_authenticated  # type: ignore[attr-defined]
        response = view(request, *args, **kwargs)
        if request.method == "POST":
            response["Clear-Site-Data"] = '"cache", "storage"'
        return response

    return left


def arrive(request: HttpRequest, user: Any) -> dict[str, str]:
    """Notes the sign-in and its device; tells the person of a device that is new to them. Returns
    what the session is to be told by."""
    at = clock.now()
    entrant = entrant_of(request, user)
    if entrant is not None:
        act_as(entrant.actor)
    cookie = signed_in_with(request, user.pk)
    device = devices.note_device(user.pk, cookie.id, at=at)
    proofs = get_authentication_records(request, user)
    methods = [str(one["method"]) for one in proofs]
    if device.is_first or any(map(beyond, proofs)):
        devices.prove_device(user.pk, cookie.id, at=at)
    _note_presence(request, user, methods)
    trail.note(request, NoteKind.SIGNED_IN, user, by=", ".join(_told(request, methods)))
    agent = request.headers.get("User-Agent", "")[:_AGENT_MAX]
    if device.is_new and not device.is_first:
        get_adapter(request).send_notification_mail(
            "account/email/new_device", user, {"device": agent_words(agent)}
        )
    return {
        "door": door_of(request),
        "business_id": str(request.business.id),  # type: ignore[attr-defined]
        "device_id": str(device.id),
        "origin": caller_address(request),
        "agent": agent,
        "opened_at": at.isoformat(),
    }


def _told(request: HttpRequest, methods: list[str]) -> list[str]:
    """The ways in words of the trail: a code that came as a text message is called one."""
    by_text = request.session.pop(CODE_BY, "") == "text"
    return ["text code" if by_text and one == "code" else one for one in methods]


def prove_this_device(request: HttpRequest) -> None:
    """The reader has shown more than a password on this device."""
    cookie = device_of(request)
    if cookie is not None and request.user.is_authenticated:
        devices.prove_device(request.user.pk, cookie.id, at=clock.now())


def _note_presence(request: HttpRequest, user: Any, methods: list[str]) -> None:
    """Where a person has proved to be themselves leads them there from elsewhere too; the word of
    one business's sign-in provider is good for that business alone."""
    if door_of(request) != PORTAL or not set(methods) - {"socialaccount", "sso"}:
        return
    here = request.business.id  # type: ignore[attr-defined]
    hand_overs.note_presence(user.pk, here, at=clock.now())
    request.session[ELSEWHERE] = any(one != here for one in hand_overs.known_at(user.pk))
