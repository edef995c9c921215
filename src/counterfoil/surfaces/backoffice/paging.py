"""Lists by cursor that can be paged both ways: the address remembers the cursors before."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest

from counterfoil.kernel.errors import NotFound
from counterfoil.kernel.ids import decode, encode

ROWS_A_PAGE = 50
_TRAIL_MAX = 30
_KIND = "row"

R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Paging:
    """Links to the neighbouring pages; they keep search and filters."""

    previous_url: str = ""
    next_url: str = ""


def cursor(request: HttpRequest) -> UUID | None:
    """The id of the last row of the page before; None for the first page or a broken cursor."""
    return _id(request.GET.get("after", ""))


def _id(text: str) -> UUID | None:
    try:
        return decode(_KIND, text)
    except NotFound:
        return None


def paged(
    request: HttpRequest, rows: Sequence[R], id_of: Callable[[R], UUID], *, limit: int = ROWS_A_PAGE
) -> tuple[list[R], Paging]:
    """The rows of this page (one more than `limit` was asked for) and the links around it."""
    kept = list(rows[:limit])
    here = request.GET.get("after", "") if cursor(request) else ""
    trail = [one for one in request.GET.get("trail", "").split(".") if _id(one)]
    next_url = previous_url = ""
    if len(rows) > limit:
        behind = [*trail, here] if here else trail
        last = encode(_KIND, id_of(kept[-1]))
        next_url = _url(request, after=last, trail=behind[-_TRAIL_MAX:])
    if here:
        previous_url = _url(request, after=trail[-1] if trail else "", trail=trail[:-1])
    return kept, Paging(previous_url, next_url)


def _url(request: HttpRequest, *, after: str, trail: Sequence[str]) -> str:
    query = {name: value for name, value in request.GET.items() if name not in ("after", "trail")}
    query |= {"after": after, "trail": ".".join(trail)}
    kept = {name: value for name, value in query.items() if value}
    return f"{request.path}?{urlencode(kept)}" if kept else request.path


def with_query(path: str, **parameters: str) -> str:
    """A path with the parameters that say something."""
    kept = {name: value for name, value in parameters.items() if value}
    return f"{path}?{urlencode(kept)}" if kept else path
