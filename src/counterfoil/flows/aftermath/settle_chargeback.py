"""The same door for money that a bank takes back: a chargeback's stage, from any road, becomes
true here."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from counterfoil.domain.ledger import operations as ledger
from counterfoil.domain.ledger.journal import Entry
from counterfoil.domain.payments import chargebacks, refunds
from counterfoil.domain.payments import queries as payments
from counterfoil.domain.payments.chargeback_outcomes import ChargebackChange, judge_chargeback
from counterfoil.domain.payments.rows import ChargebackRow, RefundedPayment
from counterfoil.domain.payments.states import AttemptState, ChargebackState
from counterfoil.domain.receivables import chargeback_postings as postings
from counterfoil.domain.receivables import reversing
from counterfoil.domain.receivables.chargeback_postings import Charged
from counterfoil.domain.receivables.giving_back import GivenBack, Wanted, give_back
from counterfoil.domain.receivables.surcharging import coming_back, leaving
from counterfoil.infra.db import run
from counterfoil.infra.outbox import Happened, follow
from counterfoil.kernel.actor import Actor
from counterfoil.kernel.clock import rfc3339
from counterfoil.kernel.errors import Refused
from counterfoil.kernel.ids import BusinessId, encode
from counterfoil.kernel.money import Money
from counterfoil.kernel.ports.gateways.chargebacks import ChargebackTold

_EVENTS = {
    ChargebackState.ANSWERED: "chargeback.answered",
    ChargebackState.WON: "chargeback.won",
    ChargebackState.LOST: "chargeback.lost",
}
_BROUGHT_MONEY = frozenset({AttemptState.SUCCEEDED, AttemptState.RETURNED})


class NotPaid(Refused):
    """The payment brought no money that a bank could take back."""

    code = "not_paid"
    message = "This payment brought no money."


@dataclass(frozen=True, slots=True)
class _Moved:
    """What a change does to the books: its entries, what was taken, which invoices are open."""

    entries: tuple[Entry, ...]
    taken: Money
    reopened: tuple[reversing.Reopened, ...] = ()


def settle_chargeback(
    business_id: BusinessId,
    attempt_id: UUID,
    told: ChargebackTold,
    *,
    at: datetime,
    by: Actor,
    quiet: bool = False,
) -> ChargebackChange | None:
    """Records what a gateway says of a chargeback of this payment, moves the money in the books,
    tells the outbox; None if it changes nothing.

    Safe to call twice, from any road. It is a fact: no cap of ours refuses it. Decided under lock:
    the payment, then the invoices that it covers, then what it brought. One that was decided
    before we heard of it is opened and decided in one go. Refuses (`NotPaid`) a payment that
    brought nothing, `NotFound` where there is none.
    """

    def work() -> ChargebackChange | None:
        attempt = payments.attempt(business_id, attempt_id)
        payment = refunds.lock_refunded(business_id, [attempt_id])[attempt_id]
        if payment.state not in _BROUGHT_MONEY:
            raise NotPaid
        same = [
            one
            for one in chargebacks.chargebacks_of(business_id, [attempt_id])
            if one.gateway_ref == told.gateway_ref
        ]
        change = judge_chargeback(
            same[0] if same else None,
            payment,
            told,
            customer_id=attempt.customer_id,
            gateway_account_id=attempt.gateway_account_id,
            at=at,
        )
        if change is None:
            return None
        moved = _move(business_id, change, payment, at=at)
        events = _events(change, moved)
        chargebacks.record_chargeback(
            business_id, change, taken_minor=moved.taken.minor, at=at, by=by, telling=events
        )
        ledger.post(business_id, moved.entries, at=at)
        if not quiet:
            follow(business_id, events)
        return change

    return run(business_id, work, is_small=True)


def _move(
    business_id: BusinessId, change: ChargebackChange, payment: RefundedPayment, *, at: datetime
) -> _Moved:
    """What the change does, step by step: one that is new and decided is opened first."""
    row = change.chargeback
    nothing, held = Money(0, row.payment_currency), Money(row.held_minor, row.payment_currency)
    opened, decided = [], _charged(row, change.fee)
    if change.money_taken:  # what is kept of the fee stands with the first entry
        opened.append(postings.chargeback_opened(decided, occurred_at=row.opened_at))
        decided = replace(decided, fee=Money(0, row.currency))
    if change.money_back_late:
        back = coming_back(payment, held, gone_minor=payment.gone_minor)
        if back.brought:
            reversing.take_returned(business_id, [(row.attempt_id, back.brought)])
        late = postings.chargeback_won_late(decided, back, occurred_at=at)
        return _Moved((late,), nothing)
    if change.money_back:
        won = postings.chargeback_won(decided, occurred_at=at)
        return _Moved((*opened, won), nothing)
    if change.money_lost:
        shares = leaving(payment, held, gone_minor=payment.gone_minor)
        given = _take(business_id, row, shares.brought)
        reopened = reversing.write_given_back(business_id, [given], at=at)
        lost = postings.chargeback_lost(decided, given, shares, occurred_at=at)
        return _Moved((*opened, lost), given.amount, tuple(reopened))
    return _Moved(tuple(opened), nothing)


def _take(business_id: BusinessId, row: ChargebackRow, taken: Money) -> GivenBack:
    """What comes off what the payment covers."""
    held = reversing.hold(business_id, [row.attempt_id])
    wanted = Wanted(None, row.attempt_id, taken, chargeback_id=row.id)
    (given,) = give_back([wanted], held.credits, held.coverings)
    return given


def _charged(row: ChargebackRow, fee: Money) -> Charged:
    return Charged(
        id=row.id,
        customer_id=row.customer_id,
        gateway_account_id=row.gateway_account_id,
        amount=row.amount,
        fee=fee,
        memo=encode("dis", row.id),
    )


def _events(change: ChargebackChange, moved: _Moved) -> list[Happened]:
    body = _body(change.chargeback)
    events = []
    if change.money_taken:
        events.append(Happened("chargeback.opened", body))
    if change.target in _EVENTS:
        events.append(Happened(_EVENTS[change.target], body))
    return events + [
        Happened(
            "invoice.reopened", {"invoice": encode("inv", one.id), "amount_due": one.due_minor}
        )
        for one in moved.reopened
    ]


def _body(row: ChargebackRow) -> dict[str, Any]:
    due_at = row.evidence_due_at
    return {
        "chargeback": encode("dis", row.id),
        "payment": encode("pay", row.attempt_id),
        "customer": encode("cus", row.customer_id),
        "amount": row.amount_minor,
        "currency": row.currency,
        "fee": row.fee_minor,
        "reason": row.reason_code,
        "status": row.state,
        "evidence_due_at": rfc3339(due_at) if due_at else None,
    }
