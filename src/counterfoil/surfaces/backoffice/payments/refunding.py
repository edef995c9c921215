"""Giving a payment back, whole or in part: say how much, see what will follow, send it once."""

from dataclasses import replace
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from counterfoil.domain.identity.roles import Act, Right
from counterfoil.domain.payments import refunds
from counterfoil.domain.payments.refunds import NothingToRefund, PaymentContested, RefundTooHigh
from counterfoil.domain.payments.rows import RefundRow
from counterfoil.domain.payments.states import OPEN_REFUNDS
from counterfoil.domain.receivables import queries as receivables
from counterfoil.domain.receivables.rows import PaymentRow
from counterfoil.flows.aftermath import move_payment
from counterfoil.flows.aftermath.approvals import asking
from counterfoil.flows.refunds import (
    preview_refund,
    refund_payment,
    resolve_refund,
    unapply_payment,
)
from counterfoil.flows.refunds.refund_by_hand import Handed
from counterfoil.flows.refunds.refund_payment import RefundCommand
from counterfoil.infra.db import reading
from counterfoil.kernel.errors import FieldProblem, NotFound, Problem
from counterfoil.kernel.ids import decode, encode
from counterfoil.kernel.money import Money
from counterfoil.surfaces.backoffice.access import StaffRequest, staff, waits
from counterfoil.surfaces.backoffice.forms import form_key
from counterfoil.surfaces.backoffice.frame import render
from counterfoil.surfaces.backoffice.payments.handing_back import (
    hand_back,
    handed,
    how_it_goes,
    is_by_hand,
)
from counterfoil.surfaces.backoffice.payments.pages import RefundPage, TakeOffPage
from counterfoil.surfaces.backoffice.payments.refund_reading import open_again
from counterfoil.surfaces.backoffice.payments.refund_words import (
    hand_explanation,
    refund_explanation,
    refund_pill,
)
from counterfoil.surfaces.backoffice.rows import method_words
from counterfoil.surfaces.ui.amounts import typed, typed_amount
from counterfoil.surfaces.ui.formatting import money
from counterfoil.surfaces.ui.shell import Choice
from counterfoil.surfaces.ui.step_up.sums import ask_for_sum
from counterfoil.surfaces.ui.words import problem_words

REASON_MAX = 300
FORM_KEY_MAX = 80


@staff(Right.REFUND)
@require_http_methods(["GET", "HEAD", "POST"])
def payment_refund(request: StaffRequest, payment_id: UUID) -> HttpResponse:
    """First the amount, then what will follow, then it is sent; a second click sends nothing."""
    with reading(request.business.id):
        row = receivables.payment(request.business.id, payment_id)
    left = Money(row.refundable_minor, row.currency)
    if request.method != "POST":
        if not left:
            raise NothingToRefund
        return _page(request, row, typed(left))
    words = request.POST.get("amount", "")
    try:
        amount = typed_amount(words, row.currency)
        how = handed(request, row) if is_by_hand(request, row) else None
        if request.POST.get("do") == "credit":
            return _keep(request, row, amount)
        if not amount:
            message = "The amount must be more than zero."
            raise FieldProblem("amount", message, code="not_positive")
        if request.POST.get("do") == "refund":
            return _refund(request, row, amount, how)
        if amount.minor > left.minor:
            raise RefundTooHigh.beyond(left)
        if request.POST.get("do") == "review":
            return _page(request, row, words, amount=amount, how=how)
    except Problem as problem:
        return _page(request, row, words, problem=problem)
    return _page(request, row, words)


def _refund(
    request: StaffRequest, row: PaymentRow, amount: Money, how: Handed | None
) -> HttpResponse:
    key = request.POST.get("form_key", "")
    if not key or len(key) > FORM_KEY_MAX:
        raise NotFound
    counted = Money(asking.given_back(row) + amount.minor, row.currency)
    if (question := ask_for_sum(request, counted, _("A refund of a large sum"))) is not None:
        return question
    reason = request.POST.get("reason", "")[:REASON_MAX].strip()
    command = RefundCommand(row.id, f"office:{key}", amount.minor, reason, how)
    asked = asking.refund(
        request.business.id,
        row,
        command,
        member=request.member,
        at=request.at,
        by=request.actor,
    )
    if asked is not None:
        return waits(request, asked)
    most = asking.alone_up_to(request.business.id, Act.REFUND, row.currency, member=request.member)
    command = replace(command, whole_at_most_minor=most)
    refund = refund_payment.start(request.business.id, command, by=request.actor, at=request.at)
    _say(request, refund)
    return HttpResponseRedirect(reverse("backoffice_payment", args=[row.id]))


def _keep(request: StaffRequest, row: PaymentRow, amount: Money) -> HttpResponse:
    """No money moves: it comes off the invoices and is the customer's credit."""
    move_payment.keep_as_credit(
        request.business.id, row.id, amount, at=request.at, by=request.actor
    )
    told = _("%(amount)s is the customer's credit now. No money was moved.")
    messages.success(request, told % {"amount": money(amount)})
    return HttpResponseRedirect(reverse("backoffice_payment", args=[row.id]))


def _say(request: StaffRequest, refund: RefundRow) -> None:
    """What became of it, in the words of its page."""
    state = refund_pill(refund.state, refund.failure_code, refund.method).words
    why = hand_explanation(refund, is_shown=False) if refund.method else refund_explanation(refund)
    told = f"{state}: {money(refund.amount)}. {why}"
    if refund.state == "succeeded":
        messages.success(request, told)
    elif refund.state in ("failed", "returned"):
        messages.error(request, told)
    else:
        messages.warning(request, told)


