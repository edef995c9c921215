"""A gateway that tells of a mandate which has ended here: it is never ended over there for that."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from counterfoil.domain.payments import mandates
from counterfoil.domain.payments.mandate_outcomes import MandateTold
from counterfoil.domain.payments.rows import WaitingEvent
from counterfoil.flows.debits import resolve_mandate
from counterfoil.flows.debits.end_mandate import end_mandate
from counterfoil.flows.debits.place_mandate import place_mandate
from counterfoil.flows.debits.settle_mandates import settle_mandates
from counterfoil.infra.db import reading
from counterfoil.kernel.actor import SYSTEM
from counterfoil.kernel.errors import Unavailable
from counterfoil.kernel.ports.gateways.mandates import MandateOutcome, MandateState
from factories.businesses import AT


@pytest.fixture
def mandate(business, customer, issued, bank, pay_by_debit):
    """One that stands, here and there."""
    pay_by_debit(issued())
    with reading(business):
        (row,) = mandates.mandates_of(business, customer)
    return row


def tell(business, mandate, state=MandateState.UNKNOWN):
    """The gateway pushes what it says of a mandate; returns what is noted of it."""
    event = WaitingEvent(uuid4(), mandate.gateway_account_id, "ev_1", "mandates", "", AT)
    fact = MandateOutcome(mandate.reference, state, mandate.gateway_ref)
    return place_mandate(business, event, fact, at=AT, by=SYSTEM)


def expire(business, mandate):
    told = MandateTold(mandate.id, MandateOutcome(mandate.reference, MandateState.EXPIRED))
    settle_mandates(business, [told], at=AT, by=SYSTEM)


def test_one_that_lives_again_over_there_is_for_a_person(business, mandate, bank):
    expire(business, mandate)

    assert tell(business, mandate).startswith("unplaced: ")

    assert resolve_mandate.sweep(business, at=AT + timedelta(days=1)) == 0
    assert bank.revoked == []
    with reading(business):
        assert mandates.mandate(business, mandate.id).state == "expired"


def test_one_that_has_ended_there_too_is_no_news(business, mandate, bank):
    expire(business, mandate)
    bank.mandates[mandate.reference] = replace(
        bank.mandates[mandate.reference], state=MandateState.EXPIRED
    )
    assert tell(business, mandate) == "known already"


def test_one_that_we_are_about_to_end_there_is_no_news(business, customer, mandate, bank):
    bank.is_down = True
    end_mandate(business, mandate.id, customer_id=customer, at=AT, by=SYSTEM)
    bank.is_down = False

    assert tell(business, mandate) == "known already"
    assert resolve_mandate.sweep(business, at=AT + timedelta(days=1)) == 1
    assert bank.revoked == [mandate.reference]


def test_a_gateway_that_can_not_be_asked_is_asked_again(business, mandate, bank):
    expire(business, mandate)
    bank.is_down = True
    with pytest.raises(Unavailable):
        tell(business, mandate)
