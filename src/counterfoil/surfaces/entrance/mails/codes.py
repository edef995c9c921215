"""Codes by mail for somebody who is signed in: a new address is proved by one, and a person without
password or second factor proves by one that it is still them."""

import time
from typing import Any

from allauth.account.adapter import get_adapter
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare, salted_hmac

from counterfoil.infra.limits import hit
from counterfoil.kernel import clock
from counterfoil.surfaces.entrance.mails.notices import code_words

LIFE_SECONDS = 15 * 60
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
    request.session[_name(purpose)] = {
        "digest": _digest(request, purpose, code),
        "address": address,
        "at": time.time(),
        "tries": 0,
    }
    title, words = code_words(purpose)
    adapter.send_mail("account/email/code", address, {"title": title, "words": words, "code": code})
    return None


def waits_for(request: HttpRequest, purpose: str) -> str:
    """The address that a code was sent to and that may still be typed; empty if there is none."""
    sent = request.session.get(_name(purpose))
    if not sent or time.time() - sent["at"] > LIFE_SECONDS or sent["tries"] >= _TRIES_MAX:
        return ""
    return str(sent["address"])


def fits(request: HttpRequest, purpose: str, code: str) -> bool:
    """Whether it is the code that was sent; right or wrong, a try is used, and a right one ends
    it."""
    if not waits_for(request, purpose):
        return False
    sent = request.session[_name(purpose)]
    is_right = constant_time_compare(sent["digest"], _digest(request, purpose, code))
    if is_right:
        forget(request, purpose)
    else:
        request.session[_name(purpose)] = sent | {"tries": sent["tries"] + 1}
    return is_right


def forget(request: HttpRequest, purpose: str) -> None:
    """The code is good for nothing any more."""
    request.session.pop(_name(purpose), None)


def _name(purpose: str) -> str:
    return f"{purpose}_code"


def _digest(request: HttpRequest, purpose: str, code: str) -> str:
    plain = "".join(code.split()).replace("-", "").upper()
    salt = f"counterfoil.code:{purpose}:{request.user.pk}"
    return salted_hmac(salt, plain, algorithm="sha256").hexdigest()
