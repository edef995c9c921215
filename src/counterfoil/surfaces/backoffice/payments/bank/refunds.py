"""A bank line that may be a refund: one click says that it is, another that it was not."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from counterfoil.domain.identity.roles import Right
from counterfoil.flows.banking import match_refunds
from counterfoil.kernel.errors import Conflict, Refused
from counterfoil.kernel.ids import decode
from counterfoil.surfaces.backoffice.access import StaffRequest, staff
from counterfoil.surfaces.backoffice.payments.bank.words import taken_off_words
from counterfoil.surfaces.ui.words import problem_words


@staff(Right.REFUND)
@require_POST
def is_refund(request: StaffRequest, line_id: UUID) -> HttpResponse:
    """The line is a refund that was recorded, or one of a payment that nobody has recorded yet."""
    business_id, refund = request.business.id, request.POST.get("refund", "")
    try:
        if refund:
            match_refunds.match(
                business_id, line_id, decode("ref", refund), at=request.at, by=request.actor
            )
        else:
            payment_id = decode("pay", request.POST.get("payment", ""))
            match_refunds.record(business_id, line_id, payment_id, at=request.at, by=request.actor)
    except (Conflict, Refused) as problem:
        messages.error(request, problem_words(problem))
        return HttpResponseRedirect(reverse("backoffice_bank_line", args=[line_id]))
    messages.success(request, _("The line is booked as the refund."))
    return HttpResponseRedirect(reverse("backoffice_bank"))


@staff(Right.REFUND)
@require_POST
def is_no_refund(request: StaffRequest, line_id: UUID) -> HttpResponse:
    """The line was not the refund that it was taken for: it waits again."""
    try:
        was = match_refunds.unmatch(request.business.id, line_id, at=request.at, by=request.actor)
    except Conflict as problem:
        messages.error(request, problem_words(problem))
    else:
        messages.success(request, taken_off_words(was))
    return HttpResponseRedirect(reverse("backoffice_bank_line", args=[line_id]))
