"""Takes a payment off an invoice that it should not cover: no money moves, the customer keeps it
as credit."""

from datetime import datetime
from uuid import UUID

from counterfoil.domain.ledger import operations as ledger
from counterfoil.domain.payments.refunds import check_not_contested
from counterfoil.domain.receivables import reversal_postings as postings
from counterfoil.domain.receivables import reversing
from counterfoil.domain.receivables.giving_back import GivenBack, take_off
from counterfoil.infra.db import run
from counterfoil.infra.outbox import Happened, publish
from counterfoil.kernel.actor import Actor
from counterfoil.kernel.errors import Conflict, NotFound
from counterfoil.kernel.ids import BusinessId, encode, new_ids


class CoversNothing(Conflict):
    """The payment covers nothing of this invoice (any more)."""

    code = "covers_nothing"
    message = "This payment covers nothing of this invoice. Nothing was changed."


def unapply(
    business_id: BusinessId, attempt_id: UUID, invoice_id: UUID, *, at: datetime, by: Actor
) -> GivenBack:
    """Takes all that a payment covers of an invoice off it: the invoice is open again by so much,
    and the customer has so much credit.

    Refuses: `NotFound` for a payment that brought nothing, `CoversNothing` where nothing is
    covered, so a second click changes nothing; `PaymentContested` while a chargeback is open.
    """

    def work() -> GivenBack:
        check_not_contested(business_id, attempt_id)
        held = reversing.hold(business_id, [attempt_id])
        credit = held.credits.get(attempt_id)
        if credit is None:
            raise NotFound
        given = take_off(credit, held.coverings, invoice_id)
        if given is None:
            raise CoversNothing
        reversing.write_given_back(business_id, [given], at=at)
        (reversal_id,) = new_ids(1, at=at)
        memo = encode("pay", attempt_id)
        entry = postings.payment_unapplied(given, reversal_id, occurred_at=at, memo=memo)
        ledger.post(business_id, [entry], at=at)
        publish(business_id, [_told(given, invoice_id, by)], at=at)
        return given

    return run(business_id, work)


def _told(given: GivenBack, invoice_id: UUID, by: Actor) -> Happened:
    return Happened(
        "payment.unapplied",
        {
            "payment": encode("pay", given.credit_id),
            "customer": encode("cus", given.customer_id),
            "invoice": encode("inv", invoice_id),
            "amount": given.amount.minor,
            "currency": given.amount.currency,
            "by": by.label,
        },
    )
