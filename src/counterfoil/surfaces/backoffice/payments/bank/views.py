"""Bank lines: the list, one of them, and what staff do with it."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from counterfoil.domain.identity.roles import Right
from counterfoil.domain.reconciliation import queries
from counterfoil.domain.reconciliation.rows import LineRow
from counterfoil.flows.banking import match_bank_lines
from counterfoil.kernel.errors import InvalidInput
from counterfoil.kernel.ids import decode
from counterfoil.surfaces.backoffice.access import StaffRequest, staff
from counterfoil.surfaces.backoffice.frame import render
from counterfoil.surfaces.backoffice.paging import asked, list_page
from counterfoil.surfaces.backoffice.payments.bank.reading import line_page, line_row
from counterfoil.surfaces.ui.words import problem_words

TEMPLATE = "backoffice/bank/line.html"


@staff(Right.SEE)
@require_safe
def line_list(request: StaffRequest) -> HttpResponse:
    """Bank lines, those that wait first of all: by state, by words."""
    states = {
        "": _("Waiting"),
        "settled": _("Settled"),
        "aside": _("Put aside"),
    }
    wanted = asked(request, states)

    def read(before: UUID | None, limit: int) -> list[LineRow]:
        state = wanted.status or "waiting"
        return queries.lines(
            request.business.id, state=state, q=wanted.q, before=before, limit=limit
        )

    page = list_page(request, wanted, states, read, line_row)
    return render(request, "backoffice/bank/list.html", section="bank", block="results", page=page)


@staff(Right.SEE)
@require_safe
def line(request: StaffRequest, line_id: UUID) -> HttpResponse:
    """One line: what the bank says, what it may be for, what happened to it."""
    return render(request, TEMPLATE, section="bank", page=line_page(request, line_id))


@staff(Right.RESOLVE_PAYMENTS)
@require_POST
def assign(request: StaffRequest, line_id: UUID) -> HttpResponse:
    """The line is this customer's payment, for the invoices that were ticked."""
    customer_id = decode("cus", request.POST.get("customer", ""))
    invoice_ids = [decode("inv", one) for one in request.POST.getlist("invoice")]
    match_bank_lines.assign(
        request.business.id, line_id, customer_id, invoice_ids, at=request.at, by=request.actor
    )
    messages.success(request, _("The money is booked, and the customer gets the receipt."))
    return HttpResponseRedirect(reverse("backoffice_bank"))


@staff(Right.RESOLVE_PAYMENTS)
@require_POST
def put_aside(request: StaffRequest, line_id: UUID) -> HttpResponse:
    """The line is no payment of a customer; the note says what it is."""
    try:
        match_bank_lines.put_aside(
            request.business.id,
            line_id,
            note=request.POST.get("note", "")[:1000],
            at=request.at,
            by=request.actor,
        )
    except InvalidInput as problem:
        errors = tuple(problem_words(one) for one in problem.problems)
        page = line_page(request, line_id, errors)
        return render(request, TEMPLATE, section="bank", status=422, page=page)
    messages.success(request, _("The line was put aside."))
    return HttpResponseRedirect(reverse("backoffice_bank"))


@staff(Right.RESOLVE_PAYMENTS)
@require_POST
def bring_back(request: StaffRequest, line_id: UUID) -> HttpResponse:
    """A line that was put aside waits again."""
    match_bank_lines.bring_back(request.business.id, line_id, at=request.at, by=request.actor)
    messages.success(request, _("The line waits again."))
    return HttpResponseRedirect(reverse("backoffice_bank_line", args=[line_id]))
