"""A cheque or notes that staff were handed: the form that records them."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from counterfoil.domain.customers import queries as customers
from counterfoil.domain.identity.roles import Right
from counterfoil.domain.payments.received import TakenAlready
from counterfoil.domain.receivables import queries as receivables
from counterfoil.domain.receivables.queries import ItemFilter
from counterfoil.flows.banking import take_offline
from counterfoil.flows.banking.take_offline import OfflinePayment
from counterfoil.infra.db import reading
from counterfoil.kernel.errors import FieldProblem, Refused
from counterfoil.kernel.ids import decode, encode
from counterfoil.kernel.money import Money
from counterfoil.surfaces.backoffice.access import StaffRequest, staff
from counterfoil.surfaces.backoffice.forms import (
    date_of,
    decimal_of,
    form_key,
    texts,
    with_problem,
)
from counterfoil.surfaces.backoffice.frame import render
from counterfoil.surfaces.ui.shell import Choice, FormState

FIELDS = ("method", "amount", "currency", "on", "reference", "form_key")
INVOICES_SHOWN = 50
TEMPLATE = "backoffice/payments/take.html"


@dataclass(frozen=True, slots=True)
class Owed:
    """An open invoice that the money may be for."""

    id: str
    number: str
    due_date: date
    open: Money
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class TakePage:
    """The form of a cheque or cash payment of one customer."""

    customer_name: str
    form: FormState
    methods: tuple[Choice, ...]
    invoices: tuple[Owed, ...]
    save_url: str
    back_url: str


@staff(Right.RESOLVE_PAYMENTS)
@require_http_methods(["GET", "HEAD", "POST"])
def take(request: StaffRequest, customer_id: UUID) -> HttpResponse:
    """Records the payment; what can't be taken comes back with what is wrong."""
    if request.method != "POST":
        values = {"method": "cheque", "on": request.today.isoformat(), "form_key": form_key()}
        return _page(request, customer_id, FormState(values))
    values = texts(request.POST, FIELDS)
    try:
        taken = _taken(request, customer_id, values)
        payment_id = take_offline.take(
            request.business.id, taken, today=request.today, at=request.at, by=request.actor
        )
    except Refused as problem:
        return _page(request, customer_id, with_problem(values, problem), status=422)
    except TakenAlready:
        messages.warning(request, _("This form was sent already. Nothing was recorded again."))
        return HttpResponseRedirect(reverse("backoffice_customer", args=[customer_id]))
    messages.success(request, _("The payment is recorded, and the customer gets the receipt."))
    return HttpResponseRedirect(reverse("backoffice_payment", args=[payment_id]))


def _taken(request: StaffRequest, customer_id: UUID, values: dict[str, str]) -> OfflinePayment:
    on = date_of(values["on"], "on")
    if on is None:
        raise FieldProblem("on", "A date is needed here.", code="required")
    amount = Money.of_decimal(decimal_of(values["amount"], "amount"), values["currency"].upper())
    return OfflinePayment(
        customer_id=customer_id,
        method=values["method"],
        amount=amount,
        on=on,
        invoice_ids=tuple(decode("inv", one) for one in request.POST.getlist("invoice")),
        form_key=values["form_key"],
        reference=values["reference"],
    )


def _page(
    request: StaffRequest, customer_id: UUID, form: FormState, *, status: int = 200
) -> HttpResponse:
    business_id = request.business.id
    with reading(business_id):
        customer = customers.customer(business_id, customer_id)
        items = receivables.customer_items(
            business_id,
            customer_id,
            ItemFilter(status="due", order="due"),
            today=request.today,
            limit=INVOICES_SHOWN,
        )
    chosen = set(request.POST.getlist("invoice"))
    if "currency" not in form.values:
        form = FormState({**form.values, "currency": customer.currency})
    page = TakePage(
        customer_name=customer.name,
        form=form,
        methods=(Choice("cheque", _("Cheque")), Choice("cash", _("Cash"))),
        invoices=tuple(
            Owed(
                id=encode("inv", one.id),
                number=one.number,
                due_date=one.due_date,
                open=Money(one.due_minor, one.currency),
                is_chosen=encode("inv", one.id) in chosen,
            )
            for one in items
        ),
        save_url=request.path,
        back_url=reverse("backoffice_customer", args=[customer_id]),
    )
    return render(request, TEMPLATE, section="customers", status=status, page=page)
