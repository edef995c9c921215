"""The work list: trouble first, then what ran by itself."""

from decimal import Decimal
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from counterfoil.domain.identity.roles import Right
from counterfoil.domain.insights import work
from counterfoil.domain.insights.work_rows import (
    Ageing,
)
from counterfoil.domain.payments import operations as payments
from counterfoil.flows import receive_event
from counterfoil.flows.gateways import troubled_accounts
from counterfoil.infra.db import reading
from counterfoil.kernel.errors import NotFound
from counterfoil.kernel.money import Money, round_half_up
from counterfoil.surfaces.backoffice.access import StaffRequest, staff
from counterfoil.surfaces.backoffice.frame import render
from counterfoil.surfaces.backoffice.worklist.pages import Ran, Receivables, Slice, WorkPage
from counterfoil.surfaces.backoffice.worklist.troubles import (
    broken_gateway,
    segment_troubles,
    troubles,
)

_WHOLE = 1000


@staff(Right.SEE)
@require_safe
def work_list(request: StaffRequest) -> HttpResponse:
    """What needs a person, counted and explained."""
    if request.member.tags:
        return _segment_list(request)
    business = request.business
    with reading(business.id):
        found = work.work_list(business.id, today=request.today, at=request.at)
        ran = work.ran_by_itself(business.id, at=request.at)
        aged = work.ageing(business.id, today=request.today)
        broken = troubled_accounts(business.id)
    request.work_count = found.count.total + len(broken)
    page = WorkPage(
        count=request.work_count,
        troubles=(
            *(broken_gateway(account, problem) for account, problem in broken),
            *troubles(found, today=request.today, at=request.at),
        ),
        ran=Ran(ran.invoices_issued, ran.payments_received, ran.mails_sent),
        receivables=tuple(receivables(row) for row in aged),
        invoices_url=reverse("backoffice_invoices"),
    )
    return render(request, "backoffice/work.html", section="work", page=page)


def _segment_list(request: StaffRequest) -> HttpResponse:
    """The same of the customers that the reader sees; no total of all customers is in it."""
    business_id, tags = request.business.id, request.member.tags
    with reading(business_id):
        found = work.segment_work(business_id, tags, today=request.today, at=request.at)
    request.work_count = found.count
    page = WorkPage(
        count=found.count,
        troubles=segment_troubles(found, today=request.today, at=request.at),
        ran=Ran(0, 0, 0),
        receivables=(),
        invoices_url=reverse("backoffice_invoices"),
        tags=tags,
    )
    return render(request, "backoffice/work.html", section="work", page=page)


def receivables(row: Ageing) -> Receivables:
    """One currency's bar: its parts in whole thousandths, without the empty ones."""
    parts = [
        ("fresh", _("not due"), row.not_due_minor),
        ("late", _("1–30 days"), row.late_30_minor),
        ("later", _("31–60 days"), row.late_60_minor),
        ("old", _("over 60 days"), row.later_minor),
    ]
    shares = Money(_WHOLE, row.currency).split([minor for _code, _words, minor in parts])
    slices, offset = [], 0
    for (code, words, minor), share in zip(parts, shares, strict=True):
        amount = Money(minor, row.currency)
        percent = round_half_up(Decimal(share.minor) / 10)
        slices.append(Slice(code, words, amount, percent, offset, share.minor))
        offset += share.minor
    kept = tuple(part for part in slices if part.amount)
    return Receivables(Money(row.total_minor, row.currency), row.open_count, kept)


@staff(Right.RESOLVE_PAYMENTS)
@require_POST
def look_at_event(request: StaffRequest, event_id: UUID) -> HttpResponse:
    """A person has looked at an event that concerns no payment: it leaves the work list."""
    if not payments.look_at_event(request.business.id, event_id, at=request.at, by=request.actor):
        raise NotFound
    messages.success(request, _("Noted that you have looked at the event."))
    return HttpResponseRedirect(reverse("backoffice_work"))


@staff(Right.RESOLVE_PAYMENTS)
@require_POST
def try_event_again(request: StaffRequest, event_id: UUID) -> HttpResponse:
    """Has an event acted on that nothing has acted on so far."""
    receive_event.try_again(request.business.id, event_id, at=request.at)
    messages.success(request, _("The event is being tried again."))
    return HttpResponseRedirect(reverse("backoffice_work"))
