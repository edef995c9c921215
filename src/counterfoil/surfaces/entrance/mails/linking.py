"""The link in the mail with the code: whoever holds it signs in, once, with one click.

What the link needs stands behind its `#`, so that it reaches no server, log or scanner: opening it,
however often, uses nothing up. It signs in the browser in which its button is clicked, whichever
browser had asked for it; it ends when its person signs in, or gets another password, or after 15
minutes. A second factor is asked for all the same.
"""

from typing import Any
from uuid import UUID, uuid4

from allauth.account.internal.userkit import filter_users_by_email
from allauth.account.utils import get_next_redirect_url
from django.contrib.auth import get_user_model
from django.core import signing
from django.core.cache import cache
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.crypto import constant_time_compare, salted_hmac
from django.views.decorators.http import require_http_methods

from counterfoil.flows.addresses import url_of
from counterfoil.surfaces.entrance.arriving import enter_by_mail
from counterfoil.surfaces.entrance.doors import door_of, is_inside
from counterfoil.surfaces.ui import htmx

LIFE_SECONDS = 15 * 60
_SALT = "counterfoil.sign-in-link"


def link_for(request: HttpRequest, email: str) -> str:
    """The link for the person of this address, at the door that is asked; empty for nobody."""
    users = filter_users_by_email(email, is_active=True, prefer_verified=True, for_login=True)
    if not users:
        return ""
    business_id = request.business.id  # type: ignore[attr-defined]
    told = {
        "email": email,
        "user": str(users[0].pk),
        "state": _state(users[0]),
        "once": uuid4().hex,
        "at": f"{door_of(request)}:{business_id}",
        "next": get_next_redirect_url(request) or "",
    }
    return f"{url_of(business_id, reverse('sign_in_link'))}#{signing.dumps(told, salt=_SALT)}"


@require_http_methods(["GET", "HEAD", "POST"])
def follow(request: HttpRequest) -> HttpResponseBase:
    """Shows the button; clicked, it signs in."""
    if request.method != "POST":
        return htmx.render(request, "account/sign_in_link.html", failed=False)
    told = _told(request.POST.get("token", ""))
    user = _user(request, told)
    if told is None or user is None:
        return htmx.render(request, "account/sign_in_link.html", status=410, failed=True)
    once = f"sign-in-link:{told['once']}"
    if request.user.pk != user.pk and not cache.add(once, 1, timeout=2 * LIFE_SECONDS):
        return htmx.render(request, "account/sign_in_link.html", status=410, failed=True)
    return enter_by_mail(request, user, _onward(request, told))


def _told(token: str) -> dict[str, str] | None:
    try:
        told: dict[str, str] = signing.loads(token, salt=_SALT, max_age=LIFE_SECONDS)
    except signing.BadSignature:
        return None
    return told


def _user(request: HttpRequest, told: dict[str, str] | None) -> Any:
    """Whose link it is, as long as it is good at this door."""
    business_id = request.business.id  # type: ignore[attr-defined]
    if told is None or told["at"] != f"{door_of(request)}:{business_id}":
        return None
    user = get_user_model().objects.filter(pk=UUID(told["user"]), is_active=True).first()
    if user is None or not constant_time_compare(told["state"], _state(user)):
        return None
    return user


def _onward(request: HttpRequest, told: dict[str, str]) -> str | None:
    return told["next"] if is_inside(request, told["next"]) else None


def _state(user: Any) -> str:
    """Changes with every sign-in, every new password and every new address."""
    facts = f"{user.pk}|{user.email}|{user.password}|{user.last_login}"
    return salted_hmac(_SALT, facts, algorithm="sha256").hexdigest()[:32]
