"""An event from a gateway: verified, stored once, answered; then settled like any other road."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from counterfoil.domain.payments import operations as payments
from counterfoil.domain.payments import queries
from counterfoil.domain.payments.outcomes import AttemptOutcome
from counterfoil.domain.payments.rows import WaitingEvent
from counterfoil.flows.gateways import gateway_of
from counterfoil.flows.refunds.place_refund import place_refund
from counterfoil.flows.settle_payment import settle
from counterfoil.infra import jobs
from counterfoil.infra.db import reading, run
from counterfoil.kernel.actor import Actor, ActorKind
from counterfoil.kernel.errors import NotFound, Refused
from counterfoil.kernel.ids import BusinessId, decode
from counterfoil.kernel.ports.gateways import Fact, Outcome, SignatureInvalid

KEPT_HEADERS = ("webhook-id", "webhook-timestamp", "webhook-signature")


class Forged(Refused):
    """The signature does not fit the bytes, or is too old."""

    code = "signature_invalid"
    message = "The signature is not valid."


def receive(
    business_id: BusinessId,
    account_id: UUID,
    *,
    headers: Mapping[str, str],
    body: bytes,
    at: datetime,
) -> bool:
    """Stores a verified event and defers the job that acts on it; False if it was there already.

    Refuses (`Forged`) what the gateway did not sign; nothing is stored then.
    """
    with reading(business_id):
        account = queries.account(business_id, account_id)
    kept = {name: headers[name] for name in KEPT_HEADERS if name in headers}
    try:
        event = gateway_of(account.kind).parse(account.opened, headers=kept, body=body, at=at)
    except SignatureInvalid:
        raise Forged from None

    def work() -> bool:
        event_id = payments.keep_event(
            business_id,
            account_id,
            ref=event.ref,
            kind=event.kind,
            body=body.decode(),
            headers=kept,
            at=at,
        )
        if event_id is None:
            return False
        _defer(business_id, event_id, at)
        return True

    return run(business_id, work)


def try_again(business_id: BusinessId, event_id: UUID, *, at: datetime) -> None:
    """Somebody wants an event to be acted on whose job came to nothing; `NotFound` for one that
    was acted on, and for one that is not there."""

    def work() -> None:
        if queries.inbox_event(business_id, event_id) is None:
            raise NotFound
        _defer(business_id, event_id, at)

    run(business_id, work)


def _defer(business_id: BusinessId, event_id: UUID, at: datetime) -> None:
    jobs.defer(business_id, "handle_event", event_id=str(event_id), at=at.isoformat())


def handle(business_id: BusinessId, event_id: UUID, *, at: datetime) -> None:
    """Acts on a stored event. What concerns nothing of ours is set aside with the reason."""
    with reading(business_id):
        event = queries.inbox_event(business_id, event_id)
        if event is None:
            return
        account = queries.account(business_id, event.gateway_account_id)
    parsed = gateway_of(account.kind).parse(
        account.opened, headers=event.headers, body=event.body.encode(), at=event.received_at
    )
    remarks = [_place(business_id, event, fact, at=at) for fact in parsed.facts]
    remark = "; ".join(sorted(remarks, key=_unplaced_first)) or "no outcome in it"
    payments.mark_event(business_id, event_id, remark=remark, at=at)


def _place(business_id: BusinessId, event: WaitingEvent, fact: Fact, *, at: datetime) -> str:
    """Settles one fact and says what came of it."""
    by = Actor(ActorKind.GATEWAY, event.ref)
    if isinstance(fact, Outcome):
        return _place_outcome(business_id, event, fact, at=at, by=by)
    return place_refund(business_id, event, fact, at=at, by=by)


def _place_outcome(
    business_id: BusinessId, event: WaitingEvent, fact: Outcome, *, at: datetime, by: Actor
) -> str:
    try:
        attempt_id = decode("pay", fact.reference)
        with reading(business_id):
            attempt = queries.attempt(business_id, attempt_id)
    except NotFound:
        return "unplaced: no attempt of ours has this reference"
    if attempt.gateway_account_id != event.gateway_account_id:
        return "unplaced: the attempt belongs to another gateway account"
    settled = settle(business_id, [AttemptOutcome(attempt_id, fact)], at=at, by=by)
    return str(settled[0].state) if settled else "known already"


def _unplaced_first(remark: str) -> bool:
    return not remark.startswith("unplaced")
