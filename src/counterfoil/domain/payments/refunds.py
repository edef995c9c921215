"""The only writer of refunds: begin, find, record, put off the next look-up."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from counterfoil.domain.approvals.deciders import check_whole
from counterfoil.domain.payments.operations import FIRST_CHECK, FormSentAlready
from counterfoil.domain.payments.queries import refund_of_form, refunds_of
from counterfoil.domain.payments.refund_outcomes import RefundChange
from counterfoil.domain.payments.rows import FoundRefund, NewRefund, RefundedPayment
from counterfoil.domain.payments.states import OPEN_REFUNDS, REFUND, ByHand, RefundState
from counterfoil.infra.db import execute, held_by, operation
from counterfoil.infra.outbox import Happened
from counterfoil.infra.sql import Statement
from counterfoil.infra.transitions import Stored, begin_many, move_many
from counterfoil.kernel.actor import Actor
from counterfoil.kernel.errors import Conflict, FieldProblem, NotFound, Refused
from counterfoil.kernel.ids import BusinessId, encode, new_ids
from counterfoil.kernel.money import Money

_HAD_MONEY = frozenset({"succeeded", "returned"})
_TRANSFER, _TAIL = ByHand.BANK_TRANSFER.value, 10
REFUNDS = Stored(REFUND, "payments_refund")
LOCK = Statement(__package__, "lock_refunded", RefundedPayment)


class NothingToRefund(Conflict):
    """The payment brought no money, or all of it was given back."""

    code = "nothing_to_refund"
    message = "There is nothing left of this payment to refund. No money was moved."


class PaymentContested(Conflict):
    """The payer's bank has taken the payment back, and has not decided whether for good."""

    code = "payment_contested"
    message = "The payer's bank contests this payment. It can't be refunded until that is decided."


@held_by("payments_refunds_within_payment")
class RefundTooHigh(Refused):
    """The amount is more than open and succeeded refunds leave of the payment."""

    code = "refund_too_high"
    message = "This is more than is left of the payment to refund. No money was moved."

    @classmethod
    def beyond(cls, left: Money) -> "RefundTooHigh":
        """The refusal that says how much is left."""
        message = (
            f"This is more than the {left.decimal} {left.currency} that are left of the payment to "
            "refund. No money was moved."
        )
        return cls(message, left=left)


def lock_refunded(
    business_id: BusinessId, attempt_ids: Sequence[UUID]
) -> dict[UUID, RefundedPayment]:
    """Payments under lock, by id; unknown ids are left out."""
    rows = LOCK.rows(business_id=business_id, ids=sorted(set(attempt_ids)))
    return {row.id: row for row in rows}


def check_not_contested(business_id: BusinessId, attempt_id: UUID) -> None:
    """Refuses (`PaymentContested`) to change what a payment covers while a chargeback of it is not
    decided: nobody is given as credit what the bank may keep. Holds the payment; do it first."""
    found = lock_refunded(business_id, [attempt_id]).get(attempt_id)
    if found is not None and found.contested_minor:
        raise PaymentContested("The payer's bank contests this payment. Nothing was changed.")


@operation
def begin_refund(business_id: BusinessId, new: NewRefund, *, at: datetime, by: Actor) -> UUID:
    """Writes a refund, submitted, and reserves its amount; commit before the gateway is called.

    Refuses: `NotFound` without such a payment, `PaymentContested` while a chargeback of it is not
    decided, `NothingToRefund` where nothing is left, `RefundTooHigh` beyond what is left,
    `NeedsSecondPerson` beyond its whole, an amount that is not positive, `FormSentAlready` if the
    form key has been used.
    """
    payment = _locked(business_id, new.attempt_id)
    if refund_of_form(business_id, new.form_key) is not None:
        raise FormSentAlready
    if payment.contested_minor:
        raise PaymentContested
    if payment.left_minor == 0:
        raise NothingToRefund
    amount_minor = payment.left_minor if new.amount_minor is None else new.amount_minor
    if amount_minor <= 0:
        message = "The amount must be more than zero."
        raise FieldProblem("amount", message, code="not_positive")
    if amount_minor > payment.left_minor:
        raise RefundTooHigh.beyond(Money(payment.left_minor, payment.currency))
    given_minor = payment.refunding_minor + payment.refunded_minor
    check_whole(given_minor + amount_minor, new.whole_at_most_minor)
    wanted = {
        "amount_minor": amount_minor,
        "currency": payment.currency,
        "form_key": new.form_key,
        "reason": new.reason[:300],
        "is_ours": True,
        "gateway_ref": "",
        "method": new.method,
    }
    execute(_RESERVE, {"business_id": business_id, "id": payment.id, "amount": amount_minor})
    return _submit(business_id, payment, wanted, at=at, by=by)


