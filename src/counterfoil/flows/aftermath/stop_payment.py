"""A payment is stopped before it settles: the gateway is asked, and its word is what counts."""

from datetime import datetime
from typing import Protocol
from uuid import UUID

from counterfoil.domain.payments import mandates, queries
from counterfoil.domain.payments.outcomes import AttemptOutcome
from counterfoil.domain.payments.rows import Account, AttemptRow
from counterfoil.domain.payments.states import AttemptState
from counterfoil.flows.debits.end_mandate import end_mandate
from counterfoil.flows.gateways import cancels_of, offers
from counterfoil.flows.methods.carry_on import call_off
from counterfoil.flows.settle_payment import settle
from counterfoil.infra.db import outside_transaction, reading
from counterfoil.kernel.actor import Actor
from counterfoil.kernel.errors import Conflict
from counterfoil.kernel.ids import BusinessId, encode
from counterfoil.kernel.ports.gateways.capabilities import Capability
from counterfoil.kernel.ports.gateways.charges import Outcome
from counterfoil.kernel.ports.gateways.outcomes import Result

STOPPED = "payment_stopped"
STOPPABLE = frozenset({AttemptState.PROCESSING, AttemptState.ACTION_REQUIRED})


class TooLate(Conflict):
    """The payment is decided, or the gateway does not stop it any more."""

    code = "too_late_to_stop"
    message = "It is too late to stop this payment. Nothing was changed."


class Stoppable(Protocol):
    """What of a payment decides whether it can be stopped."""

    @property
    def state(self) -> str:
        """Where it stands."""

    @property
    def gateway_ref(self) -> str:
        """By what its gateway knows it; empty while nothing was charged."""

    @property
    def mandate_id(self) -> UUID | None:
        """The mandate that it rests on."""


def can_be_stopped(payment: Stoppable, gateway_kind: str) -> bool:
    """Whether asking makes sense: it waits for its mandate, or it waits over there, and its gateway
    can stop payments."""
    if payment.state not in STOPPABLE:
        return False
    if not payment.gateway_ref:
        return payment.mandate_id is not None and payment.state == AttemptState.ACTION_REQUIRED
    return offers(gateway_kind, Capability.CANCELS)


def stop(business_id: BusinessId, attempt_id: UUID, *, at: datetime, by: Actor) -> AttemptRow:
    """Asks the gateway to stop a payment, and settles what it says: stopped, its invoices are free
    again; or where it stands. A lost answer changes nothing: the sweep asks. One that waits for
    its mandate is stopped here, and its mandate is not asked for any more.

    Refuses (`TooLate`) one that is decided or that the gateway does not stop; `Unavailable` if
    nothing was asked.
    """
    with reading(business_id):
        attempt = queries.attempt(business_id, attempt_id)
        account = queries.account(business_id, attempt.gateway_account_id)
    if not can_be_stopped(attempt, account.kind):
        raise TooLate
    if attempt.waits_for_mandate:
        return _call_off(business_id, attempt, at=at, by=by)
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


def _call_off(
    business_id: BusinessId, attempt: AttemptRow, *, at: datetime, by: Actor
) -> AttemptRow:
    if not call_off(business_id, attempt.id, at=at, by=by):
        raise TooLate
    with reading(business_id):
        assert attempt.mandate_id is not None
        mandate = mandates.mandate(business_id, attempt.mandate_id)
    if not mandate.is_active:  # one that was given in this moment is good for the next payment
        end_mandate(business_id, mandate.id, customer_id=None, at=at, by=by, reason=STOPPED)
    with reading(business_id):
        return queries.attempt(business_id, attempt.id)


@outside_transaction
def _ask(account: Account, attempt: AttemptRow) -> Outcome:
    reference = encode("pay", attempt.id)
    return cancels_of(account.kind).cancel(account.opened, reference, attempt.gateway_ref)
