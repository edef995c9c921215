"""What a payment covers is moved: to another invoice of the customer, or to their credit."""

from datetime import datetime
from uuid import UUID

from counterfoil.domain.ledger import operations as ledger
from counterfoil.domain.payments.refunds import check_not_contested
from counterfoil.domain.receivables import operations as receivables
from counterfoil.domain.receivables import postings as covering
from counterfoil.domain.receivables import queries, reversing
from counterfoil.domain.receivables import reversal_postings as postings
from counterfoil.domain.receivables.allocating import allocate
from counterfoil.domain.receivables.giving_back import Covering, GivenBack, PaidCredit, TakenOff
from counterfoil.domain.receivables.operations import BeingPaid, NothingDue
from counterfoil.domain.receivables.rows import Applied, Arrived, LockedItem
from counterfoil.flows.refunds.unapply_payment import CoversNothing
from counterfoil.infra.db import run
from counterfoil.infra.outbox import Happened, publish
from counterfoil.kernel.actor import Actor
from counterfoil.kernel.errors import FieldProblem, NotFound, Refused
from counterfoil.kernel.ids import BusinessId, encode, new_id
from counterfoil.kernel.money import Money


class OtherCustomer(Refused):
    """The invoice is not this customer's, or in another currency."""

    code = "other_customer"
    message = "This invoice is another customer's, or in another currency. Nothing was changed."


def move(
    business_id: BusinessId,
    attempt_id: UUID,
    source_id: UUID,
    target_id: UUID,
    *,
    at: datetime,
    by: Actor,
) -> Applied:
    """Takes all that a payment covers of one invoice off it and covers another with it, as far as
    that is open, in one step; what is over is the customer's credit. No money moves.

    Refuses (nothing changed): `CoversNothing`, `OtherCustomer`, `NothingDue` and `BeingPaid` of the
    other invoice, `NotFound`, `PaymentContested` while a chargeback is open.
    """

    def work() -> Applied:
        check_not_contested(business_id, attempt_id)
        items = receivables.lock_items(business_id, sorted({source_id, target_id}))
        held = reversing.hold(business_id, [attempt_id])
        credit = held.credits.get(attempt_id)
        if credit is None:
            raise NotFound
        target = items[target_id]
        _check(business_id, credit, target, source_id)
        covered = [one for one in held.coverings if one.invoice_id == source_id]
        given = _off(credit, covered, None)
        _take_off(business_id, given, at=at)
        arrived = Arrived(
            credit.id, credit.customer_id, "payment", given.amount,
            ((target_id, given.amount.minor),),
        )  # fmt: skip
        (applied,) = allocate([arrived], {target_id: target})
        receivables.write_more_applied(business_id, [applied], at=at)
        memo, application = encode("pay", attempt_id), new_id()
        entries = [
            posted(applied, occurred_at=at, memo=memo, application=application)
            for posted in (covering.credit_applied, covering.write_off_recovered)
        ]
        ledger.post(business_id, [entry for entry in entries if entry], at=at)
        publish(business_id, _told(given, applied, source_id, target_id, by), at=at)
        return applied

    return run(business_id, work, is_small=True)


def keep_as_credit(
    business_id: BusinessId, attempt_id: UUID, amount: Money, *, at: datetime, by: Actor
) -> GivenBack:
    """Instead of a refund: so much of what a payment covers comes off its invoices, the newest
    first, and is the customer's credit. No money moves.

    Refuses (nothing changed): more than the payment covers, nothing at all, another currency;
    `PaymentContested` while a chargeback is open.
    """

    def work() -> GivenBack:
        check_not_contested(business_id, attempt_id)
        held = reversing.hold(business_id, [attempt_id])
        credit = held.credits.get(attempt_id)
        if credit is None:
            raise NotFound
        covered = sum(one.amount_minor for one in held.coverings)
        if not covered:
            raise CoversNothing
        if amount.currency != credit.currency or amount.minor <= 0:
            raise FieldProblem("amount", "The amount must be more than zero.", code="not_positive")
        if amount.minor > covered:
            message = "This is more than the payment covers. Nothing was changed."
            raise FieldProblem("amount", message, code="more_than_covered")
        given = _off(credit, held.coverings, amount.minor)
        _take_off(business_id, given, at=at)
        told = [
            Happened(
                "payment.unapplied",
                {
                    "payment": encode("pay", attempt_id),
                    "customer": encode("cus", credit.customer_id),
                    "invoice": encode("inv", part.invoice_id),
                    "amount": part.amount.minor,
                    "currency": amount.currency,
                    "by": by.label,
                },
            )
            for part in given.parts
        ]
        publish(business_id, told, at=at)
        return given

    return run(business_id, work, is_small=True)


def _check(
    business_id: BusinessId, credit: PaidCredit, target: LockedItem, source_id: UUID
) -> None:
    if (target.customer_id, target.currency) != (credit.customer_id, credit.currency):
        raise OtherCustomer
    if not target.open_minor or target.id == source_id:
        raise NothingDue
    if queries.open_claims(business_id, [target.id]):
        raise BeingPaid


def _off(credit: PaidCredit, coverings: list[Covering], minor: int | None) -> GivenBack:
    """What comes off: all of these coverings, or so much, the newest first."""
    rest, parts = minor, []
    for one in coverings:
        part = one.amount_minor if rest is None else min(rest, one.amount_minor)
        if part > 0:
            amount = Money(part, credit.currency)
            parts.append(TakenOff(one.allocation_id, one.invoice_id, amount))
            rest = None if rest is None else rest - part
    if not parts:
        raise CoversNothing
    nothing = Money(0, credit.currency)
    return GivenBack(credit.id, credit.customer_id, None, nothing, tuple(parts))


def _take_off(business_id: BusinessId, given: GivenBack, *, at: datetime) -> None:
    reversing.write_given_back(business_id, [given], at=at)
    memo = encode("pay", given.credit_id)
    entry = postings.payment_unapplied(given, new_id(), occurred_at=at, memo=memo)
    ledger.post(business_id, [entry], at=at)


def _told(
    given: GivenBack, applied: Applied, source_id: UUID, target_id: UUID, by: Actor
) -> list[Happened]:
    body = {
        "payment": encode("pay", given.credit_id),
        "customer": encode("cus", given.customer_id),
        "from_invoice": encode("inv", source_id),
        "to_invoice": encode("inv", target_id),
        "amount": (applied.amount - applied.unapplied).minor,
        "unapplied": applied.unapplied.minor,
        "currency": given.amount.currency,
        "by": by.label,
    }
    paid = [Happened("invoice.paid", {"invoice": encode("inv", one)}) for one in applied.settled]
    return [Happened("payment.moved", body), *paid]
