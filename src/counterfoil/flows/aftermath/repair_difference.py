"""What staff do with what a comparison found: give it to a customer, have the gateway asked once
more and its word taken, or say that it is seen."""

import hashlib
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from counterfoil.domain.customers import queries as customers
from counterfoil.domain.payments import operations as payments
from counterfoil.domain.payments import queries
from counterfoil.domain.payments.outcomes import AttemptOutcome
from counterfoil.domain.payments.rows import Account, AttemptRow, NewReceipt, WaitingEvent
from counterfoil.domain.payments.states import OPEN_STATES, AttemptState
from counterfoil.domain.reconciliation import discrepancies
from counterfoil.domain.reconciliation.discrepancies import (
    ClosedAlready,
    Difference,
    DiscrepancyRow,
)
from counterfoil.flows import resolve_uncertain
from counterfoil.flows.aftermath.compare_gateways import AGREED, DEFINITE
from counterfoil.flows.aftermath.place_chargeback import place_chargeback
from counterfoil.flows.debits.pay_again import pay_again
from counterfoil.flows.gateways import listing_of, look_up, methods_charged
from counterfoil.flows.refunds.place_refund import place_refund
from counterfoil.flows.settle_payment import Arrival, is_second_charge, settle, settle_received
from counterfoil.infra import jobs
from counterfoil.infra.db import outside_transaction, reading, run
from counterfoil.kernel.actor import Actor
from counterfoil.kernel.errors import NotFound, Refused
from counterfoil.kernel.ids import BusinessId, encode, new_id
from counterfoil.kernel.ports.gateways.chargebacks import ChargebackTold
from counterfoil.kernel.ports.gateways.charges import Outcome
from counterfoil.kernel.ports.gateways.listing import Listed
from counterfoil.kernel.ports.gateways.outcomes import Instrument, MethodKind, Result
from counterfoil.kernel.ports.gateways.refunds import RefundOutcome

NEARBY: Final = timedelta(hours=1)  # around what is looked for on a list once more
OF_LISTS: Final = frozenset(
    {Difference.UNKNOWN_REFUND, Difference.REFUND_DIFFERS, Difference.UNKNOWN_CHARGEBACK}
)
ASKABLE: Final = OF_LISTS | {
    Difference.AMOUNT_DIFFERS,
    Difference.STATE_DIFFERS,
    Difference.MISSING_THERE,
}


class NotAdoptable(Refused):
    """Only a charge that nobody knows can become a customer's payment."""

    code = "not_adoptable"
    message = "This is no payment that could be given to a customer. Nothing was changed."


class NotAskable(Refused):
    """A charge that nobody knows has no reference of ours to be asked about."""

    code = "not_askable"
    message = "There is nothing to ask the gateway about here. Nothing was changed."


def adopt(
    business_id: BusinessId, discrepancy_id: UUID, customer_id: UUID, *, at: datetime, by: Actor
) -> UUID:
    """A charge that no payment of ours knows becomes this customer's payment, by the one door: it
    is their credit, the receipt goes out, and events of it that had been set aside (a refund, a
    chargeback) are acted on. What paid is what the list says. Once: a second click is
    `ClosedAlready`, and money that was recorded in another way is `TakenAlready`."""

    def work() -> UUID:
        row = discrepancies.discrepancy(business_id, discrepancy_id)
        if row.closed_at is not None:
            raise ClosedAlready
        if row.kind != Difference.UNKNOWN_CHARGE:
            raise NotAdoptable
        if customer_id not in customers.customers(business_id, [customer_id]):
            raise NotFound
        account = queries.account(business_id, row.gateway_account_id)
        paid_with = row.instrument or Instrument(_likely(account))
        mark = hashlib.sha256(row.ref.encode()).hexdigest()[:32]
        receipt = NewReceipt(
            id=new_id(),
            customer_id=customer_id,
            gateway_account_id=row.gateway_account_id,
            amount=row.amount,
            form_key=f"found:{row.gateway_account_id.hex}:{mark}",
            instrument_kind=paid_with.kind,
        )
        told = Outcome(
            encode("pay", receipt.id),
            Result.SUCCEEDED,
            row.ref[:120],
            row.amount,
            instrument=paid_with,
        )
        word = AttemptOutcome(receipt.id, told, min(row.occurred_at, at))
        settle_received(business_id, [Arrival(receipt, (), word)], at=at, by=by)
        discrepancies.close_discrepancy(
            business_id,
            discrepancy_id,
            remark=f"became {encode('pay', receipt.id)}",
            at=at,
            by=by,
            attempt_id=receipt.id,
        )
        for event_id in payments.act_again(business_id, row.gateway_account_id, row.ref):
            jobs.defer(business_id, "handle_event", event_id=str(event_id), at=at.isoformat())
        return receipt.id

    return run(business_id, work, is_small=True)


