"""The evidence of a mandate: shown to who asks for it, and that they did is noted."""

from dataclasses import dataclass
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from counterfoil.domain.audit.kinds import NoteKind
from counterfoil.domain.customers import queries as customers
from counterfoil.domain.identity.roles import Right
from counterfoil.domain.payments import mandates
from counterfoil.infra.db import reading
from counterfoil.kernel.errors import NotFound
from counterfoil.surfaces.backoffice.access import StaffRequest, noted, staff
from counterfoil.surfaces.backoffice.frame import render
from counterfoil.surfaces.backoffice.payments.mandates import MandateLine, mandate_line
from counterfoil.surfaces.backoffice.words import locale_words


@dataclass(frozen=True, slots=True)
class MandatePage:
    """One mandate of a customer, with what shows that it was given."""

    customer: str
    line: MandateLine
    ip_address: str
    user_agent: str
    locale: str
    language: str
    text: str
    gateway_ref: str
    back_url: str


@staff(Right.SEE)
@require_safe
@noted(NoteKind.LOOKED, "mandate", "mandate_id")
def mandate(request: StaffRequest, customer_id: UUID, mandate_id: UUID) -> HttpResponse:
    """What a payer agreed to, when, and from where."""
    with reading(request.business.id):
        customer = customers.customer(request.business.id, customer_id)
        row = mandates.mandate(request.business.id, mandate_id)
    if row.customer_id != customer_id:
        raise NotFound
    page = MandatePage(
        customer=customer.name,
        line=mandate_line(row),
        ip_address=row.ip_address,
        user_agent=row.user_agent,
        locale=row.locale,
        language=locale_words(row.locale),
        text=row.text,
        gateway_ref=row.gateway_ref,
        back_url=reverse("backoffice_customer", args=[customer_id]),
    )
    template = "backoffice/customers/mandate.html"
    return render(request, template, section="customers", page=page)
