"""Paying, and what became of it."""

from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from counterfoil.domain.identity import operations as identity
from counterfoil.domain.notifications import queries as messages
from counterfoil.domain.notifications.rows import MessageRow
from counterfoil.domain.notifications.words import decline_advice, decline_reason
from counterfoil.domain.payments.rows import AttemptRow
from counterfoil.domain.receivables import queries
from counterfoil.domain.receivables.operations import BeingPaid, MoreThanDue, NothingDue
from counterfoil.domain.receivables.rows import ItemRow, PaymentRow
from counterfoil.flows import pay_invoices, render_document, resolve_uncertain
from counterfoil.infra.db import reading
from counterfoil.infra.limits import hit
from counterfoil.kernel.errors import NotFound
from counterfoil.kernel.ids import decode, encode
from counterfoil.kernel.money import Money
from counterfoil.surfaces.portal import links
from counterfoil.surfaces.portal.access import PortalRequest, guest, signed_in
from counterfoil.surfaces.portal.answers import pdf_answer
from counterfoil.surfaces.portal.invoices.reading import find, new_form_key, payer_label
from counterfoil.surfaces.portal.pages import ResultPage, ResultState
from counterfoil.surfaces.portal.rows import method, paid_invoices
from counterfoil.surfaces.ui import htmx
from counterfoil.surfaces.ui.problems import error_page

TRIES_MAX = 30
TRIES_WINDOW_SECONDS = 600
FORM_KEY_MAX = 80
_RESULTS: dict[str, ResultState] = {
    "succeeded": "received",
    "failed": "declined",
    "cancelled": "declined",
    "processing": "processing",
}


def pay(request: PortalRequest, number: str = "") -> HttpResponse:
    """Starts the payment that the form asks for and goes on to what came of it."""
    wait = hit(
        f"pay:{request.scope.business_id}:{request.actor.label}",
        limit=TRIES_MAX,
        window_seconds=TRIES_WINDOW_SECONDS,
        at=request.at,
    )
    if wait is not None:
        return error_page(request, 429, retry_after_seconds=wait)
    item = find(request, number)
    source, form_key = request.POST.get("source", ""), request.POST.get("form_key", "")
    here = links.invoice_url(request, item.number)
    if not source or not form_key or len(form_key) > FORM_KEY_MAX or not item.open_minor:
        return _go(request, here)
    try:
        attempt = pay_invoices.start(
            request.scope.business_id,
            _command(request, item, source, form_key),
            by=request.actor,
            at=request.at,
        )
    except (BeingPaid, NothingDue, MoreThanDue):
        return _go(request, here)
    if request.link:
        identity.note_opened(request.scope.business_id, request.link.id, at=request.at)
    if attempt.state == "action_required" and attempt.step_url:
        return _go(request, attempt.step_url)
    if attempt.state in ("failed", "cancelled"):
        return _declined(request, attempt, here)
    return _go(request, links.result_url(request, attempt.id))


def _wants_json(request: PortalRequest) -> bool:
    return request.headers.get("Accept", "") == "application/json"


def _go(request: PortalRequest, url: str) -> HttpResponse:
    """On to the next page: told to the pay form's script, or as a redirect."""
    if _wants_json(request):
        return JsonResponse({"go": url})
    return HttpResponseRedirect(url)


def _declined(request: PortalRequest, attempt: AttemptRow, here: str) -> HttpResponse:
    """Why it did not work, beside the form that stays as it was typed; with a new form key,
    because this try had a definite outcome."""
    if not _wants_json(request):
        return HttpResponseRedirect(f"{here}?declined={encode('pay', attempt.id)}")
    unchanged = _("No money was taken, and nothing else has changed.")
    reason = decline_reason(attempt.failure_code)
    answer = {
        "title": _("Payment declined"),
        "words": [f"{reason} {unchanged}", decline_advice(attempt.failure_code)],
        "form_key": new_form_key(),
    }
    return JsonResponse(answer, status=422)


