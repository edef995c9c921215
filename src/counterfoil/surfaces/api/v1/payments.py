"""/payments: charging a token for invoices or on account, and what became of it."""

from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpResponse
from ninja import Query, Router
from pydantic import Field

from counterfoil.domain.billing import queries as billing
from counterfoil.domain.receivables import queries as receivables
from counterfoil.domain.receivables.queries import PaymentFilter
from counterfoil.domain.receivables.rows import PaymentRow
from counterfoil.flows import pay_invoices
from counterfoil.flows.pay_invoices import PayCommand
from counterfoil.infra.db import reading
from counterfoil.kernel.errors import FieldProblem, InvalidInput
from counterfoil.kernel.ids import decode, encode
from counterfoil.surfaces.api.answers import shown
from counterfoil.surfaces.api.door import ApiRequest, Caller
from counterfoil.surfaces.api.fields import (
    Amount,
    Body,
    ChargebackId,
    Currency,
    CustomerId,
    InvoiceId,
    Minor,
    Moment,
    PaymentId,
    PaymentMethodId,
    Shown,
)
from counterfoil.surfaces.api.once import once
from counterfoil.surfaces.api.paging import Listing, Page, cursor_id, cut, query_id
from counterfoil.surfaces.api.v1.parts import NotIssued, missing, named, named_customer, shown_text

router = Router(tags=["payments"])
PARTS_MAX = 500
SOURCE_MAX = 255
NOTE_MAX = 200
EXAMPLE: dict[str, Any] = {
    "customer": "cus_01kat8fh6jfx8v8tz8n5wd4q2c",
    "currency": "EUR",
    "amount": 12500,
    "source": "tok_9fD2kQ",
    "invoices": [{"invoice": "inv_01kat8fh6jfx8v8tz8n5wd4q2c", "amount": 12500}],
}

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
ONE_WAY = "Give either a source or a payment_method."
FAILURE_FALLBACK = "The payment did not work."


class PartIn(Body):
    """So much of the payment is for this invoice."""

    invoice: InvoiceId
    amount: Amount


class PaymentIn(Body):
    """One charge. What `invoices` leaves of `amount` becomes the customer's unapplied credit."""

    model_config = {"json_schema_extra": {"examples": [EXAMPLE]}}

    customer: CustomerId
    currency: Currency
    amount: Amount
    source: Annotated[
        str | None,
        Field(
            min_length=1,
            max_length=SOURCE_MAX,
            pattern=r"^[\x21-\x7e]+$",
            description="A token of the gateway's hosted fields. Card numbers never come here. "
            "Either this or a payment_method.",
        ),
    ] = None
    payment_method: Annotated[
        PaymentMethodId | None,
        Field(
            description="A method that the customer has saved; it is charged as if nobody was "
            "there, and if their bank wants to see them, they get a mail that leads there."
        ),
    ] = None
    invoices: Annotated[list[PartIn], Field(max_length=PARTS_MAX)] = []
    surcharge: Annotated[
        Minor | None,
        Field(
            ge=0,
            description="What the payer was told that paying this way costs, on top of the amount. "
            "Charged if it is what your settings say, refused otherwise; left out: none.",
        ),
    ] = None
    note: Annotated[
        str, Field(max_length=NOTE_MAX, description="Why it is less than is due, for your staff.")
    ] = ""


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


class PaymentListing(Listing):
    """Which payments are wanted."""

    customer: Annotated[CustomerId | None, Field(description="Of one customer.")] = None
    status: Annotated[Status | None, Field(description="In one status.")] = None


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
    chargebacks: Annotated[list[ChargebackShown], Field(description="The oldest first.")]
    note: Annotated[str | None, Field(description="Why it is less than was due.")]
    instrument: InstrumentShown | None
    failure: FailureShown | None
    next_step: NextStepShown | None
    receipt_url: Annotated[str | None, Field(description="The receipt, for customers who sign in.")]
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


