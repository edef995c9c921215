"""An event from a gateway: verified, stored once, answered; then settled like any other road."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from counterfoil.domain.payments import operations as payments
from counterfoil.domain.payments import queries
from counterfoil.domain.payments.operations import AttemptOutcome
from counterfoil.flows.gateways import gateway_of
from counterfoil.flows.settle_payment import settle
from counterfoil.infra import jobs
from counterfoil.infra.db import reading, run
from counterfoil.kernel.actor import Actor, ActorKind
from counterfoil.kernel.errors import NotFound, Refused
from counterfoil.kernel.ids import BusinessId, decode
from counterfoil.kernel.ports.gateways import SignatureInvalid

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
        jobs.defer(business_id, "handle_event", event_id=str(event_id), at=at.isoformat())
        return True

    return run(business_id, work)


def handle(business_id: BusinessId, event_id: UUID, *, at: datetime) -> None:
    """Acts on a stored event. What concerns no attempt of ours is set aside with the reason."""
    with reading(business_id):
        event = queries.inbox_event(business_id, event_id)
        if event is None:
            return
        account = queries.account(business_id, event.gateway_account_id)
    parsed = gateway_of(account.kind).parse(
        account.opened, headers=event.headers, body=event.body.encode(), at=event.received_at
    )
    remark = "no outcome in it"
    if parsed.outcome is not None:
        try:
            attempt_id = decode("pay", parsed.outcome.reference)
            with reading(business_id):
                attempt = queries.attempt(business_id, attempt_id)
        except NotFound:
            remark = "unplaced: no attempt of ours has this reference"
        else:
            remark = "unplaced: the attempt belongs to another gateway account"
            if attempt.gateway_account_id == event.gateway_account_id:
                by = Actor(ActorKind.GATEWAY, event.ref)
                outcome = AttemptOutcome(attempt_id, parsed.outcome)
                settled = settle(business_id, [outcome], at=at, by=by)
                remark = str(settled[0].state) if settled else "known already"
    payments.mark_event(business_id, event_id, remark=remark, at=at)
