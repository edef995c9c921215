"""The pages of expected problems: what happened, whether money moved, what to do now."""

import math
import sys
from typing import Literal

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from counterfoil.infra.db import InProgress, is_away
from counterfoil.kernel.errors import (
    Conflict,
    Forbidden,
    NotFound,
    Problem,
    Refused,
    Unavailable,
    Uncertain,
)
from counterfoil.surfaces.ui import htmx
from counterfoil.surfaces.ui.shell import ErrorPage

_STATUS: list[tuple[type[Problem], int]] = [
    (NotFound, 404),
    (Forbidden, 403),
    (Conflict, 409),
    (Refused, 400),
    (InProgress, 409),
    (Unavailable, 503),
    (Uncertain, 503),
]
AWAY_SECONDS = 5  # after which it is worth asking again
_SIGNED_OUT = {410, 503}  # the page leads to the sign-in itself; nobody can be asked who it is
_PAGES = {404, 403, 400, 409, 410, 413, 429, 503, 405}


def status_of(error: Problem) -> int:
    """The HTTP status of a problem."""
    return next((status for kind, status in _STATUS if isinstance(error, kind)), 400)


def page_of(request: HttpRequest, error: Problem) -> HttpResponse:
    """The page of a problem that no view has turned into something better."""
    status = status_of(error)
    return error_page(request, status)


def error_page(
    request: HttpRequest,
    status: int,
    *,
    reason: str = "",
    money: Literal["", "none", "unknown"] = "",
    retry_after_seconds: int | None = None,
    names: tuple[str, ...] = (),
) -> HttpResponse:
    """One of the error pages, with the id of the request to quote."""
    page = ErrorPage(
        reference=getattr(request, "reference", ""),
        home_url=reverse("home"),
        reason=reason,
        money=money,
        names=names,
        wait_minutes=math.ceil((retry_after_seconds or 0) / 60),
    )
    user = None if status in _SIGNED_OUT else getattr(request, "user", None)
    request.is_known = user is not None and user.is_authenticated  # type: ignore[attr-defined]
    name = status if status in _PAGES else 400
    response = htmx.render(request, f"portal/errors/{name}.html", status=status, page=page)
    if retry_after_seconds is not None:
        response["Retry-After"] = str(retry_after_seconds)
    return response


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form whose secret did not fit: nothing was done."""
    return error_page(request, 403, reason="csrf")


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Django's 404."""
    return error_page(request, 404)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Django's 400, and what is too large."""
    too_large = type(exception).__name__ == "RequestDataTooBig"
    return error_page(request, 413 if too_large else 400)


def too_many(request: HttpRequest) -> HttpResponse:
    """Somebody who tries and tries to get in; allauth counts those tries by the minute."""
    return error_page(request, 429, retry_after_seconds=60)


def server_error(request: HttpRequest) -> HttpResponse:
    """A bug, or a database that is away: the page needs nothing that could be broken too."""
    reference = getattr(request, "reference", "")
    if is_away(sys.exc_info()[1]):
        page = ErrorPage(reference=reference)
        away = htmx.render(request, "portal/errors/503.html", shell=None, page=page)
        told = {"Retry-After": str(AWAY_SECONDS)}
        return HttpResponse(away.content, status=503, headers=told)
    return HttpResponse(
        htmx.render(request, "500.html", shell=None, page=ErrorPage(reference=reference)).content,
        status=500,
    )
