"""What staff do with bank lines that wait: give them to a customer, or put them aside."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from counterfoil.domain.customers import queries as customers
from counterfoil.domain.payments.rows import NewReceipt
from counterfoil.domain.receivables import operations as receivables
from counterfoil.domain.reconciliation import operations
from counterfoil.domain.reconciliation.rows import LockedLine
from counterfoil.flows.banking.import_statement import INSTRUMENT, form_key
from counterfoil.flows.banking.receive_money import Arrival, receive
from counterfoil.infra.db import run
from counterfoil.kernel.actor import Actor
from counterfoil.kernel.errors import FieldProblem, InvalidInput, NotFound, Refused
from counterfoil.kernel.ids import BusinessId, new_ids
from counterfoil.kernel.money import Money

NOTE_MAX = 300


class NoMoneyCame(Refused):
    """A line over money that left can't be a customer's payment."""

    code = "no_money_came"
    message = "This line took money from your account: it can't be a payment of a customer."


def assign(
    business_id: BusinessId,
    line_id: UUID,
    customer_id: UUID,
    invoice_ids: Sequence[UUID],
    *,
    at: datetime,
    by: Actor,
) -> UUID:
    """A waiting line is this customer's payment: it covers these invoices, in this order, as far
    as they are open, and the rest becomes credit; without invoices all of it does. Returns the
    payment. Refuses a line that waits no more (`NotWaiting`), money that left (`NoMoneyCame`),
    another customer's invoice (`NotFound`) and one in another currency.
    """

    def work() -> UUID:
        line = operations.lock_waiting(business_id, line_id)
        if line.amount_minor <= 0:
            raise NoMoneyCame
        amount = Money(line.amount_minor, line.currency)
        parts = parts_of(business_id, customer_id, invoice_ids, amount)
        arrival = _arrival(line, customer_id, amount, parts, at)
        receive(business_id, [arrival], at=at, by=by)
        operations.mark_settled(business_id, line_id, arrival.receipt.id, at=at, by=by)
        return arrival.receipt.id

    return run(business_id, work, is_small=True)


def parts_of(
    business_id: BusinessId, customer_id: UUID, invoice_ids: Sequence[UUID], amount: Money
) -> tuple[tuple[UUID, int], ...]:
    """How much of each invoice an amount covers, in the order they are named, under lock."""
    if customer_id not in customers.customers(business_id, [customer_id]):
        raise NotFound
    items = receivables.lock_items(business_id, invoice_ids) if invoice_ids else {}
    rest, parts = amount.minor, []
    for invoice_id in dict.fromkeys(invoice_ids):
        item = items[invoice_id]
        if item.customer_id != customer_id:
            raise NotFound
        if item.currency != amount.currency:
            message = "The invoice is in another currency."
            raise InvalidInput([FieldProblem("invoices", message, code="currency_mismatch")])
        part = min(rest, item.open_minor)
        if part > 0:
            parts.append((invoice_id, part))
            rest -= part
    return tuple(parts)


def _arrival(
    line: LockedLine,
    customer_id: UUID,
    amount: Money,
    parts: tuple[tuple[UUID, int], ...],
    at: datetime,
) -> Arrival:
    receipt = NewReceipt(
        id=new_ids(1, at=at)[0],
        customer_id=customer_id,
        gateway_account_id=line.bank_account_id,
        amount=amount,
        form_key=form_key(line.bank_account_id, line.ref),
        instrument_kind=INSTRUMENT,
        payer=line.counterparty,
    )
    return Arrival(receipt, parts, line.booked_date, line.bank_ref)


def put_aside(
    business_id: BusinessId, line_id: UUID, *, note: str, at: datetime, by: Actor
) -> None:
    """A waiting line is no customer's payment; the note says what it is, and has to be given."""
    words = " ".join(note.split())
    if not words:
        message = "Say in a few words what it is."
        raise InvalidInput([FieldProblem("note", message, code="required")])
    if len(words) > NOTE_MAX:
        message = f"At most {NOTE_MAX} characters."
        raise InvalidInput([FieldProblem("note", message, code="too_long")])
    run(
        business_id,
        lambda: operations.put_aside(business_id, line_id, note=words, at=at, by=by),
        is_small=True,
    )


def bring_back(business_id: BusinessId, line_id: UUID, *, at: datetime, by: Actor) -> None:
    """A line that was put aside waits again."""
    run(
        business_id,
        lambda: operations.bring_back(business_id, line_id, at=at, by=by),
        is_small=True,
    )
