"""Both casts of the demo are whole, and say only what the story knows."""

from datetime import date
from decimal import Decimal

import pytest

from counterfoil.demo.cast import HABITS
from counterfoil.demo.harrow import CAST as HARROW
from counterfoil.demo.limmat import CAST as LIMMAT
from counterfoil.domain.billing.arithmetic import compute
from counterfoil.domain.identity.roles import Role

DAY = date(2026, 3, 1)


@pytest.mark.parametrize("cast", [HARROW, LIMMAT], ids=["harrow", "limmat"])
def test_cast_is_whole(cast):
    keys = [party.key for party in cast.parties]
    assert len(keys) == len(set(keys))
    assert set(cast.sign_ins) - set(keys) == set()
    assert {party.habit for party in cast.parties} - set(HABITS) == set()
    assert set(cast.staff) == set(Role)


def test_invoice_of_the_guest_link_comes_to_the_same_every_day():
    lines = HARROW.wares.friendly(DAY)
    assert compute(lines, discount_percent=Decimal(0), currency="EUR").total.minor == 20355
