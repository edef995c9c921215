"""The list of what needs a second person, one request, and its three buttons."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from counterfoil.domain.approvals import queries
from counterfoil.domain.approvals.deciders import may_decide
from counterfoil.domain.approvals.operations import DecidedAlready
from counterfoil.domain.approvals.rows import ApprovalRow
from counterfoil.domain.approvals.states import ApprovalState
from counterfoil.domain.identity.roles import Act, Right
from counterfoil.domain.payments import queries as payments
from counterfoil.domain.payments.rows import RefundRow
from counterfoil.flows.aftermath.approvals import deciding
from counterfoil.flows.aftermath.approvals.commands import refund_key
from counterfoil.infra.db import reading
from counterfoil.kernel.money import Money
from counterfoil.surfaces.backoffice.access import StaffRequest, member_url, staff
from counterfoil.surfaces.backoffice.approvals.pages import (
    ApprovalLine,
    ApprovalPage,
    ApprovalsPage,
)
from counterfoil.surfaces.backoffice.approvals.words import (
    approval_facts,
    approval_pill,
    approval_title,
    approval_told,
)
from counterfoil.surfaces.backoffice.frame import render
from counterfoil.surfaces.backoffice.pages import Link
from counterfoil.surfaces.ui.step_up import step_up
from counterfoil.surfaces.ui.words import problem_words

NOTE_MAX = 300
_ABOUT = {"payment": "backoffice_payment", "invoice": "backoffice_invoice"}


@staff(Right.SEE)
@require_safe
def approvals(request: StaffRequest) -> HttpResponse:
    """The newest requests, open ones and decided ones."""
    with reading(request.business.id):
        rows = queries.newest(request.business.id, tags=request.member.tags)
    page = ApprovalsPage(tuple(_line(request, one) for one in rows))
    return render(request, "backoffice/approvals/list.html", section="work", page=page)


def _line(request: StaffRequest, row: ApprovalRow) -> ApprovalLine:
    return ApprovalLine(
        title=approval_title(row),
        url=reverse("backoffice_approval", args=[row.id]),
        called=row.called,
        about=_about(row),
        asked_by=row.asked_name,
        asked_url=member_url(request, row.asked_by),
        asked_at=row.asked_at,
        pill=approval_pill(row),
    )


@staff(Right.SEE)
@require_safe
def approval(request: StaffRequest, approval_id: UUID) -> HttpResponse:
    """One request, with what the reader may do about it."""
    with reading(request.business.id):
        row = queries.approval(request.business.id, approval_id, tags=request.member.tags)
    refund = _refund(request, row)
    waits = row.state == "requested" and row.expires_at > request.at
    is_own = row.asked_by == request.member.user_id
    is_open = waits and may_decide(request.member, row)
    why_not = ""
    if waits and is_own:
        why_not = _("You asked for this yourself: somebody else has to decide about it.")
    elif waits and not is_open:
        why_not = _("Your role does not let you decide about this.")
    page = ApprovalPage(
        title=approval_title(row),
        pill=approval_pill(row, refund),
        told=approval_told(row, refund),
        amount=row.amount,
        counted=_counted(row),
        facts=approval_facts(row),
        about=_about(row),
        story_url=_story_url(row),
        asked_by=row.asked_name,
        asked_url=member_url(request, row.asked_by),
        asked_at=row.asked_at,
        expires_at=row.expires_at,
        reason=row.reason,
        decided_by=row.decided_name,
        decided_url=member_url(request, row.decided_by) if row.decided_by else "",
        decided_at=row.decided_at,
        note=row.note,
        back_url=reverse("backoffice_approvals"),
        may_decide=is_open,
        why_not=why_not,
        decide_url=reverse("backoffice_approval_decide", args=[row.id]) if is_open else "",
        withdraw_url=reverse("backoffice_approval_withdraw", args=[row.id])
        if waits and is_own
        else "",
        is_final=row.act in (Act.REFUND, Act.WRITE_OFF),
    )
    return render(request, "backoffice/approvals/page.html", section="work", page=page)


def _refund(request: StaffRequest, row: ApprovalRow) -> RefundRow | None:
    """The refund that an approved request led to, if it was one."""
    if row.act != Act.REFUND or row.state != ApprovalState.CARRIED_OUT:
        return None
    with reading(request.business.id):
        return payments.refund_of_form(request.business.id, refund_key(row.id))


def _about(row: ApprovalRow) -> Link | None:
    """To what it is about: an invoice by its number, a payment by who paid."""
    where = _ABOUT.get(row.about_kind)
    if where is None:
        return None
    words = _("Invoice %(number)s") % {"number": row.called}
    if row.about_kind == "payment":
        words = _("Payment by %(name)s") % {"name": row.called}
    return Link(words, reverse(where, args=[row.about_id]))


def _story_url(row: ApprovalRow) -> str:
    """To what happened to that, this request among it."""
    where = _ABOUT.get(row.about_kind)
    return reverse(f"{where}_timeline", args=[row.about_id]) if where else ""


def _counted(row: ApprovalRow) -> Money | None:
    """What the same payment or invoice comes to, where that is more than this."""
    if row.amount is None or row.counted_minor == row.amount_minor:
        return None
    return Money(row.counted_minor, row.currency)


@staff(Right.APPROVE)
@step_up(gettext_lazy("Your word as the second person"))
@require_POST
def approval_decide(request: StaffRequest, approval_id: UUID) -> HttpResponse:
    """Approves, which carries it out, or refuses."""
    is_approved = request.POST.get("do") == "approve"
    back = HttpResponseRedirect(reverse("backoffice_approval", args=[approval_id]))
    try:
        row = deciding.decide(
            request.business.id,
            approval_id,
            is_approved=is_approved,
            note=request.POST.get("note", "")[:NOTE_MAX],
            member=request.member,
            at=request.at,
            by=request.actor,
        )
    except DecidedAlready as problem:
        messages.warning(request, problem_words(problem))
        return back
    refund = _refund(request, row)
    pill = approval_pill(row, refund)
    say = {"bad": messages.error, "warn": messages.warning}.get(pill.tone, messages.success)
    say(request, f"{pill.words}. {approval_told(row, refund)}")
    return back


@staff(Right.SEE)
@require_POST
def approval_withdraw(request: StaffRequest, approval_id: UUID) -> HttpResponse:
    """Who asked does not want it any more."""
    deciding.withdraw(
        request.business.id,
        approval_id,
        member=request.member,
        at=request.at,
        by=request.actor,
    )
    messages.success(request, _("You have withdrawn it. Nothing was done."))
    return HttpResponseRedirect(reverse("backoffice_approval", args=[approval_id]))