def _likely(account: Account) -> str:
    """What paid, where the list does not say: what the gateway charges by, if that is one way."""
    methods = methods_charged(account.kind)
    return next(iter(methods)) if len(methods) == 1 else MethodKind.CARD


def ask_again(business_id: BusinessId, discrepancy_id: UUID, *, at: datetime, by: Actor) -> bool:
    """Asks the gateway once more (of a payment by our own reference, of a refund or a chargeback on
    its list) and takes its word through the doors that events take. True, and the difference is
    closed, if books and gateway agree by now; False leaves it as it is.

    Refuses a second click (`ClosedAlready`) and what nothing can be asked about (`NotAskable`);
    `Unavailable` if the gateway can't be asked now.
    """
    with reading(business_id):
        row = discrepancies.discrepancy(business_id, discrepancy_id)
        account = queries.account(business_id, row.gateway_account_id)
    if row.closed_at is not None:
        raise ClosedAlready
    if row.kind not in ASKABLE:
        raise NotAskable
    if row.kind in OF_LISTS:
        agrees = _listed_agrees(business_id, account, row, at=at, by=by)
    else:
        agrees = _charge_agrees(business_id, account, row, at=at, by=by)
    if agrees:
        discrepancies.close_discrepancy(
            business_id, discrepancy_id, remark="agrees, asked again", at=at, by=by
        )
    return agrees


def _charge_agrees(
    business_id: BusinessId, account: Account, row: DiscrepancyRow, *, at: datetime, by: Actor
) -> bool:
    if row.attempt_id is None:
        raise NotAskable
    with reading(business_id):
        attempt = queries.attempt(business_id, row.attempt_id)
    told = look_up(account, attempt)
    if is_second_charge(attempt, told):
        return False
    if attempt.state == AttemptState.RETURNED:  # its list says otherwise: only a payment ends that
        return pay_again(business_id, attempt.id, at=at, by=by)
    if attempt.state in OPEN_STATES:
        resolve_uncertain.resolve(business_id, attempt.id, at=at)
    elif told.result in DEFINITE:
        settle(business_id, [AttemptOutcome(attempt.id, told)], at=at, by=by)
    with reading(business_id):
        now = queries.attempt(business_id, attempt.id)
    return _is_same(now, told)


def _is_same(attempt: AttemptRow, told: Outcome) -> bool:
    is_amount = told.amount is None or told.amount == attempt.amount
    return is_amount and (attempt.state, told.result) in AGREED


def _listed_agrees(
    business_id: BusinessId, account: Account, row: DiscrepancyRow, *, at: datetime, by: Actor
) -> bool:
    fact = _listed_again(account, row)
    if fact is None:
        return False
    if isinstance(fact, ChargebackTold):
        said = place_chargeback(business_id, account.id, fact, at=at, by=by)
        return not said.startswith("unplaced")
    event = WaitingEvent(account.id, account.id, fact.gateway_ref, "asked again", "", at)
    if place_refund(business_id, event, fact, at=at, by=by).startswith("unplaced"):
        return False
    with reading(business_id):
        attempt = queries.attempt_of_charge(business_id, account.id, fact.charge)
        known = queries.refunds_of(business_id, [attempt.id]) if attempt else []
    return any(one.gateway_ref == row.ref and one.amount == fact.amount for one in known)


@outside_transaction
def _listed_again(account: Account, row: DiscrepancyRow) -> RefundOutcome | ChargebackTold | None:
    """The refund or chargeback on the gateway's own list, as it stands there now."""
    since, until = row.occurred_at - NEARBY, row.occurred_at + NEARBY
    for one in listing_of(account.kind).listed(account.opened, since=since, until=until):
        fact = one.fact if isinstance(one, Listed) else None
        if isinstance(fact, RefundOutcome | ChargebackTold) and fact.gateway_ref == row.ref:
            return fact
    return None


def look_at(business_id: BusinessId, discrepancy_id: UUID, *, at: datetime, by: Actor) -> None:
    """A person has looked at a difference, and nothing is to be booked for it here."""
    with reading(business_id):
        discrepancies.discrepancy(business_id, discrepancy_id)
    discrepancies.close_discrepancy(business_id, discrepancy_id, remark="looked at", at=at, by=by)
