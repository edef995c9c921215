"""How money that is given back comes off what it covered: credit first, then the newest first."""

from uuid import UUID

import pytest

from counterfoil.domain.receivables.giving_back import (
    Covering,
    GivenBack,
    PaidCredit,
    PutOn,
    TakenOff,
    TakenPart,
    Wanted,
    give_back,
    put_on,
    take_off,
)
from counterfoil.kernel.money import Money

ALICE, REFUND, CONTEST = UUID(int=1), UUID(int=2), UUID(int=3)
PAID, PAID_TOO = UUID(int=21), UUID(int=22)
FIRST, SECOND = UUID(int=11), UUID(int=12)
NEW, OLD, OTHER, OLDEST = (UUID(int=number) for number in (31, 32, 33, 34))


def euro(minor):
    return Money(minor, "EUR")


def credit(credit_id=PAID, total=150, applied=130, refunded=0):
    return PaidCredit(credit_id, ALICE, "EUR", total, applied, refunded)


PAYMENTS = {PAID: credit(), PAID_TOO: credit(PAID_TOO, 40, 40)}
COVERINGS = [
    Covering(NEW, PAID, SECOND, "INV-2", 60),
    Covering(OTHER, PAID_TOO, SECOND, "INV-2", 40),
    Covering(OLD, PAID, FIRST, "INV-1", 70),
]


def given(minor):
    (one,) = give_back([Wanted(REFUND, PAID, euro(minor))], PAYMENTS, COVERINGS)
    return one


def off(allocation, invoice, minor):
    return TakenOff(allocation, invoice, euro(minor))


@pytest.mark.parametrize(
    ("minor", "uncovered", "parts"),
    [
        (1, 1, ()),
        (20, 20, ()),
        (21, 20, (off(NEW, SECOND, 1),)),
        (80, 20, (off(NEW, SECOND, 60),)),
        (81, 20, (off(NEW, SECOND, 60), off(OLD, FIRST, 1))),
        (150, 20, (off(NEW, SECOND, 60), off(OLD, FIRST, 70))),
    ],
)
def test_first_goes_what_covers_nothing_then_the_newest(minor, uncovered, parts):
    one = given(minor)

    assert one == GivenBack(PAID, ALICE, REFUND, euro(uncovered), parts)
    assert one.amount == euro(minor)


def test_more_than_the_payment_has_is_a_bug():
    with pytest.raises(ValueError, match="more is given back than the payment has"):
        given(151)


def test_the_second_of_two_takes_what_the_first_has_left():
    wanted = [
        Wanted(REFUND, PAID, euro(50)),
        Wanted(None, PAID, euro(50), CONTEST),
        Wanted(None, PAID_TOO, euro(40), is_return=True),
    ]

    found = give_back(wanted, PAYMENTS, COVERINGS)

    assert found == [
        GivenBack(PAID, ALICE, REFUND, euro(20), (off(NEW, SECOND, 30),)),
        GivenBack(PAID, ALICE, None, euro(0), (off(NEW, SECOND, 30), off(OLD, FIRST, 20)), CONTEST),
        GivenBack(PAID_TOO, ALICE, None, euro(0), (off(OTHER, SECOND, 40),), None, is_return=True),
    ]
    assert [one.is_gone for one in found] == [True, True, True]


def test_taken_off_by_hand_no_money_moves():
    one = take_off(PAYMENTS[PAID], COVERINGS, SECOND)

    assert one == GivenBack(PAID, ALICE, None, euro(0), (off(NEW, SECOND, 60),))
    assert not one.is_gone
    assert take_off(PAYMENTS[PAID_TOO], COVERINGS, FIRST) is None


def test_what_was_not_sent_covers_again_as_far_as_there_is_room():
    parts = [
        TakenPart(NEW, SECOND, 60),
        TakenPart(OTHER, SECOND, 30),
        TakenPart(OLD, FIRST, 20),
        TakenPart(OLDEST, FIRST, 5),
    ]

    assert put_on(parts, [(SECOND, euro(75))]) == [
        PutOn(NEW, SECOND, 60, 0),
        PutOn(OTHER, SECOND, 30, 15),
        PutOn(OLD, FIRST, 20, 20),
        PutOn(OLDEST, FIRST, 5, 5),
    ]
