"""Paying, and what became of it."""

from dataclasses import replace

from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from counterfoil.domain.customers.rights import ContactRight
from counterfoil.domain.identity import operations as identity
from counterfoil.domain.notifications import queries as messages
from counterfoil.domain.notifications.rows import MessageRow
from counterfoil.domain.notifications.waiting import arrived_and_rest, came_in_part
from counterfoil.domain.notifications.words import decline_advice, decline_reason
from counterfoil.domain.payments import queries as payments
from counterfoil.domain.payments.mandates import MandateEnded
from counterfoil.domain.payments.rows import AttemptRow
from counterfoil.domain.receivables import queries
from counterfoil.domain.receivables.operations import BeingPaid, MoreThanDue, NothingDue
from counterfoil.domain.receivables.rows import ItemRow, PaymentRow
from counterfoil.flows import pay_invoices, resolve_uncertain
from counterfoil.flows.aftermath import stop_payment
from counterfoil.flows.debits.offer_mandates import MandateChanged
from counterfoil.flows.letters import render_document
from counterfoil.flows.pay_invoices import MethodGone, NoGateway, PrepaymentsOff, SurchargeChanged
from counterfoil.infra.db import InProgress, reading
from counterfoil.kernel.errors import NotFound, Problem
from counterfoil.kernel.ids import decode, encode
from counterfoil.kernel.money import Money
from counterfoil.surfaces.portal import links
from counterfoil.surfaces.portal.access import (
    PortalRequest,
    balance_guest,
    guest,
    may,
    note_use,
    signed_in,
)
from counterfoil.surfaces.portal.invoices.reading import find, new_form_key, payer_label
from counterfoil.surfaces.portal.kept_link import keep
from counterfoil.surfaces.portal.pages import HandedBack, ResultPage, ResultState
from counterfoil.surfaces.portal.pay.asking import ask_first
from counterfoil.surfaces.portal.pay.guarding import note_declined, refusal, wants_json
from counterfoil.surfaces.portal.rows import method, paid_invoices
from counterfoil.surfaces.portal.ways.asked import is_complete, with_way
from counterfoil.surfaces.ui import htmx
from counterfoil.surfaces.ui.context import warn_at
from counterfoil.surfaces.ui.files.answers import pdf_answer
from counterfoil.surfaces.ui.lists import with_query
from counterfoil.surfaces.ui.middleware import HOSTS
from counterfoil.surfaces.ui.words import problem_words

FORM_KEY_MAX = 80
AWAITED = ("action_required", "submitted", "unknown")  # worth asking the gateway about
_CHANGED = (SurchargeChanged, MandateChanged, MandateEnded, NoGateway, InProgress)
_RESULTS: dict[str, ResultState] = {
    "succeeded": "received",
    "failed": "declined",
    "cancelled": "declined",
    "processing": "processing",
    "returned": "returned",
}


def pay(request: PortalRequest, number: str = "") -> HttpResponse:
    """Starts the payment that the form asks for and goes on to what came of it."""
    item = find(request, number)
    form_key = form_key_of(request)
    here = links.invoice_url(request, item.number)
    stopped = refusal(request, here)
    if stopped is not None:
        return stopped
    if not is_complete(request) or not form_key or not item.due_minor:
        if item.due_minor:
            warn_at(request, here, nothing_arrived())
        return go(request, here)
    return carry_out(request, with_way(request, _command(request, item, form_key)), here)


def form_key_of(request: PortalRequest) -> str:
    """The key of the form that was sent; empty for what is none of a form of ours. What is charged
    without a form (a plan on its day) has a key with a colon, under which nobody may pay."""
    key = request.POST.get("form_key", "")
    return key if len(key) <= FORM_KEY_MAX and ":" not in key else ""


def nothing_arrived() -> str:
    """The form came without what it pays with."""
    return _("What you wanted to pay with did not arrive. Nothing was charged. Please try again.")


