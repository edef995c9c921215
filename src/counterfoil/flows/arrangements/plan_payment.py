"""Plans a payment for a day of the customer's choice, changes it, cancels it."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from counterfoil.domain.arrangements import operations as arrangements
from counterfoil.domain.arrangements import queries
from counterfoil.domain.arrangements.days import check_day
from counterfoil.domain.arrangements.rows import NewSchedule, ScheduleRow
from counterfoil.domain.business import queries as businesses
from counterfoil.domain.business.debits import CURRENCIES
from counterfoil.domain.payments import mandates
from counterfoil.domain.payments.methods import operations as methods
from counterfoil.domain.payments.methods import queries as method_queries
from counterfoil.domain.receivables import operations as receivables
from counterfoil.domain.receivables.part_payments import check_amount
from counterfoil.flows.pay_invoices import MethodGone
from counterfoil.infra.db import reading, run
from counterfoil.kernel.actor import Actor
from counterfoil.kernel.clock import local_date
from counterfoil.kernel.errors import FieldProblem, InvalidInput, NotFound, Refused
from counterfoil.kernel.ids import BusinessId
from counterfoil.kernel.money import Money
from counterfoil.kernel.ports.gateways.mandates import DebitScheme


class CardExpired(Refused):
    """The card has ended: nothing can be charged by it."""

    code = "card_expired"
    message = "This card has expired. Nothing was planned: choose another way to pay."


class NotPlanned(Refused):
    """The business does not let its payers plan payments."""

    code = "planning_off"
    message = "Payments can't be planned here. Nothing was planned."


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanCommand:
    """So much of which invoices of one customer, on which day of their zone, by what they have
    saved."""

    customer_id: UUID
    currency: str
    parts: tuple[tuple[UUID, int], ...]
    pay_date: date
    timezone: str
    form_key: str
    payer: str
    locale: str
    method_id: UUID | None = None
    mandate_id: UUID | None = None


def plan(business_id: BusinessId, command: PlanCommand, *, by: Actor, at: datetime) -> UUID:
    """Writes the plan and returns its id; the same form plans once.

    Refuses a day that has begun or lies too far ahead, more than is due, a part below the floor,
    another customer's invoice, method or mandate, an invoice that is planned already
    (`PlannedAlready`) or being paid. Nothing is charged before the day.
    """
    if not command.parts:
        raise NotFound

    def work() -> UUID:
        business = businesses.by_id(business_id)
        if not business.schedule_days_max:
            raise NotPlanned
        check_day(command.pay_date, at, command.timezone, business.schedule_days_max)
        way = (command.method_id, command.mandate_id)
        today = local_date(at, command.timezone)
        _check_way(business_id, command.customer_id, way, command.currency, today)
        _check_invoices(business_id, command, business.part_floor)
        new = NewSchedule(
            customer_id=command.customer_id,
            currency=command.currency,
            parts=command.parts,
            pay_date=command.pay_date,
            timezone=command.timezone,
            form_key=command.form_key,
            payer=command.payer,
            locale=command.locale,
            method_id=command.method_id,
            mandate_id=command.mandate_id,
        )
        return arrangements.plan(business_id, new, at=at, by=by)

    return run(business_id, work)


def _check_way(
    business_id: BusinessId,
    customer_id: UUID,
    way: tuple[UUID | None, UUID | None],
    currency: str,
    today: date,
) -> None:
    """Exactly one, the customer's own, there, and good today; a mandate for this currency."""
    method_id, mandate_id = way
    if (method_id is None) == (mandate_id is None):
        message = "Choose what it is to be paid with."
        raise InvalidInput([FieldProblem("way", message, code="required")])
    if mandate_id is not None:
        try:
            mandate = mandates.require_active(business_id, mandate_id, customer_id)
        except (NotFound, mandates.MandateEnded):
            raise MethodGone from None
        is_fit = CURRENCIES[DebitScheme(mandate.scheme)] == currency
        if not (is_fit and mandate.can_be_charged_again):
            raise MethodGone
        return
    assert method_id is not None  # the check above
    try:
        row = method_queries.method_for(business_id, customer_id, method_id)
    except NotFound:
        raise MethodGone from None
    if not methods.hold(business_id, method_id):
        raise MethodGone
    if row.has_ended(today):
        raise CardExpired


def _check_invoices(business_id: BusinessId, command: PlanCommand, floor: Decimal) -> None:
    items = receivables.lock_items(business_id, [invoice for invoice, _ in command.parts])
    for invoice_id, minor in command.parts:
        item = items[invoice_id]
        if item.customer_id != command.customer_id or item.currency != command.currency:
            raise NotFound
        if item.due_minor == 0:
            raise receivables.NothingDue
        if minor > item.due_minor:
            raise receivables.MoreThanDue
        due, amount = Money(item.due_minor, item.currency), Money(minor, item.currency)
        check_amount(amount, due, floor, field="amount")


def _own(business_id: BusinessId, customer_id: UUID, schedule_id: UUID) -> ScheduleRow:
    with reading(business_id):
        row = queries.schedule(business_id, schedule_id)
    if row.customer_id != customer_id:
        raise NotFound
    return row


def change(
    business_id: BusinessId,
    customer_id: UUID,
    schedule_id: UUID,
    *,
    pay_date: date,
    at: datetime,
) -> None:
    """Moves a plan of this customer to another day; refuses as `plan` does, and `BeingCharged` once
    its moment has come."""
    row = _own(business_id, customer_id, schedule_id)

    def work() -> None:
        days_max = businesses.by_id(business_id).schedule_days_max
        check_day(pay_date, at, row.timezone, days_max)
        arrangements.change_day(business_id, schedule_id, pay_date=pay_date)

    run(business_id, work)


def change_way(
    business_id: BusinessId,
    customer_id: UUID,
    schedule_id: UUID,
    way: tuple[UUID | None, UUID | None],
    *,
    at: datetime,
) -> None:
    """Another saved method, or mandate, of this customer pays a plan of theirs from now on; refuses
    one that is not theirs or not there (`MethodGone`), a card that has ended (`CardExpired`), and
    (`BeingCharged`) a plan whose moment has come."""
    row = _own(business_id, customer_id, schedule_id)

    def work() -> None:
        _check_way(business_id, customer_id, way, row.currency, local_date(at, row.timezone))
        method_id, mandate_id = way
        arrangements.change_way(
            business_id, schedule_id, method_id=method_id, mandate_id=mandate_id
        )

    run(business_id, work)


def cancel(
    business_id: BusinessId, customer_id: UUID, schedule_id: UUID, *, by: Actor, at: datetime
) -> None:
    """Cancels a plan of this customer; refuses (`BeingCharged`) once its moment has come."""
    _own(business_id, customer_id, schedule_id)
    arrangements.cancel(business_id, schedule_id, at=at, by=by)
