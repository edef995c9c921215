"""What staff do with a customer's balance: apply their credit, send them a link to pay it."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from counterfoil.domain.customers import queries as customers
from counterfoil.domain.identity import operations as identity
from counterfoil.domain.identity.roles import Right
from counterfoil.domain.receivables.operations import NoCredit, NothingDue
from counterfoil.flows import apply_credit
from counterfoil.flows.letters import send_messages
from counterfoil.infra.db import reading
from counterfoil.kernel.errors import NotFound
from counterfoil.kernel.money import Money
from counterfoil.surfaces.backoffice.access import StaffRequest, is_first_time, staff
from counterfoil.surfaces.ui.formatting import money
from counterfoil.surfaces.ui.words import problem_words


@staff(Right.CREDIT)
@require_POST
def credit_apply(request: StaffRequest, customer_id: UUID) -> HttpResponse:
    """Lets the customer's credit cover what is open in one currency, the oldest due first."""
    _find(request, customer_id)
    currency = request.POST.get("currency", "")[:3]
    try:
        applied = apply_credit.apply_to_open(
            request.business.id, customer_id, currency, at=request.at
        )
    except (NoCredit, NothingDue) as problem:
        messages.warning(request, problem_words(problem))
    else:
        used = sum(part.minor for one in applied for _invoice, part in one.parts)
        words = _("%(amount)s of credit was applied, the oldest due first.")
        messages.success(request, words % {"amount": money(Money(used, currency))})
    return _back(customer_id)


@staff(Right.EDIT_INVOICES)
@require_POST
def balance_send(request: StaffRequest, customer_id: UUID) -> HttpResponse:
    """Mails a link to pay everything that is open to every contact that gets invoices."""
    _find(request, customer_id)
    if not is_first_time(request):
        messages.warning(request, _("This form was sent already. Nothing was sent again."))
        return _back(customer_id)
    wish = request.POST["form_key"]
    sent = send_messages.send_balance(request.business.id, customer_id, at=request.at, wish=wish)
    if sent:
        words = ngettext("%(n)s mail is on its way.", "%(n)s mails are on their way.", len(sent))
        messages.success(request, words % {"n": len(sent)})
    else:
        messages.warning(
            request, _("Nothing was sent: nothing is due, or no contact gets invoices.")
        )
    return _back(customer_id)


@staff(Right.EDIT_INVOICES)
@require_POST
def balance_link_revoke(request: StaffRequest, customer_id: UUID, link_id: UUID) -> HttpResponse:
    """Takes a link to the customer's balance back."""
    _find(request, customer_id)
    revoked = identity.revoke_balance_link(
        request.business.id, link_id, customer_id=customer_id, at=request.at
    )
    if not revoked:
        raise NotFound
    messages.success(request, _("The link was taken back. It does not open anything any more."))
    return _back(customer_id)


def _find(request: StaffRequest, customer_id: UUID) -> None:
    """Refuses (`NotFound`) a customer that this business does not have."""
    with reading(request.business.id):
        customers.customer(request.business.id, customer_id)


def _back(customer_id: UUID) -> HttpResponse:
    return HttpResponseRedirect(reverse("backoffice_customer", args=[customer_id]))
