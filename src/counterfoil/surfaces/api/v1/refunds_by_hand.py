"""/payments/{id}/refunds/{id}/confirm and /withdraw: what became of a transfer that the business
sends itself."""

from typing import Annotated
from uuid import UUID

from django.http import HttpResponse
from ninja import Router
from pydantic import Field

from counterfoil.domain.payments import queries
from counterfoil.flows.refunds import refund_by_hand
from counterfoil.infra.db import reading
from counterfoil.kernel.clock import local_date
from counterfoil.kernel.errors import NotFound
from counterfoil.kernel.ids import decode
from counterfoil.surfaces.api.door import ApiRequest, Caller
from counterfoil.surfaces.api.fields import Body, Day
from counterfoil.surfaces.api.once import once
from counterfoil.surfaces.api.v1.parts import NoFields
from counterfoil.surfaces.api.v1.refunds import RefundShown, read_refund

router = Router(tags=["refunds"])


class SentIn(Body):
    """When a transfer was sent."""

    sent_on: Annotated[
        Day | None, Field(description="The day it left your bank. Today if left out.")
    ] = None


def _own(caller: Caller, payment: str, refund: str) -> UUID:
    """The refund, if it is one of this payment."""
    attempt_id, refund_id = decode("pay", payment), decode("ref", refund)
    with reading(caller.business_id):
        if queries.refund(caller.business_id, refund_id).attempt_id != attempt_id:
            raise NotFound
    return refund_id


@router.post(
    "/{payment_id}/refunds/{refund_id}/confirm",
    response=RefundShown,
    operation_id="confirm_refund",
)
def confirm_refund(
    request: ApiRequest, payment_id: str, refund_id: str, body: SentIn | None = None
) -> HttpResponse:
    """Says that a transfer of yours was sent: it is booked, and the customer is told. What is not
    to be sent (any more), or is its gateway's, is 409, and nothing is changed."""
    caller = request.auth
    wanted = _own(caller, payment_id, refund_id)
    on = (body.sent_on if body else None) or local_date(caller.at, caller.business.timezone)

    def make(_name: str) -> UUID:
        return refund_by_hand.confirm_sent(
            caller.business_id, wanted, on, at=caller.at, by=caller.actor
        ).id

    return once(request, make, lambda made: read_refund(caller, made), status=200)


@router.post(
    "/{payment_id}/refunds/{refund_id}/withdraw",
    response=RefundShown,
    operation_id="withdraw_refund",
)
def withdraw_refund(
    request: ApiRequest, payment_id: str, refund_id: str, body: NoFields | None = None
) -> HttpResponse:
    """Says that you will not send a transfer: no money moved, and its amount can be refunded again.
    What is not to be sent (any more), or is its gateway's, is 409."""
    caller = request.auth
    wanted = _own(caller, payment_id, refund_id)

    def make(_name: str) -> UUID:
        return refund_by_hand.withdraw(caller.business_id, wanted, at=caller.at, by=caller.actor).id

    return once(request, make, lambda made: read_refund(caller, made), status=200)
