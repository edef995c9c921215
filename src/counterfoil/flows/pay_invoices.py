"""A payment from the first click to the gateway's answer: record, commit, call, settle."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from counterfoil.domain.customers import queries as customers
from counterfoil.domain.payments import operations as payments
from counterfoil.domain.payments import queries
from counterfoil.domain.payments.operations import FormSentAlready
from counterfoil.domain.payments.outcomes import AttemptOutcome
from counterfoil.domain.payments.rows import Account, AttemptRow, NewAttempt
from counterfoil.domain.receivables import operations as receivables
from counterfoil.domain.receivables.part_payments import check_amount, check_note
from counterfoil.flows.addresses import return_url
from counterfoil.flows.gateways import gateway_of
from counterfoil.flows.settle_payment import settle
from counterfoil.infra.db import outside_transaction, reading, run
from counterfoil.kernel.actor import SYSTEM, Actor
from counterfoil.kernel.errors import FieldProblem, InvalidInput, NotFound, Refused, Unavailable
from counterfoil.kernel.ids import BusinessId, encode
from counterfoil.kernel.money import Money
from counterfoil.kernel.ports.gateways import ChargeRequest, Outcome, Result


class NoGateway(Refused):
    """The business has no gateway account that takes payments."""

    code = "no_gateway"
    message = "This business does not take payments online at the moment. No money was moved."


@dataclass(frozen=True, slots=True)
class PayCommand:
    """What a payer asks for: a token, and how much of which invoices of one customer."""

    customer_id: UUID
    currency: str
    source: str
    parts: tuple[tuple[UUID, int], ...]
    form_key: str
    site: str  # where the payer comes back to: `https://pay.harrow.example`; empty: nowhere
    payer: str = ""
    locale: str = "en"
    amount_minor: int | None = None  # more than the parts: the rest becomes credit
    note: str = ""  # why it is less than is due
    part_floor: Decimal | None = None  # the least part, if the payer is held to it and to a note


def start(
    business_id: BusinessId, command: PayCommand, *, by: Actor, at: datetime, quiet: bool = False
) -> AttemptRow:
    """Starts a payment and returns its attempt with the gateway's answer, as far as there is one.

    Refuses (nothing started): no gateway, nothing due, more than due, another customer's invoice,
    a part below the floor or without a note where the payer is held to them;
    `BeingPaid` if another attempt holds an invoice. A form that was sent before gets its own
    attempt back. A lost answer leaves the attempt UNKNOWN: the resolver asks. `quiet` sends no
    mail (history being seeded).
    """
    with reading(business_id):
        account = queries.active_account(business_id)
        sent = queries.attempt_of_form(business_id, command.form_key)
    if sent is not None:
        return _own(sent, command)
    if account is None:
        raise NoGateway
    try:
        attempt_id = run(business_id, lambda: _record(business_id, command, account, by, at))
    except FormSentAlready:
        return _own(_of_form(business_id, command.form_key), command)
    back = return_url(business_id, command.site, attempt_id, at=at)
    outcome = _call(account, _request(command, attempt_id, back))
    settle(business_id, [AttemptOutcome(attempt_id, outcome)], at=at, by=SYSTEM, quiet=quiet)
    with reading(business_id):
        return queries.attempt(business_id, attempt_id)


def _of_form(business_id: BusinessId, form_key: str) -> AttemptRow:
    with reading(business_id):
        found = queries.attempt_of_form(business_id, form_key)
    if found is None:
        raise NotFound
    return found


def _own(sent: AttemptRow, command: PayCommand) -> AttemptRow:
    """The attempt that a form started is shown to its own customer only."""
    if sent.customer_id != command.customer_id:
        raise NotFound
    return sent


def _amount(command: PayCommand) -> Money:
    parts = sum(amount for _, amount in command.parts)
    return Money(command.amount_minor or parts, command.currency)


def _record(
    business_id: BusinessId, command: PayCommand, account: Account, by: Actor, at: datetime
) -> UUID:
    """TX 1: writes intent and attempt, locks the invoices and checks what is asked, takes claims.

    The form is written first: a second click waits for it, and is told of it whatever became of
    the invoices meanwhile.
    """
    _check_request(business_id, command)
    new = NewAttempt(
        customer_id=command.customer_id,
        gateway_account_id=account.id,
        amount=_amount(command),
        form_key=command.form_key,
        payer=command.payer,
        locale=command.locale,
        note=command.note,
    )
    attempt_id = payments.begin_attempt(business_id, new, at=at, by=by)
    _check_invoices(business_id, command)
    receivables.take_claims(
        business_id, attempt_id, command.parts, at=at, taken_by=command.payer, by=by
    )
    return attempt_id


def _check_request(business_id: BusinessId, command: PayCommand) -> None:
    if command.customer_id not in customers.customers(business_id, [command.customer_id]):
        raise NotFound
    if _amount(command).minor <= 0 or any(amount <= 0 for _, amount in command.parts):
        message = "The amount must be more than zero."
        raise InvalidInput([FieldProblem("amount", message, code="not_positive")])
    if sum(amount for _, amount in command.parts) > _amount(command).minor:
        message = "The parts come to more than the amount."
        raise InvalidInput([FieldProblem("amount", message, code="parts_exceed_amount")])
    if len({invoice_id for invoice_id, _ in command.parts}) != len(command.parts):
        message = "An invoice is named twice."
        raise InvalidInput([FieldProblem("invoices", message, code="named_twice")])


def _check_invoices(business_id: BusinessId, command: PayCommand) -> None:
    items = receivables.lock_items(business_id, [invoice for invoice, _ in command.parts])
    for index, (invoice_id, amount) in enumerate(command.parts):
        item, field = items[invoice_id], f"invoices.{index}"
        if item.customer_id != command.customer_id:
            raise NotFound
        if item.currency != command.currency:
            message = "The invoice is in another currency."
            raise InvalidInput([FieldProblem("currency", message, code="currency_mismatch")])
        if item.open_minor == 0:
            raise receivables.NothingDue(field=f"{field}.invoice")
        if amount > item.open_minor:
            raise receivables.MoreThanDue(field=f"{field}.amount")
        if command.part_floor is not None:
            due, paid = Money(item.open_minor, item.currency), Money(amount, item.currency)
            check_amount(paid, due, command.part_floor, field="amount")
            check_note(paid, due, command.note)


def _request(command: PayCommand, attempt_id: UUID, back: str) -> ChargeRequest:
    reference = encode("pay", attempt_id)
    return ChargeRequest(
        reference=reference,
        amount=_amount(command),
        source=command.source,
        customer=encode("cus", command.customer_id),
        description=reference,
        return_url=back,
    )


@outside_transaction
def _call(account: Account, request: ChargeRequest) -> Outcome:
    """Asks the gateway. Surely not sent = ABSENT (nothing was started)."""
    try:
        return gateway_of(account.kind).charge(account.opened, request)
    except Unavailable:
        return Outcome(request.reference, Result.ABSENT)
