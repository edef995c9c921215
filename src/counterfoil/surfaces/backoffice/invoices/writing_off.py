"""Writing off what is left of an invoice, after a look at what follows; expecting it again."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from counterfoil.domain.customers import queries as customers
from counterfoil.domain.identity.roles import Act, Right
from counterfoil.domain.receivables import queries as receivables
from counterfoil.domain.receivables.operations import NothingDue
from counterfoil.domain.receivables.rows import ItemRow
from counterfoil.flows.aftermath import write_off
from counterfoil.flows.aftermath.approvals import asking
from counterfoil.infra.db import reading
from counterfoil.kernel.errors import FieldProblem, NotFound, Problem
from counterfoil.kernel.money import Money
from counterfoil.surfaces.backoffice.access import StaffRequest, staff, waits
from counterfoil.surfaces.backoffice.forms import form_key
from counterfoil.surfaces.backoffice.frame import render
from counterfoil.surfaces.backoffice.invoices.pages import WriteOffPage
from counterfoil.surfaces.ui.formatting import money
from counterfoil.surfaces.ui.step_up.sums import ask_for_sum
from counterfoil.surfaces.ui.words import problem_words


@staff(Right.WRITE_OFF)
@require_http_methods(["GET", "HEAD", "POST"])
def invoice_write_off(request: StaffRequest, invoice_id: UUID) -> HttpResponse:
    """Nobody expects the rest of an invoice any more; the reason has to be given."""
    business_id, back = request.business.id, reverse("backoffice_invoice", args=[invoice_id])
    reason = request.POST.get("reason", "")
    problem: Problem | None = None
    if request.method == "POST":
        try:
            item = _item(request, invoice_id)
            due = Money(item.due_minor, item.currency)
            question = ask_for_sum(request, due, _("Writing off a large sum"))
            if question is not None:
                return question
            asked = asking.writing_off(
                business_id,
                item,
                reason,
                form_key=request.POST.get("form_key", "")[:80],
                member=request.member,
                at=request.at,
                by=request.actor,
            )
            if asked is not None:
                return waits(request, asked)
            amount = write_off.write_off(
                business_id,
                invoice_id,
                reason,
                at=request.at,
                by=request.actor,
                at_most_minor=item.due_minor,
            )
        except NotFound:
            raise
        except Problem as found:
            problem = found
        else:
            told = _("%(amount)s was written off.") % {"amount": money(amount)}
            messages.success(request, told)
            return HttpResponseRedirect(back)
    page = _page(request, invoice_id, back, reason, problem)
    template = "backoffice/invoices/write_off.html"
    status = 422 if problem else 200
    return render(request, template, section="invoices", status=status, page=page)


def _item(request: StaffRequest, invoice_id: UUID) -> ItemRow:
    with reading(request.business.id):
        item = receivables.items(request.business.id, [invoice_id]).get(invoice_id)
    if item is None:
        raise NotFound
    return item


def _page(
    request: StaffRequest, invoice_id: UUID, back: str, reason: str, problem: Problem | None
) -> WriteOffPage:
    with reading(request.business.id):
        item = receivables.items(request.business.id, [invoice_id]).get(invoice_id)
        if item is None:
            raise NotFound
        customer = customers.customer(request.business.id, item.customer_id)
    left = Money(item.due_minor, item.currency)
    if not left and problem is None:
        raise NothingDue
    told = (problem_words(problem),) if problem else ()
    is_field = isinstance(problem, FieldProblem)
    return WriteOffPage(
        invoice=item.number,
        customer=customer.name,
        amount=left,
        is_asked=bool(left)
        and asking.waits_for_second(
            request.business.id, Act.WRITE_OFF, left, member=request.member
        ),
        reason=reason[: write_off.REASON_MAX * 2],
        form_key=request.POST.get("form_key", "")[:80] or form_key(),
        back_url=back,
        errors=told if is_field else (),
        form_errors=() if is_field else told,
    )


@staff(Right.WRITE_OFF)
@require_POST
def write_off_back(request: StaffRequest, invoice_id: UUID) -> HttpResponse:
    """What was written off is expected again."""
    amount = write_off.take_back(request.business.id, invoice_id, at=request.at, by=request.actor)
    messages.success(request, _("%(amount)s is owed again.") % {"amount": money(amount)})
    return HttpResponseRedirect(reverse("backoffice_invoice", args=[invoice_id]))
