"""Asks the gateway what became of a refund, by our own key, until there is a definite answer."""

from datetime import datetime
from uuid import UUID

from counterfoil.domain.payments import queries, refunds
from counterfoil.domain.payments.operations import put_off_check
from counterfoil.domain.payments.refund_outcomes import RefundTold
from counterfoil.domain.payments.rows import Account, RefundRow
from counterfoil.domain.payments.states import OPEN_REFUNDS, RefundState
from counterfoil.flows.gateways import ABSENCE_IS_PROOF_AFTER, refunds_of
from counterfoil.flows.refunds.settle_refund import settle_refunds
from counterfoil.infra.db import outside_transaction, reading
from counterfoil.kernel import clock
from counterfoil.kernel.actor import SYSTEM
from counterfoil.kernel.apart import each_in_turn
from counterfoil.kernel.errors import Unavailable
from counterfoil.kernel.ids import BusinessId, encode
from counterfoil.kernel.ports.gateways.outcomes import Result
from counterfoil.kernel.ports.gateways.refunds import RefundOutcome


def resolve(
    business_id: BusinessId, refund_id: UUID, *, at: datetime, quiet: bool = False
) -> RefundRow:
    """Asks once and settles what the gateway knows; not knowing moves a refund only while its
    first answer is awaited. Nothing is ever sent a second time. Of one by hand nobody is asked.

    A refund that was made at the gateway without us has no key of ours: only its next event
    tells. `NotFound` for a refund that does not exist. `quiet` sends no mail.
    """
    with reading(business_id):
        refund = queries.refund(business_id, refund_id)
        account = queries.account(business_id, refund.gateway_account_id)
        charge = queries.attempt(business_id, refund.attempt_id).gateway_ref
    if refund.state not in OPEN_REFUNDS or refund.method:
        return refund
    if refund.next_check_at is not None and refund.next_check_at <= at:
        put_off_check(business_id, refunds.REFUNDS, refund_id, checks=refund.checks, at=at)
    if not refund.is_ours:
        return refund
    outcome = _ask(account, refund, charge)
    began = refund.submitted_at or refund.created_at
    if outcome.result == Result.ABSENT and at - began <= ABSENCE_IS_PROOF_AFTER:
        outcome = RefundOutcome(outcome.reference, outcome.charge, Result.UNKNOWN)
    if outcome.result != Result.UNKNOWN or refund.state == RefundState.SUBMITTED:
        told = [RefundTold(refund_id, outcome)]
        settle_refunds(business_id, told, at=at, by=SYSTEM, quiet=quiet)
    with reading(business_id):
        return queries.refund(business_id, refund_id)


@outside_transaction
def _ask(account: Account, refund: RefundRow, charge: str) -> RefundOutcome:
    reference = encode("ref", refund.id)
    try:
        return refunds_of(account.kind).look_up_refund(account.opened, reference, charge)
    except Unavailable:
        return RefundOutcome(reference, "", Result.UNKNOWN)


def sweep(business_id: BusinessId, *, at: datetime) -> int:
    """Resolves every refund whose look-up is due (a crash, a lost answer), each gateway account in
    its turn; returns how many were asked about."""
    now = clock.going_on(at)
    with reading(business_id):
        waiting = queries.refunds_to_check(business_id, at=at)
    return each_in_turn(
        waiting,
        lambda refund: refund.gateway_account_id,
        lambda refund: resolve(business_id, refund.id, at=now()),
    )
