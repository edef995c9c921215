"""Cheques and notes that staff take: recorded by the same road as every other payment."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from counterfoil.domain.payments import queries
from counterfoil.domain.payments.accounts.kinds import OFFLINE
from counterfoil.domain.payments.rows import NewReceipt
from counterfoil.flows.banking.match_bank_lines import parts_of
from counterfoil.flows.banking.receive_money import Arrival, receive
from counterfoil.infra.db import run
from counterfoil.kernel.actor import Actor
from counterfoil.kernel.errors import FieldProblem, InvalidInput
from counterfoil.kernel.ids import BusinessId, new_ids
from counterfoil.kernel.money import Money

METHODS = ("cheque", "cash")
REFERENCE_MAX = 120


@dataclass(frozen=True, slots=True)
class OfflinePayment:
    """What a member of staff was handed: by whom, how much, when, for what."""

    customer_id: UUID
    method: str
    amount: Money
    on: date
    invoice_ids: tuple[UUID, ...]
    form_key: str
    reference: str = ""  # the cheque's number, the receipt book's


def take(
    business_id: BusinessId,
    taken: OfflinePayment,
    *,
    today: date,
    at: datetime,
    by: Actor,
    quiet: bool = False,
) -> UUID:
    """Records a cheque or notes and returns the payment: it covers the invoices in their order,
    the rest is the customer's credit, and the receipt goes out (unless it is to be `quiet`).

    Refuses an amount of nothing, a day that has not come, another customer's invoice and, second
    time round, a form that was sent before (`TakenAlready`).
    """
    _check(taken, today)

    def work() -> UUID:
        road = queries.account_without_adapter(business_id, OFFLINE)
        assert road is not None  # every business is founded with it
        parts = parts_of(business_id, taken.customer_id, taken.invoice_ids, taken.amount)
        receipt = NewReceipt(
            id=new_ids(1, at=at)[0],
            customer_id=taken.customer_id,
            gateway_account_id=road,
            amount=taken.amount,
            form_key=f"{OFFLINE}:{taken.form_key}"[:80],
            instrument_kind=taken.method,
        )
        arrival = Arrival(receipt, parts, taken.on, taken.reference)
        receive(business_id, [arrival], at=at, by=by, quiet=quiet)
        return receipt.id

    return run(business_id, work, is_small=True)


def _check(taken: OfflinePayment, today: date) -> None:
    problems = []
    if taken.amount.minor <= 0:
        message = "The amount must be more than zero."
        problems.append(FieldProblem("amount", message, code="not_positive"))
    if taken.on > today:
        problems.append(FieldProblem("on", "The day has not come yet.", code="in_future"))
    if taken.method not in METHODS:
        problems.append(FieldProblem("method", "Choose cheque or cash.", code="unknown_method"))
    if len(taken.reference) > REFERENCE_MAX:
        message = f"At most {REFERENCE_MAX} characters."
        problems.append(FieldProblem("reference", message, code="too_long"))
    if problems:
        raise InvalidInput(problems)