@operation
def find_refund(business_id: BusinessId, found: FoundRefund, *, at: datetime, by: Actor) -> UUID:
    """Writes a refund that was made at the gateway without us, once; it is a fact, so no cap
    refuses it. Refuses (`NotFound`) one of another currency than its payment's, or of a payment
    that brought nothing."""
    payment = _locked(business_id, found.attempt_id)
    if found.amount.currency != payment.currency or payment.state not in _HAD_MONEY:
        raise NotFound
    known = [
        one for one in refunds_of(business_id, [payment.id]) if one.gateway_ref == found.gateway_ref
    ]
    if known:
        return known[0].id
    wanted = {
        "amount_minor": found.amount.minor,
        "currency": payment.currency,
        "form_key": f"there:{payment.id}:{found.gateway_ref}"[:170],
        "reason": "",
        "is_ours": False,
        "gateway_ref": found.gateway_ref[:120],
        "method": "",
    }
    amounts = {"ids": [payment.id], "open": [found.amount.minor], "given": [0]}
    execute(_COUNT, {"business_id": business_id, **amounts})
    return _submit(business_id, payment, wanted, at=at, by=by)


def _locked(business_id: BusinessId, attempt_id: UUID) -> RefundedPayment:
    payment = lock_refunded(business_id, [attempt_id]).get(attempt_id)
    if payment is None:
        raise NotFound
    return payment


def _submit(
    business_id: BusinessId,
    payment: RefundedPayment,
    wanted: dict[str, Any],
    *,
    at: datetime,
    by: Actor,
) -> UUID:
    (refund_id,) = new_ids(1, at=at)
    params = {
        "business_id": business_id,
        "id": refund_id,
        "state": REFUND.begins_in.value,
        "attempt_id": payment.id,
        "by": by.label[:120],
        "at": at,
        "check_at": None if wanted["method"] else at + FIRST_CHECK,
        "transfer_ref": transfer_ref(refund_id) if wanted["method"] == _TRANSFER else "",
        **wanted,
    }
    if not execute(_BEGIN, params):
        raise FormSentAlready
    begin_many(business_id, REFUND, [refund_id], at=at, by=by, reason=wanted["reason"])
    return refund_id


def transfer_ref(refund_id: UUID) -> str:
    """What the business writes into its transfer: short, no sign that a bank would not carry."""
    return f"REF{encode('ref', refund_id)[-_TAIL:].upper()}"


_BEGIN = """
INSERT INTO payments_refund (business_id, id, attempt_id, state, currency, amount_minor, reason,
  form_key, is_ours, gateway_ref, method, transfer_ref, failure_code, failure_detail, created_at,
  submitted_at, created_by, checks, next_check_at)
VALUES (%(business_id)s::uuid, %(id)s::uuid, %(attempt_id)s::uuid, %(state)s::text,
  %(currency)s::text, %(amount_minor)s::bigint, %(reason)s::text, %(form_key)s::text,
  %(is_ours)s::boolean, %(gateway_ref)s::text, %(method)s::text, %(transfer_ref)s::text, '', '',
  %(at)s::timestamptz, %(at)s::timestamptz, %(by)s::text, 0, %(check_at)s::timestamptz)
ON CONFLICT (business_id, form_key) DO NOTHING RETURNING id
"""
_RESERVE = """
UPDATE payments_attempt SET refunding_minor = refunding_minor + %(amount)s::bigint
WHERE business_id = %(business_id)s::uuid AND id = %(id)s::uuid
"""
_COUNT = """
UPDATE payments_attempt a
SET refunding_minor = a.refunding_minor + n.open, refunded_minor = a.refunded_minor + n.given,
    over_refunding_minor = greatest(0, a.refunding_minor + n.open + a.refunded_minor + n.given
                                       + a.contested_minor + a.charged_back_minor
                                       - a.amount_minor)
FROM unnest(%(ids)s::uuid[], %(open)s::bigint[], %(given)s::bigint[]) AS n(id, open, given)
WHERE a.business_id = %(business_id)s::uuid AND a.id = n.id
"""


@operation
def record_refunds(
    business_id: BusinessId,
    changes: Sequence[RefundChange],
    *,
    at: datetime,
    by: Actor,
    telling: Sequence[Happened] = (),
) -> None:
    """Writes what outcomes do to refunds whose payments are under lock, and what the payments
    have left, with the events that tell of it."""
    if not changes:
        return
    moves = [change.move for change in changes]
    move_many(business_id, REFUNDS, moves, at=at, by=by, telling=telling)
    open_minor: dict[UUID, int] = {}
    given_minor: dict[UUID, int] = {}
    for change in changes:
        payment, amount = change.refund.attempt_id, change.refund.amount_minor
        is_open, was_open = change.target in OPEN_REFUNDS, change.source in OPEN_REFUNDS
        is_given = change.target == RefundState.SUCCEEDED
        was_given = change.source == RefundState.SUCCEEDED
        open_minor[payment] = open_minor.get(payment, 0) + amount * (is_open - was_open)
        given_minor[payment] = given_minor.get(payment, 0) + amount * (is_given - was_given)
    execute(
        _COUNT,
        {
            "business_id": business_id,
            "ids": list(open_minor),
            "open": list(open_minor.values()),
            "given": [given_minor[one] for one in open_minor],
        },
    )


@operation
def look_at_refund(business_id: BusinessId, refund_id: UUID, *, at: datetime) -> bool:
    """A person has looked at a refund that failed; False if it was not waiting for one."""
    rows = execute(
        """
        UPDATE payments_refund SET looked_at = %(at)s::timestamptz
        WHERE business_id = %(business_id)s::uuid AND id = %(id)s::uuid
          AND state IN ('failed', 'returned') AND looked_at IS NULL
        RETURNING id
        """,
        {"business_id": business_id, "id": refund_id, "at": at},
    )
    return bool(rows)
