"""What else could pay a planned payment, and the change to it: something saved, or a new card."""

from dataclasses import replace
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from counterfoil.domain.arrangements import queries
from counterfoil.domain.arrangements.operations import BeingCharged
from counterfoil.domain.arrangements.rows import ScheduleRow
from counterfoil.domain.customers.rights import ContactRight
from counterfoil.domain.notifications.words import method_name
from counterfoil.flows.arrangements import plan_payment
from counterfoil.flows.arrangements.plan_payment import CardExpired
from counterfoil.flows.pay_invoices import MethodGone
from counterfoil.infra.db import reading
from counterfoil.kernel.clock import local_date
from counterfoil.kernel.errors import InvalidInput, Refused, Unavailable, Uncertain
from counterfoil.kernel.ids import decode, encode
from counterfoil.surfaces.portal.access import PortalRequest, may
from counterfoil.surfaces.portal.invoices.reading import new_form_key
from counterfoil.surfaces.portal.pay.asking import ask_for_saved
from counterfoil.surfaces.portal.pay.guarding import nothing_saved, refusal, save_card, wants_json
from counterfoil.surfaces.portal.pay.views import FORM_KEY_MAX, go
from counterfoil.surfaces.portal.ways.asked import SAVED, SOURCE_MAX
from counterfoil.surfaces.portal.ways.debits import GIVEN, Debtor, with_debits
from counterfoil.surfaces.portal.ways.offering import Payer, ways_to_pay
from counterfoil.surfaces.portal.ways.ordering import habits
from counterfoil.surfaces.portal.ways.sources import sources_of
from counterfoil.surfaces.portal.ways.values import Way
from counterfoil.surfaces.ui.words import problem_words


def way_of(code: str) -> tuple[UUID | None, UUID | None]:
    """The saved method or the mandate that a form names; neither, if it names none."""
    if code.startswith(SAVED):
        return decode("pm", code), None
    if code.startswith(GIVEN):
        return None, decode("mdt", code)
    return None, None


def other_ways(request: PortalRequest, row: ScheduleRow, form_key: str) -> tuple[Way, ...]:
    """What is saved and good, without what pays it now, and a new card where the gateway keeps
    cards, in the order of the pay page; the first is chosen."""
    with reading(request.scope.business_id):
        found = sources_of(request)
    today = local_date(request.at, request.business.timezone)
    ways = ways_to_pay(found.accounts, row.amount, Payer(found.saved, can_save=True, today=today))
    used = habits(found.uses, found.saved, found.given)
    debtor = Debtor(found.given, None, form_key, used)
    ways = with_debits(request, ways, found.accounts, row.amount, debtor)
    now = encode("pm", row.method_id) if row.method_id else ""
    now = encode("mdt", row.mandate_id) if row.mandate_id else now
    others = [
        way for way in ways if (way.method or (way.fields and way.can_be_saved)) and way.code != now
    ]
    if not may(request, ContactRight.METHODS):
        others = [way for way in others if not way.fields]  # another card would have to be saved
    return tuple(
        replace(way, can_be_saved=False, is_chosen=index == 0) for index, way in enumerate(others)
    )


def change_way(request: PortalRequest, row: ScheduleRow) -> HttpResponse:
    """Lets something else pay a plan; a new card is saved first. Back to the plan, which says what
    came of it; nothing is charged."""
    here = reverse("planned", args=[encode("sch", row.id)])
    stopped = refusal(request, here, nothing_saved())
    if stopped is not None:
        return stopped
    scope = request.scope
    try:
        way = _named(request)
        if way != (None, None) and (question := ask_for_saved(request, row.amount)) is not None:
            return question
        way = _chosen(request, way)
        plan_payment.change_way(scope.business_id, scope.customer_id, row.id, way, at=request.at)
    except (Unavailable, Uncertain):
        words = _("The payment gateway did not answer. Nothing was charged. Please try again.")
        return _not_changed(request, words, request.POST.get("form_key", ""), here)
    except (BeingCharged, CardExpired, InvalidInput, MethodGone) as problem:
        first = problem.problems[0] if isinstance(problem, InvalidInput) else problem
        messages.warning(request, problem_words(first))
        return go(request, here)
    except Refused:
        words = _("The card could not be saved. Nothing was charged. Check it, or try another one.")
        return _not_changed(request, words, new_form_key(), here)
    with reading(scope.business_id):
        now = queries.schedule(scope.business_id, row.id)
    words = _("It is paid with %(method)s now. Nothing is charged before the day.")
    name = method_name(now.kind, now.brand, now.last4)
    messages.success(request, words % {"method": name})
    return go(request, here)


def _named(request: PortalRequest) -> tuple[UUID | None, UUID | None]:
    return way_of(request.POST.get("way", "")[:SOURCE_MAX])


def _chosen(
    request: PortalRequest, way: tuple[UUID | None, UUID | None]
) -> tuple[UUID | None, UUID | None]:
    """What the form names; what it has just filled in is saved."""
    form_key, source = request.POST.get("form_key", ""), request.POST.get("source", "")
    if way != (None, None) or not source or not form_key or len(form_key) > FORM_KEY_MAX:
        return way
    if not may(request, ContactRight.METHODS):
        return way
    return save_card(request, source[:SOURCE_MAX], form_key), None


def _not_changed(request: PortalRequest, words: str, form_key: str, here: str) -> HttpResponse:
    if not wants_json(request):
        messages.warning(request, words)
        return go(request, here)
    answer = {"title": _("Not saved"), "words": [words], "form_key": form_key}
    return JsonResponse(answer, status=422)
