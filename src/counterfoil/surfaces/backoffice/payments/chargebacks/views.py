"""One chargeback: its page, the files of the answer, sending it, giving up, asking the gateway."""

from dataclasses import replace
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from counterfoil.domain.audit.kinds import NoteKind
from counterfoil.domain.identity.roles import Right
from counterfoil.domain.payments import chargebacks
from counterfoil.domain.payments.chargebacks import AnsweredAlready
from counterfoil.domain.payments.rows import ChargebackRow
from counterfoil.flows.aftermath import answer_chargeback
from counterfoil.infra.db import reading
from counterfoil.kernel.errors import (
    Conflict,
    FieldProblem,
    NotFound,
    Problem,
    Refused,
    Unavailable,
)
from counterfoil.kernel.ports.scanners import NotScanned
from counterfoil.surfaces.backoffice.access import StaffRequest, noted, staff
from counterfoil.surfaces.backoffice.frame import render
from counterfoil.surfaces.backoffice.payments.chargebacks.pages import AcceptPage
from counterfoil.surfaces.backoffice.payments.chargebacks.reading import chargeback_page
from counterfoil.surfaces.backoffice.payments.chargebacks.words import (
    chargeback_explanation,
    chargeback_pill,
)
from counterfoil.surfaces.ui.files.uploads import taken
from counterfoil.surfaces.ui.step_up.kept import opened_fields, sealed_fields
from counterfoil.surfaces.ui.words import problem_words

TEMPLATE = "backoffice/chargebacks/page.html"
_TYPED = "answer_typed"  # in the session: of which chargeback, and the sealed fields


@staff(Right.SEE)
@require_safe
def chargeback(request: StaffRequest, chargeback_id: UUID) -> HttpResponse:
    """One chargeback: why, until when, where the money is, and the answer."""
    page = chargeback_page(request, chargeback_id)
    if page.answer_url and (typed := _typed(request, chargeback_id)):
        page = replace(page, text=typed)
    return render(request, TEMPLATE, section="payments", page=page)


def _keep_typed(request: StaffRequest, chargeback_id: UUID) -> None:
    """What was written so far stays in the session, sealed, while files come and go."""
    request.session[_TYPED] = [str(chargeback_id), sealed_fields(request)]


def _typed(request: StaffRequest, chargeback_id: UUID) -> str:
    about, sealed = request.session.get(_TYPED, ("", ""))
    if about != str(chargeback_id) or not sealed:
        return ""
    return "".join(dict(opened_fields(sealed)).get("text", []))[: answer_chargeback.TEXT_MAX]


def _refused(request: StaffRequest, chargeback_id: UUID, problem: Problem) -> HttpResponse:
    """The page again, with what is wrong beside what it is about."""
    told = (problem_words(problem),)
    is_unseen = isinstance(problem, NotScanned)
    place = problem.field if isinstance(problem, FieldProblem) else "file" if is_unseen else ""
    page = replace(
        chargeback_page(request, chargeback_id),
        text_errors=told if place == "text" else (),
        file_errors=told if place == "file" else (),
        form_errors=() if place in ("text", "file") else told,
    )
    if page.answer_url:
        page = replace(page, text=request.POST.get("text", "")[: answer_chargeback.TEXT_MAX])
    status = 409 if isinstance(problem, Conflict) else 503 if is_unseen else 422
    return render(request, TEMPLATE, section="payments", status=status, page=page)


@staff(Right.REFUND)
@require_POST
def files(request: StaffRequest, chargeback_id: UUID) -> HttpResponse:
    """Adds a file to the answer."""
    try:
        sent = taken(request, "file", bytes_max=answer_chargeback.FILE_MAX)
        answer_chargeback.add_file(
            request.business.id,
            chargeback_id,
            name=sent.name,
            content=sent.content,
            at=request.at,
            by=request.actor,
        )
    except (FieldProblem, Conflict, NotScanned) as problem:
        return _refused(request, chargeback_id, problem)
    _keep_typed(request, chargeback_id)
    messages.success(request, _("The file was added. It is sent with your answer."))
    return _back(chargeback_id)


