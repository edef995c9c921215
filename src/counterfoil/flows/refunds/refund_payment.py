"""A refund from the first click to the gateway's answer: record, commit, call, settle."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from counterfoil.domain.payments import queries, refunds
from counterfoil.domain.payments.accounts.kinds import WITHOUT_ADAPTER
from counterfoil.domain.payments.operations import FormSentAlready
from counterfoil.domain.payments.refund_outcomes import RefundTold
from counterfoil.domain.payments.rows import Account, AttemptRow, NewRefund, RefundRow
from counterfoil.flows.gateways import NotOffered, is_too_late, offers, once_asked, refunds_of
from counterfoil.flows.refunds import refund_by_hand
from counterfoil.flows.refunds.refund_by_hand import Handed
from counterfoil.flows.refunds.settle_refund import settle_refunds
from counterfoil.infra.db import outside_transaction, reading
from counterfoil.kernel import clock
from counterfoil.kernel.actor import SYSTEM, Actor
from counterfoil.kernel.errors import NotFound, Refused, Unavailable
from counterfoil.kernel.ids import BusinessId, encode
from counterfoil.kernel.ports.gateways.capabilities import Capability
from counterfoil.kernel.ports.gateways.outcomes import Result
from counterfoil.kernel.ports.gateways.refunds import RefundOutcome, RefundRequest


@dataclass(frozen=True, slots=True)
class RefundCommand:
    """What staff ask for: how much of which payment; without an amount, all that is left. `handed`
    is for money that no gateway moves: without it, the business is yet to send a transfer.
    `whole_at_most_minor` is what the payment may have given back with it, where two people are
    wanted for more."""

    attempt_id: UUID
    form_key: str
    amount_minor: int | None = None
    reason: str = ""
    handed: Handed | None = None
    whole_at_most_minor: int | None = None


class MovedByGateway(Refused):
    """The gateway that has the money gives it back: how is not for the business to say."""

    code = "moved_by_gateway"
    message = "The gateway gives this money back to where it came from. No money was moved."


def start(
    business_id: BusinessId,
    command: RefundCommand,
    *,
    by: Actor,
    at: datetime,
    quiet: bool = False,
) -> RefundRow:
    """Starts a refund and returns it with the gateway's answer, as far as there is one.

    Refuses (nothing started): a payment that brought no money or has none left, more than is
    left, a gateway that does not offer it. A form that was sent before gets its own refund back.
    A lost answer leaves the refund UNKNOWN: the resolver asks; nothing is sent a second time.
    """
    with reading(business_id):
        attempt = queries.attempt(business_id, command.attempt_id)
        account = queries.account(business_id, attempt.gateway_account_id)
        sent = queries.refund_of_form(business_id, command.form_key)
    if sent is not None:
        return _own(sent, command)
    if account.kind in WITHOUT_ADAPTER:
        return _by_hand(business_id, command, by=by, at=at, quiet=quiet)
    if not offers(account.kind, Capability.REFUNDS):
        raise NotOffered
    if command.handed is not None:
        raise MovedByGateway
    new = _new(command)
    began = clock.uptime()
    try:
        refund_id = refunds.begin_refund(business_id, new, at=at, by=by)
    except FormSentAlready:
        return _own(_of_form(business_id, command.form_key), command)
    outcome = _call(account, _request(business_id, attempt, refund_id), began=began)
    with once_asked():
        settle_refunds(business_id, [RefundTold(refund_id, outcome)], at=at, by=SYSTEM, quiet=quiet)
    with reading(business_id):
        return queries.refund(business_id, refund_id)


def _new(command: RefundCommand, method: str = "") -> NewRefund:
    return NewRefund(
        command.attempt_id,
        command.amount_minor,
        command.form_key,
        command.reason,
        method,
        command.whole_at_most_minor,
    )


def _by_hand(
    business_id: BusinessId, command: RefundCommand, *, by: Actor, at: datetime, quiet: bool
) -> RefundRow:
    """The business gives it back itself: nobody is asked."""
    handed = command.handed or Handed()
    new = _new(command, handed.method)
    try:
        refund_id = refund_by_hand.begin(business_id, new, handed, at=at, by=by, quiet=quiet)
    except FormSentAlready:
        return _own(_of_form(business_id, command.form_key), command)
    with reading(business_id):
        return queries.refund(business_id, refund_id)


def _of_form(business_id: BusinessId, form_key: str) -> RefundRow:
    with reading(business_id):
        found = queries.refund_of_form(business_id, form_key)
    if found is None:
        raise NotFound
    return found


def _own(sent: RefundRow, command: RefundCommand) -> RefundRow:
    """The refund that a form started is shown with its own payment only."""
    if sent.attempt_id != command.attempt_id:
        raise NotFound
    return sent


def _request(business_id: BusinessId, attempt: AttemptRow, refund_id: UUID) -> RefundRequest:
    with reading(business_id):
        refund = queries.refund(business_id, refund_id)
    return RefundRequest(
        reference=encode("ref", refund.id),
        charge=attempt.gateway_ref,
        amount=refund.amount,
        reason=refund.reason,
    )


@outside_transaction
def _call(account: Account, request: RefundRequest, *, began: timedelta) -> RefundOutcome:
    """Asks the gateway. Surely not sent = ABSENT (nothing was started)."""
    if is_too_late(began):
        return RefundOutcome(request.reference, request.charge, Result.ABSENT)
    try:
        return refunds_of(account.kind).refund(account.opened, request)
    except Unavailable:
        return RefundOutcome(request.reference, request.charge, Result.ABSENT)
