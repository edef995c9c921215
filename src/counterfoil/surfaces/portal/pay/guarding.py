"""The guard before every try to pay: it may pass, wait, be asked for a proof, or not go by this
link at all. Nothing is charged where it answers."""

import math
from collections.abc import Sequence
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from counterfoil.domain.payments.rows import AttemptRow
from counterfoil.flows.aftermath import card_testing
from counterfoil.flows.aftermath.card_testing import Payer
from counterfoil.flows.methods import add_method
from counterfoil.flows.pay_invoices import NoGateway
from counterfoil.kernel.errors import Refused
from counterfoil.kernel.ports.gateways.outcomes import MethodKind
from counterfoil.surfaces.portal import links
from counterfoil.surfaces.portal.access import PortalRequest
from counterfoil.surfaces.portal.pay.proof import challenge, is_solved
from counterfoil.surfaces.ui.callers import caller_network
from counterfoil.surfaces.ui.context import warn_at
from counterfoil.surfaces.ui.formatting import number
from counterfoil.surfaces.ui.problems import error_page

PROOF_MAX = 400
_THIS_MACHINE = ("127.0.0.1", "::/64")
_TESTED = frozenset({"", MethodKind.CARD, MethodKind.WALLET})


def payer_of(request: PortalRequest) -> Payer:
    """Who tries, by all that a limit can count. Whoever calls from this very machine (a demo, where
    everybody does) is not counted by the address."""
    link, network = request.link, caller_network(request)
    return Payer(
        business_id=request.scope.business_id,
        who=request.actor.label,
        network="" if network in _THIS_MACHINE else network,
        link_id=link.id if link else None,
        is_locked=bool(link and link.pay_locked_at),
    )


def refusal(request: PortalRequest, here: str, nothing: str = "") -> HttpResponse | None:
    """Why this try is not made now; None if it may be made. `here` is the page of the form,
    `nothing` says what was not done, where that is no payment."""
    payer, sent = payer_of(request), request.POST.get("proof", "")[:PROOF_MAX]
    verdict = card_testing.judge(
        payer, prove=lambda bits: is_solved(payer, sent, bits, at=request.at), at=request.at
    )
    if verdict.may_try:
        return None
    if verdict.is_locked:
        return _locked(request, here, nothing or _no_payment())
    if verdict.wait_seconds is not None:
        return _wait(request, verdict.wait_seconds, nothing or _no_payment())
    if not wants_json(request):
        return HttpResponseRedirect(links.check_url(request, here))
    asked = {**challenge(payer, verdict.bits), "page": links.check_url(request, here)}
    return JsonResponse({"prove": asked}, status=428)


def note_declined(request: PortalRequest, attempt: AttemptRow) -> None:
    """A try was declined: counted, if what paid is what thieves have."""
    if attempt.state == "failed" and attempt.instrument_kind in _TESTED:
        card_testing.note_declined(payer_of(request), attempt, at=request.at)


def save_card(request: PortalRequest, source: str, form_key: str) -> UUID:
    """Has the gateway keep a card for the reader's customer, and returns the method's id. A card
    that it does not take is counted like a declined one. Refuses what `add_method.add` refuses."""
    scope = request.scope
    try:
        return add_method.add(
            scope.business_id,
            scope.customer_id,
            source=source,
            form_key=form_key,
            by=request.actor,
            at=request.at,
        )
    except NoGateway:
        raise
    except Refused:
        card_testing.note_declined(payer_of(request), at=request.at)
        raise


def nothing_saved() -> str:
    """What was not done, of a card or an account that was to be kept."""
    return _("Nothing was saved, and nothing was charged.")


def _no_payment() -> str:
    return _("This payment was not started, and nothing was charged.")


def _locked(request: PortalRequest, here: str, words: str) -> HttpResponse:
    if wants_json(request):
        return _told(request, 403, locked_title(), [locked_words(), words])
    warn_at(request, here, words)
    return HttpResponseRedirect(here)


def locked_title() -> str:
    """Above why nobody can pay by this link."""
    return _("Paying by this link is paused")


def locked_words() -> str:
    """Why, and what to do."""
    return _(
        "Too many payments by this link were declined, so it takes no more for now. Sign in to "
        "pay, pay by bank transfer, or ask us to open it again."
    )


def _wait(request: PortalRequest, seconds: int, money: str) -> HttpResponse:
    if not wants_json(request):
        return error_page(request, 429, money="none", retry_after_seconds=seconds)
    minutes = math.ceil(seconds / 60)
    words = ngettext(
        "There were many tries in a short time. Please try again in %(n)s minute.",
        "There were many tries in a short time. Please try again in %(n)s minutes.",
        minutes,
    ) % {"n": number(minutes)}
    response = _told(request, 429, _("Please wait a moment"), [words, money])
    response["Retry-After"] = str(seconds)
    return response


def _told(request: PortalRequest, status: int, title: str, words: Sequence[str]) -> HttpResponse:
    """Beside the form, which stays as it was typed."""
    form_key = request.POST.get("form_key", "")
    return JsonResponse({"title": title, "words": words, "form_key": form_key}, status=status)


def wants_json(request: PortalRequest) -> bool:
    """Whether the form's script asks."""
    return request.headers.get("Accept", "") == "application/json"
