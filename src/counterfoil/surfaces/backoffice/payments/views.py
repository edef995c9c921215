"""Payments: the list, one payment with its story, and asking the gateway now."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from counterfoil.domain.audit.kinds import NoteKind
from counterfoil.domain.identity.roles import Right
from counterfoil.domain.payments.states import OPEN_STATES
from counterfoil.domain.receivables import queries as receivables
from counterfoil.domain.receivables.queries import PaymentFilter
from counterfoil.domain.receivables.rows import PaymentRow
from counterfoil.flows import resolve_uncertain
from counterfoil.flows.aftermath import stop_payment
from counterfoil.flows.aftermath.stop_payment import TooLate
from counterfoil.flows.letters import render_document
from counterfoil.kernel.errors import Unavailable
from counterfoil.surfaces.backoffice.access import StaffRequest, noted, staff
from counterfoil.surfaces.backoffice.frame import render
from counterfoil.surfaces.backoffice.paging import asked, list_page
from counterfoil.surfaces.backoffice.payments.reading import payment_page
from counterfoil.surfaces.backoffice.rows import payment_row
from counterfoil.surfaces.backoffice.words import attempt_pill
from counterfoil.surfaces.ui.files.answers import pdf_answer
from counterfoil.surfaces.ui.words import problem_words


@staff(Right.SEE)
@require_safe
def payment_list(request: StaffRequest) -> HttpResponse:
    """Payments, newest first: by state, by words, of one customer."""
    states = _states()
    wanted = asked(request, states)

    def read(before: UUID | None, limit: int) -> list[PaymentRow]:
        looked_for = PaymentFilter(
            wanted.customer_id, wanted.status, wanted.q, tags=wanted.tags or None
        )
        return receivables.payments(request.business.id, looked_for, before=before, limit=limit)

    page = list_page(request, wanted, states, read, payment_row)
    template = "backoffice/payments/list.html"
    return render(request, template, section="payments", block="results", page=page)


def _states() -> dict[str, str]:
    return {
        "": _("All"),
        "unknown": _("Outcome unknown"),
        "requires_action": _("Waiting for the payer"),
        "processing": _("Processing"),
        "succeeded": _("Received"),
        "part_refunded": _("Partly refunded"),
        "refunded": _("Refunded"),
        "charged_back": _("Charged back"),
        "failed": _("Declined"),
        "returned": _("Came back"),
        "cancelled": _("Stopped or never sent"),
    }


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


@staff(Right.REFUND)
@require_POST
def payment_stop(request: StaffRequest, payment_id: UUID) -> HttpResponse:
    """Stops a payment that is not settled: no money moves, and its invoices are free again."""
    try:
        attempt = stop_payment.stop(
            request.business.id, payment_id, at=request.at, by=request.actor
        )
    except (TooLate, Unavailable) as problem:
        messages.error(request, problem_words(problem))
    else:
        if attempt.state in OPEN_STATES:
            told = _("The gateway was asked to stop it, and its answer was lost. We ask again.")
            messages.warning(request, told)
        else:
            messages.success(request, _("The payment was stopped. No money moves."))
    return HttpResponseRedirect(reverse("backoffice_payment", args=[payment_id]))


@staff(Right.SEE)
@require_safe
@noted(NoteKind.DOWNLOADED, "payment", "payment_id")
def payment_receipt(request: StaffRequest, payment_id: UUID) -> HttpResponse:
    """The receipt that the customer got."""
    content = render_document.receipt_pdf(request.business.id, payment_id, at=request.at)
    return pdf_answer(content, "receipt", is_shown=True)
