"""What staff do with what a comparison found: give it to a customer, or say that it is seen."""

import hashlib
from datetime import datetime
from uuid import UUID

from counterfoil.domain.customers import queries as customers
from counterfoil.domain.payments import operations as payments
from counterfoil.domain.payments.rows import NewReceipt
from counterfoil.domain.reconciliation import discrepancies
from counterfoil.domain.reconciliation.discrepancies import ClosedAlready, Difference
from counterfoil.flows.banking.receive_money import Arrival, receive
from counterfoil.infra import jobs
from counterfoil.infra.db import reading, run
from counterfoil.kernel.actor import Actor
from counterfoil.kernel.errors import NotFound, Refused
from counterfoil.kernel.ids import BusinessId, encode, new_id


class NotAdoptable(Refused):
    """Only a charge that nobody knows can become a customer's payment."""

    code = "not_adoptable"
    message = "This is no payment that could be given to a customer. Nothing was changed."


def adopt(
    business_id: BusinessId, discrepancy_id: UUID, customer_id: UUID, *, at: datetime, by: Actor
) -> UUID:
    """A charge that no payment of ours knows becomes this customer's payment, by the one door: it
    is their credit, the receipt goes out, and events of it that had been set aside (a refund, a
    chargeback) are acted on. Once: a second click is `ClosedAlready`, and money
    that was recorded in another way is `TakenAlready`."""

    def work() -> UUID:
        row = discrepancies.discrepancy(business_id, discrepancy_id)
        if row.closed_at is not None:
            raise ClosedAlready
        if row.kind != Difference.UNKNOWN_CHARGE:
            raise NotAdoptable
        if customer_id not in customers.customers(business_id, [customer_id]):
            raise NotFound
        mark = hashlib.sha256(row.ref.encode()).hexdigest()[:32]
        receipt = NewReceipt(
            id=new_id(),
            customer_id=customer_id,
            gateway_account_id=row.gateway_account_id,
            amount=row.amount,
            form_key=f"found:{row.gateway_account_id.hex}:{mark}",
            instrument_kind="card",
        )
        arrival = Arrival(receipt, (), min(row.occurred_at, at).date(), row.ref)
        receive(business_id, [arrival], at=at, by=by)
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


def look_at(business_id: BusinessId, discrepancy_id: UUID, *, at: datetime, by: Actor) -> None:
    """A person has looked at a difference, and nothing is to be booked for it here."""
    with reading(business_id):
        discrepancies.discrepancy(business_id, discrepancy_id)
    discrepancies.close_discrepancy(business_id, discrepancy_id, remark="looked at", at=at, by=by)
