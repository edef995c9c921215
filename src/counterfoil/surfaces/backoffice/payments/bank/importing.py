"""Bank statements: upload a file, see what will become of each line, then bring it in."""

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from counterfoil.domain.business import queries as businesses
from counterfoil.domain.identity.roles import Right
from counterfoil.domain.reconciliation.rows import NewLine
from counterfoil.domain.reconciliation.states import LineState
from counterfoil.flows.banking import import_statement
from counterfoil.flows.banking.import_statement import ImportedLines, StatementPlan
from counterfoil.infra.db import reading
from counterfoil.kernel.errors import NotFound, Refused, Unavailable
from counterfoil.kernel.ids import decode, encode
from counterfoil.kernel.money import Money
from counterfoil.surfaces.backoffice.access import StaffRequest, staff
from counterfoil.surfaces.backoffice.frame import render
from counterfoil.surfaces.backoffice.imports import slots
from counterfoil.surfaces.backoffice.payments.bank.pages import ImportPage, Preview, PreviewLine
from counterfoil.surfaces.backoffice.payments.bank.words import line_pill, why_words
from counterfoil.surfaces.ui.files.uploads import status_of_refusal, taken
from counterfoil.surfaces.ui.formatting import number
from counterfoil.surfaces.ui.shell import Choice
from counterfoil.surfaces.ui.words import problem_words

BYTES_MAX = 20_000_000
LINES_SHOWN = 100
REMARKS_SHOWN = 20
TEMPLATE = "backoffice/bank/import.html"
SLOT = "statement"


@staff(Right.IMPORT)
@require_http_methods(["GET", "HEAD", "POST"])
def begin(request: StaffRequest) -> HttpResponse:
    """Takes a file and shows what would become of its lines; nothing is written yet."""
    account = request.POST.get("account", "")[:40]
    if request.method != "POST":
        return _page(request)
    try:
        file = taken(request, "file", bytes_max=BYTES_MAX, too_large="import_too_large")
        plan = _plan(request, file.content, account)
    except (Refused, Unavailable) as problem:
        told = (problem_words(problem),)
        return _page(request, account, told, status=status_of_refusal(problem))
    fingerprint = slots.keep(request, SLOT, file.content)
    preview = _preview(plan, file.name, fingerprint, account)
    return _page(request, account, preview=preview)


def _plan(request: StaffRequest, content: bytes, account: str) -> StatementPlan:
    try:
        account_id = decode("acc", account)
    except NotFound:
        account_id = None
    return import_statement.preview(request.business.id, content, account_id=account_id)


def _page(
    request: StaffRequest,
    account: str = "",
    errors: tuple[str, ...] = (),
    preview: Preview | None = None,
    *,
    status: int = 200,
) -> HttpResponse:
    with reading(request.business.id):
        accounts = businesses.bank_accounts(request.business.id)
    page = ImportPage(
        accounts=tuple(
            Choice(encode("acc", one.id), f"{one.name}, {one.currency}") for one in accounts
        ),
        account_id=account,
        errors=errors,
        preview=preview,
        settings_url=reverse("backoffice_bank_accounts"),
    )
    return render(request, TEMPLATE, section="bank", status=status, page=page)


def _preview(plan: StatementPlan, name: str, fingerprint: str, account: str) -> Preview:
    sums: dict[str, int] = {}
    settled = plan.of(LineState.SETTLED)
    for one, _decision in settled:
        amount = one.line.amount
        sums[amount.currency] = sums.get(amount.currency, 0) + amount.minor
    order = [LineState.WAITING, LineState.SETTLED, LineState.ASIDE]
    shown = [pair for state in order for pair in plan.of(state)][:LINES_SHOWN]
    return Preview(
        file_name=name,
        fingerprint=fingerprint,
        account_id=account,
        format=plan.format,
        accounts=tuple(dict.fromkeys(one.account.name for one in plan.statements)),
        settled=len(settled),
        settled_totals=tuple(Money(minor, code) for code, minor in sorted(sums.items())),
        waiting=len(plan.of(LineState.WAITING)),
        aside=len(plan.of(LineState.ASIDE)),
        already=len(plan.already),
        pending=plan.pending,
        new=len(plan.lines),
        lines=tuple(
            PreviewLine(
                on=one.line.booked_date,
                amount=one.line.amount,
                counterparty=one.line.counterparty,
                text=one.line.remittance or _reference(one),
                pill=line_pill(decision.state),
                why=why_words(decision.problem or ""),
            )
            for one, decision in shown
        ),
        remarks=tuple(problem.message for problem in plan.problems[:REMARKS_SHOWN]),
    )


def _reference(one: NewLine) -> str:
    return one.line.reference.value if one.line.reference else ""


@staff(Right.IMPORT)
@require_POST
def do(request: StaffRequest) -> HttpResponse:
    """Brings in what the preview showed. Sent twice, the second time finds it all there."""
    content = slots.waiting(request, SLOT, request.POST.get("fingerprint", ""))
    plan = _plan(request, content, request.POST.get("account", "")[:40])
    done = import_statement.apply(request.business.id, plan, at=request.at, by=request.actor)
    slots.forget(request, SLOT)
    messages.success(request, _done_words(done))
    return HttpResponseRedirect(reverse("backoffice_bank"))


def _done_words(done: ImportedLines) -> str:
    settled = ngettext("%(n)s line settled.", "%(n)s lines settled.", done.settled)
    waiting = ngettext("%(n)s waits.", "%(n)s wait.", done.waiting)
    told = [settled % {"n": number(done.settled)}, waiting % {"n": number(done.waiting)}]
    if done.already:
        there = ngettext("%(n)s was there already.", "%(n)s were there already.", done.already)
        told.append(there % {"n": number(done.already)})
    return " ".join(told)
