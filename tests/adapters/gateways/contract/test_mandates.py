"""Mandates: set up once per reference, found again, ended."""

import secrets

from adapters.gateways.contract.counterpart import Counterpart
from adapters.gateways.contract.line import wait_until
from counterfoil.kernel.ports.gateways.capabilities import Capability
from counterfoil.kernel.ports.gateways.mandates import MandateOutcome, MandateState

CAPABILITY = Capability.MANDATES
ENDED = (MandateState.REVOKED, MandateState.EXPIRED, MandateState.FAILED)


def new_mandate() -> str:
    """A payer's unique mandate reference."""
    return f"CF-{secrets.token_hex(8).upper()}"


def good(counterpart: Counterpart, account, reference: str) -> MandateOutcome:
    """A mandate that is active."""
    first = counterpart.gateway.set_up(account, counterpart.mandate_request(reference))
    assert first.state in (MandateState.PENDING, MandateState.ACTIVE), first
    counterpart.finish_mandate(reference)
    told: list[MandateOutcome] = []

    def is_active() -> bool:
        told.append(counterpart.gateway.look_up_mandate(account, reference, first.gateway_ref))
        return told[-1].state is MandateState.ACTIVE

    wait_until(is_active)
    return told[-1]


def test_a_mandate_becomes_active_and_shows_whose_it_is(counterpart, account):
    reference = new_mandate()
    told = good(counterpart, account, reference)
    assert told.reference == reference
    assert told.gateway_ref
    assert told.instrument is None or len(told.instrument.last4) in (0, 4)


def test_the_same_reference_twice_is_one_mandate(gateway, counterpart, account):
    reference = new_mandate()
    wanted = counterpart.mandate_request(reference)
    first, again = gateway.set_up(account, wanted), gateway.set_up(account, wanted)
    assert again.gateway_ref in (first.gateway_ref, "")
    assert again.state in (first.state, MandateState.UNKNOWN)


def test_a_mandate_that_never_arrived_is_absent(gateway, account):
    assert gateway.look_up_mandate(account, new_mandate()).state is MandateState.ABSENT


def test_a_mandate_ends_once(gateway, counterpart, account):
    reference = new_mandate()
    told = good(counterpart, account, reference)
    ended = gateway.revoke(account, reference, told.gateway_ref)
    assert ended.state in ENDED
    again = gateway.revoke(account, reference, told.gateway_ref)
    assert again.state is ended.state
    assert gateway.look_up_mandate(account, reference, told.gateway_ref).state is ended.state