def carry_out(request: PortalRequest, command: pay_invoices.PayCommand, here: str) -> HttpResponse:
    """Starts a payment and goes on to what came of it; back `here`, which says what has changed,
    if somebody else was first."""
    if (question := ask_first(request, command)) is not None:
        return question
    try:
        attempt = pay_invoices.start(
            request.scope.business_id, command, by=request.actor, at=request.at
        )
    except (BeingPaid, NothingDue, MoreThanDue, MethodGone) as problem:
        warn_at(request, here, _not_started(problem))
        return go(request, here)
    except (*_CHANGED, PrepaymentsOff) as problem:
        HOSTS.forget()  # the page that comes next reads the settings anew
        to = links.home_url() if isinstance(problem, PrepaymentsOff) else here
        warn_at(request, to, problem_words(problem))
        return go(request, to)
    if request.link:
        identity.note_opened(request.scope.business_id, request.link.id, at=request.at)
        note_use(request, request.link, has_paid=True)
    if attempt.state == "action_required" and attempt.step_url:
        return keep(request, leave(request, attempt.step_url, here), attempt.id)
    if attempt.state in ("failed", "cancelled"):
        note_declined(request, attempt)
        return _declined(request, attempt, here)
    return go(request, links.result_url(request, attempt.id))


def _not_started(problem: Problem) -> str:
    """Somebody or something was quicker: what the page to come shows has changed."""
    return {
        BeingPaid.code: _(
            "A payment of this was begun before, so this one was not started and charged nothing."
        ),
        NothingDue.code: _(
            "There is nothing left to pay here, so your payment was not started. You were charged "
            "nothing."
        ),
        MoreThanDue.code: _(
            "Less is due than when you opened the page, so your payment was not started. You were "
            "charged nothing: look at the amount again."
        ),
        MethodGone.code: _(
            "What it was to be paid with is not there any more, so your payment was not started. "
            "You were charged nothing: choose another way to pay."
        ),
    }[problem.code]


def go(request: PortalRequest, url: str) -> HttpResponse:
    """On to the next page: told to the pay form's script, or as a redirect."""
    if wants_json(request):
        return JsonResponse({"go": url})
    return HttpResponseRedirect(url)


def leave(request: PortalRequest, url: str, here: str) -> HttpResponse:
    """Off to somebody else's page: by the script, or, as no form of ours may end elsewhere, by the
    link that stands `here` now."""
    return go(request, url) if wants_json(request) else HttpResponseRedirect(here)


def _declined(request: PortalRequest, attempt: AttemptRow, here: str) -> HttpResponse:
    """Why it did not work, beside the form that stays as it was typed; with a new form key,
    because this try had a definite outcome."""
    again = with_query(here, declined=encode("pay", attempt.id))
    if not wants_json(request):
        return HttpResponseRedirect(again)
    if attempt.mandate_id is not None:
        return go(request, again)  # a mandate is confirmed anew: its reference is the form's
    unchanged = _("No money was taken, and nothing else has changed.")
    reason = decline_reason(attempt.failure_code)
    answer = {
        "title": _("Payment declined"),
        "words": [f"{reason} {unchanged}", decline_advice(attempt.failure_code)],
        "form_key": new_form_key(),
    }
    return JsonResponse(answer, status=422)


def _command(request: PortalRequest, item: ItemRow, form_key: str) -> pay_invoices.PayCommand:
    return pay_invoices.PayCommand(
        customer_id=item.customer_id,
        currency=item.currency,
        source="",
        parts=((item.id, item.due_minor),),
        form_key=form_key,
        site=request.build_absolute_uri("/")[:-1],
        payer=payer_label(request),
        locale=request.LANGUAGE_CODE,
    )


