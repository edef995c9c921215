"""Codes for somebody who is signed in: a new address or number is proved by one, and a person
without password or second factor proves by one that it is still them.

Tries are counted in the session, where they end a code, and in the database, for the person: many
sessions or requests at once give nobody more of them.
"""

import time
from typing import Any

from allauth.account.adapter import get_adapter
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _

from counterfoil.domain.identity.secrets import hashed
from counterfoil.flows.people import texts as flow
from counterfoil.infra.limits import CODE_GUESSES, forgive, hit, knock
from counterfoil.kernel import clock
from counterfoil.kernel.errors import Unavailable, Uncertain
from counterfoil.kernel.ports.channels import TextRefused
from counterfoil.surfaces.entrance.mails import texts
from counterfoil.surfaces.entrance.mails.notices import code_words
from counterfoil.surfaces.ui.words import wait_words

LIFE_SECONDS = 15 * 60
MAIL, TEXT = "mail", texts.BY_TEXT
_TRIES_MAX = 3
_MAILS_MAX = 5
_WINDOW_SECONDS = 15 * 60


def send_code(request: HttpRequest, purpose: str, address: str) -> int | None:
    """Mails a code for this purpose; the seconds to wait, if too many were asked for."""
    wait = hit(
        f"code:{purpose}:{request.user.pk}",
        limit=_MAILS_MAX,
        window_seconds=_WINDOW_SECONDS,
        at=clock.now(),
    )
    if wait is not None:
        return wait
    adapter: Any = get_adapter(request)
    code = adapter.generate_login_code()
    _keep(request, purpose, address, code, by=MAIL)
    title, words = code_words(purpose)
    adapter.send_mail("account/email/code", address, {"title": title, "words": words, "code": code})
    return None


def text_code(request: HttpRequest, purpose: str, number: str) -> str:
    """Sends a code for this purpose as a text message; why it was not sent, in words, or nothing.
    A code that was sent before stays good where none goes out."""
    wait = texts.seconds_to_wait(request, request.user.email)  # type: ignore[union-attr]
    if wait is not None:
        return _told_to_wait(request, wait)
    adapter: Any = get_adapter(request)
    code = adapter.generate_login_code()
    try:
        flow.send(number, texts.code_text(request, code), at=clock.now())
    except flow.TooManyTexts:
        return texts.no_more_words()
    except TextRefused:
        return _("This number takes no text messages. Check it, or use another one.")
    except Unavailable:
        return _("The text message could not be sent. Try again in a few minutes.")
    except Uncertain:
        pass  # it may be on its way: the code is good if it comes
    _keep(request, purpose, number, code, by=TEXT)
    return ""


def _keep(request: HttpRequest, purpose: str, address: str, code: str, *, by: str) -> None:
    request.session[_name(purpose)] = {
        "digest": _digest(request, purpose, code),
        "address": address,
        "by": by,
        "at": time.time(),
        "tries": 0,
    }


def waits_for(request: HttpRequest, purpose: str, by: str = MAIL) -> str:
    """The address or number that a code was sent to by this way, and that may still be typed;
    empty if there is none."""
    sent = request.session.get(_name(purpose))
    if not sent or time.time() - sent["at"] > LIFE_SECONDS or sent["tries"] >= _TRIES_MAX:
        return ""
    return str(sent["address"]) if sent.get("by", MAIL) == by else ""


def trouble_with(request: HttpRequest, purpose: str, code: str) -> str:
    """Why this is not the code that was sent, in words; nothing if it is. Right or wrong, a try is
    used, and a right one ends it; over the limit no code is right."""
    is_wrong = _("Incorrect code.")
    if not any(waits_for(request, purpose, by) for by in (MAIL, TEXT)):
        return is_wrong
    who = f"{purpose}:{request.user.pk}"
    wait = seconds_to_wait(who)
    if wait is not None:
        return _told_to_wait(request, wait)
    sent = request.session[_name(purpose)]
    if not constant_time_compare(sent["digest"], _digest(request, purpose, code)):
        request.session[_name(purpose)] = sent | {"tries": sent["tries"] + 1}
        return is_wrong
    forget(request, purpose)
    welcome(who)
    return ""


def forget(request: HttpRequest, purpose: str) -> None:
    """The code is good for nothing any more."""
    request.session.pop(_name(purpose), None)


def seconds_to_wait(who: str) -> int | None:
    """Counts one more try of a code by this person, or for this address; the seconds to wait, if
    that is too many: then no code may be looked at, not even the right one."""
    return knock(CODE_GUESSES, hashed(who), at=clock.now()).wait


def welcome(who: str) -> None:
    """The code was right: the tries before it are forgotten."""
    forgive(CODE_GUESSES.key(hashed(who)))


def _told_to_wait(request: HttpRequest, wait: int) -> str:
    request.wait_seconds = wait  # type: ignore[attr-defined]  # the door answers 429
    return wait_words(wait)


def _name(purpose: str) -> str:
    return f"{purpose}_code"


def _digest(request: HttpRequest, purpose: str, code: str) -> str:
    plain = "".join(code.split()).replace("-", "").upper()
    salt = f"counterfoil.code:{purpose}:{request.user.pk}"
    return salted_hmac(salt, plain, algorithm="sha256").hexdigest()
