"""Finds which mandate a gateway tells of, and settles it."""

from datetime import datetime

from counterfoil.domain.payments import mandates, queries
from counterfoil.domain.payments.mandate_outcomes import ENDED, MandateTold
from counterfoil.domain.payments.rows import Account, MandateRow, WaitingEvent
from counterfoil.domain.payments.states import MandateState as State
from counterfoil.flows.debits.resolve_mandate import resolve_mandate
from counterfoil.flows.debits.settle_mandates import settle_mandates
from counterfoil.flows.gateways import mandates_of
from counterfoil.infra.db import outside_transaction, reading
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
    if fact.state is MandateState.UNKNOWN and State(mandate.state) in ENDED:
        return _of_ended(business_id, mandate)
    if fact.state is MandateState.UNKNOWN:  # the event only names it: its state is to be asked for
        mandates.plan_mandate_check(business_id, mandate.id, next_check_at=at)
        return f"mandate {resolve_mandate(business_id, mandate.id, at=at).state}"
    changes = settle_mandates(business_id, [MandateTold(mandate.id, fact)], at=at, by=by)
    return f"mandate {changes[0].target}" if changes else "known already"


def _of_ended(business_id: BusinessId, mandate: MandateRow) -> str:
    """What has ended here stays ended; that it lives again over there is for a person, and no
    reason to end it there. `Unavailable` if that can't be asked now."""
    if mandate.next_check_at is not None:  # it is still to be ended there
        return "known already"
    with reading(business_id):
        account = queries.account(business_id, mandate.gateway_account_id)
    if not _lives_there(account, mandate):
        return "known already"
    return "unplaced: the mandate has ended here and lives again at the gateway"


@outside_transaction
def _lives_there(account: Account, mandate: MandateRow) -> bool:
    told = mandates_of(account.kind).look_up_mandate(
        account.opened, mandate.reference, mandate.gateway_ref
    )
    return told.state in (MandateState.PENDING, MandateState.ACTIVE)
