"""Invoices: the list, one invoice with its stub, its PDF, its links."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from counterfoil.domain.customers.rights import ContactRight
from counterfoil.domain.identity import operations as identity
from counterfoil.domain.identity import queries as identities
from counterfoil.domain.receivables import queries
from counterfoil.domain.receivables.queries import ITEM_FILTERS, ITEM_SORTS, ItemFilter
from counterfoil.domain.receivables.rows import ItemRow
from counterfoil.flows.letters import render_document
from counterfoil.kernel.clock import local_date
from counterfoil.kernel.ids import decode
from counterfoil.surfaces.portal import links
from counterfoil.surfaces.portal.access import (
    PortalRequest,
    guest,
    is_theirs_to_end,
    may,
    refused,
    signed_in,
)
from counterfoil.surfaces.portal.invoices.choosing import chosen, ticked, with_ticks
from counterfoil.surfaces.portal.invoices.pages import InvoiceListPage, StatusFilter
from counterfoil.surfaces.portal.invoices.reading import (
    InvoiceOnPage,
    find,
    invoice_page,
    read_invoice,
)
from counterfoil.surfaces.portal.paging import back, onward, pack, value_and_id, way
from counterfoil.surfaces.portal.rows import invoice_rows
from counterfoil.surfaces.ui import htmx
from counterfoil.surfaces.ui.files.answers import pdf_answer
from counterfoil.surfaces.ui.lists import search_words, with_query

PAGE_SIZE = 20


def _wanted(request: PortalRequest) -> ItemFilter:
    status = request.GET.get("status", "all")
    order = request.GET.get("sort", "newest")
    return ItemFilter(
        status=status if status in ITEM_FILTERS else "all",
        q=search_words(request),
        order=order if order in ITEM_SORTS else "newest",
    )


def _way(request: PortalRequest, wanted: ItemFilter) -> list[str]:
    kind = ITEM_SORTS[wanted.order].kind
    return way(request.GET.get("after", ""), lambda one: value_and_id(one, kind) is not None)


def _after(request: PortalRequest, wanted: ItemFilter) -> tuple[date | int, UUID] | None:
    steps = _way(request, wanted)
    return value_and_id(steps[-1], ITEM_SORTS[wanted.order].kind) if steps else None


@dataclass(frozen=True, slots=True)
class _Found:
    items: list[ItemRow]
    total: int
    elsewhere: list[ItemRow]  # what is ticked, and not on this page


def _read(request: PortalRequest) -> _Found:
    """A page of the list, searched, filtered and cut in the database; how many there are; and what
    was ticked on other pages."""
    wanted, scope = _wanted(request), request.scope
    today = local_date(request.at, request.business.timezone)
    items = queries.customer_items(
        scope.business_id,
        scope.customer_id,
        wanted,
        today=today,
        after=_after(request, wanted),
        limit=PAGE_SIZE + 1,
    )
    total = queries.customer_item_count(scope.business_id, scope.customer_id, wanted, today=today)
    here = {item.number for item in items[:PAGE_SIZE]}
    away = [number for number in ticked(request) if number not in here]
    return _Found(
        items,
        total,
        queries.items_by_number(scope.business_id, scope.customer_id, away) if away else [],
    )


@require_GET
@signed_in("invoices", right=ContactRight.SEE, read=_read)
def invoices(request: PortalRequest, found: _Found) -> HttpResponse:
    """The list."""
    wanted = _wanted(request)
    steps, following = _way(request, wanted), _next(wanted, found.items)
    today = local_date(request.at, request.business.timezone)
    here = links.address("invoices")
    rows = invoice_rows(request, found.items[:PAGE_SIZE], today)
    choice = None
    if may(request, ContactRight.PAY):
        rows = with_ticks(request, wanted, rows)
        choice = chosen(
            request,
            wanted,
            rows,
            found.elsewhere,
            url=links.confirm_url(request),
            none_url=_none_url(request, here, wanted),
        )
    page = InvoiceListPage(
        rows=rows,
        filters=tuple(StatusFilter(code, code == wanted.status) for code in ITEM_FILTERS),
        form_url=here,
        total=found.total,
        after=onward(steps, following) if following else "",
        before=back(steps),
        has_previous=bool(steps),
        search=wanted.q,
        sort=wanted.order,  # type: ignore[arg-type]
        status=wanted.status,
        chosen=choice,
    )
    return htmx.render(request, "portal/invoices/list.html", block="results", page=page)


def _none_url(request: PortalRequest, here: str, wanted: ItemFilter) -> str:
    """The same page of the list with nothing ticked."""
    return with_query(
        here,
        q=wanted.q,
        status=wanted.status if wanted.status != "all" else "",
        sort=wanted.order if wanted.order != "newest" else "",
        after=request.GET.get("after", ""),
        chosen="1",
    )


def _next(wanted: ItemFilter, found: list[ItemRow]) -> str:
    """Where the next page begins, if there is one."""
    if len(found) <= PAGE_SIZE:
        return ""
    last = found[PAGE_SIZE - 1]
    return pack(ITEM_SORTS[wanted.order].value(last), last.id)


def show(request: PortalRequest, facts: InvoiceOnPage) -> HttpResponse:
    """The counterfoil: the invoice and the stub that can be paid, in whichever face it has."""
    page, gateway_url = invoice_page(request, facts)
    response = htmx.render(request, "portal/invoices/page.html", block="stub", page=page)
    response.gateway_url = gateway_url  # type: ignore[attr-defined]
    if htmx.wants_fragment(request) and page.stub.face not in ("busy", "checking"):
        response["HX-Refresh"] = "true"
    return response


def pdf(request: PortalRequest, number: str = "") -> HttpResponse:
    """The invoice as it was issued."""
    item = find(request, number)
    content = render_document.invoice_pdf(request.scope.business_id, item.id, at=request.at)
    return pdf_answer(content, item.number)


def credit_note(request: PortalRequest, credit_note_id: str) -> HttpResponse:
    """A credit note of the reader's customer (for a guest: against this invoice only)."""
    scope = request.scope
    found = decode("cn", credit_note_id)
    content, number = render_document.credit_note_for(
        scope.business_id, found, scope.customer_id, scope.invoice_id, at=request.at
    )
    return pdf_answer(content, number)


_SEE = ContactRight.SEE
invoice = require_GET(signed_in("invoices", right=_SEE, read=read_invoice)(show))
invoice_pdf = require_GET(signed_in("invoices", right=_SEE)(pdf))
credit_note_pdf = require_GET(signed_in("invoices", right=_SEE)(credit_note))
guest_invoice = require_GET(guest(show, read=read_invoice, is_noted=True))
guest_pdf = require_GET(guest(pdf, is_noted=True))
guest_credit_note = require_GET(guest(credit_note, is_noted=True))


@require_POST
@signed_in("invoices", right=ContactRight.SEE)
def revoke_link(request: PortalRequest, number: str) -> HttpResponseBase:
    """Takes the guest link that the address names back, if it is of this invoice and the reader's
    to end."""
    item = find(request, number)
    link = decode("lnk", request.GET.get("link", ""))
    found = {one.id: one for one in identities.guest_links(request.scope.business_id, item.id)}
    if link not in found or not is_theirs_to_end(request, found[link].sent_to):
        return refused(request, ContactRight.PEOPLE)
    identity.revoke_guest_link(request.scope.business_id, link, invoice_id=item.id, at=request.at)
    return HttpResponseRedirect(reverse("invoice", args=[number]))