def _shown(caller: Caller, row: PaymentRow) -> PaymentShown:
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
        chargebacks=[_chargeback(one) for one in row.chargebacks],
        note=shown_text(row.note),
        instrument=_instrument(row),
        failure=_failure(row, status),
        next_step=_next_step(row, status),
        receipt_url=(
            caller.page("payments", encode("pay", row.id), "receipt") if status in PAID else None
        ),
        created_at=row.created_at,
        finished_at=row.finished_at,
    )


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


def _read(caller: Caller, attempt_id: UUID) -> PaymentShown:
    with reading(caller.business_id):
        row = receivables.payment(caller.business_id, attempt_id)
    return _shown(caller, row)


@router.post("", response={201: PaymentShown}, operation_id="create_payment")
def create_payment(request: ApiRequest, body: PaymentIn) -> HttpResponse:
    """Charges a token or a saved method, once per Idempotency-Key whatever happens to the answer.

    A declined payment is created too: `status: failed` with its `failure`. 4xx means that nothing
    was started; an invoice that is paid or being paid is 409.
    """
    caller = request.auth

    def make(name: str) -> UUID:
        command = _command(caller, body, name)
        return pay_invoices.start(caller.business_id, command, by=caller.actor, at=caller.at).id

    return once(request, make, lambda made: _read(caller, made))


def _command(caller: Caller, body: PaymentIn, name: str) -> PayCommand:
    if (body.source is None) == (body.payment_method is None):
        raise InvalidInput([FieldProblem("source", ONE_WAY, code="one_way")])
    method_id = named("pm", body.payment_method, "payment_method") if body.payment_method else None
    parts = tuple(
        (named("inv", part.invoice, f"invoices.{index}.invoice"), part.amount)
        for index, part in enumerate(body.invoices)
    )
    with reading(caller.business_id):
        customer = named_customer(caller.business_id, body.customer)
        _check_invoices(caller, customer.id, [invoice_id for invoice_id, _ in parts])
    return PayCommand(
        customer_id=customer.id,
        currency=body.currency,
        source=body.source or "",
        method_id=method_id,
        is_off_session=method_id is not None,
        parts=parts,
        form_key=name,
        site=caller.site,
        payer=caller.actor.name,
        locale=customer.locale,
        amount_minor=body.amount,
        note=" ".join(body.note.split()),
        fee_minor=body.surcharge,
    )


def _check_invoices(caller: Caller, customer_id: UUID, ids: list[UUID]) -> None:
    """Each is an invoice of this customer, and issued; inside `reading`."""
    found = receivables.items(caller.business_id, ids)
    drafts = billing.invoices(caller.business_id, [one for one in ids if one not in found])
    for index, invoice_id in enumerate(ids):
        field = f"invoices.{index}.invoice"
        one = found.get(invoice_id) or drafts.get(invoice_id)
        if one is None or one.customer_id != customer_id:
            raise missing(field)
        if invoice_id not in found:
            raise NotIssued(field=field)


@router.get("", response=Page[PaymentShown], operation_id="list_payments")
def list_payments(request: ApiRequest, query: Query[PaymentListing]) -> HttpResponse:
    """Payments, the newest first."""
    caller = request.auth
    before = cursor_id("pay", query.cursor)
    wanted = PaymentFilter(
        customer_id=query_id("cus", query.customer, "customer"), status=query.status or ""
    )
    with reading(caller.business_id):
        found = receivables.payments(
            caller.business_id, wanted, before=before, limit=query.limit + 1
        )
    rows, next_cursor = cut(found, query.limit, lambda row: encode("pay", row.id))
    data = [_shown(caller, row) for row in rows]
    return shown(Page[PaymentShown](data=data, next_cursor=next_cursor))


@router.get("/{payment_id}", response=PaymentShown, operation_id="get_payment")
def get_payment(request: ApiRequest, payment_id: str) -> HttpResponse:
    """One payment as it stands now."""
    return shown(_read(request.auth, decode("pay", payment_id)))
