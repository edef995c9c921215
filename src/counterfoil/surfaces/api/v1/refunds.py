"""/payments/{id}/refunds: giving a payment back, whole or in part, and what became of it."""

from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpResponse
from ninja import Router
from pydantic import Field

from counterfoil.domain.identity.roles import Act
from counterfoil.domain.identity.scopes import Scope
from counterfoil.domain.payments import queries
from counterfoil.domain.payments.rows import RefundRow
from counterfoil.domain.payments.states import ByHand
from counterfoil.domain.receivables import queries as receivables
from counterfoil.flows.aftermath.approvals import asking
from counterfoil.flows.refunds import refund_payment
from counterfoil.flows.refunds.refund_by_hand import Handed
from counterfoil.flows.refunds.refund_payment import RefundCommand
from counterfoil.infra.db import reading
from counterfoil.kernel.ids import decode, encode
from counterfoil.kernel.money import Money
from counterfoil.surfaces.api.answers import shown
from counterfoil.surfaces.api.door import ApiRequest, Caller
from counterfoil.surfaces.api.fields import (
    Amount,
    Body,
    Currency,
    Day,
    Minor,
    Moment,
    PaymentId,
    RefundId,
    Shown,
)
from counterfoil.surfaces.api.once import once
from counterfoil.surfaces.api.v1.parts import shown_text

router = Router(tags=["refunds"])
REASON_MAX = 300
EXAMPLE: dict[str, Any] = {"amount": 2500, "reason": "Delivered late"}

Status = Literal["processing", "unknown", "succeeded", "failed", "cancelled", "returned"]
STATUS: dict[str, Status] = {
    "created": "processing",
    "submitted": "processing",
    "pending": "processing",
    "unknown": "unknown",
    "succeeded": "succeeded",
    "failed": "failed",
    "cancelled": "cancelled",
    "returned": "returned",
}
Method = Literal["bank_transfer", "cheque", "cash"]
METHODS: dict[str, Method] = {"bank_transfer": "bank_transfer", "cheque": "cheque", "cash": "cash"}
FAILURES = {
    "instrument_closed": "The card or account that paid takes no money any more.",
    "refund_declined": "The payer's bank does not take the money.",
    "refund_cancelled": "The refund was cancelled at the gateway before it was sent.",
    "less_is_left": "The gateway has less left of this payment.",
    "not_sent": "The gateway could not be reached; nothing was started.",
    "withdrawn": "The business withdrew the transfer before it was sent: no money moved.",
}
FAILURE_FALLBACK = "The gateway refused the refund."


class RefundIn(Body):
    """How much to give back. It comes first off what of the payment covers nothing, then off the
    invoices that it covers, the newest first; they are open again by so much."""

    model_config = {"json_schema_extra": {"examples": [EXAMPLE]}}

    amount: Annotated[
        Amount | None, Field(description="Left out: all that is left of the payment.")
    ] = None
    reason: Annotated[str, Field(max_length=REASON_MAX, description="For your own records.")] = ""
    method: Annotated[
        Method | None,
        Field(
            description="Only for a payment that came without a gateway (bank transfer, cheque, "
            "cash): how you give it back yourself; left out, bank_transfer."
        ),
    ] = None
    sent_on: Annotated[
        Day | None,
        Field(
            description="With method: the day on which it went. A cheque and cash need it; a "
            "transfer without it is still to be sent, and stays processing until staff say that it "
            "went, or your bank's statement shows it."
        ),
    ] = None


class RefundFailure(Shown):
    """Why it did not work: a stable code, and words for a person."""

    code: str
    message: str


class RefundShown(Shown):
    """A refund: one try, whatever its end."""

    id: RefundId
    payment: PaymentId
    currency: Currency
    amount: Minor
    reason: str | None
    status: Annotated[
        Status,
        Field(
            description="processing and unknown settle by themselves: ask again, or follow the "
            "events; of a transfer that you send yourself, processing lasts until it is sent. "
            "returned was sent, and the payer's bank sent it back."
        ),
    ]
    failure: RefundFailure | None
    method: Annotated[
        Method | None,
        Field(description="How the business gives it back itself; null: its gateway does."),
    ]
    transfer_reference: Annotated[
        str | None,
        Field(
            description="Write it into the transfer: by it your bank's statement settles the "
            "refund by itself."
        ),
    ]
    claim_url: Annotated[
        str | None,
        Field(
            description="Where the payer fetches a refund that does not go by itself: hand it on. "
            "Whoever has it gets the money, so it is told to keys with the scope `refunds:write`."
        ),
    ]
    made_here: Annotated[bool, Field(description="False: made at the gateway, without us.")]
    created_at: Moment
    finished_at: Moment | None


