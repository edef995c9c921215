"""Confirming a payment for several invoices, for a part, for more than is due, or ahead."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from counterfoil.domain.customers.rights import ContactRight
from counterfoil.domain.receivables import queries
from counterfoil.domain.receivables.operations import BeingPaid, NoCredit, NothingDue
from counterfoil.flows import apply_credit
from counterfoil.flows.pay_invoices import PayCommand
from counterfoil.infra.db import reading
from counterfoil.kernel.errors import FieldProblem, InvalidInput, NotFound
from counterfoil.kernel.money import Money
from counterfoil.surfaces.portal import links
from counterfoil.surfaces.portal.access import (
    PortalRequest,
    balance_guest,
    guest,
    signed_in,
)
from counterfoil.surfaces.portal.confirm.asked import Asked, asked
from counterfoil.surfaces.portal.confirm.reading import confirm_page, read
from counterfoil.surfaces.portal.invoices.reading import find, payer_label
from counterfoil.surfaces.portal.pay.guarding import refusal, wants_json
from counterfoil.surfaces.portal.pay.views import (
    carry_out,
    form_key_of,
    go,
    nothing_arrived,
)
from counterfoil.surfaces.portal.ways.asked import is_complete, with_way
from counterfoil.surfaces.ui import htmx
from counterfoil.surfaces.ui.formatting import money
from counterfoil.surfaces.ui.middleware import HOSTS
from counterfoil.surfaces.ui.words import problem_words

_DIGITS_MAX = 15
TEMPLATE = "portal/confirm/page.html"


def show(request: PortalRequest) -> HttpResponse:
    """What will be paid with one charge; a POST confirms it."""
    wanted = asked(request.GET)
    if wanted.is_ahead and not _may_pay_ahead(request):
        raise NotFound
    if request.method == "POST":
        return _pay(request, wanted)
    if wanted.is_choice and not wanted.numbers:
        messages.warning(request, _("Choose at least one invoice first."))
        return HttpResponseRedirect(reverse("invoices"))
    page, gateway_url = confirm_page(request, wanted, read(request, wanted))
    response = htmx.render(request, TEMPLATE, page=page)
    response.gateway_url = gateway_url  # type: ignore[attr-defined]
    return response


def _may_pay_ahead(request: PortalRequest) -> bool:
    """As far as the page knows; the payment itself reads it again."""
    return request.person is not None and request.business.takes_prepayments


def _pay(request: PortalRequest, wanted: Asked) -> HttpResponse:
    """Charges exactly what the page showed; where something has changed since, the page says so."""
    here = links.confirm_url(request, **wanted.query)
    stopped = refusal(request, here)
    if stopped is not None:
        return stopped
    form_key = form_key_of(request)
    if not is_complete(request) or not form_key:
        messages.warning(request, nothing_arrived())
        return go(request, here)
    try:
        command = with_way(request, _command(request, form_key))
        return carry_out(request, command, here)
    except NotFound:
        words = _("What was to be paid has changed. Nothing was charged: look at it again.")
        messages.warning(request, words)
        return go(request, here)
    except (InvalidInput, FieldProblem) as problem:
        return _not_started(request, problem, form_key, here)


def _not_started(
    request: PortalRequest, problem: Exception, form_key: str, here: str
) -> HttpResponse:
    """What is missing, beside the form that stays as it was typed; nothing was charged. The page
    that comes next reads the settings anew."""
    HOSTS.forget()
    first = problem.problems[0] if isinstance(problem, InvalidInput) else problem
    words = problem_words(first)  # type: ignore[arg-type]  # each of the two is a refusal
    if not wants_json(request):
        nothing = _("Nothing was charged yet.")
        messages.warning(request, f"{words} {nothing}")
        return HttpResponseRedirect(here)
    answer = {
        "title": _("Nothing was charged yet"),
        "words": [words],
        "form_key": form_key,
    }
    return JsonResponse(answer, status=422)


def _command(request: PortalRequest, form_key: str) -> PayCommand:
    """What the hidden fields say, for invoices of the reader; anything else is `NotFound`."""
    sent = asked(request.POST)
    parts = [piece(text) for text in request.POST.getlist("part")]
    if bool(parts) == sent.is_ahead:
        raise NotFound
    if sent.is_ahead and not _may_pay_ahead(request):
        raise NotFound
    scope = request.scope
    with reading(scope.business_id):
        numbers = [number for _, number in parts]
        found = queries.items_by_number(scope.business_id, scope.customer_id, numbers)
    ids: dict[str, UUID] = {item.number: item.id for item in found}
    if set(ids) != set(numbers):
        raise NotFound
    if scope.invoice_id is not None and set(ids.values()) != {scope.invoice_id}:
        raise NotFound
    return PayCommand(
        customer_id=scope.customer_id,
        currency=sent.currency,
        source="",
        parts=tuple((ids[number], minor) for minor, number in parts),
        form_key=form_key,
        site=request.build_absolute_uri("/")[:-1],
        payer=payer_label(request),
        locale=request.LANGUAGE_CODE,
        amount_minor=_minor(request.POST.get("total", "")),
        note=sent.note,
        is_held=True,
    )


def piece(text: str) -> tuple[int, str]:
    """So much of which invoice: `12500:INV-7`; `NotFound` for anything else."""
    minor, _, number = text.partition(":")
    return _minor(minor), number


def _minor(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= _DIGITS_MAX):
        raise NotFound
    return int(text)


@require_POST
@signed_in("invoices", right=ContactRight.PAY)
def use_credit(request: PortalRequest, number: str) -> HttpResponse:
    """Lets the customer's credit cover this invoice, as far as it goes."""
    item = find(request, number)
    scope = request.scope
    try:
        applied = apply_credit.apply_to_invoice(
            scope.business_id, scope.customer_id, item.id, at=request.at
        )
    except (BeingPaid, NothingDue, NoCredit) as problem:
        messages.warning(request, problem_words(problem))
    else:
        used = sum(part.minor for one in applied for _, part in one.parts)
        words = _("%(amount)s of your credit was used for this invoice.")
        messages.success(request, words % {"amount": money(Money(used, item.currency))})
    return HttpResponseRedirect(links.invoice_url(request, number))


_METHODS = require_http_methods(["GET", "POST"])
confirm = _METHODS(signed_in("invoices", right=ContactRight.PAY)(show))
guest_confirm = _METHODS(guest(show))
guest_balance = _METHODS(balance_guest(show, is_noted=True))
