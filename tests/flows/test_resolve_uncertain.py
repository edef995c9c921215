"""What became of it: asked by our own key, until there is a definite answer."""

from datetime import timedelta

import pytest

from counterfoil.domain.payments import queries as payments
from counterfoil.domain.receivables import queries as receivables
from counterfoil.flows.resolve_uncertain import resolve, sweep
from counterfoil.infra.db import reading
from counterfoil.kernel import clock
from counterfoil.kernel.errors import NotFound, Unavailable
from counterfoil.kernel.ids import encode, new_id
from factories.businesses import AT
from factories.gateways import failed, succeeded
from factories.payments import pay
from ledger_text import counts, events, trial_balance

SOON = AT + timedelta(seconds=5)
LONG_AFTER = AT + timedelta(seconds=61)


def test_a_lost_answer_is_found(business, issued, gateway):
    attempt = pay(business, issued(), source="lost")

    assert resolve(business, attempt.id, at=SOON).state == "succeeded"

    assert trial_balance(business) == {"clearing:scripted": 100, "revenue": -100}
    assert len(gateway.charges) == 1


def test_absence_is_no_proof_at_first(business, issued, gateway):
    invoice = issued()
    attempt = pay(business, invoice, source="vanished")

    assert resolve(business, attempt.id, at=SOON).state == "unknown"
    with reading(business):
        assert list(receivables.open_claims(business, [invoice.id])) == [invoice.id]


def test_absence_after_a_minute_frees_the_invoice(business, issued, gateway):
    invoice = issued()
    attempt = pay(business, invoice, source="vanished")

    found = resolve(business, attempt.id, at=LONG_AFTER)

    assert (found.state, found.failure_code) == ("cancelled", "not_sent")
    assert events(business)[-1] == "payment.cancelled"
    assert pay(business, invoice).state == "succeeded"


def test_unreachable_changes_nothing_but_the_next_look_up(business, issued, gateway):
    attempt = pay(business, issued(), source="lost")
    gateway.unreachable = Unavailable()
    before = counts(business)

    found = resolve(business, attempt.id, at=SOON)

    assert (found.state, found.checks, found.next_check_at) == (
        "unknown", 1, SOON + timedelta(seconds=15)
    )  # fmt: skip
    assert counts(business) == before


@pytest.mark.parametrize(
    ("source", "state"), [("slow", "processing"), ("challenge", "action_required")]
)
def test_not_knowing_moves_no_state(business, issued, gateway, source, state):
    attempt = pay(business, issued(), source=source)
    gateway.unreachable = Unavailable()
    before = counts(business)

    found = resolve(business, attempt.id, at=AT + timedelta(hours=2))

    assert (found.state, found.step_url) == (state, attempt.step_url)
    assert counts(business) == before


def test_a_look_up_before_its_time_puts_nothing_off(business, issued, gateway):
    attempt = pay(business, issued(), source="vanished")
    for second in range(4):
        resolve(business, attempt.id, at=AT + timedelta(seconds=second))

    found = resolve(business, attempt.id, at=AT + timedelta(seconds=4))

    assert (found.checks, found.next_check_at) == (0, SOON)


def test_pauses_grow(business, issued, gateway):
    attempt = pay(business, issued(), source="lost")
    gateway.unreachable = Unavailable()
    pauses = []
    for _ in range(7):
        due = attempt.next_check_at
        attempt = resolve(business, attempt.id, at=due)
        pauses.append((attempt.next_check_at - due).total_seconds())

    assert pauses == [15, 60, 300, 900, 3600, 3600, 3600]


def test_a_final_state_is_not_asked_about(business, issued, gateway):
    attempt = pay(business, issued())

    assert resolve(business, attempt.id, at=SOON).state == "succeeded"
    assert gateway.look_ups == []


def test_an_unknown_attempt_is_not_found(business, gateway):
    with pytest.raises(NotFound):
        resolve(business, new_id(), at=SOON)


def test_what_a_slow_sweep_comes_to_late_is_not_dated_back(business, issued, gateway, monkeypatch):
    for _ in range(2):
        pay(business, issued(), source="vanished")
    monkeypatch.setattr(clock, "uptime", lambda: timedelta(seconds=15 * len(gateway.look_ups)))

    sweep(business, at=SOON)

    with reading(business):
        checked = payments.attempts_to_check(business, at=SOON + timedelta(hours=1))
    assert [one.next_check_at - SOON for one in checked] == [
        timedelta(seconds=pause) for pause in (15, 30)
    ]


def test_a_sweep_asks_about_what_is_due(business, issued, gateway):
    lost = pay(business, issued(), source="lost")
    slow = pay(business, issued(), source="slow")
    pay(business, issued())

    assert sweep(business, at=SOON) == 1
    assert gateway.look_ups == [encode("pay", lost.id)]
    assert sweep(business, at=AT + timedelta(hours=1)) == 1
    assert gateway.look_ups[1:] == [encode("pay", slow.id)]


def test_a_crash_between_the_call_and_its_answer_is_swept(business, issued, gateway):
    def crash(request):
        gateway.known[request.reference] = succeeded(request.reference, request.amount)
        raise ConnectionResetError

    gateway.answers["crash"] = crash
    with pytest.raises(ConnectionResetError):
        pay(business, issued(), source="crash")

    assert sweep(business, at=AT + timedelta(seconds=15)) == 1
    assert trial_balance(business) == {"clearing:scripted": 100, "revenue": -100}


def test_a_failed_challenge_frees_the_invoice(business, issued, gateway):
    invoice = issued()
    attempt = pay(business, invoice, source="challenge")
    gateway.known[encode("pay", attempt.id)] = failed(encode("pay", attempt.id))

    assert resolve(business, attempt.id, at=SOON).state == "failed"
    with reading(business):
        assert receivables.open_claims(business, [invoice.id]) == {}


def test_one_that_can_not_be_resolved_does_not_hold_up_the_others(business, issued, gateway):
    first = pay(business, issued(), source="lost")
    second = pay(business, issued(), source="lost")
    del gateway.known[encode("pay", first.id)]
    gateway.known[encode("pay", first.id)] = None  # an adapter that breaks on this one

    assert sweep(business, at=SOON) == 2

    with reading(business):
        assert payments.attempt(business, second.id).state == "succeeded"