def find_payment(request: PortalRequest, payment_id: str) -> PaymentRow:
    """A payment of the reader's customer; for a guest only one that is for this invoice alone, or
    that their link began."""
    scope = request.scope
    with reading(scope.business_id):
        found = queries.payment(scope.business_id, decode("pay", payment_id))
    invoices = {part["invoice"] for part in found.parts if part["planned"]}
    if found.customer_id != scope.customer_id:
        raise NotFound
    if scope.invoice_id is not None and invoices != {str(scope.invoice_id)}:
        raise NotFound
    if scope.begun_by and found.begun_by != scope.begun_by:
        raise NotFound
    return found


def may_stop(request: PortalRequest, fact: PaymentRow) -> bool:
    """Whether it is the reader's to stop: any of their customer's, for people who signed in; for a
    guest only what their own link began."""
    if request.link is None:
        return may(request, ContactRight.PAY)
    return fact.begun_by == request.actor.label


def stop_url(request: PortalRequest, fact: PaymentRow) -> str:
    """Where the reader stops a payment; empty if it can't be stopped, or not by them."""
    if fact.state not in stop_payment.STOPPABLE or not may_stop(request, fact):
        return ""
    with reading(request.scope.business_id):
        kind = payments.attempt(request.scope.business_id, fact.id).gateway_kind
    is_possible = stop_payment.can_be_stopped(fact, kind)
    return links.stop_url(request, fact.id) if is_possible else ""


def result(request: PortalRequest, payment_id: str) -> HttpResponse:
    """What became of a payment; for somebody who comes back from the bank the gateway is asked, and
    one that failed there is answered by the form, whoever had heard of it first."""
    fact = find_payment(request, payment_id)
    came_back = "back" in request.GET
    if came_back and fact.state in AWAITED:
        resolve_uncertain.resolve(request.scope.business_id, fact.id, at=request.at)
        fact = find_payment(request, payment_id)
    back = back_of(request, fact)
    if fact.state == "action_required":
        return HttpResponseRedirect(back)
    if came_back and fact.state == "failed":
        return HttpResponseRedirect(f"{back}?declined={payment_id}")
    return drawn(request, _own_result_page(request, fact, back))


def drawn(request: PortalRequest, page: ResultPage) -> HttpResponse:
    """The result; a page that waits for it is loaded anew as soon as it is known."""
    response = htmx.render(request, "portal/pay/result.html", block="result", page=page)
    if htmx.wants_fragment(request) and not page.poll_url:
        response["HX-Refresh"] = "true"
    return response


def back_of(request: PortalRequest, fact: PaymentRow) -> str:
    """The page that the payment was begun on: of its one invoice, or of what was chosen."""
    planned = [part for part in fact.parts if part["planned"]]
    if len(planned) == 1 and not links.is_balance(request):
        return links.invoice_url(request, planned[0]["number"])
    if fact.state == "succeeded":
        return links.confirm_url(request) if request.link else reverse("invoices")
    numbers = [part["number"] for part in planned]
    ahead = "" if planned else "1"
    return links.confirm_url(request, currency=fact.currency, invoice=numbers, ahead=ahead)


def _own_result_page(request: PortalRequest, fact: PaymentRow, back: str) -> ResultPage:
    """The result with the ways on from it."""
    page = result_page(request, fact)
    with reading(request.scope.business_id):
        sent = messages.messages_about(request.scope.business_id, "payment", [fact.id])
    succeeded = fact.state == "succeeded"
    is_over = page.state in ("declined", "stopped", "returned")
    meant = [part["left"] for part in fact.parts if part["planned"]]
    left = sum(meant) if meant else None  # of what it was to pay; money ahead pays no invoice
    return replace(
        page,
        stop_url=stop_url(request, fact),
        receipt_url=links.receipt_url(request, fact.id) if succeeded else "",
        mailed_to=_told(request, sent, "queued", "sending") if succeeded else (),
        mailed=_told(request, sent, "sent") if succeeded else (),
        retry_url=back if is_over and left != 0 and may(request, ContactRight.PAY) else "",
        retry_is_less=left is not None and 0 < left < fact.amount_minor - fact.surcharge_minor,
        is_settled_since=is_over and left == 0,
        poll_url=links.result_url(request, fact.id)
        if page.state == "checking" or page.is_soon_known
        else "",
        back_url=back,
    )


