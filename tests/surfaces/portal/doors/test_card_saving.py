"""Cards are tried where they are saved, too: the same guard stands there, with the same counts."""

from datetime import timedelta

import pytest

from counterfoil.infra.db import execute
from counterfoil.kernel.errors import Unavailable
from factories.keeping import keep_method
from surfaces.portal.doors.test_card_testing import JSON, now, quick, solve  # noqa: F401  fixtures
from surfaces.portal.test_planned import days, fields

_COUNTED = "SELECT count(*) FROM infra_ratecounter WHERE left(key, 8) = 'declined'"


def save(browser, number, *, source="refused", proof="", path="/methods/", headers=JSON, **more):
    form = {"form_key": f"key{number}", "source": source, "proof": proof, **more}
    return browser.post(path, form, headers=headers, REMOTE_ADDR="198.51.100.7")


def until_asked(browser, now, **how):  # noqa: F811
    """Cards that are refused until sums are asked for: how many, and what is asked."""
    for number in range(30):
        answer = save(browser, number, **how)
        if answer.status_code == 428:
            return number, answer.json()["prove"]
        if answer.status_code == 429:
            now[0] += timedelta(minutes=1)
    raise AssertionError("never asked")


@pytest.fixture
def planned(alice, business, customer, issued, gateway):
    """The address at which something else is chosen for a planned payment."""
    keep_method(business, customer)
    page = alice.get(f"/invoices/{issued().number}").content.decode()
    return alice.post("/planned/", fields(page) | {"pay_date": days(5)})["Location"] + "/way"


def tries(gateway):
    return len(gateway.keeping.saved)


def test_cards_that_are_refused_bring_a_pause_then_sums(alice, gateway, now):  # noqa: F811
    answers = [save(alice, number).status_code for number in range(7)]
    assert answers == [422] * 6 + [429]
    stopped = save(alice, 7)
    assert stopped["Retry-After"] == "60"
    assert "Nothing was saved, and nothing was charged." in stopped.json()["words"]
    assert stopped.json()["form_key"] == "key7"
    _number, asked = until_asked(alice, now)
    assert save(alice, "bad", source="ok").status_code == 428
    assert tries(gateway) == 0
    assert save(alice, "good", source="ok", proof=solve(asked)).json() == {"go": "/methods/"}
    assert tries(gateway) == 1


def test_a_plan_takes_no_more_cards_than_the_pay_page(alice, planned, gateway, now):  # noqa: F811
    _number, asked = until_asked(alice, now, path=planned)
    assert save(alice, "bad", source="ok").status_code == 428  # saving is counted with it
    answer = save(alice, "good", source="ok", path=planned, proof=solve(asked))
    assert answer.json() == {"go": planned.removesuffix("/way")}


def test_declined_payments_count_where_cards_are_saved(
    alice, issued, gateway, now  # noqa: F811
):  # fmt: skip
    invoice = issued()
    path = f"/invoices/{invoice.number}/pay"
    answers = [save(alice, number, source="declined", path=path) for number in range(6)]
    assert [one.status_code for one in answers] == [422] * 6
    assert save(alice, "card", source="ok").status_code == 429
    told = alice.post("/mandates/", {"form_key": "bank", "way": ""}, headers=JSON)
    assert told.status_code == 429
    assert "Nothing was saved" in " ".join(told.json()["words"])


def test_what_is_nobodys_refusal_counts_for_nobody(alice, gateway, business):
    gateway.keeping.trouble = Unavailable()
    for number in range(8):
        assert save(alice, number).status_code == 422
    assert execute(_COUNTED) == [(0,)]


def test_without_scripts_the_check_is_open_to_who_may_save(alice, gateway, now):  # noqa: F811
    until_asked(alice, now)
    away = save(alice, "plain", headers={})
    assert (away.status_code, away["Location"]) == (302, "/pay/check?next=%2Fmethods%2F")
    assert alice.get(away["Location"]).status_code == 200


@pytest.mark.parametrize("key", ["klZ6\u00bf'\"(", "a\r\nX-A: b", "\u202e\U0001f4b3"])
def test_a_gateway_gets_a_key_that_fits_a_header(alice, gateway, key):
    assert [save(alice, key, source="ok").status_code for _ in range(2)] == [200, 200]
    [reference] = gateway.keeping.saved
    assert reference.isascii()
    assert reference.isprintable()
