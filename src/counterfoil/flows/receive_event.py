"""An event from a gateway: verified, stored once, answered; then settled like any other road."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from counterfoil.domain.payments import operations as payments
from counterfoil.domain.payments import queries
from counterfoil.domain.payments.outcomes import AttemptOutcome
from counterfoil.domain.payments.rows import Account, WaitingEvent
from counterfoil.flows.aftermath.place_chargeback import place_chargeback
from counterfoil.flows.aftermath.read_payouts import place_payout
from counterfoil.flows.debits.pay_again import pay_again
from counterfoil.flows.debits.place_mandate import place_mandate
from counterfoil.flows.gateways import chargebacks_of, events_of, mentions_of, offers
from counterfoil.flows.methods.place_method import place_method
from counterfoil.flows.refunds.place_refund import place_refund
from counterfoil.flows.settle_payment import is_second_charge, settle
from counterfoil.infra import jobs
from counterfoil.infra.db import outside_transaction, reading, run
from counterfoil.kernel.actor import Actor, ActorKind
from counterfoil.kernel.errors import NotFound, Refused
from counterfoil.kernel.ids import BusinessId, decode
from counterfoil.kernel.ports.gateways.capabilities import Capability
from counterfoil.kernel.ports.gateways.chargebacks import ChargebackTold
from counterfoil.kernel.ports.gateways.charges import Outcome
from counterfoil.kernel.ports.gateways.events import Fact, GatewayEvent, Mention, SignatureInvalid
from counterfoil.kernel.ports.gateways.mandates import MandateOutcome
from counterfoil.kernel.ports.gateways.methods import SavedMethod
from counterfoil.kernel.ports.gateways.outcomes import Result
from counterfoil.kernel.ports.gateways.payouts import PayoutTold
from counterfoil.kernel.ports.gateways.refunds import RefundOutcome

_NEWS = frozenset(Result) - {Result.UNKNOWN, Result.ABSENT}


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
    """Stores each verified event of a push and defers the job that acts on it; False if all were
    there already.

    Refuses (`Forged`) what the gateway did not sign; nothing is stored then.
    """
    with reading(business_id):
        account = queries.account(business_id, account_id)
    try:
        holds = account.opened.at(at)
        events = events_of(account.kind).parse(holds, headers=headers, body=body, at=at)
        text = _storable(events, body)
    except (SignatureInvalid, UnicodeError):
        raise Forged from None

    def work() -> bool:
        fresh = [
            payments.keep_event(
                business_id,
                account_id,
                ref=event.ref,
                kind=event.kind,
                body=text,
                at=at,
            )
            for event in events
        ]
        for event_id in fresh:
            if event_id is not None:
                _defer(business_id, event_id, at)
        return any(event_id is not None for event_id in fresh)

    return run(business_id, work)


def _storable(events: Sequence[GatewayEvent], body: bytes) -> str:
    """The body as text; raises `UnicodeError` if the database could not keep it or its names."""
    text = body.decode()
    for one in (text, *(name for event in events for name in (event.ref, event.kind))):
        one.encode()
        if "\x00" in one:
            raise UnicodeError("a NUL is no text")
    return text


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
    """Acts on a stored event, which was verified when it came. What concerns nothing of ours is set
    aside with the reason."""
    with reading(business_id):
        event = queries.inbox_event(business_id, event_id)
        if event is None:
            return
        account = queries.account(business_id, event.gateway_account_id)
    pushed = events_of(account.kind).events_in(
        account.opened, body=event.body.encode(), at=event.received_at
    )
    named = [one for one in pushed if one.ref == event.ref]
    doubts = [one.doubt for one in named if one.doubt]
    if doubts:
        payments.mark_event(business_id, event_id, remark=f"unplaced: {doubts[0]}", at=at)
        return
    told = [fact for one in named for fact in one.facts]
    facts = [fact for one in told for fact in _known(account, one)]
    remarks = [_place(business_id, event, fact, at=at) for fact in facts]
    remark = "; ".join(sorted(remarks, key=_unplaced_first)) or "no outcome in it"
    payments.mark_event(business_id, event_id, remark=remark, at=at)


@outside_transaction
def _known(account: Account, told: Fact | Mention) -> tuple[Fact, ...]:
    """What an event says, or what its gateway says when it is asked about a mention; not knowing
    is no news. A chargeback's amount is ours to compare with nothing, so its event is no more than
    a hint: its gateway is asked for it. `Unavailable` if it can't be asked now: then the job comes
    again."""
    if isinstance(told, ChargebackTold) and offers(account.kind, Capability.CHARGEBACKS):
        asked = chargebacks_of(account.kind).look_up_chargeback(account.opened, told.gateway_ref)
        return (asked,)
    if not isinstance(told, Mention):
        return (told,)
    answers = mentions_of(account.kind).ask(account.opened, told)
    return tuple(one for one in answers if not isinstance(one, Outcome) or one.result in _NEWS)


def _place(business_id: BusinessId, event: WaitingEvent, fact: Fact, *, at: datetime) -> str:
    """Settles one fact and says what came of it."""
    by, account_id = Actor(ActorKind.GATEWAY, event.ref), event.gateway_account_id
    match fact:
        case Outcome():
            remark = _place_outcome(business_id, event, fact, at=at, by=by)
        case MandateOutcome():
            remark = place_mandate(business_id, event, fact, at=at, by=by)
        case RefundOutcome():
            remark = place_refund(business_id, event, fact, at=at, by=by)
        case SavedMethod():
            remark = place_method(business_id, event, fact, at=at)
        case ChargebackTold():
            remark = place_chargeback(business_id, account_id, fact, at=at, by=by)
        case PayoutTold():
            remark = place_payout(business_id, account_id, fact, at=at, by=by)
    return remark


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
    if is_second_charge(attempt, fact):
        return f"unplaced: {fact.gateway_ref} is a second charge under this reference"
    settled = settle(business_id, [AttemptOutcome(attempt_id, fact)], at=at, by=by)
    if settled:
        return str(settled[-1].state)
    if fact.result is Result.SUCCEEDED and pay_again(business_id, attempt_id, at=at, by=by):
        return "paid after it came back"
    return "known already"


def _unplaced_first(remark: str) -> bool:
    return not remark.startswith("unplaced")
