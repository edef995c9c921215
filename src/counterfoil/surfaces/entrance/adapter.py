"""How allauth is told about us: who may sign in, where they go, and what is noted of it."""

import logging
import math
from collections.abc import Callable
from email.utils import formataddr
from functools import wraps
from typing import Any, cast

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context as context_of
from allauth.core.internal import ratelimit
from django.conf import settings
from django.contrib import messages
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from counterfoil.domain.audit.kinds import NoteKind
from counterfoil.domain.identity.sessions import OPENED
from counterfoil.domain.notifications.rendering import clean
from counterfoil.flows.addresses import url_of
from counterfoil.kernel import clock
from counterfoil.kernel.errors import Problem
from counterfoil.surfaces.entrance import arriving, trail
from counterfoil.surfaces.entrance.doors import door_of, entrant_of, home_of, is_inside
from counterfoil.surfaces.entrance.mails import asking, linking, notices
from counterfoil.surfaces.entrance.sign_on.stages import with_ours
from counterfoil.surfaces.entrance.sign_on.views import elsewhere
from counterfoil.surfaces.ui.callers import caller_address, caller_network
from counterfoil.surfaces.ui.step_up import fresh
from counterfoil.surfaces.ui.step_up.devices import remember
from counterfoil.surfaces.ui.words import wait_words

View = Callable[..., HttpResponseBase]
_APP = "allauth.account"
_OF_CODES = ("account/email/login_code", "account/email/unknown_account")
logger = logging.getLogger("counterfoil.entrance")


