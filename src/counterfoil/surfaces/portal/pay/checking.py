"""The page for whoever runs no scripts and was declined too often: a code by mail instead of the
sums that a browser does by itself."""

from django.contrib import messages as flash
from django.http import HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from counterfoil.domain.customers import queries as customers
from counterfoil.domain.customers.rights import ContactRight
from counterfoil.flows.aftermath.card_testing import pass_by_code
from counterfoil.flows.letters.send_guarding import send_pay_code
from counterfoil.infra.db import reading
from counterfoil.kernel.errors import Unavailable, Uncertain
from counterfoil.surfaces.portal import links
from counterfoil.surfaces.portal.access import (
    PortalRequest,
    balance_guest,
    guest,
    signed_in,
)
from counterfoil.surfaces.portal.pay import proof
from counterfoil.surfaces.portal.pay.guarding import payer_of
from counterfoil.surfaces.portal.pay.pages import CheckPage
from counterfoil.surfaces.ui import htmx
from counterfoil.surfaces.ui.middleware import safe_path

_CODE_MAX = 40


def check(request: PortalRequest) -> HttpResponse:
    """Mails a code, and takes it; then the payer goes on where they were."""
    sent = request.POST if request.method == "POST" else request.GET
    onward = safe_path(request, sent.get("next", ""), links.start_url(request))
    if request.method != "POST":
        return _page(request, onward)
    payer = payer_of(request)
    if "code" in request.POST:
        typed = request.POST["code"][:_CODE_MAX]
        if not proof.is_code(payer, typed, at=request.at):
            error = _("This is not the code, or it is too old. Nothing was charged.")
            return _page(request, onward, is_sent=True, error=error, status=422)
        pass_by_code(payer, at=request.at)
        flash.success(request, _("Thank you. You can pay now."))
        return HttpResponseRedirect(onward)
    email = _email(request)
    if not email or not proof.may_send(payer, at=request.at):
        error = _("No further code can be mailed now. Please ask us how to pay.")
        return _page(request, onward, error=error, status=429)
    code = proof.code_of(payer, at=request.at)
    scope, minutes = request.scope, proof.CODE_MINUTES
    try:
        send_pay_code(
            scope.business_id, scope.customer_id, email, code, minutes=minutes, at=request.at
        )
    except (Unavailable, Uncertain):
        error = _("The mail could not be sent. Please try again in a few minutes.")
        return _page(request, onward, error=error, status=503)
    return _page(request, onward, is_sent=True)


def _page(
    request: PortalRequest,
    onward: str,
    *,
    is_sent: bool = False,
    error: str = "",
    status: int = 200,
) -> HttpResponse:
    page = CheckPage(
        post_url=request.path,
        next=onward,
        email=_shown(_email(request)) if is_sent else "",
        is_sent=is_sent,
        error=error,
    )
    return htmx.render(request, "portal/pay/check.html", status=status, page=page)


def _email(request: PortalRequest) -> str:
    """Where the code goes: to the person; to whom the link was sent; to who gets the invoices."""
    if request.person is not None:
        return request.person.email
    if request.link is not None and request.link.sent_to:
        return request.link.sent_to
    scope = request.scope
    with reading(scope.business_id):
        contacts = customers.contacts(scope.business_id, [scope.customer_id])
    return next((one.email for one in contacts if one.gets_invoices), "")


def _shown(email: str) -> str:
    """Enough of an address to know it again: whoever holds a link learns no address by it."""
    name, _at, host = email.partition("@")
    return f"{name[:1]}…@{host}"


_METHODS = require_http_methods(["GET", "HEAD", "POST"])
pay_check = _METHODS(signed_in("invoices", right=(ContactRight.PAY, ContactRight.METHODS))(check))
guest_check = _METHODS(guest(check))
balance_check = _METHODS(balance_guest(check))
