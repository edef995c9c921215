"""Finds which mandate a gateway tells of, and settles it."""

from datetime import datetime

from counterfoil.domain.payments import mandates
from counterfoil.domain.payments.mandate_outcomes import MandateTold
from counterfoil.domain.payments.rows import WaitingEvent
from counterfoil.flows.debits.resolve_mandate import resolve_mandate
from counterfoil.flows.debits.settle_mandates import settle_mandates
from counterfoil.infra.db import reading
from counterfoil.kernel.actor import Actor
from counterfoil.kernel.ids import BusinessId
from counterfoil.kernel.ports.gateways.mandates import MandateOutcome, MandateState


def place_mandate(
    business_id: BusinessId, event: WaitingEvent, fact: MandateOutcome, *, at: datetime, by: Actor
) -> str:
    """Settles what a gateway tells of a mandate; says what came of it, `unplaced: ...` if it
    concerns nothing of ours."""
    with reading(business_id):
        mandate = mandates.mandate_told_of(
            business_id, event.gateway_account_id, fact.reference, fact.gateway_ref
        )
    if mandate is None:
        return "unplaced: no mandate of ours has this reference"
    if mandate.gateway_account_id != event.gateway_account_id:
        return "unplaced: the mandate belongs to another gateway account"
    if fact.state is MandateState.UNKNOWN:  # the event only names it: its state is to be asked for
        mandates.plan_mandate_check(business_id, mandate.id, next_check_at=at)
        return f"mandate {resolve_mandate(business_id, mandate.id, at=at).state}"
    changes = settle_mandates(business_id, [MandateTold(mandate.id, fact)], at=at, by=by)
    return f"mandate {changes[0].target}" if changes else "known already"
