"""What the tests of the contract do again and again: charge to the end, look up until it ends."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from adapters.gateways.contract.counterpart import Counterpart, Wish, new_reference
from adapters.gateways.contract.line import wait_until
from counterfoil.kernel.money import Money
from counterfoil.kernel.ports.gateways.account import GatewayAccount
from counterfoil.kernel.ports.gateways.charges import Outcome
from counterfoil.kernel.ports.gateways.outcomes import FailureCode, Result

OPEN = {Result.PROCESSING, Result.ACTION_REQUIRED, Result.UNKNOWN}


def paid(
    counterpart: Counterpart, account: GatewayAccount, amount: Money, reference: str = ""
) -> Outcome:
    """A charge that brought its money."""
    reference = reference or new_reference()
    wanted = counterpart.request(Wish.SUCCEEDS, reference, amount)
    first = counterpart.gateway.charge(account, wanted)
    assert first.result is counterpart.at_first, first
    ended = finished(counterpart, account, reference, first.gateway_ref)
    assert ended.result is Result.SUCCEEDED, ended
    return ended


def finished(
    counterpart: Counterpart, account: GatewayAccount, reference: str, gateway_ref: str = ""
) -> Outcome:
    """What becomes of a charge when the payer and the time have done their part."""
    counterpart.finish(reference)
    told: list[Outcome] = []

    def is_over() -> bool:
        pushed = _pushed(counterpart, account, reference) if counterpart.ends_by_push else []
        told.extend(pushed or [counterpart.gateway.look_up(account, reference, gateway_ref)])
        return told[-1].result not in OPEN

    wait_until(is_over)
    return told[-1]


def _pushed(counterpart: Counterpart, account: GatewayAccount, reference: str) -> list[Outcome]:
    """What the pushes of a charge tell of it."""
    return [
        fact
        for push in counterpart.pushes(reference)
        for event in counterpart.gateway.parse(
            account, headers=push.headers, body=push.body, at=datetime.now(UTC)
        )
        for fact in event.facts
        if isinstance(fact, Outcome)
    ]


def charged_to_the_end(
    counterpart: Counterpart,
    account: GatewayAccount,
    wish: Wish | FailureCode,
    amount: Money,
    reference: str,
) -> tuple[Outcome, Outcome]:
    """The first answer and the last word."""
    wanted = counterpart.request(wish, reference, amount)
    first = counterpart.gateway.charge(account, wanted)
    return first, finished(counterpart, account, reference, first.gateway_ref)


def eventually(read: Callable[[], Any], wanted: Any) -> None:
    """Waits until reading gives this."""
    wait_until(lambda: read() == wanted)
