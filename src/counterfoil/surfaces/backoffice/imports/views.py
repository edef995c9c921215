"""Import: upload a file, see what it holds line by line, then bring in what is good."""

import csv
from io import StringIO

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from counterfoil.domain.customers.rights import givable
from counterfoil.domain.identity.roles import Act, Right
from counterfoil.flows.aftermath.approvals import asking
from counterfoil.flows.importing import customers as import_customers
from counterfoil.flows.importing import invoices as import_invoices
from counterfoil.flows.importing.plans import CustomerPlan, Imported, Plan
from counterfoil.flows.importing.reading import read_table
from counterfoil.kernel.errors import FieldProblem, Refused, Unavailable
from counterfoil.kernel.money import Money
from counterfoil.surfaces.backoffice.access import StaffRequest, staff
from counterfoil.surfaces.backoffice.frame import render
from counterfoil.surfaces.backoffice.imports import slots
from counterfoil.surfaces.backoffice.imports.pages import LINES_MAX, ImportPage
from counterfoil.surfaces.backoffice.imports.previewing import preview_of
from counterfoil.surfaces.backoffice.imports.words import import_words
from counterfoil.surfaces.ui.files.uploads import status_of_refusal, taken
from counterfoil.surfaces.ui.formatting import money, number
from counterfoil.surfaces.ui.spreadsheet import refused_rows
from counterfoil.surfaces.ui.words import problem_words

BYTES_MAX = 20_000_000
TEMPLATE = "backoffice/imports/page.html"


@staff(Right.IMPORT)
@require_http_methods(["GET", "HEAD", "POST"])
def begin(request: StaffRequest) -> HttpResponse:
    """Takes a file and shows what would come in and what not; nothing is written yet."""
    kind = slots.kind_of(request.POST.get("kind", request.GET.get("kind", "")))
    if request.method != "POST":
        return _page(request, ImportPage(kind))
    try:
        file = taken(request, "file", bytes_max=BYTES_MAX, too_large="import_too_large")
    except (FieldProblem, Unavailable) as problem:
        page = ImportPage(kind, (problem_words(problem),))
        return _page(request, page, status=status_of_refusal(problem))
    try:
        plan = _plan(request, kind, file.name, file.content)
    except Refused as problem:
        return _page(request, ImportPage(kind, (import_words(problem.message),)), status=422)
    told = _too_long(plan) or _needs_second(request, plan)
    if told:
        return _page(request, ImportPage(kind, (told,)), status=422)
    fingerprint = slots.keep(request, kind, file.content)
    return _page(request, ImportPage(kind, preview=preview_of(kind, file.name, fingerprint, plan)))


def _plan(request: StaffRequest, kind: str, name: str, content: bytes) -> Plan | CustomerPlan:
    table = read_table(name, content)
    if kind == "customers":
        return import_customers.preview(request.business.id, table)
    return import_invoices.preview(request.business.id, table, today=request.today)


def _too_long(plan: Plan | CustomerPlan) -> str:
    """That the file has more lines than come in here, in words; nothing, if it has not."""
    if plan.total_lines <= LINES_MAX:
        return ""
    words = _("The file has %(n)s lines: at most %(most)s here. The command line takes more.")
    return words % {"n": number(plan.total_lines), "most": number(LINES_MAX)}


def _needs_second(request: StaffRequest, plan: Plan | CustomerPlan) -> str:
    """Why a second person would have to be asked, which no file can; nothing, if the reader may
    write its credit notes alone. What counts is all that a customer gets by it."""
    sums: dict[tuple[str, str], Money] = {}
    for one in plan.ready if isinstance(plan, Plan) else ():
        if one.kind == "credit_note":
            whose = (one.customer_ref, one.currency)
            sums[whose] = sums.get(whose, Money(0, one.currency)) + one.total
    most = {one.currency: one for one in sorted(sums.values(), key=lambda one: one.minor)}
    for amount in most.values():
        business_id, member = request.business.id, request.member
        if asking.waits_for_second(business_id, Act.CREDIT, amount, member=member):
            words = _(
                "The file gives a customer %(amount)s of credit. As much needs a second person, "
                "who can't be asked for a file. Nothing was imported: leave it out, and write the "
                "credit note at its invoice."
            )
            return words % {"amount": money(amount)}
    return ""


def _page(request: StaffRequest, page: ImportPage, *, status: int = 200) -> HttpResponse:
    return render(request, TEMPLATE, section="import", status=status, page=page)


@staff(Right.IMPORT)
@require_POST
def do(request: StaffRequest) -> HttpResponse:
    """Brings in what the preview held ready. Sent twice, the second time finds it all there."""
    kind = slots.kind_of(request.POST.get("kind", ""))
    content = slots.waiting(request, kind, request.POST.get("fingerprint", ""))
    plan = _plan(request, kind, request.POST.get("name", "")[:200], content)
    told = _needs_second(request, plan)
    if told:
        return _page(request, ImportPage(kind, (told,)), status=422)
    done = _apply(request, plan)
    slots.forget(request, kind)
    messages.success(request, _done_words(kind, done))
    return HttpResponseRedirect(reverse(f"backoffice_{kind}"))


def _apply(request: StaffRequest, plan: Plan | CustomerPlan) -> Imported:
    business_id, at, first = request.business.id, request.at, givable(request.member.rights)
    if isinstance(plan, CustomerPlan):
        return import_customers.apply(business_id, plan, at=at, first=first)
    return import_invoices.apply(business_id, plan, at=at, by=request.actor, first=first)


def _done_words(kind: str, done: Imported) -> str:
    if kind == "customers":
        words = ngettext("%(n)s customer came in.", "%(n)s customers came in.", done.documents)
    else:
        words = ngettext(
            "%(n)s document came in. Nobody was mailed.",
            "%(n)s documents came in. Nobody was mailed.",
            done.documents,
        )
    told = words % {"n": number(done.documents)}
    if not done.already_documents:
        return told
    if kind == "customers":
        there = ngettext(
            "%(n)s was there already; its details were not changed.",
            "%(n)s were there already; their details were not changed.",
            done.already_documents,
        )
    else:
        there = ngettext(
            "%(n)s was there already.", "%(n)s were there already.", done.already_documents
        )
    return f"{told} {there % {'n': number(done.already_documents)}}"


@staff(Right.IMPORT)
@require_safe
def refused_csv(request: StaffRequest) -> HttpResponse:
    """Every refused line of the file that waits, with the reason, to mend it by."""
    kind = slots.kind_of(request.GET.get("kind", ""))
    content = slots.waiting(request, kind, request.GET.get("fingerprint", ""))
    plan = _plan(request, kind, "", content)
    out = StringIO()
    what = "customer" if kind == "customers" else "document"
    csv.writer(out).writerows(refused_rows(plan.refused, what=what))
    response = HttpResponse(out.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="refused-{kind}.csv"'
    return response
