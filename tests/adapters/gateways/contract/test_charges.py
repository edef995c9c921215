"""Charging: every word for yes and no, exact amounts, once per reference."""

import pytest

from adapters.gateways.contract.counterpart import Counterpart, Wish, new_reference
from adapters.gateways.contract.play import charged_to_the_end, paid
from counterfoil.kernel.errors import Unavailable
from counterfoil.kernel.money import Money
from counterfoil.kernel.ports.gateways.capabilities import Capability
from counterfoil.kernel.ports.gateways.charges import FieldsRequest
from counterfoil.kernel.ports.gateways.mandates import DebitScheme
from counterfoil.kernel.ports.gateways.outcomes import FailureCode, MethodKind, Result, StepKind

CAPABILITY = Capability.CHARGES
NOWHERE = "http://127.0.0.1:1"


def test_fields_are_told_without_the_network(gateway, counterpart, amount):
    account = counterpart.account(NOWHERE)
    for method in sorted(gateway.methods):
        scheme = DebitScheme.SEPA_CORE if method is MethodKind.BANK_DEBIT else ""
        asked = FieldsRequest(method=method, locale="de", scheme=scheme, amount=amount)
        step = gateway.fields(account, asked)
        assert step.kind in (StepKind.COLLECT_FIELDS, StepKind.HOSTED_PAGE)
        if step.kind is StepKind.COLLECT_FIELDS:
            assert step.script_url
            assert step.values["mount"]


def test_a_good_charge_brings_exactly_its_amount(counterpart, account, amount, reference):
    first, last = charged_to_the_end(counterpart, account, Wish.SUCCEEDS, amount, reference)

    assert (first.reference, first.result) == (reference, counterpart.at_first)
    assert (last.reference, last.result, last.amount) == (reference, Result.SUCCEEDED, amount)
    assert last.gateway_ref
    assert last.failure is None
    assert counterpart.charged(reference) == [amount]


def test_every_currency_keeps_its_decimals(counterpart, account):
    for amount in counterpart.amounts:
        ended = paid(counterpart, account, amount)
        assert ended.amount == amount
        assert counterpart.charged(ended.reference) == [amount]


def test_what_paid_may_be_shown(counterpart, account, amount, gateway):
    ended = paid(counterpart, account, amount)
    if ended.instrument is not None:
        assert {type(ended.instrument.kind), type(ended.instrument.brand)} == {str}, "plain texts"
        assert ended.instrument.kind in {method.value for method in gateway.methods}
        assert len(ended.instrument.last4) in (0, 4)


def test_each_no_has_its_word_and_takes_nothing(counterpart, account, amount):
    declines = sorted(wish for wish in counterpart.wishes if isinstance(wish, FailureCode))
    if not declines:
        pytest.skip(f"{counterpart.name} has no sources that fail")
    for code in declines:
        reference = new_reference()
        _, last = charged_to_the_end(counterpart, account, code, amount, reference)
        assert last.result is Result.FAILED, code
        assert last.failure is not None
        assert last.failure.code is code
        assert last.failure.message, "staff get the gateway's own words"
        assert last.amount is None, "nothing was moved"
        assert counterpart.charged(reference) == []


def test_a_step_says_whose_page_it_is_and_then_it_is_decided(
    gateway, counterpart, account, amount, reference
):
    """The bank's, where the card was typed here; else the gateway's own, where nothing is paid yet:
    its payer reads other words."""
    if Wish.NEEDS_STEP not in counterpart.wishes:
        pytest.skip(f"{counterpart.name} never asks the payer for a step")
    first, last = charged_to_the_end(counterpart, account, Wish.NEEDS_STEP, amount, reference)

    assert first.result is Result.ACTION_REQUIRED
    assert first.step is not None
    fields = gateway.fields(account, FieldsRequest(method=wanted_method(gateway), amount=amount))
    is_hosted = fields.kind is StepKind.HOSTED_PAGE
    assert first.step.kind is (StepKind.HOSTED_PAGE if is_hosted else StepKind.REDIRECT)
    assert first.step.url.startswith(("https://", "http://127.0.0.1"))
    assert (last.result, last.amount) == (Result.SUCCEEDED, amount)


def wanted_method(gateway):
    """A card, where it takes cards."""
    return MethodKind.CARD if MethodKind.CARD in gateway.methods else min(gateway.methods)


def test_the_same_reference_twice_is_one_charge(
    gateway, counterpart: Counterpart, account, amount, reference
):
    wanted = counterpart.request(Wish.SUCCEEDS, reference, amount)
    first = gateway.charge(account, wanted)
    again = gateway.charge(account, wanted)

    assert again.reference == reference
    assert again.result in (first.result, Result.UNKNOWN)
    assert again.gateway_ref in (first.gateway_ref, "")
    counterpart.finish(reference)
    assert counterpart.charged(reference) == [amount]


def test_another_body_under_a_used_reference_charges_nothing_more(
    gateway, counterpart, account, amount, reference
):
    gateway.charge(account, counterpart.request(Wish.SUCCEEDS, reference, amount))
    more = Money(amount.minor * 2, amount.currency)
    other = gateway.charge(account, counterpart.request(Wish.SUCCEEDS, reference, more))

    assert other.result is not Result.FAILED, "the first one under it may have succeeded"
    assert other.amount in (None, amount)
    counterpart.finish(reference)
    assert counterpart.charged(reference) == [amount]


def test_looking_up_what_never_arrived_is_absent(gateway, account, reference):
    told = gateway.look_up(account, reference)
    assert (told.reference, told.result) == (reference, Result.ABSENT)
    assert told.gateway_ref == ""


def test_the_look_up_tells_what_the_charge_told(gateway, counterpart, account, amount, reference):
    ended = paid(counterpart, account, amount, reference)
    for known in ("", ended.gateway_ref):
        told = gateway.look_up(account, reference, known)
        assert (told.result, told.amount) == (Result.SUCCEEDED, amount)
        assert told.gateway_ref == ended.gateway_ref


def test_a_key_that_is_not_ours_charges_nothing_and_proves_no_absence(
    gateway, counterpart, line, account, amount, reference
):
    wanted = counterpart.request(Wish.SUCCEEDS, reference, amount)
    stranger = counterpart.stranger(line.url)
    try:
        outcome = gateway.charge(stranger, wanted)
    except Unavailable:
        pass
    else:
        assert outcome.result in (Result.FAILED, Result.UNKNOWN)
    with pytest.raises(Unavailable):
        gateway.look_up(stranger, reference)
    assert counterpart.charged(reference) == []