def result_page(request: PortalRequest, fact: PaymentRow) -> ResultPage:
    """What became of a payment, without any way on."""
    was_stopped = fact.state == "cancelled" and not fact.failure_code
    kept = fact.surcharge_kept_minor  # what was given back of it is not shown as taken
    return ResultPage(
        state="stopped" if was_stopped else _RESULTS.get(fact.state, "checking"),
        amount=Money(fact.amount_minor, fact.currency),
        at=fact.finished_at or fact.created_at,
        reference=encode("pay", fact.id),
        method=method(fact.instrument_kind, fact.instrument_brand, fact.instrument_last4),
        invoices=paid_invoices(request, fact),
        unapplied=Money(fact.unapplied_minor, fact.currency) if fact.unapplied_minor else None,
        surcharge=Money(kept, fact.currency) if kept else None,
        failure_code=fact.failure_code,
        expected_date=fact.until,
        is_about=fact.settles_date is None,
        arrived=arrived_and_rest(fact)[0] if came_in_part(fact) else None,
        refunded=Money(fact.refunded_minor, fact.currency) if fact.refunded_minor else None,
        refunding=Money(fact.refunding_minor, fact.currency) if fact.refunding_minor else None,
        handed_back=_handed_back(request, fact),
        to_fetch=tuple(
            (Money(one["amount"], fact.currency), one["url"] if _may_fetch(request) else "")
            for one in fact.to_fetch
        ),
        contested=Money(fact.contested_minor, fact.currency) if fact.contested_minor else None,
        charged_back=(
            Money(fact.charged_back_minor, fact.currency) if fact.charged_back_minor else None
        ),
    )


def _may_fetch(request: PortalRequest) -> bool:
    """Whether the reader may say where a refund goes: who signed in and may pay, for the address
    gives the money to whoever has it."""
    return request.person is not None and may(request, ContactRight.PAY)


def _handed_back(request: PortalRequest, fact: PaymentRow) -> tuple[HandedBack, ...]:
    """What no gateway moves, as far as it is on its way or has gone."""
    if not fact.refunded_minor and not fact.refunding_minor:
        return ()
    with reading(request.scope.business_id):
        found = payments.refunds_of(request.scope.business_id, [fact.id])
    return tuple(
        HandedBack(one.amount, one.method, one.finished_at)
        for one in found
        if one.method and one.state in ("pending", "succeeded")
    )


def _told(request: PortalRequest, sent: list[MessageRow], *states: str) -> tuple[str, ...]:
    """Where the receipts are that stand so; a guest is told only of the address the link itself was
    sent to."""
    receipts = [one for one in sent if one.template == "receipt" and one.state in states]
    addresses = dict.fromkeys(one.recipient for one in receipts)
    return tuple(one for one in addresses if request.link is None or one == request.link.sent_to)


def receipt(request: PortalRequest, payment_id: str) -> HttpResponse:
    """The receipt of a succeeded payment."""
    fact = find_payment(request, payment_id)
    if fact.state != "succeeded":
        raise NotFound
    content = render_document.receipt_pdf(request.scope.business_id, fact.id, at=request.at)
    return pdf_answer(content, f"receipt-{encode('pay', fact.id)}")


invoice_pay = require_POST(signed_in("invoices", right=ContactRight.PAY)(pay))
guest_pay = require_POST(guest(pay))
payment = require_GET(signed_in("payments", right=ContactRight.SEE)(result))
guest_payment = require_GET(guest(result))
payment_receipt = require_GET(signed_in("payments", right=ContactRight.SEE)(receipt))
guest_receipt = require_GET(guest(receipt))
balance_payment = require_GET(balance_guest(result))
balance_receipt = require_GET(balance_guest(receipt))
