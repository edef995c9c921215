"""The device that asks: a long-lived signed cookie by which a browser is known again."""

from dataclasses import dataclass, replace
from uuid import UUID, uuid4

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

from counterfoil.surfaces.ui.middleware import STAFF_PATH

_SALT = "counterfoil.device"
_LIFE_SECONDS = 400 * 24 * 3600  # the most that browsers keep a cookie


@dataclass(frozen=True, slots=True)
class Device:
    """A browser, and who signed in with it last at each door; empty if nobody."""

    id: UUID
    customer: str = ""
    staff: str = ""


def at_staff_door(request: HttpRequest) -> bool:
    """Whether the backoffice is asked, not the portal."""
    return request.path.startswith(STAFF_PATH)


def device_of(request: HttpRequest) -> Device | None:
    """The device that the cookie names; None for one that is new here, or was made up."""
    try:
        told = signing.loads(request.COOKIES.get(settings.DEVICE_COOKIE_NAME, ""), salt=_SALT)
        return Device(UUID(told["id"]), told["customer"], told["staff"])
    except (signing.BadSignature, KeyError, ValueError, TypeError):
        return None


def last_person(request: HttpRequest) -> str:
    """Who signed in last with this device at this door: the id of a sign-in, or nothing."""
    device = device_of(request)
    if device is None:
        return ""
    return device.staff if at_staff_door(request) else device.customer


def signed_in_with(request: HttpRequest, user_id: UUID) -> Device:
    """The device of somebody who signs in now; `remember` sends it along with the answer."""
    known = device_of(request) or Device(uuid4())
    staff = at_staff_door(request)
    who = str(user_id)
    device = replace(known, staff=who) if staff else replace(known, customer=who)
    request.new_device_cookie = device  # type: ignore[attr-defined]
    return device


def remember(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Gives the browser its cookie if somebody signed in with this request."""
    device: Device | None = getattr(request, "new_device_cookie", None)
    if device is not None:
        told = {"id": device.id.hex, "customer": device.customer, "staff": device.staff}
        response.set_cookie(
            settings.DEVICE_COOKIE_NAME,
            signing.dumps(told, salt=_SALT),
            max_age=_LIFE_SECONDS,
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )
    return response
