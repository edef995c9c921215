"""Planning a payment for another day; changing and cancelling what is planned."""

from dataclasses import replace
from datetime import date

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from counterfoil.domain.arrangements import queries
from counterfoil.domain.arrangements.days import first_day, last_day
from counterfoil.domain.arrangements.operations import BeingCharged, PlannedAlready
from counterfoil.domain.arrangements.rows import ScheduleRow
from counterfoil.domain.customers.rights import ContactRight
from counterfoil.domain.receivables import queries as receivables
from counterfoil.domain.receivables.operations import MoreThanDue, NothingDue
from counterfoil.flows.arrangements import plan_payment
from counterfoil.flows.arrangements.plan_payment import CardExpired, NotPlanned, PlanCommand
from counterfoil.flows.pay_invoices import MethodGone
from counterfoil.infra.db import reading
from counterfoil.kernel.clock import local_date
from counterfoil.kernel.errors import FieldProblem, InvalidInput, NotFound
from counterfoil.kernel.ids import decode, encode
from counterfoil.kernel.money import Money
from counterfoil.surfaces.portal import links
from counterfoil.surfaces.portal.access import PortalRequest, signed_in
from counterfoil.surfaces.portal.confirm.views import piece
from counterfoil.surfaces.portal.invoices.reading import new_form_key
from counterfoil.surfaces.portal.pay.asking import ask_for_saved
from counterfoil.surfaces.portal.pay.views import FORM_KEY_MAX
from counterfoil.surfaces.portal.planned.pages import PlannedPage, PlannedPart
from counterfoil.surfaces.portal.planned.ways import change_way, other_ways, way_of
from counterfoil.surfaces.portal.ways.offering import scripts_of
from counterfoil.surfaces.portal.ways.planning import planned
from counterfoil.surfaces.ui import htmx
from counterfoil.surfaces.ui.formatting import day_long, money
from counterfoil.surfaces.ui.middleware import safe_path
from counterfoil.surfaces.ui.words import problem_words

_REFUSED = (CardExpired, FieldProblem, InvalidInput, MethodGone, MoreThanDue, NothingDue,
            NotPlanned, PlannedAlready)  # fmt: skip


@require_POST
@signed_in("invoices", right=ContactRight.PAY)
def plan(request: PortalRequest) -> HttpResponse:
    """Plans what the form asks for; what can't be planned is said on the page it came from."""
    back = safe_path(request, request.POST.get("back", "/"))
    try:
        command = _command(request)
        agreed = Money(sum(minor for _id, minor in command.parts), command.currency)
        if (question := ask_for_saved(request, agreed)) is not None:
            return question
        schedule_id = plan_payment.plan(
            request.scope.business_id, command, by=request.actor, at=request.at
        )
    except _REFUSED as problem:
        first = problem.problems[0] if isinstance(problem, InvalidInput) else problem
        messages.warning(request, problem_words(first))
        return HttpResponseRedirect(back)
    messages.success(request, _("It is planned. Nothing is charged before that day."))
    return HttpResponseRedirect(reverse("planned", args=[encode("sch", schedule_id)]))


def _command(request: PortalRequest) -> PlanCommand:
    """What the form says, for the reader's own invoices; anything else is `NotFound`."""
    scope, person = request.scope, request.person
    form_key = request.POST.get("form_key", "")
    if person is None or not form_key or len(form_key) > FORM_KEY_MAX:
        raise NotFound
    parts = [piece(text) for text in request.POST.getlist("part")]
    numbers = [number for _minor, number in parts]
    with reading(scope.business_id):
        found = receivables.items_by_number(scope.business_id, scope.customer_id, numbers)
    ids = {item.number: item.id for item in found}
    if set(ids) != set(numbers):
        raise NotFound
    method_id, mandate_id = way_of(request.POST.get("way", ""))
    return PlanCommand(
        customer_id=scope.customer_id,
        currency=request.POST.get("currency", ""),
        parts=tuple((ids[number], minor) for minor, number in parts),
        pay_date=_day(request.POST.get("pay_date", "")),
        timezone=person.timezone,
        form_key=form_key,
        payer=person.name,
        locale=request.LANGUAGE_CODE,
        method_id=method_id,
        mandate_id=mandate_id,
    )


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise FieldProblem("pay_date", "This is not a day.", code="not_a_date") from None


def find_plan(request: PortalRequest, schedule_id: str) -> ScheduleRow:
    """A plan of the reader's customer; anybody else's is `NotFound`."""
    with reading(request.scope.business_id):
        row = queries.schedule(request.scope.business_id, decode("sch", schedule_id))
    if row.customer_id != request.scope.customer_id:
        raise NotFound
    return row


