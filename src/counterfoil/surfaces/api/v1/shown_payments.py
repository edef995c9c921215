"""A payment as the API shows it."""

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field

from counterfoil.domain.identity.scopes import Scope
from counterfoil.domain.receivables.rows import PaymentRow
from counterfoil.kernel.ids import encode
from counterfoil.surfaces.api.door import Caller
from counterfoil.surfaces.api.fields import (
    ChargebackId,
    Currency,
    CustomerId,
    GatewayId,
    InvoiceId,
    MandateId,
    Minor,
    Moment,
    PaymentId,
    PaymentMethodId,
    Shown,
)
from counterfoil.surfaces.api.v1.parts import shown_text

Status = Literal[
    "processing",
    "requires_action",
    "succeeded",
    "part_refunded",
    "refunded",
    "charged_back",
    "failed",
    "unknown",
    "cancelled",
]
PAID = frozenset({"succeeded", "part_refunded", "refunded", "charged_back"})
STATUS: dict[str, Status] = {
    "created": "processing",
    "submitted": "processing",
    "processing": "processing",
    "action_required": "requires_action",
    "succeeded": "succeeded",
    "part_refunded": "part_refunded",
    "refunded": "refunded",
    "charged_back": "charged_back",
    "failed": "failed",
    "returned": "failed",  # a debit had arrived, and the payer's bank sent it back
    "unknown": "unknown",
    "cancelled": "cancelled",
}
FAILURES = {
    "account_closed": "The bank account is closed, or it can't be debited.",
    "account_invalid": "There is no such bank account.",
    "debit_not_authorised": "The bank knows no mandate for this debit, or it has ended.",
    "debit_contested": "The account's owner had their bank take the debit back.",
    "card_declined": "The payer's bank declined the card.",
    "insufficient_funds": "There is not enough money on the account.",
    "expired_card": "The card has expired.",
    "incorrect_cvc": "The card's security code is wrong.",
    "authentication_failed": "The payer did not pass the bank's check.",
    "authentication_required": "The payer's bank wants to see the payer.",
    "authentication_expired": "The payer did not come back from the bank's check in time.",
    "token_invalid": "The source is unknown, used up or expired.",
    "gateway_refused": "The gateway refused the payment.",
    "not_sent": "The gateway could not be reached; nothing was started.",
}
FAILURE_FALLBACK = "The payment did not work."


class PartShown(Shown):
    """So much of an invoice."""

    invoice: InvoiceId
    amount: Minor


class FailureShown(Shown):
    """Why it did not work: a stable code, and words for a person."""

    code: str
    message: str
    bank_code: Annotated[
        str | None, Field(description="Why the payer's bank sent a debit back: AC04, R01, ...")
    ]


class NextStepShown(Shown):
    """What the payer has to do: go to `url`. From there they come back to the portal, which shows
    them the payment's result whether they sign in or not."""

    type: Literal["redirect"]
    url: str


class InstrumentShown(Shown):
    """What paid, as far as it may be shown."""

    kind: str
    brand: str | None
    last4: str | None


class ChargebackShown(Shown):
    """The payer's bank takes the payment, or a part of it, back."""

    id: ChargebackId
    status: Annotated[
        Literal["open", "answered", "won", "lost"],
        Field(description="While it is open or answered the money is in dispute."),
    ]
    currency: Currency
    amount: Minor
    fee: Annotated[Minor, Field(description="What the gateway keeps for it.")]
    reason: Annotated[str | None, Field(description="The bank's own code.")]
    evidence_due_at: Moment | None
    opened_at: Moment
    decided_at: Moment | None


