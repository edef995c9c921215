"""Invoices: the list, one invoice with its stub, its PDF, its links."""

from dataclasses import dataclass, replace
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
from counterfoil.kernel.money import Money
from counterfoil.surfaces.portal import links
from counterfoil.surfaces.portal.access import (
    PortalRequest,
    guest,
    is_theirs_to_end,
    may,
    refused,
    signed_in,
)
from counterfoil.surfaces.portal.invoices.reading import (
    InvoiceOnPage,
    find,
    invoice_page,
    read_invoice,
)
from counterfoil.surfaces.portal.pages import InvoiceListPage, InvoiceRow, StatusFilter
from counterfoil.surfaces.portal.paging import pack, value_and_id
from counterfoil.surfaces.portal.rows import invoice_row
from counterfoil.surfaces.ui import htmx
from counterfoil.surfaces.ui.answers import pdf_answer
from counterfoil.surfaces.ui.lists import Paging, search_words, with_query

PAGE_SIZE = 20


def _wanted(request: PortalRequest) -> ItemFilter:
    status = request.GET.get("status", "all")
    order = request.GET.get("sort", "newest")
    return ItemFilter(
        status=status if status in ITEM_FILTERS else "all",
        q=search_words(request),
        order=order if order in ITEM_SORTS else "newest",
    )


def _after(request: PortalRequest, wanted: ItemFilter) -> tuple[date | int, UUID] | None:
    return value_and_id(request.GET.get("after", ""), ITEM_SORTS[wanted.order].kind)


@dataclass(frozen=True, slots=True)
class _Found:
    items: list[ItemRow]
    total: int


def _read(request: PortalRequest) -> _Found:
    """A page of the list, searched, filtered and cut in the database; and how many there are."""
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
    return _Found(items, total)


@require_GET
@signed_in("invoices", right=ContactRight.SEE, read=_read)
def invoices(request: PortalRequest, found: _Found) -> HttpResponse:
    """The list."""
    wanted = _wanted(request)
    today = local_date(request.at, request.business.timezone)
    here = links.address("invoices")
    can_pay = may(request, ContactRight.PAY)
    rows = tuple(invoice_row(request, item, today) for item in found.items[:PAGE_SIZE])
    rows = _with_overdue_chosen(rows) if can_pay and _begins_to_choose(request, wanted) else rows
    page = InvoiceListPage(
        rows=rows,
        filters=tuple(_filter(here, code, wanted) for code in ITEM_FILTERS),
        form_url=here,
        paging=Paging(
            previous_url=_list_url(here, wanted) if _after(request, wanted) else "",
            next_url=_next_url(here, wanted, found.items),
            total=found.total,
        ),
        search=wanted.q,
        sort=wanted.order,  # type: ignore[arg-type]
        status=wanted.status,
        choose_url=links.confirm_url(request) if can_pay else "",
        chosen=_sum_of_chosen(rows),
        leaves_out=any(_is_late(row) and not row.is_chosen for row in rows),
        none_url=_list_url(here, wanted, after=request.GET.get("after", ""), none="1"),
    )
    return htmx.render(request, "portal/invoices/list.html", block="results", page=page)


def _begins_to_choose(request: PortalRequest, wanted: ItemFilter) -> bool:
    """Whether the reader looks at what is to be paid, and not for one invoice; and has not said
    that they want to begin with none."""
    return wanted.status in ("due", "overdue") and not wanted.q and request.GET.get("none") != "1"


def _with_overdue_chosen(rows: tuple[InvoiceRow, ...]) -> tuple[InvoiceRow, ...]:
    """What is overdue is ticked already, of what stands on this page and in one currency: that of
    what has been overdue for longest. Nothing that the reader does not see is ever chosen."""
    late = [row for row in rows if _is_late(row)]
    if not late:
        return rows
    currency = min(late, key=lambda row: row.due_in_days).amount_due.currency
    return tuple(
        replace(row, is_chosen=row in late and row.amount_due.currency == currency) for row in rows
    )


def _is_late(row: InvoiceRow) -> bool:
    return row.can_be_chosen and row.due_in_days < 0


def _sum_of_chosen(rows: tuple[InvoiceRow, ...]) -> Money | None:
    chosen = [row.amount_due for row in rows if row.is_chosen]
    return sum(chosen[1:], chosen[0]) if chosen else None


def _list_url(here: str, wanted: ItemFilter, **more: str) -> str:
    status = wanted.status if wanted.status != "all" else ""
    order = wanted.order if wanted.order != "newest" else ""
    return with_query(here, q=wanted.q, status=status, sort=order, **more)


def _next_url(here: str, wanted: ItemFilter, found: list[ItemRow]) -> str:
    if len(found) <= PAGE_SIZE:
        return ""
    last = found[PAGE_SIZE - 1]
    value = ITEM_SORTS[wanted.order].value(last)
    return _list_url(here, wanted, after=pack(value, last.id))


def _filter(here: str, code: str, wanted: ItemFilter) -> StatusFilter:
    other = ItemFilter(code, wanted.q, wanted.order)
    return StatusFilter(code, _list_url(here, other), is_current=code == wanted.status)


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
guest_pdf = require_GET(guest(pdf))
guest_credit_note = require_GET(guest(credit_note))


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
