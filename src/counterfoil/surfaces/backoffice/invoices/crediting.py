"""Crediting an invoice, whole or by lines: choose, see what will follow, issue."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from counterfoil.domain.billing import queries as billing
from counterfoil.domain.billing.arithmetic import Credited, CreditedLine, LineInput
from counterfoil.domain.billing.drafts import NewCreditNote, checked_credit
from counterfoil.domain.billing.operations import IssueTerms
from counterfoil.domain.billing.rows import InvoiceHead, LineRow
from counterfoil.domain.billing.states import DocumentState
from counterfoil.domain.customers import queries as customers
from counterfoil.domain.identity.roles import Act, Right
from counterfoil.domain.receivables import queries as receivables
from counterfoil.flows import issue_invoices
from counterfoil.flows.aftermath.approvals import asking
from counterfoil.infra.db import reading
from counterfoil.kernel.errors import FieldProblem, InvalidInput, NotFound, Problem
from counterfoil.kernel.money import Money
from counterfoil.surfaces.backoffice.access import StaffRequest, is_first_time, staff, waits
from counterfoil.surfaces.backoffice.forms import decimal_of, field_problems, form_key
from counterfoil.surfaces.backoffice.frame import render
from counterfoil.surfaces.backoffice.invoices.forms import totals
from counterfoil.surfaces.backoffice.invoices.pages import CreditLine, CreditPage
from counterfoil.surfaces.ui.step_up.sums import ask_for_sum
from counterfoil.surfaces.ui.words import problem_words

REASON_MAX = 300


@dataclass(frozen=True, slots=True)
class Creditable:
    """An issued invoice, with what is left to credit of each line and of the whole."""

    head: InvoiceHead
    lines: Sequence[LineRow]
    left: Mapping[UUID, Decimal]
    credited: Credited
    open_minor: int

    @property
    def left_minor(self) -> int:
        """What is left to credit of the whole."""
        return self.head.total_minor - self.credited.total_minor


@staff(Right.CREDIT)
@require_http_methods(["GET", "HEAD", "POST"])
def invoice_credit(request: StaffRequest, invoice_id: UUID) -> HttpResponse:
    """Writes a credit note: first the lines, then what will follow, then it is issued."""
    found = _creditable(request, invoice_id)
    if request.method != "POST":
        return _page(request, found, {str(row.id): _words(found, row) for row in found.lines})
    typed = {str(row.id): request.POST.get(f"line-{row.id}", "").strip() for row in found.lines}
    if request.POST.get("do") == "lines":
        return _page(request, found, typed)
    try:
        new = _note(found, typed, request.POST.get("reason", ""))
        if request.POST.get("do") != "issue":
            return _page(request, found, typed, new=new)
        return _sent(request, found, new)
    except Problem as problem:
        return _page(request, found, typed, problem=problem)


def _sent(request: StaffRequest, found: Creditable, new: NewCreditNote) -> HttpResponse:
    """Issues it once; much of an invoice, by whoever has just proved who they are."""
    counted = found.credited.total_minor + checked_credit(new, found.credited)[0].total.minor
    about = _("A credit note of a large sum")
    question = ask_for_sum(request, Money(counted, found.head.currency), about)
    if question is not None:
        return question
    if is_first_time(request):
        asked = _issue(request, found, new)
        if asked is not None:
            return waits(request, asked)
    else:
        messages.warning(request, _("This form was sent already. Nothing was credited again."))
    return HttpResponseRedirect(reverse("backoffice_invoice", args=[found.head.id]))


def _issue(request: StaffRequest, found: Creditable, new: NewCreditNote) -> UUID | None:
    """Issues it, or asks a second person first: then the request is returned."""
    sums, _after = checked_credit(new, found.credited)
    asked = asking.credit(
        request.business.id,
        found.head,
        new,
        sums.total,
        credited_minor=found.credited.total_minor,
        form_key=request.POST.get("form_key", "")[:80],
        member=request.member,
        at=request.at,
        by=request.actor,
    )
    if asked is not None:
        return asked
    most = asking.alone_up_to(request.business.id, Act.CREDIT, new.currency, member=request.member)
    new, terms = replace(new, whole_at_most_minor=most), IssueTerms(request.today)
    (note,) = issue_invoices.credit(request.business.id, [new], terms, at=request.at)
    messages.success(request, _("Credit note %(number)s was issued.") % {"number": note.number})
    return None


def _creditable(request: StaffRequest, invoice_id: UUID) -> Creditable:
    business_id = request.business.id
    with reading(business_id):
        head = billing.invoice(business_id, invoice_id)
        if head.state != DocumentState.ISSUED:
            raise NotFound
        lines = billing.lines(business_id, invoice_id)
        credited = billing.credited(business_id, [invoice_id])[invoice_id]
        item = receivables.items(business_id, [invoice_id])[invoice_id]
    nothing = CreditedLine()
    left = {row.id: row.quantity - credited.lines.get(row.id, nothing).quantity for row in lines}
    kept = [row for row in lines if left[row.id] > 0]
    return Creditable(head, kept, left, credited, item.open_minor)


def _words(found: Creditable, row: LineRow) -> str:
    return format(found.left[row.id].normalize(), "f")


def _note(found: Creditable, typed: Mapping[str, str], reason: str) -> NewCreditNote:
    """The credit note that the form describes; refuses more than a line has left."""
    problems, lines, line_ids = [], [], []
    for row in found.lines:
        text = typed[str(row.id)]
        if not text:
            continue
        try:
            quantity = decimal_of(text, str(row.id))
        except FieldProblem as problem:
            problems.append(problem)
            continue
        if not 0 <= quantity <= found.left[row.id]:
            message = "More than is left of this line."
            problems.append(FieldProblem(str(row.id), message, code="more_than_left"))
        elif quantity:
            price, rate, discount = row.unit_price, row.tax_rate, row.discount_percent
            lines.append(LineInput(row.description, quantity, price, rate, discount))
            line_ids.append(row.id)
    if problems:
        raise InvalidInput(problems)
    new = NewCreditNote(
        customer_id=found.head.customer_id,
        currency=found.head.currency,
        lines=lines,
        invoice_id=found.head.id,
        line_ids=line_ids,
        discount_percent=found.head.discount_percent,
        reason=reason[:REASON_MAX],
    )
    checked_credit(new, found.credited)
    return new


def _page(
    request: StaffRequest,
    found: Creditable,
    typed: Mapping[str, str],
    *,
    new: NewCreditNote | None = None,
    problem: Problem | None = None,
) -> HttpResponse:
    head, currency = found.head, found.head.currency
    page = CreditPage(
        invoice=head.number,
        customer=str(head.party.get("name", "")),
        currency=currency,
        lines=_lines(found, typed, problem),
        totals=None,
        left=Money(found.left_minor, currency),
        reason=request.POST.get("reason", ""),
        form_errors=_form_errors(problem),
        do_url=request.path,
        back_url=reverse("backoffice_invoice", args=[head.id]),
        form_key=form_key(),
    )
    if new is not None:
        page = _reviewed(request, page, found, new)
    status = 422 if problem or page.form_errors else 200
    template = "backoffice/invoices/credit.html"
    return render(request, template, section="invoices", status=status, page=page)


def _reviewed(
    request: StaffRequest, page: CreditPage, found: Creditable, new: NewCreditNote
) -> CreditPage:
    """The same page with the amounts and what will become of them; too much goes back."""
    sums, _after = checked_credit(new, found.credited)
    if sums.total.minor > found.left_minor:
        return replace(page, form_errors=(_("This is more than the invoice has left to credit."),))
    covers = min(sums.total.minor, found.open_minor)
    rest = sums.total.minor - covers
    with reading(request.business.id):
        people = customers.contacts(request.business.id, [found.head.customer_id])
    return replace(
        page,
        totals=totals(sums, new.discount_percent),
        is_review=True,
        is_asked=asking.waits_for_second(
            request.business.id,
            Act.CREDIT,
            Money(found.credited.total_minor + sums.total.minor, page.currency),
            member=request.member,
        ),
        covers=Money(covers, page.currency) if covers else None,
        becomes_credit=Money(rest, page.currency) if rest else None,
        recipients=tuple(one.email for one in people if one.gets_invoices),
    )


def _lines(
    found: Creditable, typed: Mapping[str, str], problem: Problem | None
) -> tuple[CreditLine, ...]:
    errors: dict[str, list[str]] = {}
    for one in field_problems(problem) if problem else []:
        errors.setdefault(one.field, []).append(problem_words(one))
    return tuple(
        CreditLine(
            line_id=str(row.id),
            description=row.description.partition("\n")[0],
            left=found.left[row.id].normalize(),
            unit_price=row.unit_price.normalize(),
            value=typed.get(str(row.id), ""),
            errors=tuple(errors.get(str(row.id), ())),
        )
        for row in found.lines
    )


def _form_errors(problem: Problem | None) -> tuple[str, ...]:
    if problem is None:
        return ()
    named = field_problems(problem)
    if not named:
        return (problem_words(problem),)
    if any(one.field == "lines" for one in named):
        return (_("Choose at least one line, and a quantity that comes to more than zero."),)
    return ()
