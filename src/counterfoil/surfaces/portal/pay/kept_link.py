"""Keeps a guest's link in their own browser while they are at their bank.

The address that they come back to holds no secret, so by itself it opens nothing but the result. In
the browser that they left from, this cookie leads them on to the pages of their link.
"""

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from counterfoil.flows.addresses import RETURN_LIFE
from counterfoil.surfaces.portal.access import PortalRequest

PATH = "/back/"


def keep(request: PortalRequest, response: HttpResponse) -> HttpResponse:
    """Lets the answer set the cookie, if its reader is a guest."""
    if request.link:
        response.set_cookie(
            settings.LINK_COOKIE_NAME,
            request.token,
            max_age=RETURN_LIFE,
            path=PATH,
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )
    return response


def kept(request: HttpRequest) -> str:
    """The secret of the link that this browser left with; empty if there is none."""
    return request.COOKIES.get(settings.LINK_COOKIE_NAME, "")
