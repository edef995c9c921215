"""What a refund would bring, by the very rule that it will be booked by; nothing is written."""

from dataclasses import dataclass
from uuid import UUID

from counterfoil.domain.payments.rows import RefundedPayment
from counterfoil.domain.receivables import reversing
from counterfoil.domain.receivables.giving_back import GivenBack, PaidCredit, Wanted, give_back
from counterfoil.domain.receivables.queries import payment
from counterfoil.domain.receivables.rows import PaymentRow
from counterfoil.domain.receivables.surcharging import leaving
from counterfoil.infra.db import reading
from counterfoil.kernel.ids import BusinessId
from counterfoil.kernel.money import Money


@dataclass(frozen=True, slots=True)
class Preview:
    """What would come off, the numbers of the invoices that it would come off, and what of the
    amount is surcharge."""

    given: GivenBack
    numbers: dict[UUID, str]
    surcharge: Money


def preview(business_id: BusinessId, attempt_id: UUID, amount: Money) -> Preview:
    """What giving so much back would bring.

    Refuses (`NotFound`) a payment that is not there. `amount` is within what is left of it, as
    the caller has seen; another refund may be quicker, then this one is refused when it is begun.
    """
    with reading(business_id):
        row = payment(business_id, attempt_id)
        coverings = reversing.coverings(business_id, [attempt_id])
    seen = _seen(row)
    shares = leaving(seen, amount, gone_minor=seen.gone_minor)
    total = row.amount_minor - row.surcharge_minor
    credit = PaidCredit(
        row.id,
        row.customer_id,
        row.currency,
        total,
        total - row.unapplied_minor,
        min(total, seen.gone_minor),
    )
    (given,) = give_back([Wanted(row.id, row.id, shares.brought)], {row.id: credit}, coverings)
    numbers = {one.invoice_id: one.number for one in coverings}
    return Preview(given, numbers, shares.surcharge)


def _seen(row: PaymentRow) -> RefundedPayment:
    """The payment as the rule takes it, though nobody holds it here."""
    return RefundedPayment(
        id=row.id,
        state=row.state,
        currency=row.currency,
        amount_minor=row.amount_minor,
        refunding_minor=row.refunding_minor,
        refunded_minor=row.refunded_minor,
        contested_minor=row.contested_minor,
        charged_back_minor=row.charged_back_minor,
        surcharge_minor=row.surcharge_minor,
    )
