"""One difference: what each side says, whose money it is, and that somebody has looked."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from counterfoil.domain.customers import queries as customers
from counterfoil.domain.identity.roles import Right
from counterfoil.domain.payments import queries as payments
from counterfoil.domain.reconciliation import discrepancies
from counterfoil.domain.reconciliation.discrepancies import Difference
from counterfoil.flows.aftermath import repair_difference
from counterfoil.infra.db import reading
from counterfoil.kernel.errors import Unavailable
from counterfoil.kernel.ids import decode, encode
from counterfoil.kernel.money import Money
from counterfoil.surfaces.backoffice.access import StaffRequest, staff
from counterfoil.surfaces.backoffice.frame import render
from counterfoil.surfaces.backoffice.pages import Link
from counterfoil.surfaces.backoffice.payments.differences.words import (
    difference_by_hand,
    difference_explanation,
    difference_title,
    state_there,
)
from counterfoil.surfaces.backoffice.words import attempt_pill
from counterfoil.surfaces.ui.shell import Choice

CUSTOMERS_SHOWN = 8


@dataclass(frozen=True, slots=True)
class DifferencePage:
    """One difference with what can be done about it."""

    title: str
    explanation: str
    amount: Money
    gateway: str
    ref: str
    reference: str
    booked: Money | None  # where it is another amount
    state_there: str  # both states, where they differ
    state_here: str
    occurred_at: datetime
    found_at: datetime
    closed_at: datetime | None
    remark: str
    payment: Link | None
    q: str
    people: tuple[Choice, ...]
    adopt_url: str
    ask_url: str
    by_hand: str  # why asking may not end it, and what to do then
    looked_url: str


@staff(Right.SEE)
@require_safe
def difference(request: StaffRequest, difference_id: UUID) -> HttpResponse:
    """What the gateway says, what the books say, and the one thing to do."""
    business_id = request.business.id
    q = request.GET.get("q", "").strip()[:80]
    with reading(business_id):
        row = discrepancies.discrepancy(business_id, difference_id)
        people = customers.page(business_id, q=q, limit=CUSTOMERS_SHOWN) if q else []
        booked = None
        if row.kind == Difference.AMOUNT_DIFFERS and row.attempt_id is not None:
            booked = payments.attempt(business_id, row.attempt_id).amount
        if row.kind == Difference.REFUND_DIFFERS and row.attempt_id is not None:
            refunds = payments.refunds_of(business_id, [row.attempt_id])
            booked = next((one.amount for one in refunds if one.gateway_ref == row.ref), None)
    is_open = row.closed_at is None
    says_otherwise = row.kind == Difference.STATE_DIFFERS
    adopts = is_open and row.kind == Difference.UNKNOWN_CHARGE
    asks = is_open and row.kind in repair_difference.ASKABLE
    args = [difference_id]
    payment = None
    if row.attempt_id is not None:
        url = reverse("backoffice_payment", args=[row.attempt_id])
        payment = Link(encode("pay", row.attempt_id), url)
    page = DifferencePage(
        title=difference_title(row.kind),
        explanation=difference_explanation(row.kind),
        amount=row.amount,
        gateway=row.gateway_name,
        ref=row.ref,
        reference=row.reference,
        booked=booked,
        state_there=state_there(row.theirs) if says_otherwise else "",
        state_here=attempt_pill(row.ours).words if says_otherwise else "",
        occurred_at=row.occurred_at,
        found_at=row.found_at,
        closed_at=row.closed_at,
        remark=row.remark,
        payment=payment,
        q=q,
        people=tuple(Choice(encode("cus", one.id), one.name) for one in people),
        adopt_url=reverse("backoffice_difference_adopt", args=args) if adopts else "",
        ask_url=reverse("backoffice_difference_ask", args=args) if asks else "",
        by_hand=difference_by_hand(row.kind) if asks else "",
        looked_url=reverse("backoffice_difference_looked", args=args) if is_open else "",
    )
    template = "backoffice/differences/page.html"
    return render(request, template, section="payments", page=page)


@staff(Right.RESOLVE_PAYMENTS)
@require_POST
def adopt(request: StaffRequest, difference_id: UUID) -> HttpResponse:
    """The money is this customer's: it becomes their payment and their credit."""
    customer_id = decode("cus", request.POST.get("customer", ""))
    payment_id = repair_difference.adopt(
        request.business.id, difference_id, customer_id, at=request.at, by=request.actor
    )
    messages.success(request, _("The money is booked, and the customer gets the receipt."))
    return HttpResponseRedirect(reverse("backoffice_payment", args=[payment_id]))


@staff(Right.RESOLVE_PAYMENTS)
@require_POST
def ask(request: StaffRequest, difference_id: UUID) -> HttpResponse:
    """Asks the gateway once more and takes its word; says whether anything differs still."""
    business_id = request.business.id
    try:
        agrees = repair_difference.ask_again(
            business_id, difference_id, at=request.at, by=request.actor
        )
    except Unavailable:
        messages.warning(
            request, _("The gateway can't be asked now. Nothing was changed. Try again later.")
        )
        return HttpResponseRedirect(reverse("backoffice_difference", args=[difference_id]))
    if agrees:
        messages.success(request, _("The gateway and the books agree now."))
        return HttpResponseRedirect(reverse("backoffice_work"))
    messages.warning(request, _("The gateway says the same again. What is left is for a person."))
    return HttpResponseRedirect(reverse("backoffice_difference", args=[difference_id]))


@staff(Right.RESOLVE_PAYMENTS)
@require_POST
def looked(request: StaffRequest, difference_id: UUID) -> HttpResponse:
    """A person has looked at it: it leaves the work list."""
    repair_difference.look_at(request.business.id, difference_id, at=request.at, by=request.actor)
    messages.success(request, _("Noted that you have looked at it."))
    return HttpResponseRedirect(reverse("backoffice_work"))
