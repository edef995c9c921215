"""The payment history and its export."""

import csv
from collections.abc import Iterator
from datetime import UTC, datetime
from uuid import UUID

from django.http import HttpResponse, StreamingHttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from counterfoil.domain.receivables import queries
from counterfoil.domain.receivables.queries import PaymentFilter
from counterfoil.domain.receivables.rows import PaymentRow
from counterfoil.infra.db import reading
from counterfoil.kernel.ids import encode
from counterfoil.kernel.money import Money
from counterfoil.surfaces.portal import links
from counterfoil.surfaces.portal.access import SEEING, PortalRequest, signed_in
from counterfoil.surfaces.portal.pages import PaymentListPage
from counterfoil.surfaces.portal.paging import back, only_id, onward, pack, way
from counterfoil.surfaces.portal.rows import payment_row
from counterfoil.surfaces.ui import htmx
from counterfoil.surfaces.ui.lists import Paging, search_words, with_query
from counterfoil.surfaces.ui.spreadsheet import Echo, harmless

PAGE_SIZE = 20
EXPORT_CHUNK = 500


def _wanted(request: PortalRequest) -> PaymentFilter:
    return PaymentFilter(customer_id=request.scope.customer_id, q=search_words(request))


def _way(request: PortalRequest) -> list[str]:
    return way(request.GET.get("before", ""), lambda one: only_id(one) is not None)


def _before(request: PortalRequest) -> UUID | None:
    steps = _way(request)
    return only_id(steps[-1]) if steps else None


def _read(request: PortalRequest) -> list[PaymentRow]:
    business_id, wanted = request.scope.business_id, _wanted(request)
    return queries.payments(business_id, wanted, before=_before(request), limit=PAGE_SIZE + 1)


@require_GET
@signed_in("payments", right=SEEING, read=_read)
def payments(request: PortalRequest, found: list[PaymentRow]) -> HttpResponse:
    """Every payment of the customer, newest first."""
    wanted = _wanted(request)
    here = links.address("payments")
    steps = _way(request)
    following = pack(found[PAGE_SIZE - 1].id) if len(found) > PAGE_SIZE else ""
    page = PaymentListPage(
        rows=tuple(payment_row(request, fact) for fact in found[:PAGE_SIZE]),
        form_url=here,
        csv_url=with_query(links.address("payments_csv"), q=wanted.q),
        paging=Paging(
            previous_url=with_query(here, q=wanted.q, before=back(steps)) if steps else "",
            next_url=with_query(here, q=wanted.q, before=onward(steps, following))
            if following
            else "",
        ),
        search=wanted.q,
    )
    return htmx.render(request, "portal/payments/list.html", block="results", page=page)


@require_GET
@signed_in("payments", right=SEEING)
def payments_csv(request: PortalRequest) -> StreamingHttpResponse:
    """The history as CSV: exact amounts, when each was begun and when its money arrived, one row an
    invoice; safe to open."""
    writer = csv.writer(Echo())
    head = [_("Begun (UTC)"), _("Arrived (UTC)"), _("Payment"), _("State"), _("Method")]
    head += [_("Invoice"), _("Amount"), _("Currency")]
    rows = _export(request)

    def lines() -> Iterator[str]:
        yield "\ufeff" + writer.writerow(head)
        for row in rows:
            yield writer.writerow([harmless(value) for value in row])

    response = StreamingHttpResponse(lines(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="payments.csv"'
    return response


def _export(request: PortalRequest) -> Iterator[list[str]]:
    wanted, before = _wanted(request), None
    while True:
        with reading(request.scope.business_id):
            found = queries.payments(
                request.scope.business_id, wanted, before=before, limit=EXPORT_CHUNK
            )
        for fact in found:
            yield from _csv_rows(fact)
        if len(found) < EXPORT_CHUNK:
            return
        before = found[-1].id


def _csv_rows(fact: PaymentRow) -> Iterator[list[str]]:
    came = fact.finished_at if fact.state == "succeeded" else None
    method = " ".join(part for part in (fact.instrument_brand, fact.instrument_last4) if part)
    start = [_moment(fact.created_at), _moment(came) if came else ""]
    start += [encode("pay", fact.id), fact.status, method]
    key = "applied" if fact.state == "succeeded" else "planned"
    for part in fact.parts:
        amount = Money(part[key], fact.currency).decimal
        yield [*start, part["number"], str(amount), fact.currency]
    if fact.unapplied_minor or not fact.parts:
        rest = fact.unapplied_minor if fact.parts else fact.amount_minor
        yield [*start, "", str(Money(rest, fact.currency).decimal), fact.currency]


def _moment(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
