"""Whose pages a tab shows, for people who act for several customers: the address says it.

`/c/cus_…/invoices/` is `/invoices/` of that customer, and every link and form of such a page leads
to an address under the same beginning (Django's script prefix). So each tab keeps its own
customer: no choice is remembered anywhere that another tab could change.
"""

from collections.abc import Callable
from http import HTTPStatus
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import get_script_prefix, reverse, set_script_prefix

from counterfoil.kernel.errors import NotFound
from counterfoil.kernel.ids import decode, encode

Next = Callable[[HttpRequest], HttpResponse]

_BEGINNING = "/c/"
_ROOT = "/"


def chosen_customer(get_response: Next) -> Next:
    """Takes the customer off the address and puts it on the request; who may act for them is the
    portal's guard to say. What is no portal page is not found under a customer's address."""

    def chosen(request: HttpRequest) -> HttpResponse:
        request.chosen_customer = None  # type: ignore[attr-defined]
        if not request.path_info.startswith(_BEGINNING):
            return get_response(request)
        outside, _, rest = request.path_info.removeprefix(_BEGINNING).partition("/")
        customer_id = _decoded(outside)
        if customer_id is None or f"/{rest}".startswith(NOT_UNDER_A_CUSTOMER):
            return get_response(request)  # no page has such an address
        request.chosen_customer = customer_id  # type: ignore[attr-defined]
        request.path_info = f"/{rest}"
        set_script_prefix(f"{_BEGINNING}{outside}/")
        try:
            return get_response(request)
        finally:
            set_script_prefix(_ROOT)

    return chosen


def nobodys(get_response: Next) -> Next:
    """What is not found is no customer's. Else allauth, which stands around this and takes the
    address `/c/cus_…/` for the beginning of its own pages, would lead on from there to one of
    them, whoever's customer it names."""

    def placed(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if response.status_code == HTTPStatus.NOT_FOUND:
            set_script_prefix(_ROOT)
        return response

    return placed


NOT_UNDER_A_CUSTOMER = (
    "/healthz", "/readyz", "/api/", "/hooks/", "/static/", "/backoffice/", "/c/", "/i/", "/b/",
    "/back/", "/join/", "/arrive/",
)  # fmt: skip


def _decoded(outside: str) -> UUID | None:
    try:
        return decode("cus", outside)
    except NotFound:
        return None


def under(customer_id: UUID, path: str) -> str:
    """The address of a portal page for one customer of a person who acts for several."""
    return f"{_BEGINNING}{encode('cus', customer_id)}{path}"


def bare(path: str) -> str:
    """An address without the customer whose tab this is."""
    prefix = get_script_prefix()
    return "/" + path.removeprefix(prefix) if path.startswith(prefix) else path


def here(path: str) -> str:
    """An address that was made without a customer, in this tab."""
    return get_script_prefix() + path.removeprefix("/")


def place(name: str) -> str:
    """`reverse` for what is the same for every customer: colours, logo, sign-in."""
    return bare(reverse(name))
