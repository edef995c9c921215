"""The pay page as the watch sees it: the page of an invoice that does not exist, with the gateways
of the business on it and nobody's data."""

from uuid import UUID

from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_GET

from counterfoil.domain.payments.rows import Account
from counterfoil.flows.auditing.watch_pages import is_watch
from counterfoil.flows.gateways import usable_accounts
from counterfoil.infra.db import reading
from counterfoil.kernel import clock
from counterfoil.kernel.actor import VISITOR
from counterfoil.kernel.clock import local_date
from counterfoil.kernel.errors import NotFound
from counterfoil.kernel.money import Money
from counterfoil.surfaces.portal.access import PortalRequest, Scope
from counterfoil.surfaces.portal.invoices.reading import payable_form
from counterfoil.surfaces.portal.pages import InvoicePage, Offline, Stub
from counterfoil.surfaces.portal.ways.sources import Sources
from counterfoil.surfaces.ui import htmx

NUMBER = "SPECIMEN"
AMOUNT_MINOR = 100_00


@require_GET
def specimen(request: PortalRequest, token: str) -> HttpResponse:
    """The page for the watch of this business, who asks with a fresh token; `NotFound` for anybody
    else. It can't be paid: there is no such invoice."""
    business = request.business
    if not is_watch(business.id, token):
        raise NotFound
    request.at = clock.now()
    request.person, request.link, request.token, request.nav = None, None, "", None
    request.scope, request.actor = Scope(business.id, UUID(int=0)), VISITOR
    with reading(business.id):
        accounts = usable_accounts(business.id)
    with timezone.override(business.timezone):
        stub, gateway_url = _stub(request, accounts)
        page = _page(request, stub)
        response = htmx.render(request, "portal/invoices/page.html", block="stub", page=page)
    response.gateway_url = gateway_url  # type: ignore[attr-defined]
    return response


def _stub(request: PortalRequest, accounts: list[Account]) -> tuple[Stub, str]:
    amount = Money(AMOUNT_MINOR, request.business.currency)
    stub, gateway_url = payable_form(request, Sources(accounts), amount, declined=None)
    if stub.ways or stub.wallets:
        return stub, gateway_url
    return Offline(amount), ""


def _page(request: PortalRequest, stub: Stub) -> InvoicePage:
    today = local_date(request.at, request.business.timezone)
    amount = Money(AMOUNT_MINOR, request.business.currency)
    return InvoicePage(
        number=NUMBER,
        state="open",
        issued_date=today,
        due_date=today,
        due_in_days=0,
        customer_name=NUMBER,
        lines=(),
        line_count=0,
        subtotal=amount,
        taxes=(),
        total=amount,
        amount_due=amount,
        stub=stub,
        pdf_url="",
    )
