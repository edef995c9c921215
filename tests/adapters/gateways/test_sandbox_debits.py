"""Mandates and bank debits through the sandbox adapter against the real gateway process."""

import secrets
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from counterfoil.adapters.gateways.sandbox import translate
from counterfoil.adapters.gateways.sandbox.adapter import SandboxGateway
from counterfoil.kernel.money import Money
from counterfoil.kernel.ports.gateways.account import GatewayAccount
from counterfoil.kernel.ports.gateways.capabilities import Capability
from counterfoil.kernel.ports.gateways.charges import ChargeRequest, FieldsRequest
from counterfoil.kernel.ports.gateways.mandates import (
    DebitScheme,
    MandateOutcome,
    MandateRequest,
    MandateState,
)
from counterfoil.kernel.ports.gateways.outcomes import FailureCode, MethodKind, Result
from factories.sandbox_process import AccountAtSandbox, Sandbox

GATEWAY = SandboxGateway()
AMOUNT = Money(20355, "EUR")
PAYS, RETURNED, CLOSED, LATE = (
    "DE89370400440532013000",
    "DE62370400440532013001",
    "DE35370400440532013002",
    "DE51370400440532013005",
)
DAY = 86_400


def wanted(sandbox: Sandbox, iban: str = PAYS) -> MandateRequest:
    """A mandate for an account."""
    body = {"bank_debit": {"holder": "Ines Moreau", "iban": iban}}
    token = sandbox.post("/v1/tokens", body).json()["id"]
    return MandateRequest(
        reference=f"HARROW-{secrets.token_hex(6).upper()}",
        source=token,
        scheme=DebitScheme.SEPA_CORE,
        customer="cus_1",
        accepted_at=datetime(2026, 3, 1, 9, tzinfo=UTC),
        evidence={"ip_address": "192.0.2.7", "user_agent": "x" * 900},
    )


def debit(mandate: MandateOutcome, source: str, reference: str) -> ChargeRequest:
    """A debit on a mandate."""
    return ChargeRequest(
        reference, AMOUNT, source, "cus_1", reference, "", MethodKind.BANK_DEBIT,
        mandate=mandate.gateway_ref, save=True,
    )  # fmt: skip


def test_it_declares_mandates_and_debits(ours: GatewayAccount) -> None:
    assert Capability.MANDATES in GATEWAY.capabilities
    assert MethodKind.BANK_DEBIT in GATEWAY.methods
    request = FieldsRequest(method=MethodKind.BANK_DEBIT, scheme="sepa_b2b")
    values = GATEWAY.fields(ours, request).values
    assert (values["method"], values["scheme"]) == ("bank_debit", "sepa")


def test_a_debit_is_processing_until_a_day_then_paid_and_can_be_made_again(
    sandbox: Sandbox, ours: GatewayAccount
) -> None:
    asked = wanted(sandbox)
    mandate = GATEWAY.set_up(ours, asked)
    assert mandate.state is MandateState.ACTIVE
    assert mandate.instrument
    assert (mandate.instrument.last4, mandate.instrument.holder) == ("3000", "Ines Moreau")

    first = GATEWAY.charge(ours, debit(mandate, asked.source, "pay_1"))
    assert (first.result, first.amount) == (Result.PROCESSING, AMOUNT)
    assert first.settles_on
    assert first.saved
    assert first.saved.mandate == mandate.gateway_ref

    sandbox.advance(4 * DAY)
    assert GATEWAY.look_up(ours, "pay_1").result is Result.SUCCEEDED
    again = debit(mandate, first.saved.gateway_ref, "pay_2")
    assert GATEWAY.charge(ours, replace(again, save=False)).result is Result.PROCESSING


@pytest.mark.parametrize(
    ("iban", "code", "bank_code", "state"),
    [
        (RETURNED, FailureCode.INSUFFICIENT_FUNDS, "AM04", MandateState.ACTIVE),
        (CLOSED, FailureCode.ACCOUNT_CLOSED, "AC04", MandateState.REVOKED),
    ],
)
def test_a_debit_that_the_bank_refuses_says_why(
    sandbox: Sandbox, ours: GatewayAccount, iban: str, code: FailureCode, bank_code: str,
    state: MandateState,
) -> None:  # fmt: skip
    asked = wanted(sandbox, iban)
    mandate = GATEWAY.set_up(ours, asked)
    GATEWAY.charge(ours, debit(mandate, asked.source, f"pay_{asked.reference}"))
    sandbox.advance(4 * DAY)

    told = GATEWAY.look_up(ours, f"pay_{asked.reference}")
    assert (told.result, told.amount) == (Result.FAILED, None)
    assert told.failure
    assert (told.failure.code, told.failure.bank_code) == (code, bank_code)
    assert GATEWAY.look_up_mandate(ours, asked.reference).state is state


def test_a_debit_that_comes_back_after_it_was_paid_is_told_by_look_up_and_event(
    sandbox: Sandbox, there: AccountAtSandbox, ours: GatewayAccount
) -> None:
    asked = wanted(sandbox, LATE)
    mandate = GATEWAY.set_up(ours, asked)
    GATEWAY.charge(ours, debit(mandate, asked.source, f"pay_{asked.reference}"))
    sandbox.advance(4 * DAY)
    assert GATEWAY.look_up(ours, f"pay_{asked.reference}").result is Result.SUCCEEDED
    sandbox.advance(9 * DAY)

    told = GATEWAY.look_up(ours, f"pay_{asked.reference}")
    assert (told.result, told.amount) == (Result.RETURNED, AMOUNT)
    assert told.failure
    assert (told.failure.code, told.failure.bank_code) == (FailureCode.DEBIT_CONTESTED, "MD06")
    facts = {one["type"]: translate.event_of(one).facts for one in there.events()}
    assert facts["charge.returned"] == (told,)
    (ended,) = facts["mandate.revoked"]
    assert ended == GATEWAY.look_up_mandate(ours, asked.reference)
    assert (ended.state, ended.reason) == (MandateState.REVOKED, "MD06")


def test_a_debit_on_a_mandate_that_has_ended_is_refused_before_it_starts(
    sandbox: Sandbox, ours: GatewayAccount
) -> None:
    asked = wanted(sandbox)
    mandate = GATEWAY.set_up(ours, asked)
    ended = GATEWAY.revoke(ours, asked.reference, mandate.gateway_ref)
    assert (ended.state, ended.reason) == (MandateState.REVOKED, "requested")

    told = GATEWAY.charge(ours, debit(mandate, asked.source, f"pay_{asked.reference}"))
    assert told.failure
    assert (told.result, told.failure.code) == (
        Result.FAILED, FailureCode.DEBIT_NOT_AUTHORISED
    )  # fmt: skip


def test_a_lost_answer_is_unknown_and_then_found(
    sandbox: Sandbox, there: AccountAtSandbox, ours: GatewayAccount
) -> None:
    asked = wanted(sandbox)
    plan = {"calls": [{"operation": "mandate.create", "nth": 1, "fault": "error_after"}]}
    answer = sandbox.post("/v1/faults/plan", plan | {"account": there.id})
    assert answer.is_success, answer.text

    assert GATEWAY.set_up(ours, asked).state is MandateState.UNKNOWN
    found = GATEWAY.look_up_mandate(ours, asked.reference)
    assert found.state is MandateState.ACTIVE
    assert GATEWAY.look_up_mandate(ours, "NOBODY").state is MandateState.ABSENT
