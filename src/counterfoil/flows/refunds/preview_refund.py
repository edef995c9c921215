"""What a refund would bring, by the very rule that it will be booked by; nothing is written."""

from uuid import UUID

from counterfoil.domain.receivables import reversing
from counterfoil.domain.receivables.giving_back import GivenBack, PaidCredit, Wanted, give_back
from counterfoil.domain.receivables.queries import payment
from counterfoil.infra.db import reading
from counterfoil.kernel.ids import BusinessId
from counterfoil.kernel.money import Money


def preview(
    business_id: BusinessId, attempt_id: UUID, amount: Money
) -> tuple[GivenBack, dict[UUID, str]]:
    """What would come off, and the numbers of the invoices that it would come off.

    Refuses (`NotFound`) a payment that is not there. `amount` is within what is left of it, as
    the caller has seen; another refund may be quicker, then this one is refused when it is begun.
    """
    with reading(business_id):
        row = payment(business_id, attempt_id)
        coverings = reversing.coverings(business_id, [attempt_id])
    used = row.amount_minor - row.unapplied_minor
    credit = PaidCredit(
        row.id, row.customer_id, row.currency, row.amount_minor, used, row.refunded_minor
    )
    wanted = Wanted(row.id, row.id, amount)
    (given,) = give_back([wanted], {row.id: credit}, coverings)
    return given, {one.invoice_id: one.number for one in coverings}
