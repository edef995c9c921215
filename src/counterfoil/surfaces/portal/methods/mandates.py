"""Mandates: which bank accounts the customer has given leave to debit, each to be read and taken
back."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from counterfoil.domain.business.debits import CURRENCIES
from counterfoil.domain.customers.rights import ContactRight
from counterfoil.domain.payments import mandates
from counterfoil.domain.payments.methods import operations as methods
from counterfoil.domain.payments.rows import MandateRow
from counterfoil.flows.debits.debit_account import Debtor
from counterfoil.flows.debits.end_mandate import end_mandate
from counterfoil.flows.debits.offer_mandates import MandateChanged
from counterfoil.flows.debits.resolve_mandate import resolve_mandate
from counterfoil.flows.methods import give_mandate
from counterfoil.flows.pay_invoices import NoGateway
from counterfoil.infra.db import reading
from counterfoil.kernel.errors import NotFound, Refused, Unavailable, Uncertain
from counterfoil.kernel.ids import decode, encode
from counterfoil.surfaces.portal.access import PortalRequest, signed_in
from counterfoil.surfaces.portal.methods.pages import GivenMandate, MandatePage
from counterfoil.surfaces.portal.pay.guarding import nothing_saved, refusal
from counterfoil.surfaces.portal.pay.views import FORM_KEY_MAX, go, leave
from counterfoil.surfaces.portal.ways.asked import SOURCE_MAX
from counterfoil.surfaces.portal.ways.debits import NEW, consent_of
from counterfoil.surfaces.portal.ways.values import Method
from counterfoil.surfaces.ui import htmx
from counterfoil.surfaces.ui.words import problem_words

_SHOWN = ("active", "revoked", "failed", "expired", "pending")
_AWAITED = ("created", "pending", "unknown")


def given(request: PortalRequest) -> tuple[GivenMandate, ...]:
    """The customer's mandates, the newest first; what never came to be is left out."""
    scope = request.scope
    with reading(scope.business_id):
        rows = mandates.mandates_of(scope.business_id, scope.customer_id)
    return tuple(_shown(row) for row in rows if row.state in _SHOWN and row.gateway_ref)


def _shown(row: MandateRow) -> GivenMandate:
    outside = encode("mdt", row.id)
    stands = row.state in ("active", "pending")
    is_default = row.is_default and row.is_active
    may_lead = row.can_be_charged_again and not is_default
    return GivenMandate(
        method=Method("bank_debit", row.scheme, row.last4),
        scheme=row.scheme,
        reference=row.reference,
        state="pending" if row.state in _AWAITED else row.state,
        given_at=row.accepted_at,
        given_by=row.accepted_by,
        ended_at=row.ended_at,
        url=reverse("mandate", args=[outside]),
        revoke_url=reverse("mandate_revoke", args=[outside]) if stands else "",
        continue_url=reverse("mandate_continue", args=[outside]) if row.state in _AWAITED else "",
        name=row.name,
        name_url=reverse("mandate_name", args=[outside]) if stands else "",
        is_default=is_default,
        default_url=reverse("mandate_default", args=[outside]) if may_lead else "",
    )


@require_GET
@signed_in("profile", right=ContactRight.METHODS)
def mandate(request: PortalRequest, mandate_id: str) -> HttpResponse:
    """What was agreed to, word by word, and the button that takes it back. Somebody who comes back
    from the gateway's page has the gateway asked."""
    row = _own(request, mandate_id)
    if "back" in request.GET and row.state in _AWAITED:
        row = resolve_mandate(request.scope.business_id, row.id, at=request.at)
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
@signed_in("profile", right=ContactRight.METHODS)
def give(request: PortalRequest) -> HttpResponse:
    """A bank account is added: on to the gateway's page, where it is named, or at once where its
    fields have named it here; nothing is charged."""
    scope, person = request.scope, request.person
    stopped = refusal(request, reverse("methods"), nothing_saved())
    if stopped is not None:
        return stopped
    form_key, code = request.POST.get("form_key", ""), request.POST.get("way", "")
    if person is None or not form_key or len(form_key) > FORM_KEY_MAX:
        raise NotFound
    source = request.POST.get("source", "")[:SOURCE_MAX]
    if code.startswith(NEW) and not source:
        raise NotFound
    consent = consent_of(request, code)
    debtor = Debtor(
        scope.customer_id,
        CURRENCIES[consent.scheme],
        form_key,
        request.LANGUAGE_CODE,
        person.name,
    )
    try:
        mandate_id = give_mandate.begin(
            scope.business_id, consent, debtor, at=request.at, by=request.actor
        )
    except (MandateChanged, NoGateway) as problem:
        messages.warning(request, problem_words(problem))
        return go(request, reverse("methods"))
    if code.startswith(NEW):
        _keep(request, mandate_id, source)
        return go(request, reverse("methods"))
    url = _page_of(request, mandate_id)
    return leave(request, url, url if url == reverse("methods") else _place(mandate_id))


