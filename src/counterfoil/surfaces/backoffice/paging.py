"""Lists of the backoffice: what their address asks for, and a cursor that pages both ways."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar
from uuid import UUID

from django.http import HttpRequest
from django.urls import reverse

from counterfoil.domain.customers import queries as customers
from counterfoil.domain.insights import segments
from counterfoil.infra.db import reading
from counterfoil.kernel.errors import NotFound
from counterfoil.kernel.ids import BusinessId, decode, encode
from counterfoil.surfaces.backoffice.access import StaffRequest
from counterfoil.surfaces.backoffice.pages import Filter, Link, ListPage
from counterfoil.surfaces.ui.lists import Paging, search_words, with_query

ROWS_A_PAGE = 50
_TRAIL_MAX = 30
_KIND = "row"


class Found(Protocol):
    """A row of the domain that a list shows."""

    @property
    def id(self) -> UUID:
        """Where the next page goes on."""


F = TypeVar("F", bound=Found)
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address of a list asks for: a state (empty means all), words, one customer."""

    status: str
    q: str
    customer_id: UUID | None
    tags: tuple[str, ...] = ()  # of the customers that the reader sees; none: all


def asked(request: StaffRequest, states: Mapping[str, str]) -> Asked:
    """What is asked for; an unknown state means all, an unknown customer nobody in particular."""
    status = request.GET.get("status", "")
    customer_id = _id("cus", request.GET.get("customer", ""))
    found = status if status in states else ""
    return Asked(found, search_words(request), customer_id, request.member.tags)


def list_page(
    request: StaffRequest,
    wanted: Asked,
    states: Mapping[str, str],
    read: Callable[[UUID | None, int], Sequence[F]],
    drawn: Callable[[F], R],
) -> ListPage[R]:
    """One page of the rows that `read` finds before an id, at most so many, newest first.

    `states` are the states to choose from, in words, by what an address calls them.
    """
    with reading(request.business.id):
        found = read(cursor(request), ROWS_A_PAGE + 1)
        whose = _customer(request.business.id, wanted)
    shown, paging = paged(request, found, lambda row: row.id)
    return ListPage(
        rows=tuple(drawn(row) for row in shown),
        filters=_filters(request, wanted, states),
        form_url=request.path,
        paging=paging,
        search=wanted.q,
        status=wanted.status,
        customer=request.GET.get("customer", "") if whose else "",
        of_customer=whose,
    )


def _customer(business_id: BusinessId, wanted: Asked) -> Link | None:
    customer_id = wanted.customer_id
    if customer_id is None:
        return None
    if wanted.tags and not segments.sees(business_id, wanted.tags, {"customer": customer_id}):
        raise NotFound
    row = customers.customer(business_id, customer_id)
    return Link(row.name, reverse("backoffice_customer", args=[customer_id]))


def _filters(request: HttpRequest, wanted: Asked, states: Mapping[str, str]) -> tuple[Filter, ...]:
    kept = {name: request.GET.get(name, "") for name in ("q", "customer")}
    return tuple(
        Filter(words, with_query(request.path, status=code, **kept), code == wanted.status, code)
        for code, words in states.items()
    )


def cursor(request: HttpRequest) -> UUID | None:
    """The id of the last row of the page before; None for the first page or a broken cursor."""
    return _id(_KIND, request.GET.get("after", ""))


def _id(kind: str, text: str) -> UUID | None:
    try:
        return decode(kind, text)
    except NotFound:
        return None


def paged(
    request: HttpRequest, rows: Sequence[R], id_of: Callable[[R], UUID], *, limit: int = ROWS_A_PAGE
) -> tuple[list[R], Paging]:
    """The rows of this page (one more than `limit` was asked for) and the links around it."""
    kept = list(rows[:limit])
    here = request.GET.get("after", "") if cursor(request) else ""
    trail = [one for one in request.GET.get("trail", "").split(".") if _id(_KIND, one)]
    next_url = previous_url = ""
    if len(rows) > limit:
        behind = [*trail, here] if here else trail
        last = encode(_KIND, id_of(kept[-1]))
        next_url = _url(request, after=last, trail=behind[-_TRAIL_MAX:])
    if here:
        previous_url = _url(request, after=trail[-1] if trail else "", trail=trail[:-1])
    return kept, Paging(previous_url, next_url)


def _url(request: HttpRequest, *, after: str, trail: Sequence[str]) -> str:
    query = {name: str(value) for name, value in request.GET.items()}
    query |= {"after": after, "trail": ".".join(trail)}
    return with_query(request.path, **query)
