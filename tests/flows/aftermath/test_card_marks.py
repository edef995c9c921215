"""A card is known again by its gateway's own fingerprint, of which only a keyed hash is kept."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from counterfoil.adapters.gateways.mollie.translate import instrument_of as mollie_instrument
from counterfoil.adapters.gateways.stripe.words import instrument_of as stripe_instrument
from counterfoil.flows.aftermath.card_testing import Payer, note_declined
from counterfoil.infra.db import execute, reading
from counterfoil.infra.limits import CARD_FLAGGED, DECLINES_OF_CARD, counts
from counterfoil.kernel.ports.gateways.charges import Outcome
from counterfoil.kernel.ports.gateways.outcomes import Failure, FailureCode, Instrument, Result
from factories.payments import pay

AT = datetime(2026, 6, 1, 10, 0, tzinfo=UTC)
SHOWN = Instrument("card", "visa", "4242")


@pytest.fixture
def declined(business, issued, gateway):
    """A declined try with a card of this fingerprint; every card is shown alike."""

    def make(fingerprint):
        def answer(request):
            failure = Failure(FailureCode.CARD_DECLINED)
            card = replace(SHOWN, fingerprint=fingerprint)
            return Outcome(request.reference, Result.FAILED, instrument=card, failure=failure)

        gateway.answers["stolen"] = answer
        return pay(business, issued(), source="stolen")

    return make


def flagged(business, who):
    (found,) = counts([(CARD_FLAGGED, f"{business}:{who}")], at=AT)
    return found.count


def test_what_is_kept_is_a_hash_that_says_nothing(business, declined):
    first, again, other = declined("fp_secret_1"), declined("fp_secret_1"), declined("fp_2")
    assert first.instrument_mark == again.instrument_mark != other.instrument_mark
    assert len(first.instrument_mark) == 32
    with reading(business):
        rows = execute(
            "SELECT a::text FROM payments_attempt a WHERE a.business_id = %(b)s::uuid",
            {"b": business},
        )
    assert not any("fp_secret_1" in row for (row,) in rows)


def test_payers_whose_cards_only_look_alike_share_no_limit(business, declined):
    for number in range(DECLINES_OF_CARD.most + 3):
        payer = Payer(business, f"person:{number}", "")
        note_declined(payer, declined(f"fp_{number}"), at=AT)
        assert flagged(business, payer.who) == 0


@pytest.mark.parametrize("fingerprint", ["fp_one", ""])
def test_one_card_is_noticed_whoever_shows_it_also_where_no_fingerprint_is_told(
    business, declined, fingerprint
):
    for number in range(DECLINES_OF_CARD.most + 1):
        payer = Payer(business, f"person:{number}", "")
        note_declined(payer, declined(fingerprint), at=AT)
    assert flagged(business, payer.who) == 1


def test_gateways_that_tell_one_are_read():
    card = {"brand": "visa", "last4": "4242", "exp_month": 1, "exp_year": 2030}
    told = stripe_instrument({"type": "card", "card": card | {"fingerprint": "Xt5E"}})
    assert told.fingerprint == "Xt5E"
    assert "Xt5E" not in repr(told)
    told = mollie_instrument("creditcard", {"cardNumber": "4242", "cardFingerprint": "fHB3CCKx9"})
    assert told.fingerprint == "fHB3CCKx9"