def _keep(request: PortalRequest, mandate_id: UUID, source: str) -> None:
    """Has the gateway keep what its fields collected, and says what came of it."""
    scope = request.scope
    try:
        row = give_mandate.keep(
            scope.business_id, scope.customer_id, mandate_id, source,
            at=request.at, by=request.actor,
        )  # fmt: skip
    except (Unavailable, Uncertain):
        words = _("The payment gateway did not answer. Nothing was charged. Please try again.")
        messages.warning(request, words)
        return
    except Refused:
        messages.warning(request, _not_taken())
        return
    if row.can_be_charged_again:
        messages.success(request, _("The bank account is saved. Nothing was charged."))
    elif row.state in _AWAITED:
        words = _("The bank account is being set up. Nothing was charged.")
        messages.success(request, words)
    else:
        messages.warning(request, _not_taken())


def _not_taken() -> str:
    return _(
        "The payment gateway did not take this bank account. Nothing was charged. Try another "
        "account, or save a card."
    )


@require_GET
@signed_in("profile", right=ContactRight.METHODS)
def go_on(request: PortalRequest, mandate_id: str) -> HttpResponse:
    """On to the gateway's page again, for somebody who left it."""
    url = _page_of(request, _own(request, mandate_id).id)
    return HttpResponseRedirect(url)


def _place(mandate_id: UUID) -> str:
    return reverse("mandate", args=[encode("mdt", mandate_id)])


def _page_of(request: PortalRequest, mandate_id: UUID) -> str:
    """Where the mandate is given; a page of ours, which says why, where it can't be."""
    here = _place(mandate_id)
    back = f"{request.build_absolute_uri(here)}?back=1"
    scope = request.scope
    try:
        giving = give_mandate.lead(
            scope.business_id, scope.customer_id, mandate_id, back, at=request.at
        )
    except Unavailable:
        words = _("The payment gateway did not answer. Nothing was charged. Please try again.")
        messages.warning(request, words)
        return reverse("methods")
    if giving.mandate.state == "failed":
        messages.warning(request, _not_taken())
        return reverse("methods")
    return giving.url or here


@require_POST
@signed_in("profile", right=ContactRight.METHODS)
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


@require_POST
@signed_in("profile", right=ContactRight.METHODS)
def name(request: PortalRequest, mandate_id: str) -> HttpResponse:
    """Its owner's own word for the account."""
    scope, wanted = request.scope, decode("mdt", mandate_id)
    words = request.POST.get("name", "")
    mandates.rename(scope.business_id, scope.customer_id, wanted, name=words)
    messages.success(request, _("Your changes are saved."))
    return HttpResponseRedirect(reverse("methods"))


@require_POST
@signed_in("profile", right=ContactRight.METHODS)
def default(request: PortalRequest, mandate_id: str) -> HttpResponse:
    """Comes first from now on; one that has ended meanwhile does not."""
    scope, wanted = request.scope, decode("mdt", mandate_id)
    try:
        methods.make_mandate_default(scope.business_id, scope.customer_id, wanted)
    except mandates.MandateEnded as problem:
        messages.warning(request, problem_words(problem))
    else:
        messages.success(request, _("It comes first from now on."))
    return HttpResponseRedirect(reverse("methods"))


def _own(request: PortalRequest, mandate_id: str) -> MandateRow:
    scope = request.scope
    with reading(scope.business_id):
        row = mandates.mandate(scope.business_id, decode("mdt", mandate_id))
    if row.customer_id != scope.customer_id:
        raise NotFound
    return row
