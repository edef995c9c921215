"""Chargebacks, payouts, the list and stopping, by the sandbox adapter against the real gateway."""

from datetime import UTC, datetime, timedelta

import pytest

from counterfoil.adapters.answers import Unreadable
from counterfoil.adapters.gateways.sandbox.adapter import SandboxGateway
from counterfoil.adapters.gateways.sandbox.afterwards import chargeback_of, movement_of, payout_of
from counterfoil.kernel.errors import Refused, Unavailable
from counterfoil.kernel.money import Money
from counterfoil.kernel.ports.gateways.account import GatewayAccount
from counterfoil.kernel.ports.gateways.chargebacks import ChargebackStage, Evidence, EvidenceFile
from counterfoil.kernel.ports.gateways.charges import ChargeRequest, Outcome
from counterfoil.kernel.ports.gateways.outcomes import Result
from counterfoil.kernel.ports.gateways.payouts import MovementKind, PayoutStage
from factories.sandbox_process import HOME, AccountAtSandbox

GATEWAY = SandboxGateway()
AMOUNT = Money(20_000, "EUR")
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
FAR_AHEAD = datetime(2200, 1, 1, tzinfo=UTC)
FILE = EvidenceFile("note.pdf", "application/pdf", b"%PDF-1.7")


def charged(there: AccountAtSandbox, ours: GatewayAccount, number: str, ref: str) -> Outcome:
    """A charge of a test card."""
    token = there.sandbox.token(number)
    return GATEWAY.charge(ours, ChargeRequest(ref, AMOUNT, token, "cus_1", ref, HOME))


def contested(there: AccountAtSandbox, charge: Outcome) -> str:
    """The payer's bank takes a charge back now; the dispute's id."""
    body = there.sandbox.post(f"/v1/charges/{charge.gateway_ref}/dispute", {}).json()
    return str(body["id"])


@pytest.mark.parametrize(
    ("text", "end"),
    [("winning_evidence", ChargebackStage.WON), ("losing_evidence", ChargebackStage.LOST)],
)
def test_a_dispute_is_answered_once_and_decided(there, ours, text, end):
    charge = charged(there, ours, "4242424242424242", "pay_1")
    ref = contested(there, charge)

    told = GATEWAY.look_up_chargeback(ours, ref)
    assert (told.stage, told.amount, told.fee) == (
        ChargebackStage.NEEDS_RESPONSE, AMOUNT, Money(1_500, "EUR"),
    )  # fmt: skip
    assert (told.charge, told.reference) == (charge.gateway_ref, "pay_1")
    assert told.evidence_due_at is not None
    sent = GATEWAY.send_evidence(ours, ref, Evidence(text, [FILE]))
    assert sent.stage == ChargebackStage.UNDER_REVIEW
    there.sandbox.post("/v1/clock", {"advance_seconds": 120})
    decided = GATEWAY.look_up_chargeback(ours, ref)
    assert decided.stage == end
    assert decided.fee == Money(0 if end is ChargebackStage.WON else 1_500, "EUR")
    with pytest.raises(Refused):
        GATEWAY.accept_chargeback(ours, ref)


def test_giving_up_loses(there, ours):
    ref = contested(there, charged(there, ours, "4242424242424242", "pay_2"))
    assert GATEWAY.accept_chargeback(ours, ref).stage == ChargebackStage.LOST


def test_a_payout_comes_to_what_it_pays(there, ours):
    charge = charged(there, ours, "4242424242424242", "pay_3")
    there.sandbox.post("/v1/clock", {"advance_seconds": 6 * 24 * 3600})

    (payout,) = list(GATEWAY.payouts(ours, since=LONG_AGO))
    moved = list(GATEWAY.movements(ours, payout.gateway_ref))

    assert payout.stage in (PayoutStage.IN_TRANSIT, PayoutStage.PAID)
    assert payout.descriptor.startswith("COUNTERFOIL ")
    assert sum(one.net.minor for one in moved) == payout.amount.minor
    (only,) = moved
    assert (only.kind, only.gross, only.charge) == (
        MovementKind.CHARGE, AMOUNT, charge.gateway_ref,
    )  # fmt: skip
    assert list(GATEWAY.payouts(ours, since=FAR_AHEAD)) == []


def test_the_list_has_everything_in_any_state(there, ours):
    charged(there, ours, "4242424242424242", "pay_4")
    charged(there, ours, "4000000000000002", "pay_5")
    found = list(GATEWAY.listed(ours, since=LONG_AGO, until=FAR_AHEAD))
    assert {(one.fact.reference, one.fact.result) for one in found} == {
        ("pay_4", Result.SUCCEEDED), ("pay_5", Result.FAILED),
    }  # fmt: skip
    later = found[0].created_at + timedelta(days=1)
    assert list(GATEWAY.listed(ours, since=later, until=FAR_AHEAD)) == []


def test_a_charge_that_waits_for_its_payer_is_stopped(there, ours):
    charge = charged(there, ours, "4000002500003155", "pay_6")
    assert charge.result == Result.ACTION_REQUIRED
    assert GATEWAY.cancel(ours, "pay_6", charge.gateway_ref).result == Result.CANCELLED
    paid = charged(there, ours, "4242424242424242", "pay_7")
    assert GATEWAY.cancel(ours, "pay_7", paid.gateway_ref).result == Result.SUCCEEDED


def test_what_is_not_there_is_unavailable(ours):
    with pytest.raises(Unavailable):
        GATEWAY.look_up_chargeback(ours, "dis_nobody")


@pytest.mark.parametrize("reader", [chargeback_of, payout_of, movement_of])
@pytest.mark.parametrize("odd", [None, [], {}, {"id": 1}, {"status": "else"}])
def test_odd_shapes_are_unreadable(reader, odd):
    with pytest.raises(Unreadable):
        reader(odd)
