"""Chargebacks: read, answered once, given up."""

from datetime import UTC, datetime

import pytest

from adapters.gateways.contract.play import paid
from counterfoil.kernel.errors import Refused, Unavailable
from counterfoil.kernel.ports.gateways.capabilities import Capability
from counterfoil.kernel.ports.gateways.chargebacks import ChargebackStage, Evidence, EvidenceFile

CAPABILITY = Capability.CHARGEBACKS
PROOF = Evidence(
    "They had the water, and they knew the price.",
    (EvidenceFile("contract.pdf", "application/pdf", b"%PDF-1.7 contract"),),
)


@pytest.fixture
def charge(counterpart, account, amount):
    """A charge that brought its money."""
    return paid(counterpart, account, amount)


@pytest.fixture
def taken_back(counterpart, charge) -> str:
    """The gateway's id of the chargeback."""
    found: str = counterpart.dispute(charge.reference)
    return found


def test_a_chargeback_tells_what_is_taken_and_until_when(
    gateway, account, amount, charge, taken_back
):
    told = gateway.look_up_chargeback(account, taken_back)

    assert (told.gateway_ref, told.charge) == (taken_back, charge.gateway_ref)
    assert (told.stage, told.amount) == (ChargebackStage.NEEDS_RESPONSE, amount)
    assert told.evidence_due_at is None or told.evidence_due_at > datetime.now(UTC)
    assert told.fee is None or told.fee.currency == amount.currency


def test_evidence_is_sent_once(gateway, account, taken_back):
    told = gateway.send_evidence(account, taken_back, PROOF)
    assert told.stage in (ChargebackStage.UNDER_REVIEW, ChargebackStage.WON, ChargebackStage.LOST)
    with pytest.raises(Refused):
        gateway.send_evidence(account, taken_back, Evidence("Something else."))
    assert gateway.look_up_chargeback(account, taken_back).stage is told.stage


def test_a_chargeback_can_be_given_up(gateway, account, taken_back):
    assert gateway.accept_chargeback(account, taken_back).stage is ChargebackStage.LOST
    told = gateway.look_up_chargeback(account, taken_back)
    assert told.stage is ChargebackStage.LOST
    with pytest.raises(Refused):
        gateway.send_evidence(account, taken_back, PROOF)


def test_a_chargeback_that_can_not_be_asked_for_is_unavailable(gateway, line, account, taken_back):
    line.close()
    with pytest.raises(Unavailable):
        gateway.look_up_chargeback(account, taken_back)
    with pytest.raises(Unavailable):
        gateway.send_evidence(account, taken_back, PROOF)
