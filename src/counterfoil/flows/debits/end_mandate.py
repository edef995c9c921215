"""Somebody takes a mandate back: from this moment nothing is debited on it."""

from datetime import datetime
from uuid import UUID

from counterfoil.domain.payments import mandates
from counterfoil.domain.payments.mandate_outcomes import REVOKED_BY_PAYER, MandateTold
from counterfoil.domain.payments.rows import MandateRow
from counterfoil.flows.debits.resolve_mandate import resolve_mandate
from counterfoil.flows.debits.settle_mandates import settle_mandates_with
from counterfoil.infra.db import reading, run
from counterfoil.kernel.actor import Actor
from counterfoil.kernel.errors import NotFound
from counterfoil.kernel.ids import BusinessId
from counterfoil.kernel.ports.gateways.mandates import MandateOutcome, MandateState


def end_mandate(
    business_id: BusinessId,
    mandate_id: UUID,
    *,
    customer_id: UUID | None,
    at: datetime,
    by: Actor,
    reason: str = REVOKED_BY_PAYER,
) -> MandateRow:
    """Revokes a mandate here first, so that nothing is charged on it any more, then at the gateway,
    which is told until it has heard. What is on its way to the bank goes on. Again changes nothing.

    Refuses (`NotFound`) a mandate of another customer than `customer_id`, if that is given.
    """
    with reading(business_id):
        mandate = mandates.mandate(business_id, mandate_id)
    if customer_id is not None and mandate.customer_id != customer_id:
        raise NotFound
    outcome = MandateOutcome(mandate.reference, MandateState.REVOKED, reason=reason)

    def work() -> bool:
        told = [MandateTold(mandate_id, outcome)]
        changes = settle_mandates_with(business_id, told, at=at, by=by)
        if changes:
            mandates.plan_mandate_check(business_id, mandate_id, next_check_at=at)
        return bool(changes)

    if run(business_id, work):
        return resolve_mandate(business_id, mandate_id, at=at)
    with reading(business_id):
        return mandates.mandate(business_id, mandate_id)
