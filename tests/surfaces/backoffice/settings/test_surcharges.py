"""Surcharges and planning in the settings: off until set, typed by people, kept exactly."""

import pytest

from counterfoil.domain.business import queries as businesses

PATH = "settings/surcharges"
EMPTY = {f"{kind}.{part}": "" for kind in ("card", "wallet", "bank_debit")
         for part in ("percent", "fixed", "cap")} | {"schedule_days_max": "60"}  # fmt: skip


def kept(business):
    return businesses.by_id(business)


def test_it_is_off_and_says_what_the_law_may_say(owner, business):
    html = owner.get(PATH).content.decode()

    assert "Ask before you switch this on" in html
    assert kept(business).surcharges == {}


def test_one_is_kept_and_taken_away(owner, business):
    form = {"card.percent": "1.5", "card.fixed": "0.30", "card.cap": "5", "schedule_days_max": "90"}
    assert owner.post(PATH, EMPTY | form).status_code == 302
    card = {"percent": "1.5", "fixed": {"EUR": 30}, "cap": {"EUR": 500}}
    assert (kept(business).surcharges, kept(business).schedule_days_max) == ({"card": card}, 90)
    assert 'value="1.5"' in owner.get(PATH).content.decode()

    owner.post(PATH, EMPTY)
    assert kept(business).surcharges == {}


@pytest.mark.parametrize(
    "change",
    [
        {"card.percent": "11"},
        {"card.percent": "x"},
        {"card.percent": "1", "card.fixed": "-1"},
        {"card.percent": "1", "card.cap": "0"},
        {"schedule_days_max": "-1"},
        {"schedule_days_max": "9999"},
        {"schedule_days_max": ""},
    ],
)
def test_bad_input_is_asked_again(owner, business, change):
    answer = owner.post(PATH, EMPTY | change)

    assert answer.status_code == 422
    assert kept(business).surcharges == {}
