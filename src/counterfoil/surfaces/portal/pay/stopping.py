"""Stopping a payment that has not moved money yet."""

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from counterfoil.domain.customers.rights import ContactRight
from counterfoil.flows.aftermath import stop_payment
from counterfoil.flows.aftermath.stop_payment import TooLate
from counterfoil.kernel.errors import NotFound, Unavailable
from counterfoil.surfaces.portal import links
from counterfoil.surfaces.portal.access import (
    PortalRequest,
    balance_guest,
    guest,
    signed_in,
)
from counterfoil.surfaces.portal.pay.views import back_of, find_payment, may_stop
from counterfoil.surfaces.ui.formatting import money


def stop(request: PortalRequest, payment_id: str) -> HttpResponse:
    """Stops a payment of the reader's own, and says what came of it: stopped, too late, or not
    known yet."""
    fact = find_payment(request, payment_id)
    if not may_stop(request, fact):
        raise NotFound
    here = links.result_url(request, fact.id)
    try:
        attempt = stop_payment.stop(
            request.scope.business_id, fact.id, at=request.at, by=request.actor
        )
    except TooLate:
        words = _(
            "It is too late to stop this payment: it goes on as it stands here. "
            "Nothing was changed."
        )
        messages.warning(request, words)
        return HttpResponseRedirect(here)
    except Unavailable:
        words = _(
            "The payment gateway did not answer, so the payment goes on as it was. Please try "
            "again in a few minutes."
        )
        messages.warning(request, words)
        return HttpResponseRedirect(here)
    if attempt.state != "cancelled":
        words = _(
            "The payment gateway was asked to stop the payment, and its answer was lost. We go on "
            "asking: this page shows what becomes of it. Please do not pay again until then."
        )
        messages.warning(request, words)
        return HttpResponseRedirect(here)
    words = _("The payment of %(amount)s is stopped. No money moves.")
    messages.success(request, words % {"amount": money(attempt.amount)})
    return HttpResponseRedirect(back_of(request, find_payment(request, payment_id)))


payment_stop = require_POST(signed_in("payments", right=ContactRight.PAY)(stop))
guest_stop = require_POST(guest(stop))
balance_stop = require_POST(balance_guest(stop))
