"""Refunds that the business gives back itself: how, when, and what staff say of one afterwards."""

from datetime import date
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from counterfoil.domain.identity.roles import Right
from counterfoil.domain.payments import queries as payments
from counterfoil.domain.payments.accounts.kinds import WITHOUT_ADAPTER
from counterfoil.domain.payments.states import ByHand
from counterfoil.domain.receivables.rows import PaymentRow
from counterfoil.domain.reconciliation import refund_lines
from counterfoil.flows.banking import match_refunds
from counterfoil.flows.refunds import refund_by_hand
from counterfoil.flows.refunds.refund_by_hand import Handed
from counterfoil.infra.db import reading
from counterfoil.kernel.errors import FieldProblem, Problem
from counterfoil.surfaces.backoffice.access import StaffRequest, staff
from counterfoil.surfaces.backoffice.forms import date_of, field_problems, texts, with_problem
from counterfoil.surfaces.backoffice.payments.pages import HandBack
from counterfoil.surfaces.backoffice.payments.refund_words import hand_words
from counterfoil.surfaces.ui.formatting import day, money
from counterfoil.surfaces.ui.shell import Choice, FormState
from counterfoil.surfaces.ui.words import problem_words

FIELDS = ("method", "sent_on", "reference")


def is_by_hand(request: StaffRequest, row: PaymentRow) -> bool:
    """Whether no gateway has the money of a payment: the business gives it back itself."""
    with reading(request.business.id):
        account = payments.account(request.business.id, row.gateway_account_id)
    return account.kind in WITHOUT_ADAPTER


def handed(request: StaffRequest, row: PaymentRow) -> Handed:
    """What the form says of how the money goes; refuses what can't be read, and what can't be."""
    values = texts(request.POST, FIELDS)
    try:
        method = ByHand(values["method"])
    except ValueError:
        raise FieldProblem("method", "Choose among these.", code="unknown_scheme") from None
    found = Handed(method, date_of(values["sent_on"], "sent_on"), values["reference"])
    with reading(request.business.id):
        attempt = payments.attempt(request.business.id, row.id)
    refund_by_hand.check(request.business.id, attempt, found, at=request.at)
    return found


def hand_back(request: StaffRequest, row: PaymentRow, problem: Problem | None = None) -> HandBack:
    """The part of the refund page that asks how the money goes back."""
    values = {"method": _usual(row), "sent_on": "", "reference": ""}
    if request.method == "POST":
        values |= texts(request.POST, FIELDS)
    with reading(request.business.id):
        payer = refund_lines.payer_of(request.business.id, row.id)
    return HandBack(
        form=with_problem(values, problem) if problem else FormState(values),
        methods=tuple(Choice(one.value, hand_words(one)) for one in ByHand),
        payer=payer.name if payer else row.payer,
        payer_account=payer.account if payer else "",
    )


def _usual(row: PaymentRow) -> str:
    return ByHand.CASH if row.instrument_kind == "cash" else ByHand.BANK_TRANSFER


def how_it_goes(handed: Handed) -> str:
    """What the review says of it, in a sentence."""
    how = hand_words(handed.method)
    if handed.on is None:
        return _(
            "You still send it from your bank: the payment's page shows the reference to write "
            "into the transfer, and you say there when it is sent."
        )
    return _("It went back on %(date)s: %(how)s.") % {"date": day(handed.on), "how": how}


@staff(Right.REFUND)
@require_POST
def refund_sent(request: StaffRequest, refund_id: UUID) -> HttpResponse:
    """The business has sent a transfer that was recorded."""
    try:
        on = _day(request)
        row = refund_by_hand.confirm_sent(
            request.business.id, refund_id, on, at=request.at, by=request.actor
        )
    except Problem as problem:
        return _refused(request, refund_id, problem)
    told = _("Noted that %(amount)s was sent. The customer gets a mail.")
    messages.success(request, told % {"amount": money(row.amount)})
    return _to_payment(row.attempt_id)


def _day(request: StaffRequest) -> date:
    on = date_of(request.POST.get("sent_on", ""), "sent_on")
    if on is None:
        raise FieldProblem("sent_on", "A date is needed here.", code="required")
    return on


@staff(Right.REFUND)
@require_POST
def refund_withdraw(request: StaffRequest, refund_id: UUID) -> HttpResponse:
    """The business will not send a transfer that was recorded: no money moved."""
    try:
        row = refund_by_hand.withdraw(
            request.business.id, refund_id, at=request.at, by=request.actor
        )
    except Problem as problem:
        return _refused(request, refund_id, problem)
    told = _("The refund of %(amount)s was withdrawn. No money moved.")
    messages.success(request, told % {"amount": money(row.amount)})
    return _to_payment(row.attempt_id)


@staff(Right.REFUND)
@require_POST
def refund_take_back(request: StaffRequest, refund_id: UUID) -> HttpResponse:
    """What was recorded as given back did not go, or came back."""
    try:
        match_refunds.take_back(request.business.id, refund_id, at=request.at, by=request.actor)
    except Problem as problem:
        return _refused(request, refund_id, problem)
    messages.success(
        request, _("The refund did not arrive, as you say: the customer has the money as credit.")
    )
    return _to_payment(_payment_of(request, refund_id))


def _refused(request: StaffRequest, refund_id: UUID, problem: Problem) -> HttpResponse:
    """Nothing was changed; the payment's page says why. `NotFound` for no refund of ours."""
    payment_id = _payment_of(request, refund_id)
    told: list[Problem] = [*field_problems(problem)] or [problem]
    for one in told:
        messages.error(request, problem_words(one))
    return _to_payment(payment_id)


def _payment_of(request: StaffRequest, refund_id: UUID) -> UUID:
    with reading(request.business.id):
        return payments.refund(request.business.id, refund_id).attempt_id


def _to_payment(payment_id: UUID) -> HttpResponse:
    return HttpResponseRedirect(reverse("backoffice_payment", args=[payment_id]))
