"""Refunds through the sandbox adapter against the real gateway process."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from counterfoil.adapters.gateways.sandbox.adapter import SandboxGateway
from counterfoil.kernel.errors import Unavailable
from counterfoil.kernel.money import Money
from counterfoil.kernel.ports.gateways.account import GatewayAccount
from counterfoil.kernel.ports.gateways.capabilities import Capability
from counterfoil.kernel.ports.gateways.charges import ChargeRequest, Outcome
from counterfoil.kernel.ports.gateways.outcomes import FailureCode, Result
from counterfoil.kernel.ports.gateways.refunds import RefundOutcome, RefundRequest
from factories.outside.webhook_receiver import Receiver
from factories.sandbox_process import HOME, AccountAtSandbox, Sandbox, held

GATEWAY = SandboxGateway()
AMOUNT = Money(20355, "EUR")


@pytest.fixture
def charge(there: AccountAtSandbox, ours: GatewayAccount) -> Outcome:
    """A charge that brought its money."""
    request = ChargeRequest("pay_1", AMOUNT, there.sandbox.token(), "cus_1", "pay_1", HOME)
    return GATEWAY.charge(ours, request)


def asked(charge: Outcome, minor: int = 5_000, reference: str = "ref_1") -> RefundRequest:
    """So much of a charge is to go back."""
    return RefundRequest(reference, charge.gateway_ref, Money(minor, "EUR"), "Late")


def test_it_declares_that_it_gives_money_back() -> None:
    assert Capability.REFUNDS in GATEWAY.capabilities


def test_a_refund_is_made_once_and_found_by_its_reference(
    there: AccountAtSandbox, ours: GatewayAccount, charge: Outcome
) -> None:
    first = GATEWAY.refund(ours, asked(charge))

    assert first == RefundOutcome(
        "ref_1", charge.gateway_ref, Result.SUCCEEDED, first.gateway_ref, Money(5_000, "EUR")
    )
    assert GATEWAY.refund(ours, asked(charge)) == first
    assert GATEWAY.look_up_refund(ours, "ref_1") == first
    assert GATEWAY.look_up_refund(ours, "ref_2").result is Result.ABSENT


def test_more_than_is_left_is_refused_before_it_starts(
    ours: GatewayAccount, charge: Outcome
) -> None:
    said = GATEWAY.refund(ours, asked(charge, AMOUNT.minor + 1))
    assert (said.result, said.amount) == (Result.FAILED, None)
    assert said.failure
    assert said.failure.code is FailureCode.LESS_IS_LEFT
    assert GATEWAY.look_up_refund(ours, "ref_1").result is Result.ABSENT


def test_another_refund_under_the_same_reference_is_nobody_knows(
    ours: GatewayAccount, charge: Outcome
) -> None:
    GATEWAY.refund(ours, asked(charge))
    assert GATEWAY.refund(ours, asked(charge, 1)).result is Result.UNKNOWN


def test_a_wrong_key_is_never_absent(there: AccountAtSandbox) -> None:
    with pytest.raises(Unavailable):
        GATEWAY.look_up_refund(held(there, secret_key="sk_x"), "ref_1")


def test_a_lost_answer_is_unknown_and_then_found(
    there: AccountAtSandbox, ours: GatewayAccount, charge: Outcome
) -> None:
    there.set_faults(answers="lost")
    assert GATEWAY.refund(ours, asked(charge)).result is Result.UNKNOWN
    there.set_faults(answers="ok")
    found = GATEWAY.look_up_refund(ours, "ref_1")
    assert (found.result, found.amount) == (Result.SUCCEEDED, Money(5_000, "EUR"))


def test_events_tell_of_a_refund_and_of_one_that_comes_back(
    sandbox: Sandbox, receiver: Receiver
) -> None:
    there = sandbox.open_account(webhook_url=receiver.url, origins=[HOME])
    ours = held(there)
    charge = GATEWAY.charge(
        ours, ChargeRequest("pay_1", AMOUNT, sandbox.token(), "cus_1", "pay_1", HOME)
    )
    made = GATEWAY.refund(ours, asked(charge))
    there.sandbox.http.post(f"/v1/refunds/{made.gateway_ref}/fail", json={"code": "account_closed"})

    facts = {}
    for headers, body in receiver.wait_for(3):
        (event,) = GATEWAY.parse(ours, headers=headers, body=body, at=datetime.now(UTC))
        facts[event.kind] = event.facts
    assert facts["refund.succeeded"] == (made,)
    (back,) = facts["refund.failed"]
    assert isinstance(back, RefundOutcome)
    assert (back.reference, back.result) == ("ref_1", Result.FAILED)
    assert back.failure
    assert back.failure.code is FailureCode.INSTRUMENT_CLOSED


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """Where webhooks go."""
    listening = Receiver()
    yield listening
    listening.close()