@require_http_methods(["GET", "POST"])
@signed_in("invoices", right=ContactRight.PAY)
def show(request: PortalRequest, schedule_id: str) -> HttpResponse:
    """One planned payment; a POST moves it to another day. One that comes after what it pays is due
    is asked about before."""
    row = find_plan(request, schedule_id)
    if request.method == "GET":
        return _drawn(request, row)
    scope = request.scope
    try:
        day = _day(request.POST.get("pay_date", ""))
        if _is_new(request, row, day) and _late(request, row, day):
            return _drawn(request, row, asked=day)
        if (question := ask_for_saved(request, row.amount)) is not None:
            return question
        plan_payment.change(
            scope.business_id, scope.customer_id, row.id, pay_date=day, at=request.at
        )
    except (FieldProblem, BeingCharged) as problem:
        return _drawn(request, row, error=problem_words(problem), status=422)
    words = _("It is made on %(date)s now.") % {"date": day_long(day)}
    messages.success(request, words)
    return HttpResponseRedirect(request.path)


@require_POST
@signed_in("invoices", right=ContactRight.PAY)
def way(request: PortalRequest, schedule_id: str) -> HttpResponse:
    """Something else pays it from now on."""
    return change_way(request, find_plan(request, schedule_id))


@require_POST
@signed_in("invoices", right=ContactRight.PAY)
def cancel(request: PortalRequest, schedule_id: str) -> HttpResponse:
    """Nothing will be charged."""
    row, scope = find_plan(request, schedule_id), request.scope
    try:
        plan_payment.cancel(
            scope.business_id, scope.customer_id, row.id, by=request.actor, at=request.at
        )
    except BeingCharged as problem:
        messages.warning(request, problem_words(problem))
        return HttpResponseRedirect(reverse("planned", args=[schedule_id]))
    words = _("The planned payment of %(amount)s is cancelled. Nothing will be charged.")
    messages.success(request, words % {"amount": money(row.agreed)})
    return HttpResponseRedirect(reverse("home"))


def _is_new(request: PortalRequest, row: ScheduleRow, day: date) -> bool:
    """Whether the day could be saved, and the reader has not yet been asked whether it is meant."""
    last = last_day(request.at, row.timezone, request.business.schedule_days_max)
    is_open = row.state == "planned" and bool(row.amount)
    return is_open and day <= last and request.POST.get("late") != day.isoformat()


def _late(request: PortalRequest, row: ScheduleRow, day: date) -> tuple[date, ...]:
    """When invoices of it are due before the day; what is overdue already needs no word."""
    return row.due_before(day, since=local_date(request.at, request.business.timezone))


def _drawn(
    request: PortalRequest,
    row: ScheduleRow,
    *,
    error: str = "",
    asked: date | None = None,
    status: int = 200,
) -> HttpResponse:
    outside, zone = encode("sch", row.id), row.timezone
    is_open = row.state == "planned" and bool(row.amount)
    shown = planned(row, local_date(request.at, request.business.timezone))
    form_key = new_form_key()
    ways = other_ways(request, row, form_key) if is_open else ()
    by_hand = row.state in ("ended", "failed") and bool(row.amount)
    page = PlannedPage(
        plan=shown if is_open else replace(shown, amount=row.agreed, card_ends=None),
        state=row.state,
        parts=tuple(
            PlannedPart(
                number=str(part["number"]),
                url=links.invoice_url(request, str(part["number"])),
                amount=Money(int(part["amount"]), row.currency),
            )
            for part in row.parts
        ),
        is_settled=row.state == "planned" and not row.amount,
        change_url=reverse("planned", args=[outside]),
        cancel_url=reverse("plan_cancel", args=[outside]),
        first_date=first_day(request.at, zone),
        last_date=last_day(request.at, zone, request.business.schedule_days_max),
        reason=row.end_reason,
        payment_url=links.result_url(request, row.attempt_id) if row.attempt_id else "",
        error=error,
        ways=ways,
        way_url=reverse("plan_way", args=[outside]),
        form_key=form_key,
        pay_url=links.confirm_url(request, currency=row.currency, invoice=list(row.numbers))
        if by_hand
        else "",
        late=_late(request, row, asked or row.pay_date) if is_open else (),
        asked_date=asked,
    )
    response = htmx.render(request, "portal/planned/page.html", status=status, page=page)
    response.gateway_url = scripts_of(ways)  # type: ignore[attr-defined]
    return response
