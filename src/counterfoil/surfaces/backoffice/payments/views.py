"""Payments: the list, one payment with its story, and asking the gateway now."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from counterfoil.domain.customers import queries as customers
from counterfoil.domain.identity.roles import Right
from counterfoil.domain.payments.states import OPEN_STATES
from counterfoil.domain.receivables import queries as receivables
from counterfoil.domain.receivables.queries import PAYMENT_FILTERS, PaymentFilter
from counterfoil.flows import render_document, resolve_uncertain
from counterfoil.infra.db import reading
from counterfoil.surfaces.backoffice.access import StaffRequest, staff
from counterfoil.surfaces.backoffice.frame import render
from counterfoil.surfaces.backoffice.invoices.views import customer_of
from counterfoil.surfaces.backoffice.pages import Filter, Link
from counterfoil.surfaces.backoffice.paging import ROWS_A_PAGE, cursor, paged, with_query
from counterfoil.surfaces.backoffice.payments.pages import PaymentListPage
from counterfoil.surfaces.backoffice.payments.reading import payment_page
from counterfoil.surfaces.backoffice.rows import payment_row
from counterfoil.surfaces.backoffice.words import attempt_pill

SEARCH_MAX = 100


@staff(Right.SEE)
@require_safe
def payment_list(request: StaffRequest) -> HttpResponse:
    """Payments, newest first: by state, by words, of one customer."""
    business_id = request.business.id
    status = request.GET.get("status", "")
    status = status if status in PAYMENT_FILTERS else ""
    q, customer_id = request.GET.get("q", "").strip()[:SEARCH_MAX], customer_of(request)
    wanted = PaymentFilter(customer_id=customer_id, status=status, q=q)
    whose = None
    with reading(business_id):
        before = cursor(request)
        found = receivables.payments(business_id, wanted, before=before, limit=ROWS_A_PAGE + 1)
        if customer_id is not None:
            row = customers.customer(business_id, customer_id)
            whose = Link(row.name, reverse("backoffice_customer", args=[customer_id]))
    shown, paging = paged(request, found, lambda one: one.id)
    page = PaymentListPage(
        rows=tuple(payment_row(one) for one in shown),
        filters=_filters(request, status),
        form_url=reverse("backoffice_payments"),
        paging=paging,
        search=q,
        status=status,
        customer=request.GET.get("customer", "") if whose else "",
        of_customer=whose,
    )
    template = "backoffice/payments/list.html"
    return render(request, template, section="payments", block="results", page=page)


def _filters(request: StaffRequest, status: str) -> tuple[Filter, ...]:
    kept = {name: request.GET.get(name, "") for name in ("q", "customer")}
    choices = [
        ("", _("All")),
        ("unknown", _("Outcome unknown")),
        ("requires_action", _("Waiting for the payer")),
        ("processing", _("Processing")),
        ("succeeded", _("Received")),
        ("failed", _("Declined")),
        ("cancelled", _("Never sent")),
    ]
    here = reverse("backoffice_payments")
    return tuple(
        Filter(words, with_query(here, status=code, **kept), code == status)
        for code, words in choices
    )


@staff(Right.SEE)
@require_safe
def payment(request: StaffRequest, payment_id: UUID) -> HttpResponse:
    """One payment: its states, the gateway's events, the books, the invoices."""
    page = payment_page(request, payment_id)
    return render(request, "backoffice/payments/page.html", section="payments", page=page)


@staff(Right.RESOLVE_PAYMENTS)
@require_POST
def payment_ask(request: StaffRequest, payment_id: UUID) -> HttpResponse:
    """Asks the gateway at once what became of a payment, instead of waiting for the next time."""
    attempt = resolve_uncertain.resolve(request.business.id, payment_id, at=request.at)
    words = attempt_pill(attempt.state, attempt.failure_code).words
    if attempt.state in OPEN_STATES:
        told = _("The gateway was asked. It has no final answer yet: %(state)s.")
        messages.warning(request, told % {"state": words})
    else:
        messages.success(request, _("The gateway answered: %(state)s.") % {"state": words})
    return HttpResponseRedirect(reverse("backoffice_payment", args=[payment_id]))


@staff(Right.SEE)
@require_safe
def payment_receipt(request: StaffRequest, payment_id: UUID) -> HttpResponse:
    """The receipt that the customer got."""
    content = render_document.receipt_pdf(request.business.id, payment_id, at=request.at)
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = 'inline; filename="receipt.pdf"'
    return response
