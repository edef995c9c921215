"""What of ours the movements of a payout are, and how far the books have them already."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from counterfoil.domain.payments import chargebacks
from counterfoil.domain.payments import queries as payments
from counterfoil.domain.payments.rows import AttemptRow, ChargebackRow, RefundRow
from counterfoil.domain.payments.states import AttemptState, ChargebackState, RefundState
from counterfoil.domain.reconciliation import payouts
from counterfoil.domain.reconciliation.payout_rows import Matched, Ours
from counterfoil.domain.reconciliation.states import PayoutState
from counterfoil.kernel.errors import NotFound
from counterfoil.kernel.ids import BusinessId, decode
from counterfoil.kernel.ports.gateways.payouts import Movement, MovementKind

UNKNOWN = "unknown"  # nothing of ours is behind it
NOT_BOOKED = "not_booked"  # it is ours, and the books do not have it (yet)
AMOUNT_DIFFERS = "amount_differs"
TWICE = "twice"  # the payment is in a payout already
ADJUSTMENT = "adjustment"
_PAID = frozenset({AttemptState.SUCCEEDED, AttemptState.RETURNED})
_SENT = frozenset({RefundState.SUCCEEDED, RefundState.RETURNED})
_REFUNDS = (MovementKind.REFUND, MovementKind.REFUND_REVERSAL)
_CONTESTED = (MovementKind.CHARGEBACK, MovementKind.CHARGEBACK_REVERSAL)
_ATTEMPT_KINDS = frozenset({MovementKind.CHARGE, MovementKind.RETURN})


@dataclass(frozen=True, slots=True)
class Known:
    """Everything of ours that movements may be about."""

    account_id: UUID
    by_charge: Mapping[str, AttemptRow]
    by_id: Mapping[UUID, AttemptRow]
    refunds: Mapping[str, RefundRow]
    refunds_by_id: Mapping[UUID, RefundRow]
    chargebacks: Mapping[str, ChargebackRow]
    paid_out: frozenset[tuple[UUID, str]]
    failed_payouts: Mapping[str, int]

    def attempt(self, movement: Movement) -> AttemptRow | None:
        """The payment behind a movement: by the gateway's id of the charge, else by our own."""
        if movement.charge in self.by_charge:
            return self.by_charge[movement.charge]
        found = self.by_id.get(_decoded("pay", movement.reference) or UUID(int=0))
        return found if found and found.gateway_account_id == self.account_id else None

    def refund(self, movement: Movement) -> RefundRow | None:
        """The refund behind a movement."""
        if movement.source in self.refunds:
            return self.refunds[movement.source]
        return self.refunds_by_id.get(_decoded("ref", movement.reference) or UUID(int=0))

    def refunds_asked(self, movement: Movement) -> list[RefundRow]:
        """The refund behind a movement; where no name tells it, those of its payment of which the
        gateway has not said yet how it calls them (its answer was lost)."""
        found = self.refund(movement)
        attempt = self.attempt(movement) if movement.kind in _REFUNDS and not found else None
        if found or not attempt:
            return [found] if found else []
        of_it = [one for one in self.refunds_by_id.values() if one.attempt_id == attempt.id]
        return [one for one in of_it if not one.gateway_ref]


def known(
    business_id: BusinessId,
    account_id: UUID,
    movements: Sequence[Movement],
    *,
    lines: Sequence[UUID] = (),
) -> Known:
    """Reads everything that these movements may be about, in a handful of statements. `lines` are
    the movements' own, where they are written down already: they are not looked for in another."""
    charges = sorted({one.charge for one in movements if one.charge})
    named = {_decoded("pay", one.reference) for one in movements} - {None}
    ids = payments.attempts_of_charges(business_id, account_id, charges)
    attempts = payments.attempts(business_id, sorted({*ids, *(one for one in named if one)}))
    attempt_ids = sorted(attempts)
    refunds = payments.refunds_of(business_id, attempt_ids)
    contested = chargebacks.chargebacks_of(business_id, attempt_ids)
    reversals = {one.source for one in movements if one.kind is MovementKind.PAYOUT_REVERSAL}
    sent_back = {ref: payouts.payout_of(business_id, account_id, ref) for ref in reversals}
    return Known(
        account_id=account_id,
        by_charge={
            one.gateway_ref: one
            for one in attempts.values()
            if one.gateway_ref and one.gateway_account_id == account_id
        },
        by_id=attempts,
        refunds={one.gateway_ref: one for one in refunds if one.gateway_ref},
        refunds_by_id={one.id: one for one in refunds},
        chargebacks={one.gateway_ref: one for one in contested},
        paid_out=frozenset(payouts.paid_out(business_id, attempt_ids, besides=lines)),
        failed_payouts={
            ref: one.amount_minor
            for ref, one in sent_back.items()
            if one is not None and one.state == PayoutState.FAILED
        },
    )


