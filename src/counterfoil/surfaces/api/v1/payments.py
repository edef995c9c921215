"""/payments: charging a token for invoices or on account, and what became of it."""

from typing import Annotated, Any
from uuid import UUID

from django.http import HttpResponse
from ninja import Query, Router
from pydantic import BeforeValidator, Field

from counterfoil.domain.billing import queries as billing
from counterfoil.domain.payments import queries
from counterfoil.domain.payments.states import AttemptState
from counterfoil.domain.receivables import queries as receivables
from counterfoil.domain.receivables.queries import PaymentFilter
from counterfoil.flows import pay_invoices
from counterfoil.flows.aftermath import stop_payment
from counterfoil.flows.debits.vouch_mandates import vouched_consent
from counterfoil.flows.pay_invoices import PayCommand
from counterfoil.infra.db import reading
from counterfoil.kernel.errors import FieldProblem, InvalidInput
from counterfoil.kernel.ids import decode, encode
from counterfoil.surfaces.api.answers import shown
from counterfoil.surfaces.api.door import ApiRequest, Caller
from counterfoil.surfaces.api.fields import (
    Amount,
    Body,
    Currency,
    CustomerId,
    GatewayId,
    InvoiceId,
    Minor,
    PaymentMethodId,
    no_card_number,
)
from counterfoil.surfaces.api.once import once
from counterfoil.surfaces.api.paging import Listing, Page, cursor_id, cut, query_id
from counterfoil.surfaces.api.v1.parts import (
    NoFields,
    NotIssued,
    missing,
    named,
    named_customer,
)
from counterfoil.surfaces.api.v1.shown_payments import PaymentShown, Status, shown_payment

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

ONE_WAY = "Give either a source or a payment_method."
OF_A_SOURCE = "A saved method is charged where it is kept: name a gateway with a source only."


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
            description="A token of the gateway's hosted fields. Card numbers never come here. A "
            "bank account's token is debited: with it you vouch that its owner has given you the "
            "mandate, which is kept with your key's name. Either this or a payment_method.",
        ),
        BeforeValidator(no_card_number),
    ] = None
    payment_method: Annotated[
        PaymentMethodId | None,
        Field(
            description="A method that the customer has saved; it is charged as if nobody was "
            "there, and if their bank wants to see them, they get a mail that leads there."
        ),
    ] = None
    gateway: Annotated[
        GatewayId | None,
        Field(
            description="The gateway account that the source is of. Left out: the one that your "
            "routes send a card payment in this currency to."
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


class PaymentListing(Listing):
    """Which payments are wanted."""

    customer: Annotated[CustomerId | None, Field(description="Of one customer.")] = None
    status: Annotated[Status | None, Field(description="In one status.")] = None


def _read(caller: Caller, attempt_id: UUID) -> PaymentShown:
    with reading(caller.business_id):
        row = receivables.payment(caller.business_id, attempt_id)
    return shown_payment(caller, row)


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
    if body.gateway is not None and body.source is None:
        raise InvalidInput([FieldProblem("gateway", OF_A_SOURCE, code="one_way")])
    method_id = named("pm", body.payment_method, "payment_method") if body.payment_method else None
    parts = tuple(
        (named("inv", part.invoice, f"invoices.{index}.invoice"), part.amount)
        for index, part in enumerate(body.invoices)
    )
    with reading(caller.business_id):
        customer = named_customer(caller.business_id, body.customer)
        account_id = _gateway(caller, body.gateway)
        _check_invoices(caller, customer.id, [invoice_id for invoice_id, _ in parts])
        is_sent = queries.attempt_of_form(caller.business_id, name) is not None
    vouched = None
    if body.source is not None and not is_sent:
        vouched = vouched_consent(
            caller.business_id,
            body.source,
            body.currency,
            account_id=account_id,
            form_key=name,
            locale=customer.locale,
        )
    account_id, consent = vouched or (account_id, None)
    return PayCommand(
        customer_id=customer.id,
        currency=body.currency,
        source=body.source or "",
        account_id=account_id,
        debit=consent,
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


def _gateway(caller: Caller, text: str | None) -> UUID | None:
    """The gateway account that is named, whether it takes payments or not; inside `reading`."""
    if text is None:
        return None
    account_id = named("gwa", text, "gateway")
    if account_id not in [one.id for one in queries.gateway_accounts(caller.business_id)]:
        raise missing("gateway")
    return account_id


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
    data = [shown_payment(caller, row) for row in rows]
    return shown(Page[PaymentShown](data=data, next_cursor=next_cursor))


@router.get("/{payment_id}", response=PaymentShown, operation_id="get_payment")
def get_payment(request: ApiRequest, payment_id: str) -> HttpResponse:
    """One payment as it stands now."""
    return shown(_read(request.auth, decode("pay", payment_id)))


@router.post("/{payment_id}/stop", response=PaymentShown, operation_id="stop_payment")
def stop(request: ApiRequest, payment_id: str, body: NoFields | None = None) -> HttpResponse:
    """Stops a payment that has not moved money yet: a debit that its gateway has not sent to the
    bank, or one that waits for its mandate. Its invoices are free again.

    The answer is the payment: `cancelled` once it is stopped, and also if it was before; still
    `processing` if the gateway's answer was lost, which is asked about. 409 `too_late_to_stop`
    where it can't be stopped any more: it goes on as it stands.
    """
    caller, attempt_id = request.auth, decode("pay", payment_id)

    def make(_name: str) -> UUID:
        with reading(caller.business_id):
            state = queries.attempt(caller.business_id, attempt_id).state
        if state != AttemptState.CANCELLED:
            stop_payment.stop(caller.business_id, attempt_id, at=caller.at, by=caller.actor)
        return attempt_id

    return once(request, make, lambda made: _read(caller, made), status=200, may_repeat=True)
