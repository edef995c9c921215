"""Mandates: which bank accounts the customer has given leave to debit, each to be read and taken
back."""

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from counterfoil.domain.payments import mandates
from counterfoil.domain.payments.rows import MandateRow
from counterfoil.flows.debits.end_mandate import end_mandate
from counterfoil.infra.db import reading
from counterfoil.kernel.errors import NotFound
from counterfoil.kernel.ids import decode, encode
from counterfoil.surfaces.portal.access import PortalRequest, signed_in
from counterfoil.surfaces.portal.methods.pages import GivenMandate, MandatePage
from counterfoil.surfaces.portal.ways.values import Method
from counterfoil.surfaces.ui import htmx

_SHOWN = ("active", "revoked", "failed", "expired", "pending")


def given(request: PortalRequest) -> tuple[GivenMandate, ...]:
    """The customer's mandates, the newest first; what never came to be is left out."""
    scope = request.scope
    with reading(scope.business_id):
        rows = mandates.mandates_of(scope.business_id, scope.customer_id)
    return tuple(_shown(row) for row in rows if row.state in _SHOWN and row.gateway_ref)


def _shown(row: MandateRow) -> GivenMandate:
    outside = encode("mdt", row.id)
    return GivenMandate(
        method=Method("bank_debit", row.scheme, row.last4),
        scheme=row.scheme,
        reference=row.reference,
        state=row.state,
        given_at=row.accepted_at,
        given_by=row.accepted_by,
        ended_at=row.ended_at,
        url=reverse("mandate", args=[outside]),
        revoke_url=reverse("mandate_revoke", args=[outside]) if row.is_active else "",
    )


@require_GET
@signed_in("profile")
def mandate(request: PortalRequest, mandate_id: str) -> HttpResponse:
    """What was agreed to, word by word, and the button that takes it back."""
    row = _own(request, mandate_id)
    title, *paragraphs = row.text.split("\n\n")
    page = MandatePage(
        mandate=_shown(row),
        creditor_name=row.creditor_name,
        holder=row.holder,
        title=title,
        paragraphs=tuple(paragraphs),
        locale=row.locale,
        back_url=reverse("methods"),
    )
    return htmx.render(request, "portal/methods/mandate.html", page=page)


@require_POST
@signed_in("profile")
def revoke(request: PortalRequest, mandate_id: str) -> HttpResponse:
    """From now on the account is not debited any more."""
    row = _own(request, mandate_id)
    scope = request.scope
    end_mandate(
        scope.business_id, row.id, customer_id=scope.customer_id, at=request.at, by=request.actor
    )
    messages.success(
        request,
        _("The mandate is revoked: this account is not debited any more."),
    )
    return HttpResponseRedirect(reverse("methods"))


def _own(request: PortalRequest, mandate_id: str) -> MandateRow:
    scope = request.scope
    with reading(scope.business_id):
        row = mandates.mandate(scope.business_id, decode("mdt", mandate_id))
    if row.customer_id != scope.customer_id:
        raise NotFound
    return row