def match(movements: Sequence[Movement], there: Known) -> list[Matched]:
    """What each movement is; a payment that is in twice is ours the first time only."""
    taken, found = set(there.paid_out), []
    contested = {one.source for one in movements if one.kind in _CONTESTED and one.source}
    for movement in movements:
        is_unknown = movement.source in contested - there.chargebacks.keys()
        ours = _not_known(movement) if is_unknown else _ours(movement, there, taken)
        if movement.kind in _ATTEMPT_KINDS and ours.attempt_id:
            taken.add((ours.attempt_id, movement.kind.value))
        found.append(Matched(movement, ours))
    return found


def _not_known(movement: Movement) -> Ours:
    """A chargeback that we have not heard of: its fee waits with it, for whoever books the one
    later books the other too."""
    fee = movement.fee.minor
    return Ours(booked_minor=fee, booked_fee_minor=fee, problem=UNKNOWN)


def has_no_fee_here(one: Matched) -> bool:
    """Whether the fee of a chargeback that is known by now stands nowhere in our books."""
    is_of_chargeback = one.movement.kind in (*_CONTESTED, MovementKind.FEE)
    return is_of_chargeback and one.fee_minor != 0


def _ours(movement: Movement, there: Known, taken: set[tuple[UUID, str]]) -> Ours:
    kind = movement.kind
    if kind in _ATTEMPT_KINDS:
        return _of_attempt(movement, there.attempt(movement), taken)
    if kind in _REFUNDS:
        return _of_refund(movement, there.refund(movement))
    if kind in (*_CONTESTED, MovementKind.FEE):
        return _of_chargeback(movement, there.chargebacks.get(movement.source))
    if kind is MovementKind.PAYOUT_REVERSAL and movement.source in there.failed_payouts:
        return _checked(movement, Ours(booked_minor=there.failed_payouts[movement.source]))
    return Ours(problem=ADJUSTMENT if kind is MovementKind.ADJUSTMENT else UNKNOWN)


def _of_attempt(
    movement: Movement, attempt: AttemptRow | None, taken: set[tuple[UUID, str]]
) -> Ours:
    if attempt is None or attempt.currency != movement.gross.currency:
        return Ours(problem=UNKNOWN)
    if (attempt.id, movement.kind.value) in taken:
        return Ours(problem=TWICE)
    is_charge = movement.kind is MovementKind.CHARGE
    booked = attempt.state in (_PAID if is_charge else {AttemptState.RETURNED})
    if not booked:
        return Ours(problem=NOT_BOOKED)
    minor = attempt.amount_minor if is_charge else -attempt.amount_minor
    return _checked(movement, Ours(attempt_id=attempt.id, booked_minor=minor))


def _of_refund(movement: Movement, refund: RefundRow | None) -> Ours:
    """A refund that failed before it was booked has moved nothing here: at the gateway it went and
    came back, in one payout or in two, and until both are paid out the gateway owes the money."""
    if refund is None or refund.currency != movement.gross.currency:
        return Ours(problem=UNKNOWN)
    is_sent = movement.kind is MovementKind.REFUND
    known = _SENT if is_sent else {RefundState.RETURNED}
    if refund.state not in {RefundState.FAILED, *known}:
        return Ours(refund_id=refund.id, problem=NOT_BOOKED)
    minor = -refund.amount_minor if is_sent else refund.amount_minor
    return _checked(movement, Ours(refund_id=refund.id, booked_minor=minor))


def _of_chargeback(movement: Movement, chargeback: ChargebackRow | None) -> Ours:
    """A fee that belongs to no chargeback of ours is a fee all the same: it is booked as one."""
    if movement.kind is MovementKind.FEE:
        booked = chargeback is not None and _has_fee(chargeback)
        fee = movement.fee.minor if booked else 0
        chargeback_id = chargeback.id if chargeback else None
        return _checked(movement, Ours(chargeback_id=chargeback_id, booked_fee_minor=fee))
    if chargeback is None or chargeback.currency != movement.gross.currency:
        return Ours(problem=UNKNOWN)
    is_taken = movement.kind is MovementKind.CHARGEBACK
    if not is_taken and chargeback.state != ChargebackState.WON:
        return Ours(chargeback_id=chargeback.id, problem=NOT_BOOKED)
    minor = -chargeback.amount_minor if is_taken else chargeback.amount_minor
    fee = movement.fee.minor if _has_fee(chargeback) else 0
    ours = Ours(chargeback_id=chargeback.id, booked_minor=minor, booked_fee_minor=fee)
    return _checked(movement, ours)


def _has_fee(chargeback: ChargebackRow) -> bool:
    """Whether the chargeback's own entries have its fee; a won one's was given back by them."""
    return chargeback.fee_minor > 0 or chargeback.state == ChargebackState.WON


def _checked(movement: Movement, ours: Ours) -> Ours:
    if movement.gross.minor == ours.booked_minor:
        return ours
    return Ours(
        ours.attempt_id,
        ours.refund_id,
        ours.chargeback_id,
        ours.booked_minor,
        ours.booked_fee_minor,
        AMOUNT_DIFFERS,
    )


def _decoded(prefix: str, reference: str) -> UUID | None:
    try:
        return decode(prefix, reference)
    except NotFound:
        return None
