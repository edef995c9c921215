"""Surcharges: quoted to the minor unit, capped, and given back last, whatever the parts are."""

from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterfoil.domain.business.surcharges import KINDS, checked, quote
from counterfoil.domain.payments.rows import RefundedPayment
from counterfoil.domain.receivables.surcharging import (
    Shares,
    back_as_a_whole,
    coming_back,
    leaving,
)
from counterfoil.kernel.errors import InvalidInput
from counterfoil.kernel.money import Money

CARD = {"card": {"percent": "1.5", "fixed": {"EUR": 30}, "cap": {"EUR": 500}}}


@pytest.mark.parametrize(
    ("minor", "fee"),
    [(10_000, 180), (1, 30), (33, 30), (34, 31), (1_000_000, 500), (0, 0)],
)
def test_a_share_a_fixed_part_and_at_most_so_much(minor, fee):
    assert quote(CARD, "card", Money(minor, "EUR")) == Money(fee, "EUR")


def test_other_ways_and_other_currencies():
    assert quote(CARD, "bank_debit", Money(10_000, "EUR")) == Money(0, "EUR")
    assert quote({}, "card", Money(10_000, "EUR")) == Money(0, "EUR")
    assert quote(CARD, "card", Money(10_000, "USD")) == Money(150, "USD")  # no fixed part, no cap
    assert quote(CARD, "card", Money(10_000, "JPY")) == Money(150, "JPY")


@pytest.mark.parametrize(
    ("percent", "fixed", "cap", "wrong"),
    [
        ("-0.1", 0, None, [("card.percent", "not_a_surcharge")]),
        ("10.1", 0, None, [("card.percent", "not_a_surcharge")]),
        ("1", -1, None, [("card.fixed", "not_positive")]),
        ("1", 0, 0, [("card.cap", "not_positive")]),
        ("11", -1, -1, [("card.percent", "not_a_surcharge"), ("card.fixed", "not_positive"),
                        ("card.cap", "not_positive")]),
    ],
)  # fmt: skip
def test_what_is_no_surcharge_is_refused(percent, fixed, cap, wrong):
    limit = Money(cap, "EUR") if cap is not None else None
    with pytest.raises(InvalidInput) as refused:
        checked("card", Decimal(percent), Money(fixed, "EUR"), limit)
    assert [(one.field, one.code) for one in refused.value.problems] == wrong


def test_what_is_kept_is_what_is_quoted():
    kept = checked("card", Decimal("1.50"), Money(30, "EUR"), Money(500, "EUR"))

    assert {"card": kept} == CARD
    assert checked("card", Decimal(0), Money(0, "EUR"), None) == {}
    share, part = {"percent": "10", "fixed": {}}, {"percent": "0", "fixed": {"EUR": 30}}
    assert checked("card", Decimal(10), Money(0, "EUR"), None) == {**share, "cap": {}}
    assert checked("card", Decimal(0), Money(30, "EUR"), Money(1, "EUR")) == (
        {**part, "cap": {"EUR": 1}}
    )
    for kept, fee in (({"percent": "10"}, 1_000), (part, 30), ({"fixed": {"EUR": 30}}, 30)):
        assert quote({"card": kept}, "card", Money(10_000, "EUR")) == Money(fee, "EUR")


def test_each_way_that_may_cost_more():
    assert KINDS == ("card", "wallet", "bank_debit")


@given(
    brought=st.integers(1, 10**9),
    surcharge=st.integers(0, 10**6),
    cuts=st.lists(st.integers(1, 10**9), max_size=8),
    state=st.sampled_from(["succeeded", "returned"]),
)
def test_it_goes_back_once_and_last_and_comes_back_first(brought, surcharge, cuts, state):
    total = 0 if state == "returned" else brought + surcharge
    payment = RefundedPayment(UUID(int=1), state, "EUR", brought + surcharge, 0, 0, 0, 0, surcharge)
    gone, all_shares = 0, []
    for cut in cuts:
        shares = leaving(payment, Money(cut, "EUR"), gone_minor=gone)
        all_shares.append(shares)
        gone += cut
        assert shares.brought.minor + shares.surcharge.minor + shares.beyond.minor == cut
        assert not shares.surcharge or gone > brought
        assert not shares.beyond or gone > total
    back = coming_back(payment, Money(gone, "EUR"), gone_minor=gone)

    assert back.brought.minor == sum(one.brought.minor for one in all_shares)
    assert back.surcharge.minor == sum(one.surcharge.minor for one in all_shares)
    assert back.beyond.minor == max(0, gone - total)


@pytest.mark.parametrize(
    ("refunded", "charged_back", "shares"),
    [(0, 0, (100, 7, 0)), (10, 20, (70, 7, 30)), (50, 55, (0, 2, 105)), (60, 60, (0, 0, 107))],
)
def test_a_debit_that_is_paid_after_all_makes_good_what_was_not_gone(
    refunded, charged_back, shares
):
    paid = RefundedPayment(UUID(int=1), "returned", "EUR", 107, 9, refunded, 9, charged_back, 7)
    assert back_as_a_whole(paid) == Shares(*(Money(minor, "EUR") for minor in shares))