def _page(
    request: StaffRequest,
    row: PaymentRow,
    words: str,
    *,
    amount: Money | None = None,
    how: Handed | None = None,
    problem: Problem | None = None,
) -> HttpResponse:
    """The form, or (with an amount) what will follow."""
    hand = hand_back(request, row, problem) if is_by_hand(request, row) else None
    is_hands = hand is not None and bool(hand.form.errors)
    is_field = not is_hands and isinstance(problem, FieldProblem | RefundTooHigh)
    told = (problem_words(problem),) if problem and not is_hands else ()
    page = RefundPage(
        reference=encode("pay", row.id),
        customer=row.customer_name,
        method=method_words(row.instrument_kind, row.instrument_brand, row.instrument_last4),
        left=Money(row.refundable_minor, row.currency),
        typed=words[:60],
        reason=request.POST.get("reason", "")[:REASON_MAX].strip(),
        form_key=request.POST.get("form_key", "")[:FORM_KEY_MAX] or form_key(),
        back_url=reverse("backoffice_payment", args=[row.id]),
        errors=told if is_field else (),
        form_errors=() if is_field else told,
        hand=hand,
    )
    if hand and how:
        page = replace(page, hand=replace(hand, told=how_it_goes(how), has_gone=how.on is not None))
    if amount:
        page = _review(request, row, amount, page)
    status = 422 if problem else 200
    template = "backoffice/payments/refund.html"
    return render(request, template, section="payments", status=status, page=page)


def _review(request: StaffRequest, row: PaymentRow, amount: Money, page: RefundPage) -> RefundPage:
    seen = preview_refund.preview(request.business.id, row.id, amount)
    counted = Money(asking.given_back(row) + amount.minor, row.currency)
    return replace(
        page,
        is_review=True,
        is_asked=asking.waits_for_second(
            request.business.id, Act.REFUND, counted, member=request.member
        ),
        amount=amount,
        from_credit=seen.given.uncovered or None,
        surcharge=seen.surcharge or None,
        open_again=open_again(seen.given, seen.numbers),
        free_credit=_free_credit(request, row, seen.given.uncovered),
    )


def _free_credit(request: StaffRequest, row: PaymentRow, taken: Money) -> Money | None:
    """What stays of the customer's credit that covers nothing."""
    with reading(request.business.id):
        found = receivables.balances(request.business.id, row.customer_id, today=request.today)
    free = sum(one.unapplied_minor for one in found if one.currency == row.currency)
    return Money(free, row.currency) - taken if free > taken.minor else None


@staff(Right.REFUND)
@require_http_methods(["GET", "HEAD", "POST"])
def payment_take_off(request: StaffRequest, payment_id: UUID, invoice_id: UUID) -> HttpResponse:
    """Takes a payment off an invoice: it is open again, and the customer keeps the money as
    credit. No money moves."""
    business_id, back = request.business.id, reverse("backoffice_payment", args=[payment_id])
    if request.method == "POST" and request.POST.get("to"):
        applied = move_payment.move(
            business_id,
            payment_id,
            invoice_id,
            decode("inv", request.POST["to"]),
            at=request.at,
            by=request.actor,
        )
        told = _("%(amount)s was moved to the other invoice.")
        messages.success(request, told % {"amount": money(applied.amount - applied.unapplied)})
        return HttpResponseRedirect(back)
    if request.method == "POST":
        given = unapply_payment.unapply(
            business_id, payment_id, invoice_id, at=request.at, by=request.actor
        )
        told = _("%(amount)s was taken off the invoice and is the customer's credit.")
        messages.success(request, told % {"amount": money(given.amount)})
        return HttpResponseRedirect(back)
    with reading(business_id):
        row = receivables.payment(business_id, payment_id)
        others = receivables.open_items(business_id, row.customer_id, row.currency)
    if row.contested_minor:
        raise PaymentContested
    found = [one for one in row.parts if one["invoice"] == str(invoice_id) and one["applied"]]
    if not found:
        raise unapply_payment.CoversNothing
    page = TakeOffPage(
        reference=encode("pay", payment_id),
        invoice=found[0]["number"],
        amount=Money(found[0]["applied"], row.currency),
        back_url=back,
        others=tuple(
            Choice(
                encode("inv", one.id),
                f"{one.number}, {money(Money(one.due_minor, one.currency))}",
            )
            for one in others
            if one.id != invoice_id and one.attempt_state is None
        ),
    )
    return render(request, "backoffice/payments/take_off.html", section="payments", page=page)


@staff(Right.REFUND)
@require_POST
def refund_ask(request: StaffRequest, refund_id: UUID) -> HttpResponse:
    """Asks the gateway at once what became of a refund, instead of waiting for the next time."""
    refund = resolve_refund.resolve(request.business.id, refund_id, at=request.at)
    words = refund_pill(refund.state, refund.failure_code).words
    if refund.state in OPEN_REFUNDS:
        told = _("The gateway was asked. It has no final answer yet: %(state)s.")
        messages.warning(request, told % {"state": words})
    else:
        messages.success(request, _("The gateway answered: %(state)s.") % {"state": words})
    return HttpResponseRedirect(reverse("backoffice_payment", args=[refund.attempt_id]))


@staff(Right.REFUND)
@require_POST
def refund_looked(request: StaffRequest, refund_id: UUID) -> HttpResponse:
    """A person has looked at a refund that failed or came back: it leaves the work list."""
    if not refunds.look_at_refund(request.business.id, refund_id, at=request.at):
        raise NotFound
    messages.success(request, _("Noted that you have looked at the refund."))
    return HttpResponseRedirect(reverse("backoffice_work"))
