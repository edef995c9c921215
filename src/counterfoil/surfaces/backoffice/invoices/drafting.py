"""Writing invoices: choose the customer, write lines, see the totals, save, issue, delete, void."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from counterfoil.domain.billing import operations
from counterfoil.domain.billing import queries as billing
from counterfoil.domain.billing.operations import ExternalRefTaken, IssueTerms, NotADraft
from counterfoil.domain.billing.rows import InvoiceHead
from counterfoil.domain.billing.states import DocumentState
from counterfoil.domain.customers import queries as customers
from counterfoil.domain.customers.rows import CustomerRow
from counterfoil.domain.identity.roles import Right
from counterfoil.flows import issue_invoices
from counterfoil.infra.db import reading
from counterfoil.kernel.errors import FieldProblem, Problem, Refused
from counterfoil.kernel.money import Money
from counterfoil.kernel.states import IllegalMove
from counterfoil.surfaces.backoffice.access import StaffRequest, is_first_time, staff
from counterfoil.surfaces.backoffice.customers.views import list_page
from counterfoil.surfaces.backoffice.forms import form_key
from counterfoil.surfaces.backoffice.frame import render
from counterfoil.surfaces.backoffice.invoices import forms
from counterfoil.surfaces.backoffice.invoices.forms import Draft
from counterfoil.surfaces.backoffice.invoices.pages import ConfirmPage, DraftPage
from counterfoil.surfaces.backoffice.pages import Link
from counterfoil.surfaces.ui.words import problem_words

EDITOR = "backoffice/invoices/draft.html"


@staff(Right.EDIT_INVOICES)
@require_safe
def invoice_new(request: StaffRequest) -> HttpResponse:
    """Begins an invoice: who is it for?"""
    page = list_page(request, "backoffice_invoice_for", is_choice=True)
    template = "backoffice/customers/list.html"
    return render(request, template, section="invoices", block="results", page=page)


@staff(Right.EDIT_INVOICES)
@require_http_methods(["GET", "HEAD", "POST"])
def invoice_for(request: StaffRequest, customer_id: UUID) -> HttpResponse:
    """Writes a new draft for a customer."""
    customer = _customer(request, customer_id)
    if request.method != "POST":
        return _editor(request, customer, forms.blank(customer.currency))
    draft = forms.read(request.POST)
    again = _line_button(request, customer, draft, None)
    if again is not None:
        return again
    draft = forms.without_blanks(draft)
    try:
        new = forms.new_invoice(draft, customer_id)
        if not is_first_time(request):
            messages.warning(request, _("This form was sent already. Nothing was added again."))
            return HttpResponseRedirect(reverse("backoffice_invoices"))
        by = request.actor
        (saved,) = issue_invoices.draft(request.business.id, [new], at=request.at, by=by)
    except ExternalRefTaken as problem:
        return _editor(request, customer, draft, problem=_ref_taken(problem))
    except Refused as problem:
        return _editor(request, customer, draft, problem=problem)
    messages.success(request, _("The draft was saved. Nothing was sent yet."))
    return HttpResponseRedirect(reverse("backoffice_invoice_preview", args=[saved]))


@staff(Right.EDIT_INVOICES)
@require_http_methods(["GET", "HEAD", "POST"])
def invoice_edit(request: StaffRequest, invoice_id: UUID) -> HttpResponse:
    """Changes a draft; an issued invoice is never edited."""
    business_id = request.business.id
    with reading(business_id):
        head = billing.invoice(business_id, invoice_id)
        lines = billing.lines(business_id, invoice_id)
        customer = customers.customer(business_id, head.customer_id)
    if head.state != DocumentState.DRAFT:
        raise NotADraft
    if request.method != "POST":
        return _editor(request, customer, forms.stored(head, lines), head=head)
    draft = forms.read(request.POST)
    again = _line_button(request, customer, draft, head)
    if again is not None:
        return again
    draft = forms.without_blanks(draft)
    try:
        new = forms.new_invoice(draft, customer.id)
        issue_invoices.change_draft(business_id, invoice_id, new, at=request.at)
    except ExternalRefTaken as problem:
        return _editor(request, customer, draft, head=head, problem=_ref_taken(problem))
    except Refused as problem:
        return _editor(request, customer, draft, head=head, problem=problem)
    messages.success(request, _("The draft was saved. Nothing was sent yet."))
    return HttpResponseRedirect(reverse("backoffice_invoice_preview", args=[invoice_id]))


def _customer(request: StaffRequest, customer_id: UUID) -> CustomerRow:
    with reading(request.business.id):
        return customers.customer(request.business.id, customer_id)


def _ref_taken(problem: ExternalRefTaken) -> FieldProblem:
    return FieldProblem("external_ref", problem.message, code=problem.code)


def _line_button(
    request: StaffRequest, customer: CustomerRow, draft: Draft, head: InvoiceHead | None
) -> HttpResponse | None:
    """The form with a line more or less, if such a button was pressed."""
    verb, _dash, index = request.POST.get("do", "save").partition("-")
    if verb == "add":
        longer = forms.with_line(draft)
        last = len(longer.lines) - 1
        return _editor(request, customer, longer, head=head, focus_line=last, status=200)
    if verb == "remove" and index in map(str, range(forms.LINES_AT_ONCE)):
        shorter = forms.without_line(draft, int(index))
        return _editor(request, customer, shorter, head=head, status=200)
    return None


def _editor(  # noqa: PLR0913  whose, what was typed, what is wrong
    request: StaffRequest,
    customer: CustomerRow,
    draft: Draft,
    *,
    head: InvoiceHead | None = None,
    problem: Refused | None = None,
    focus_line: int = -1,
    status: int = 0,
) -> HttpResponse:
    state, lines = forms.shown(draft, problem)
    totals, left_out = forms.preview(draft)
    whose = reverse("backoffice_customer", args=[customer.id])
    if head is None:
        save_url, back_url = reverse("backoffice_invoice_for", args=[customer.id]), whose
    else:
        save_url = reverse("backoffice_invoice_edit", args=[head.id])
        back_url = reverse("backoffice_invoice", args=[head.id])
    page = DraftPage(
        customer=Link(customer.name, whose),
        form=state,
        lines=lines,
        totals=totals,
        left_out=left_out,
        save_url=save_url,
        totals_url=reverse("backoffice_invoice_totals"),
        back_url=back_url,
        form_key=form_key(),
        is_new=head is None,
        focus_line=focus_line,
    )
    status = status or (422 if problem else 200)
    return render(request, EDITOR, section="invoices", block="lines", status=status, page=page)


@staff(Right.EDIT_INVOICES)
@require_POST
def invoice_totals(request: StaffRequest) -> HttpResponse:
    """The totals of what is typed so far; nothing is saved."""
    totals, left_out = forms.preview(forms.read(request.POST))
    template = "backoffice/invoices/totals.html"
    return render(request, template, block="totals", totals=totals, left_out=left_out)


@staff(Right.EDIT_INVOICES)
@require_http_methods(["GET", "HEAD", "POST"])
def invoice_issue(request: StaffRequest, invoice_id: UUID) -> HttpResponse:
    """Issues a draft, after a page that says what will follow."""
    business_id = request.business.id
    with reading(business_id):
        head = billing.invoice(business_id, invoice_id)
        customer = customers.customer(business_id, head.customer_id)
        people = customers.contacts(business_id, [customer.id])
    if head.state != DocumentState.DRAFT:
        raise NotADraft
    if request.method == "POST":
        terms = IssueTerms(request.today)
        (issued,) = issue_invoices.issue(
            business_id, [invoice_id], terms, at=request.at, by=request.actor
        )
        messages.success(request, _("%(number)s was issued.") % {"number": issued.number})
        return HttpResponseRedirect(reverse("backoffice_invoice", args=[invoice_id]))
    page = ConfirmPage(
        kind="issue",
        invoice=head.number,
        customer=customer.name,
        total=Money(head.total_minor, head.currency),
        do_url=request.path,
        back_url=reverse("backoffice_invoice", args=[invoice_id]),
        due_date=head.due_date or forms.due_after(request.today, head.terms_days),
        recipients=tuple(one.email for one in people if one.gets_invoices),
    )
    return render(request, "backoffice/invoices/confirm.html", section="invoices", page=page)


@staff(Right.EDIT_INVOICES)
@require_http_methods(["GET", "HEAD", "POST"])
def invoice_delete(request: StaffRequest, invoice_id: UUID) -> HttpResponse:
    """Deletes a draft, after a page that asks; what was issued is never deleted."""
    business_id = request.business.id
    with reading(business_id):
        head = billing.invoice(business_id, invoice_id)
        customer = customers.customer(business_id, head.customer_id)
    if head.state != DocumentState.DRAFT:
        raise NotADraft
    if request.method == "POST":
        operations.delete_drafts(business_id, [invoice_id], at=request.at, by=request.actor)
        messages.success(request, _("The draft was deleted."))
        return HttpResponseRedirect(reverse("backoffice_invoices"))
    page = ConfirmPage(
        kind="delete",
        invoice=head.number,
        customer=customer.name,
        total=Money(head.total_minor, head.currency),
        do_url=request.path,
        back_url=reverse("backoffice_invoice", args=[invoice_id]),
    )
    return render(request, "backoffice/invoices/confirm.html", section="invoices", page=page)


@staff(Right.EDIT_INVOICES)
@require_http_methods(["GET", "HEAD", "POST"])
def invoice_void(request: StaffRequest, invoice_id: UUID) -> HttpResponse:
    """Takes an issued invoice back, after a page that says what will follow."""
    business_id, refusal = request.business.id, ""
    back = reverse("backoffice_invoice", args=[invoice_id])
    with reading(business_id):
        head = billing.invoice(business_id, invoice_id)
        customer = customers.customer(business_id, head.customer_id)
    if head.state != DocumentState.ISSUED:
        raise IllegalMove
    if request.method == "POST":
        try:
            issue_invoices.void(business_id, invoice_id, at=request.at, by=request.actor)
        except Problem as problem:
            refusal = problem_words(problem)
        else:
            messages.success(request, _("%(number)s was voided.") % {"number": head.number})
            return HttpResponseRedirect(back)
    page = ConfirmPage(
        kind="void",
        invoice=head.number,
        customer=customer.name,
        total=Money(head.total_minor, head.currency),
        do_url=request.path,
        back_url=back,
        refusal=refusal,
    )
    status = 409 if refusal else 200
    template = "backoffice/invoices/confirm.html"
    return render(request, template, section="invoices", status=status, page=page)