def refused_words() -> str:
    """The one answer for whatever does not open this door."""
    return _("This sign-in does not work here. Nothing was changed.")


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth is untyped
    """Contacts and members sign in, nobody signs up by themselves; a session belongs to one
    business and one door."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Accounts come from the business's own contacts and members."""
        return False

    def pre_login(self, request: HttpRequest, user: Any, **more: Any) -> Any:
        """Whoever may not come in by this door, however they proved themselves, goes no further.
        What they proved is good here alone, even if a second factor is still to come."""
        _keep_here(request)
        if entrant_of(request, user) is None:
            messages.error(request, refused_words())
            return HttpResponseRedirect(reverse("account_login"))
        return elsewhere(request, user) or super().pre_login(request, user, **more)

    def get_login_stages(self) -> list[str]:
        """What is asked of somebody before they are in."""
        return with_ours(super().get_login_stages())

    def login(self, request: HttpRequest, user: Any) -> None:
        """Signs in, and notes for which business, by which door and with which device."""
        super().login(request, user)
        _keep_here(request)
        request.session[OPENED] = arriving.arrive(request, user)

    def post_login(self, request: HttpRequest, user: Any, **more: Any) -> Any:
        """Goes on; the browser is known from now on."""
        return remember(request, super().post_login(request, user, **more))

    def logout(self, request: HttpRequest) -> None:
        """Signs out."""
        trail.note(request, NoteKind.SIGNED_OUT, request.user)
        super().logout(request)

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Counts the try."""
        key = self._get_login_attempts_cache_key(request, **credentials)
        request.knock = ("login_failed", key)  # type: ignore[attr-defined]
        super().pre_authenticate(request, **credentials)

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Notes the try, whether the address is known or not."""
        trail.note_failure(request, str(credentials.get("email", "")))

    def validation_error(self, code: str, *args: Any) -> ValidationError:
        """What is wrong; who tries too often is told how long to wait, and `answered` answers 429.
        Tries are counted by what was typed, so nobody learns which addresses are known."""
        request = context_of.request
        if code != "too_many_login_attempts" or request is None:
            return cast("ValidationError", super().validation_error(code, *args))
        request.wait_seconds = _seconds_to_wait(request)
        return ValidationError(wait_words(request.wait_seconds))

    def get_client_ip(self, request: HttpRequest) -> str:
        """Whose tries are counted: the network, where one caller has a whole one."""
        return caller_network(request)

    def is_reauthentication_required(self, *, app: str, **_more: Any) -> bool:
        """Whether the reader has to prove again who they are; `step_up` has asked before."""
        return not fresh(context_of.request)

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, str]]:
        """One page has them all."""
        if not user.is_authenticated:
            return []
        return [{"id": "step_up", "description": "", "url": reverse("step_up")}]

    def is_safe_url(self, url: str) -> bool:
        """A path of ours, behind the same door."""
        return is_inside(context_of.request, url or "")

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """The first page behind the door."""
        return home_of(request)

    def get_logout_redirect_url(self, request: HttpRequest) -> str:
        """Back before the door."""
        return reverse("account_login")

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """Back to where it was begun."""
        return reverse("mfa_index")

    def get_from_email(self) -> str:
        """The business writes, from the installation's address."""
        request = context_of.request
        name = clean(request.business.name) if request is not None else ""
        return formataddr((name, settings.MAIL_FROM))

    def get_reset_password_from_key_url(self, key: str) -> str:
        """The link in the mail leads to the business's own host, whatever host was asked."""
        uid, _dash, secret = key.partition("-")
        path = reverse("account_reset_password_from_key", args=[uid, secret])
        return url_of(context_of.request.business.id, path)

    def format_email_subject(self, subject: str) -> str:
        """The subject as the template has it: the business is named there."""
        return subject

    def send_notification_mail(
        self, template_prefix: str, user: Any, context: Any = None, email: str | None = None
    ) -> None:
        """Tells a person what has changed with their sign-in, and notes it."""
        request = context_of.request
        trail.note_change(request, template_prefix, user)
        title, words = notices.notice(template_prefix, context or {})
        told: dict[str, Any] = {"title": title, "words": words, "at": clock.now()}
        told["origin"] = caller_address(request)
        person = getattr(request, "person", None)  # nobody yet, where they sign in just now
        try:
            with timezone.override(person.timezone if person else request.business.timezone):
                told["zone"] = timezone.localtime(told["at"]).tzname()
                self.send_mail("account/email/notice", email or user.email, told)
        except Problem:  # what was done is done, and the trail has it
            logger.warning("the notice %s could not be sent", template_prefix)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Sends one of our mails; with a code to sign in goes a link that does the same. A
        code that was asked for as a text message goes as one; who is not known gets nothing."""
        if getattr(context_of.request, "by_text", False) and template_prefix in _OF_CODES:
            asking.send_as_text(context_of.request, email, context.get("code", ""))
            return
        if template_prefix == "account/email/login_code":
            context = context | {"link": linking.link_for(context_of.request, email)}
        super().send_mail(template_prefix, email, context)


def _keep_here(request: HttpRequest) -> None:
    """From now on the session is of this business and this door: anywhere else it is none."""
    request.session["business"] = str(request.business.id)  # type: ignore[attr-defined]
    request.session["door"] = door_of(request)


def _seconds_to_wait(request: HttpRequest) -> int:
    """Until the next try of this kind may pass, as allauth's own counters have it."""
    action, key = getattr(request, "knock", ("login", None))
    now, wait = clock.now().timestamp(), 1.0
    for rate in ratelimit.get_rates(app=_APP, action=action):
        name = ratelimit.get_cache_key(request, app=_APP, action=action, rate=rate, key=key)
        tries = cache.get(name, [])
        if len(tries) >= rate.amount:
            wait = max(wait, tries[-1] + rate.duration - now)
    return math.ceil(wait)


def answered(view: View) -> View:
    """Gives allauth's form of who tried too often the status and the header that say so; and no
    address of these pages is told to anybody, least of all one with a secret."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = view(request, *args, **kwargs)
        wait = getattr(request, "wait_seconds", None)
        if wait is not None:
            response.status_code = 429
            response["Retry-After"] = str(wait)
        # A page's own forms need to say where they come from: with less they count as forged.
        leads_on = 300 <= response.status_code < 400  # noqa: PLR2004  redirects
        response["Referrer-Policy"] = "no-referrer" if leads_on else "strict-origin"
        return response

    return answer