@staff(Right.SEE)
@require_safe
@noted(NoteKind.DOWNLOADED, "chargeback", "chargeback_id")
def file(request: StaffRequest, chargeback_id: UUID, evidence_id: UUID) -> HttpResponse:
    """A file of the answer, to keep; never shown inside our pages."""
    found = answer_chargeback.read_file(request.business.id, chargeback_id, evidence_id)
    response = HttpResponse(found.content, content_type=found.media_type)
    name = "".join(sign if sign.isascii() else "_" for sign in found.name)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "private, no-store"
    return response


@staff(Right.REFUND)
@require_POST
def file_remove(request: StaffRequest, chargeback_id: UUID, evidence_id: UUID) -> HttpResponse:
    """Takes a file out of an answer that was not sent."""
    answer_chargeback.remove_file(request.business.id, chargeback_id, evidence_id)
    _keep_typed(request, chargeback_id)
    messages.success(request, _("The file was taken out."))
    return _back(chargeback_id)


@staff(Right.REFUND)
@require_POST
def answer(request: StaffRequest, chargeback_id: UUID) -> HttpResponse:
    """Sends the answer with its files, once."""
    text = request.POST.get("text", "")
    try:
        row = answer_chargeback.answer(
            request.business.id, chargeback_id, text, at=request.at, by=request.actor
        )
    except NotFound:
        raise
    except Problem as problem:
        return _refused(request, chargeback_id, problem)
    request.session.pop(_TYPED, None)
    _say(request, row)
    return _back(chargeback_id)


@staff(Right.REFUND)
@require_http_methods(["GET", "HEAD", "POST"])
def accept(request: StaffRequest, chargeback_id: UUID) -> HttpResponse:
    """Gives the chargeback up, after a look at what will follow."""
    if request.method == "POST":
        row = answer_chargeback.accept(
            request.business.id, chargeback_id, at=request.at, by=request.actor
        )
        _say(request, row)
        return _back(chargeback_id)
    page = chargeback_page(request, chargeback_id)
    if not page.accept_url:
        raise AnsweredAlready
    back_url = reverse("backoffice_chargeback", args=[chargeback_id])
    shown = AcceptPage(page.amount, page.customer.words, back_url)
    return render(request, "backoffice/chargebacks/accept.html", section="payments", page=shown)


@staff(Right.REFUND)
@require_POST
def ask(request: StaffRequest, chargeback_id: UUID) -> HttpResponse:
    """Asks the gateway at once where it stands."""
    try:
        row = answer_chargeback.ask(request.business.id, chargeback_id, at=request.at)
    except (Refused, Unavailable) as problem:
        messages.error(request, problem_words(problem))
    else:
        _say(request, row)
    return _back(chargeback_id)


@staff(Right.REFUND)
@require_POST
def looked(request: StaffRequest, chargeback_id: UUID) -> HttpResponse:
    """A person has looked at one that was lost, or does not add up: it leaves the work list."""
    with reading(request.business.id):
        chargebacks.chargeback(request.business.id, chargeback_id)
    if not chargebacks.look_at_chargeback(request.business.id, chargeback_id, at=request.at):
        raise NotFound
    messages.success(request, _("Noted that you have looked at the chargeback."))
    return HttpResponseRedirect(reverse("backoffice_work"))


def _say(request: StaffRequest, row: ChargebackRow) -> None:
    words = chargeback_pill(row.state, is_sent=row.evidence_sent_at is not None).words
    told = f"{words}. {chargeback_explanation(row)}"
    (messages.warning if row.state in ("open", "lost") else messages.success)(request, told)


def _back(chargeback_id: UUID) -> HttpResponse:
    return HttpResponseRedirect(reverse("backoffice_chargeback", args=[chargeback_id]))
