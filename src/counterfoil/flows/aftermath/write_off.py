"""What is left of an invoice is written off, with a reason, or expected again."""

from datetime import datetime
from uuid import UUID

from counterfoil.domain.ledger import operations as ledger
from counterfoil.domain.receivables import operations as receivables
from counterfoil.domain.receivables import postings, queries
from counterfoil.domain.receivables.operations import BeingPaid, NothingDue
from counterfoil.infra.db import run
from counterfoil.infra.outbox import Happened, publish
from counterfoil.kernel.actor import Actor
from counterfoil.kernel.errors import Conflict, FieldProblem
from counterfoil.kernel.ids import BusinessId, encode, new_id
from counterfoil.kernel.money import Money

REASON_MAX = 160


class NotWrittenOff(Conflict):
    """Nothing of the invoice is written off (any more)."""

    code = "not_written_off"
    message = "Nothing of this invoice is written off. Nothing was changed."


class MoreIsOwed(Conflict):
    """More is left of the invoice than whoever asked has seen, or a second person has approved."""

    code = "more_is_owed"
    message = "More is owed of this invoice than before. Nothing was written off: look again."


def checked_reason(reason: str) -> str:
    """The reason as it is kept, on one line; refuses none, and too long a one."""
    words = " ".join(reason.split())
    if not words:
        raise FieldProblem("reason", "Say why nobody expects it any more.", code="required")
    if len(words) > REASON_MAX:
        raise FieldProblem("reason", f"At most {REASON_MAX} characters.", code="too_long")
    return words


def write_off(
    business_id: BusinessId,
    invoice_id: UUID,
    reason: str,
    *,
    at: datetime,
    by: Actor,
    at_most_minor: int | None = None,
) -> Money:
    """Writes off all that is left of an invoice, and returns it. Money that comes for it all the
    same is taken, and recovers so much.

    Refuses (nothing written): no reason, nothing left to expect (`NothingDue`), `BeingPaid` while
    somebody pays it, `MoreIsOwed` where that is more than `at_most_minor`.
    """
    words = checked_reason(reason)

    def work() -> Money:
        item = receivables.lock_items(business_id, [invoice_id])[invoice_id]
        amount = Money(item.due_minor, item.currency)
        if not amount:
            raise NothingDue
        if at_most_minor is not None and amount.minor > at_most_minor:
            raise MoreIsOwed
        if queries.open_claims(business_id, [invoice_id]):
            raise BeingPaid
        receivables.set_written_off(business_id, invoice_id, item.open_minor)
        entry = postings.invoice_written_off(
            invoice_id,
            item.customer_id,
            amount,
            occurred_at=at,
            memo=f"{item.number}: {words}",
            write_off_id=new_id(),
        )
        ledger.post(business_id, [entry], at=at)
        body = {
            "invoice": encode("inv", invoice_id),
            "customer": encode("cus", item.customer_id),
            "amount": amount.minor,
            "currency": amount.currency,
            "reason": words,
            "by": by.label,
        }
        publish(business_id, [Happened("invoice.written_off", body)], at=at)
        return amount

    return run(business_id, work, is_small=True)


def take_back(business_id: BusinessId, invoice_id: UUID, *, at: datetime, by: Actor) -> Money:
    """What was written off of an invoice is expected again; returns it. Refuses `NotWrittenOff`."""

    def work() -> Money:
        item = receivables.lock_items(business_id, [invoice_id])[invoice_id]
        amount = Money(item.written_off_minor, item.currency)
        if not amount:
            raise NotWrittenOff
        receivables.set_written_off(business_id, invoice_id, 0)
        entry = postings.write_off_taken_back(
            invoice_id,
            item.customer_id,
            amount,
            occurred_at=at,
            memo=f"{item.number}: {by.label}",
            write_off_id=new_id(),
        )
        ledger.post(business_id, [entry], at=at)
        body = {"invoice": encode("inv", invoice_id), "amount_due": item.open_minor}
        publish(business_id, [Happened("invoice.reopened", body)], at=at)
        return amount

    return run(business_id, work, is_small=True)
