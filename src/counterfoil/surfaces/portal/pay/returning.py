"""Back from the bank: to the payment's own page, or, in a browser that knows nobody, to the result
and nothing else."""

from dataclasses import replace
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_GET

from counterfoil.domain.payments import queries as payments
from counterfoil.domain.receivables import queries
from counterfoil.flows import resolve_uncertain
from counterfoil.flows.people import guest_links
from counterfoil.infra.db import reading
from counterfoil.kernel.actor import Actor, ActorKind
from counterfoil.kernel.ids import encode
from counterfoil.surfaces.portal.access import PortalRequest, people_of, returning
from counterfoil.surfaces.portal.kept_link import kept
from counterfoil.surfaces.portal.pay.views import AWAITED, drawn, result_page
from counterfoil.surfaces.portal.rows import step_of
from counterfoil.surfaces.ui import htmx
from counterfoil.surfaces.ui.chosen import under


@require_GET
@returning
def returned(request: PortalRequest, attempt_id: UUID) -> HttpResponse:
    """What became of the payment that the address names; the gateway is asked if it is open."""
    own = _own_page(request, attempt_id)
    if own:
        return HttpResponseRedirect(f"{own}?back=1")
    business_id = request.scope.business_id
    with reading(business_id):
        fact = queries.payment(business_id, attempt_id)
    if fact.state in AWAITED and not htmx.wants_fragment(request):
        resolve_uncertain.resolve(business_id, attempt_id, at=request.at)
        with reading(business_id):
            fact = queries.payment(business_id, attempt_id)
    page = result_page(request, fact)
    if page.state == "checking" or page.is_soon_known:
        page = replace(page, poll_url=request.path)
    if fact.state == "action_required" and fact.step_url:
        step = step_of(fact)
        page = replace(page, state="unfinished", resume_url=f"{request.path}/finish", step=step)
    page = replace(page, invoices=tuple(replace(one, url="") for one in page.invoices))
    return drawn(request, page)


@require_GET
@returning
def finish(request: PortalRequest, attempt_id: UUID) -> HttpResponse:
    """On to the bank's page of a payment that waits for its payer; one that is decided meanwhile
    shows what became of it."""
    with reading(request.scope.business_id):
        attempt = payments.attempt(request.scope.business_id, attempt_id)
    if attempt.state == "action_required" and attempt.step_url:
        return HttpResponseRedirect(attempt.step_url)
    return HttpResponseRedirect(request.path.removesuffix("/finish"))


def _own_page(request: PortalRequest, attempt_id: UUID) -> str:
    """The page of the payment for the person who is signed in here, or for the link that left from
    this browser; empty if this browser knows neither."""
    outside, scope = encode("pay", attempt_id), request.scope
    people = people_of(request)
    if any(one.customer_id == scope.customer_id for one in people):
        path = reverse("payment", args=[outside])
        return under(scope.customer_id, path) if len(people) > 1 else path
    token = kept(request)
    link = guest_links.link_of(scope.business_id, token) if token else None
    if link is None or link.revoked_at is not None or link.expires_at <= request.at:
        return ""
    with reading(scope.business_id):
        fact = queries.payment(scope.business_id, attempt_id)
        claims = queries.claims(scope.business_id, [attempt_id])
    if link.invoice_id is None:
        began = fact.begun_by == Actor(ActorKind.GUEST, str(link.id)).label
        return reverse("balance_payment", args=[token, outside]) if began else ""
    is_its_own = {claim.invoice_id for claim in claims} == {link.invoice_id}
    return reverse("guest_payment", args=[token, outside]) if is_its_own else ""
