"""/customers/{id}/payment-methods: what a customer has saved, which a payment may name."""

from datetime import date
from typing import Annotated, Literal

from django.http import HttpResponse
from ninja import Router
from pydantic import Field

from counterfoil.domain.customers import queries as customers
from counterfoil.domain.payments.methods import queries
from counterfoil.domain.payments.methods.rows import MethodRow
from counterfoil.infra.db import reading
from counterfoil.kernel.clock import local_date
from counterfoil.kernel.ids import decode, encode
from counterfoil.surfaces.api.answers import shown
from counterfoil.surfaces.api.door import ApiRequest
from counterfoil.surfaces.api.fields import (
    CustomerId,
    GatewayId,
    Moment,
    PaymentMethodId,
    Shown,
)
from counterfoil.surfaces.api.v1.parts import shown_text

router = Router(tags=["payment methods"])


class PaymentMethodShown(Shown):
    """A saved method; its card or account number is with the gateway alone."""

    id: PaymentMethodId
    customer: CustomerId
    gateway: GatewayId
    kind: Annotated[str, Field(examples=["card"])]
    name: Annotated[str | None, Field(description="What its owner calls it.")]
    brand: str | None
    last4: str | None
    exp_month: int | None
    exp_year: int | None
    status: Annotated[
        Literal["active", "expired"], Field(description="An expired card can't be charged.")
    ]
    is_default: bool
    created_at: Moment
    used_at: Annotated[Moment | None, Field(description="When it paid last.")]


class PaymentMethodsShown(Shown):
    """What one customer has saved: the default first, then what paid last, then the newest."""

    data: list[PaymentMethodShown]
    next_cursor: Annotated[str | None, Field(description="Always null: all of them are here.")]


def _shown(row: MethodRow, today: date) -> PaymentMethodShown:
    return PaymentMethodShown(
        id=encode("pm", row.id),
        customer=encode("cus", row.customer_id),
        gateway=encode("gwa", row.gateway_account_id),
        kind=row.kind,
        name=shown_text(row.name),
        brand=shown_text(row.brand),
        last4=shown_text(row.last4),
        exp_month=row.exp_month,
        exp_year=row.exp_year,
        status="expired" if row.has_ended(today) else "active",
        is_default=row.is_default,
        created_at=row.created_at,
        used_at=row.used_at,
    )


@router.get(
    "/{customer_id}/payment-methods",
    response=PaymentMethodsShown,
    operation_id="list_payment_methods",
)
def list_payment_methods(request: ApiRequest, customer_id: str) -> HttpResponse:
    """What a customer has saved and not removed; bank accounts are mandates."""
    caller, wanted = request.auth, decode("cus", customer_id)
    today = local_date(caller.at, caller.business.timezone)
    with reading(caller.business_id):
        customers.customer(caller.business_id, wanted)
        rows = queries.methods_of(caller.business_id, wanted)
    data = [_shown(row, today) for row in rows]
    return shown(PaymentMethodsShown(data=data, next_cursor=None))