class PaymentShown(Shown):
    """A payment: one attempt, whatever its end."""

    id: PaymentId
    customer: CustomerId
    currency: Currency
    amount: Minor
    status: Annotated[
        Status,
        Field(
            description="processing and unknown settle by themselves: ask again, or follow the "
            "events. requires_action waits for the payer. part_refunded, refunded and "
            "charged_back have succeeded before; a chargeback that was won is as if it never was. "
            "A debit that was paid and that the payer's bank sent back has failed after all: its "
            "failure says why, and it covers nothing any more."
        ),
    ]
    invoices: Annotated[list[PartShown], Field(description="What it was meant for.")]
    allocations: Annotated[list[PartShown], Field(description="What it covers.")]
    unapplied: Annotated[Minor, Field(description="What became credit of the customer.")]
    refunded: Annotated[Minor, Field(description="What refunds have given back so far.")]
    surcharge: Annotated[Minor, Field(description="What of the amount is for paying this way.")]
    payment_method: PaymentMethodId | None
    mandate: Annotated[MandateId | None, Field(description="What a debit rests on.")]
    gateway: Annotated[GatewayId, Field(description="The account that has, or had, the money.")]
    chargebacks: Annotated[list[ChargebackShown], Field(description="The oldest first.")]
    note: Annotated[str | None, Field(description="Why it is less than was due.")]
    instrument: InstrumentShown | None
    failure: FailureShown | None
    next_step: NextStepShown | None
    receipt_url: Annotated[
        str | None,
        Field(
            description="The receipt. Of a payment for one invoice it opens for whoever holds this "
            "address, as long as the invoice's hosted_url does, if the key has the scope "
            "`invoices:read`; of others, for customers who sign in."
        ),
    ]
    created_at: Moment
    finished_at: Moment | None


def _chargeback(one: dict[str, Any]) -> ChargebackShown:
    return ChargebackShown(
        id=encode("dis", UUID(one["id"])),
        status=one["state"],
        currency=one["currency"],
        amount=one["amount"],
        fee=one["fee"],
        reason=shown_text(one["reason"]),
        evidence_due_at=one["due_at"],
        opened_at=one["opened_at"],
        decided_at=one["decided_at"],
    )


def shown_payment(caller: Caller, row: PaymentRow) -> PaymentShown:
    """A payment as callers get it."""
    status = STATUS[row.status]
    return PaymentShown(
        id=encode("pay", row.id),
        customer=encode("cus", row.customer_id),
        currency=row.currency,
        amount=row.amount_minor,
        status=status,
        invoices=_parts(row, "planned"),
        allocations=_parts(row, "applied"),
        unapplied=row.unapplied_minor,
        refunded=row.refunded_minor,
        surcharge=row.surcharge_minor,
        payment_method=encode("pm", row.method_id) if row.method_id else None,
        mandate=encode("mdt", row.mandate_id) if row.mandate_id else None,
        gateway=encode("gwa", row.gateway_account_id),
        chargebacks=[_chargeback(one) for one in row.chargebacks],
        note=shown_text(row.note),
        instrument=_instrument(row),
        failure=_failure(row, status),
        next_step=_next_step(row, status),
        receipt_url=_receipt_url(caller, row) if status in PAID else None,
        created_at=row.created_at,
        finished_at=row.finished_at,
    )


def _receipt_url(caller: Caller, row: PaymentRow) -> str | None:
    """The portal shows a guest what is of their invoice alone. The address that lets them in opens
    the invoice, too: a key that reads none is not told it."""
    invoices = {part["invoice"] for part in row.parts if part["planned"]}
    here = ("payments", encode("pay", row.id), "receipt")
    if len(invoices) == 1 and Scope.INVOICES_READ in caller.scopes:
        return caller.invoice_page(UUID(invoices.pop()), *here)
    return caller.page(*here)


def _parts(row: PaymentRow, which: str) -> list[PartShown]:
    return [
        PartShown(invoice=encode("inv", UUID(part["invoice"])), amount=part[which])
        for part in row.parts
        if part[which]
    ]


def _instrument(row: PaymentRow) -> InstrumentShown | None:
    if not row.instrument_kind:
        return None
    return InstrumentShown(
        kind=row.instrument_kind,
        brand=shown_text(row.instrument_brand),
        last4=shown_text(row.instrument_last4),
    )


def _failure(row: PaymentRow, status: Status) -> FailureShown | None:
    if status not in ("failed", "cancelled"):
        return None
    message = FAILURES.get(row.failure_code, FAILURE_FALLBACK)
    bank_code = shown_text(row.bank_code)
    return FailureShown(code=row.failure_code, message=message, bank_code=bank_code)


def _next_step(row: PaymentRow, status: Status) -> NextStepShown | None:
    if status != "requires_action" or not row.step_url:
        return None
    return NextStepShown(type="redirect", url=row.step_url)
