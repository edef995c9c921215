"""`counterfoil recover`: what it says, and that it lets nobody start where it could not do it."""

from datetime import timedelta

import pytest

from counterfoil.domain.billing.operations import begin_series_anew
from counterfoil.infra.postgres import home
from counterfoil.kernel import clock
from counterfoil.kernel.errors import Unavailable
from counterfoil.kernel.ids import encode, new_id
from counterfoil.kernel.money import Money
from counterfoil.kernel.ports.gateways.listing import Listed
from factories.aftermath import restored_elsewhere
from factories.gateways import succeeded
from ledger_text import counts


@pytest.fixture
def lost(gateway, customer):
    """The gateway took 42.00 from Alice an hour ago, of which the books know nothing."""
    charge = succeeded(encode("pay", new_id()), Money(4_200, "EUR"))
    gateway.known[charge.reference] = charge
    an_hour_ago = clock.now() - timedelta(hours=1)
    gateway.after.listing = [Listed(an_hour_ago, charge, encode("cus", customer))]
    return charge


def test_it_says_what_was_booked_and_what_has_to_be_looked_at(here, business, lost):
    first, again = here("recover", "--mark", "R1"), here("recover", "--mark", "R1")

    assert (first[0], again[0]) == (1, 1)  # one account of the business keeps no list
    assert f"{lost.reference}  " in first[1]
    assert "42.00 EUR" in first[1]
    assert "1 charges booked again" in first[1]
    assert "keeps no list" in first[1]
    assert "0 charges booked again" in again[1]
    assert first[1].splitlines()[1:4] == again[1].splitlines()[1:4]


class NoAnswer:
    """A list that can't be read."""

    def __iter__(self):
        raise Unavailable("The gateway can't be reached.")


def test_without_an_answer_of_the_gateway_nobody_starts(here, business, lost, gateway):
    gateway.after.listing = NoAnswer()
    code, _, told = here("recover")
    assert code == 1
    assert "Start nothing yet: try again." in told


def test_a_mark_that_can_not_be_changes_nothing(here, business, gateway):
    before = counts(business)
    code, _, told = here("recover", "--mark", "R/1")
    assert (code, told.strip()) == (
        1,
        "counterfoil: --mark: A mark has 1 to 10 letters and figures. Nothing was changed.",
    )
    assert counts(business) == before


def test_the_mark_is_the_day_if_none_is_named(here, business, lost):
    here("recover")
    mark = f"R{clock.now():%y%m%d}-"
    assert all(mark in one for one in begin_series_anew(business, mark[:-1]).values())


RELEASED = "planned payments are held back no longer"


def test_when_it_is_done_planned_payments_wait_no_longer(here, business, lost):
    restored_elsewhere()
    _, told, _ = here("recover")
    assert RELEASED in told
    assert not home.has_moved()
    assert RELEASED not in here("recover")[1]


def test_without_an_answer_of_the_gateway_planned_payments_wait(here, business, lost, gateway):
    restored_elsewhere()
    gateway.after.listing = NoAnswer()
    here("recover")
    assert home.has_moved()


def test_of_one_business_it_lets_those_of_others_wait(here, business, other_business, lost):
    restored_elsewhere()
    _, told, _ = here("recover", "--business", "harrow")
    assert home.has_moved()
    assert "counterfoil recover --nothing-lost` after the last one" in told


def test_where_nothing_was_lost_nothing_is_changed(here, business, lost):
    restored_elsewhere()
    before = counts(business)
    code, told, _ = here("recover", "--nothing-lost")
    assert (code, counts(business)) == (0, before)
    assert RELEASED in told
    assert not home.has_moved()


@pytest.mark.parametrize(
    "more", [("--mark", "R1"), ("--since", "2026-03-01"), ("--business", "harrow")]
)
def test_that_nothing_was_lost_is_said_of_everything(here, business, more):
    restored_elsewhere()
    code, _, told = here("recover", "--nothing-lost", *more)
    assert code == 1
    assert "goes alone" in told
    assert home.has_moved()