def _command(
    request: PortalRequest, item: ItemRow, source: str, form_key: str
) -> pay_invoices.PayCommand:
    return pay_invoices.PayCommand(
        customer_id=item.customer_id,
        currency=item.currency,
        source=source[:200],
        parts=((item.id, item.open_minor),),
        form_key=form_key,
        return_url=request.build_absolute_uri("/")[:-1] + links.result_url(request) + "?back=1",
        payer=payer_label(request),
        locale=request.LANGUAGE_CODE,
    )


def _find_payment(request: PortalRequest, payment_id: str) -> PaymentRow:
    """A payment of the reader's customer; for a guest only one that is for this invoice alone."""
    scope = request.scope
    with reading(scope.business_id):
        found = queries.payment(scope.business_id, decode("pay", payment_id))
    invoices = {part["invoice"] for part in found.parts}
    if found.customer_id != scope.customer_id:
        raise NotFound
    if scope.invoice_id is not None and invoices != {str(scope.invoice_id)}:
        raise NotFound
    return found


def result(request: PortalRequest, payment_id: str) -> HttpResponse:
    """What became of a payment; somebody who comes back from the bank has the gateway asked."""
    fact = _find_payment(request, payment_id)
    came_back = "back" in request.GET and fact.state in ("action_required", "submitted", "unknown")
    if came_back:
        resolve_uncertain.resolve(request.scope.business_id, fact.id, at=request.at)
        fact = _find_payment(request, payment_id)
    number = fact.parts[0]["number"] if fact.parts else ""
    back = links.invoice_url(request, number) if number else reverse("invoices")
    if fact.state == "action_required":
        return HttpResponseRedirect(back)
    if came_back and fact.state == "failed":
        return HttpResponseRedirect(f"{back}?declined={payment_id}")
    page = _result_page(request, fact, back)
    response = htmx.render(request, "portal/pay/result.html", block="result", page=page)
    if htmx.wants_fragment(request) and page.state != "checking":
        response["HX-Refresh"] = "true"
    return response


def _result_page(request: PortalRequest, fact: PaymentRow, back: str) -> ResultPage:
    state = _RESULTS.get(fact.state, "checking")
    here = links.result_url(request, fact.id)
    with reading(request.scope.business_id):
        sent = messages.messages_about(request.scope.business_id, "payment", [fact.id])
    succeeded = fact.state == "succeeded"
    return ResultPage(
        state=state,
        amount=Money(fact.amount_minor, fact.currency),
        at=fact.finished_at or fact.created_at,
        reference=encode("pay", fact.id),
        method=method(fact.instrument_kind, fact.instrument_brand, fact.instrument_last4),
        invoices=paid_invoices(request, fact),
        unapplied=Money(fact.unapplied_minor, fact.currency) if fact.unapplied_minor else None,
        receipt_url=links.receipt_url(request, fact.id) if succeeded else "",
        mailed_to=tuple(_told(request, sent)) if succeeded else (),
        failure_code=fact.failure_code,
        retry_url=back if state == "declined" else "",
        poll_url=here if state == "checking" else "",
        back_url=back,
    )


def _told(request: PortalRequest, sent: list[MessageRow]) -> list[str]:
    """Where the receipt went; a guest is told only of the address the link itself was sent to."""
    addresses = [one.recipient for one in sent if one.template == "receipt"]
    if request.link is None:
        return addresses
    return [one for one in addresses if one == request.link.sent_to]


def receipt(request: PortalRequest, payment_id: str) -> HttpResponse:
    """The receipt of a succeeded payment."""
    fact = _find_payment(request, payment_id)
    if fact.state != "succeeded":
        raise NotFound
    content = render_document.receipt_pdf(request.scope.business_id, fact.id, at=request.at)
    return pdf_answer(content, f"receipt-{encode('pay', fact.id)}")


invoice_pay = require_POST(signed_in("invoices")(pay))
guest_pay = require_POST(guest(pay))
payment = require_GET(signed_in("payments")(result))
guest_payment = require_GET(guest(result))
payment_receipt = require_GET(signed_in("payments")(receipt))
guest_receipt = require_GET(guest(receipt))
