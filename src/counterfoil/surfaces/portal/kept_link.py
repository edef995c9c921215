"""What a guest's own browser keeps: their link while they are at their bank, and the payment that
was begun in it.

The address that they come back to holds no secret, so by itself it opens nothing but the result. In
the browser that they left from, the first cookie leads them on to the pages of their link. A link
may be in several hands: the second cookie tells who began a payment from who only holds the link.
"""

from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from counterfoil.flows.addresses import RETURN_LIFE
from counterfoil.kernel.ids import encode
from counterfoil.surfaces.portal import links
from counterfoil.surfaces.portal.access import PortalRequest

PATH = "/back/"


def keep(request: PortalRequest, response: HttpResponse, attempt_id: UUID) -> HttpResponse:
    """Lets the answer set both cookies, if its reader is a guest who leaves for their bank."""
    if request.link:
        here = links.confirm_url(request) if links.is_balance(request) else ""
        here = here or links.invoice_url(request, "")
        _set(response, settings.LINK_COOKIE_NAME, request.token, PATH)
        _set(response, settings.BEGUN_COOKIE_NAME, encode("pay", attempt_id), here)
    return response


def _set(response: HttpResponse, name: str, value: str, path: str) -> None:
    response.set_cookie(
        name,
        value,
        max_age=RETURN_LIFE,
        path=path,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def kept(request: HttpRequest) -> str:
    """The secret of the link that this browser left with; empty if there is none."""
    return request.COOKIES.get(settings.LINK_COOKIE_NAME, "")


def began_here(request: PortalRequest, attempt_id: UUID) -> bool:
    """Whether the reader is known to have begun this payment: who signed in is, for a person is
    one whatever the browser; the holder of a link only in the browser that they began in."""
    if request.link is None:
        return True
    return request.COOKIES.get(settings.BEGUN_COOKIE_NAME) == encode("pay", attempt_id)
