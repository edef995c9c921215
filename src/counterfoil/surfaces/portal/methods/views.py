"""Saved methods: seen, added without paying, named, put first, removed."""

from collections.abc import Callable
from datetime import date

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from counterfoil.domain.customers.rights import ContactRight
from counterfoil.domain.payments.methods import operations, queries
from counterfoil.domain.payments.methods.rows import MethodRow
from counterfoil.domain.payments.rows import Account
from counterfoil.flows.gateways import choose, offers, usable_accounts
from counterfoil.infra.db import reading
from counterfoil.kernel.clock import local_date
from counterfoil.kernel.errors import Refused, Unavailable, Uncertain
from counterfoil.kernel.ids import decode, encode
from counterfoil.kernel.money import Money
from counterfoil.kernel.ports.gateways.capabilities import Capability
from counterfoil.kernel.ports.gateways.outcomes import MethodKind
from counterfoil.surfaces.portal.access import PortalRequest, signed_in
from counterfoil.surfaces.portal.invoices.reading import new_form_key, saved_methods
from counterfoil.surfaces.portal.methods import mandates
from counterfoil.surfaces.portal.methods.pages import MethodsPage, SavedRow
from counterfoil.surfaces.portal.pay.guarding import nothing_saved, refusal, save_card, wants_json
from counterfoil.surfaces.portal.pay.views import FORM_KEY_MAX, go
from counterfoil.surfaces.portal.ways.asked import SOURCE_MAX
from counterfoil.surfaces.portal.ways.debits import accounts_to_add
from counterfoil.surfaces.portal.ways.offering import Payer, scripts_of, ways_to_pay
from counterfoil.surfaces.portal.ways.values import Method, Way
from counterfoil.surfaces.ui import htmx


@require_http_methods(["GET", "POST"])
@signed_in("profile", right=ContactRight.METHODS)
def saved(request: PortalRequest) -> HttpResponse:
    """What is saved; a POST saves another, and charges nothing."""
    if request.method == "POST":
        return _add(request)
    with reading(request.scope.business_id):
        rows = saved_methods(request)
        accounts = usable_accounts(request.scope.business_id)
    today = local_date(request.at, request.business.timezone)
    way = _way(request, accounts)
    form_key = new_form_key()
    page = MethodsPage(
        rows=tuple(_row(row, today=today) for row in rows),
        add_url=reverse("methods"),
        form_key=form_key,
        add=way,
        mandates=mandates.given(request),
        add_accounts=accounts_to_add(request, accounts, form_key),
        give_url=reverse("mandates"),
    )
    response = htmx.render(request, "portal/methods/page.html", page=page)
    ways = [one for one in (way, *page.add_accounts) if one]
    response.gateway_url = scripts_of(ways)  # type: ignore[attr-defined]
    return response


def _way(request: PortalRequest, accounts: list[Account]) -> Way | None:
    """The card's fields, where the gateway keeps cards."""
    account = choose(accounts, MethodKind.CARD, request.business.currency)
    if account is None or not offers(account.kind, Capability.METHODS):
        return None
    nothing = Money(0, request.business.currency)
    payer = Payer((), can_save=False, today=local_date(request.at, request.business.timezone))
    cards = [way for way in ways_to_pay([account], nothing, payer) if way.code == MethodKind.CARD]
    return cards[0] if cards else None


def _row(row: MethodRow, *, today: date) -> SavedRow:
    outside = encode("pm", row.id)
    return SavedRow(
        method=Method(row.kind, row.brand, row.last4),
        name=row.name,
        is_default=row.is_default,
        name_url=reverse("method_name", args=[outside]),
        default_url=reverse("method_default", args=[outside]),
        remove_url=reverse("method_remove", args=[outside]),
        ends_date=row.ends_date,
        has_ended=row.has_ended(today),
        ends_soon=row.ends_soon(today),
        used_at=row.used_at,
        renewed_at=row.updated_at,
    )


def _add(request: PortalRequest) -> HttpResponse:
    here = reverse("methods")
    stopped = refusal(request, here, nothing_saved())
    if stopped is not None:
        return stopped
    source, form_key = request.POST.get("source", ""), request.POST.get("form_key", "")
    if not source or not form_key or len(form_key) > FORM_KEY_MAX:
        return go(request, here)
    try:
        save_card(request, source[:SOURCE_MAX], form_key)
    except (Unavailable, Uncertain):
        words = _("The payment gateway did not answer. Nothing was charged. Please try again.")
        return _not_saved(request, words, form_key)
    except Refused:
        words = _("The card could not be saved. Nothing was charged. Check it, or try another one.")
        return _not_saved(request, words, new_form_key())
    messages.success(request, _("The card is saved. Nothing was charged."))
    return go(request, here)


def _not_saved(request: PortalRequest, words: str, form_key: str) -> HttpResponse:
    if not wants_json(request):
        messages.warning(request, words)
        return HttpResponseRedirect(reverse("methods"))
    answer = {"title": _("Not saved"), "words": [words], "form_key": form_key}
    return JsonResponse(answer, status=422)


def _change(
    change: Callable[[PortalRequest, MethodRow], str],
) -> Callable[..., HttpResponseBase]:
    """A POST about one method of the reader's own; anybody else's is not found."""

    def view(request: PortalRequest, method_id: str) -> HttpResponse:
        scope = request.scope
        with reading(scope.business_id):
            row = queries.method_for(scope.business_id, scope.customer_id, decode("pm", method_id))
        messages.success(request, change(request, row))
        return HttpResponseRedirect(reverse("methods"))

    guarded: Callable[..., HttpResponseBase] = require_POST(
        signed_in("profile", right=ContactRight.METHODS)(view)
    )
    return guarded


@_change
def name(request: PortalRequest, row: MethodRow) -> str:
    """Its owner's own word for it."""
    words = request.POST.get("name", "")
    scope = request.scope
    operations.rename(scope.business_id, scope.customer_id, row.id, name=words, at=request.at)
    return _("Your changes are saved.")


@_change
def default(request: PortalRequest, row: MethodRow) -> str:
    """Comes first from now on."""
    scope = request.scope
    operations.make_default(scope.business_id, scope.customer_id, row.id, at=request.at)
    return _("It comes first from now on.")


@_change
def remove(request: PortalRequest, row: MethodRow) -> str:
    """Is never charged again."""
    scope = request.scope
    operations.remove(scope.business_id, scope.customer_id, row.id, at=request.at)
    return _("It is removed, and never charged again.")