class RefundsShown(Shown):
    """Every refund of one payment, oldest first."""

    data: list[RefundShown]
    next_cursor: Annotated[str | None, Field(description="Always null: all of them are here.")]


def _shown(caller: Caller, row: RefundRow) -> RefundShown:
    waits = STATUS[row.state] == "processing" and Scope.REFUNDS_WRITE in caller.scopes
    failed = row.state in ("failed", "cancelled", "returned")
    message = FAILURES.get(row.failure_code, FAILURE_FALLBACK)
    return RefundShown(
        id=encode("ref", row.id),
        payment=encode("pay", row.attempt_id),
        currency=row.currency,
        amount=row.amount_minor,
        reason=shown_text(row.reason),
        status=STATUS[row.state],
        failure=RefundFailure(code=row.failure_code, message=message) if failed else None,
        method=METHODS.get(row.method),
        transfer_reference=shown_text(row.transfer_ref),
        claim_url=shown_text(row.claim_url) if waits else None,
        made_here=row.is_ours,
        created_at=row.created_at,
        finished_at=row.finished_at,
    )


def _handed(body: RefundIn) -> Handed | None:
    if body.method is None and body.sent_on is None:
        return None
    return Handed(ByHand(body.method or ByHand.BANK_TRANSFER), body.sent_on)


def read_refund(caller: Caller, refund_id: UUID) -> RefundShown:
    """A refund as it stands now."""
    with reading(caller.business_id):
        return _shown(caller, queries.refund(caller.business_id, refund_id))


def _checked_alone(caller: Caller, attempt_id: UUID, amount_minor: int | None) -> int | None:
    """Refuses what the business wants two people for; what counts is all of the payment's. Returns
    how much that may come to, if anything limits it."""
    with reading(caller.business_id):
        row = receivables.payment(caller.business_id, attempt_id)
    minor = row.refundable_minor if amount_minor is None else amount_minor
    counted = Money(asking.given_back(row) + minor, row.currency)
    asking.check_alone(caller.business_id, Act.REFUND, counted)
    return asking.alone_up_to(caller.business_id, Act.REFUND, row.currency)


@router.post("/{payment_id}/refunds", response={201: RefundShown}, operation_id="create_refund")
def create_refund(request: ApiRequest, payment_id: str, body: RefundIn) -> HttpResponse:
    """Gives a payment back, whole or in part, once per Idempotency-Key whatever happens to the
    answer.

    A refund that failed is created too: `status: failed` with its `failure`. 4xx means that
    nothing was started; a payment with nothing left to give back is 409.

    Over the amount for which the business wants two people it is 403 `needs_second_person`, and
    nothing was started: a person asks for it in the backoffice.

    A payment that came without a gateway is given back by the business itself: the refund records
    that, and moves no money. With a gateway, method and sent_on are 422.
    """
    caller = request.auth
    attempt_id = decode("pay", payment_id)

    def make(name: str) -> UUID:
        most = _checked_alone(caller, attempt_id, body.amount)
        command = RefundCommand(attempt_id, name, body.amount, body.reason, _handed(body), most)
        refund = refund_payment.start(caller.business_id, command, by=caller.actor, at=caller.at)
        return refund.id

    return once(request, make, lambda made: read_refund(caller, made))


@router.get("/{payment_id}/refunds", response=RefundsShown, operation_id="list_refunds")
def list_refunds(request: ApiRequest, payment_id: str) -> HttpResponse:
    """The refunds of one payment, those made at the gateway included."""
    caller, attempt_id = request.auth, decode("pay", payment_id)
    with reading(caller.business_id):
        queries.attempt(caller.business_id, attempt_id)
        rows = queries.refunds_of(caller.business_id, [attempt_id])
    return shown(RefundsShown(data=[_shown(caller, row) for row in rows], next_cursor=None))
