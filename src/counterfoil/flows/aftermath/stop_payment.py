"""A payment is stopped before it settles: the gateway is asked, and its word is what counts."""

from datetime import datetime
from uuid import UUID

from counterfoil.domain.payments import queries
from counterfoil.domain.payments.outcomes import AttemptOutcome
from counterfoil.domain.payments.rows import Account, AttemptRow
from counterfoil.domain.payments.states import AttemptState
from counterfoil.flows.gateways import cancels_of, offers
from counterfoil.flows.settle_payment import settle
from counterfoil.infra.db import outside_transaction, reading
from counterfoil.kernel.actor import Actor
from counterfoil.kernel.errors import Conflict
from counterfoil.kernel.ids import BusinessId, encode
from counterfoil.kernel.ports.gateways.capabilities import Capability
from counterfoil.kernel.ports.gateways.charges import Outcome
from counterfoil.kernel.ports.gateways.outcomes import Result

STOPPABLE = frozenset({AttemptState.PROCESSING, AttemptState.ACTION_REQUIRED})


class TooLate(Conflict):
    """The payment is decided, or the gateway does not stop it any more."""

    code = "too_late_to_stop"
    message = "It is too late to stop this payment. Nothing was changed."


def can_be_stopped(state: str, gateway_kind: str) -> bool:
    """Whether asking makes sense: it waits, and its gateway can stop payments."""
    return state in STOPPABLE and offers(gateway_kind, Capability.CANCELS)


def stop(business_id: BusinessId, attempt_id: UUID, *, at: datetime, by: Actor) -> AttemptRow:
    """Asks the gateway to stop a payment, and settles what it says: stopped, its invoices are free
    again; or where it stands. A lost answer changes nothing: the sweep asks.

    Refuses (`TooLate`) one that is decided or that the gateway does not stop; `Unavailable` if
    nothing was asked.
    """
    with reading(business_id):
        attempt = queries.attempt(business_id, attempt_id)
        account = queries.account(business_id, attempt.gateway_account_id)
    if not attempt.gateway_ref or not can_be_stopped(attempt.state, account.kind):
        raise TooLate
    outcome = _ask(account, attempt)
    if outcome.result != Result.UNKNOWN:
        settle(business_id, [AttemptOutcome(attempt_id, outcome)], at=at, by=by)
    with reading(business_id):
        found = queries.attempt(business_id, attempt_id)
    if found.state in (AttemptState.SUCCEEDED, AttemptState.FAILED, AttemptState.RETURNED):
        raise TooLate
    if outcome.result not in (Result.CANCELLED, Result.UNKNOWN):
        raise TooLate
    return found


@outside_transaction
def _ask(account: Account, attempt: AttemptRow) -> Outcome:
    reference = encode("pay", attempt.id)
    return cancels_of(account.kind).cancel(account.opened, reference, attempt.gateway_ref)
