"""Two who pay at once, and three roads that bring the same outcome."""

import re
import threading
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.test import Client

from counterfoil.domain.payments import queries as payments
from counterfoil.domain.payments.outcomes import AttemptOutcome
from counterfoil.flows import issue_invoices
from counterfoil.flows.aftermath.compare_gateways import compare
from counterfoil.flows.pay_invoices import start
from counterfoil.flows.receive_event import handle, receive
from counterfoil.flows.resolve_uncertain import resolve
from counterfoil.flows.settle_payment import settle
from counterfoil.infra.db import reading
from counterfoil.kernel import clock
from counterfoil.kernel.actor import SYSTEM
from counterfoil.kernel.ids import encode
from counterfoil.kernel.ports.gateways.listing import Listed
from counterfoil.surfaces.ui.middleware import HOSTS
from factories.aftermath import open_discrepancies
from factories.businesses import AT
from factories.gateways import event, succeeded
from factories.invoices import line
from factories.payments import command, pay
from ledger_text import broken, counts, events, inbox, journal, trial_balance
from races.racing import kinds, race


@pytest.mark.parametrize("payers", [2, 6])
def test_two_who_pay_one_invoice(business, customer, issued, gateway, payers, turn):
    invoice = issued()
    asked = [command(customer, invoice, source="slow") for _ in range(payers)]

    results = race(*(lambda one=one: start(business, one, by=SYSTEM, at=AT) for one in asked))

    assert kinds(results) == ["BeingPaid"] * (payers - 1) + ["ok"]
    assert len(gateway.charges) == 1
    written = counts(business)
    assert (written["receivables_claim"], written["payments_attempt"]) == (1, 1)


def test_a_double_click_is_one_payment(business, customer, issued, gateway, turn):
    asked = command(customer, issued())

    first, second, third = race(*[lambda: start(business, asked, by=SYSTEM, at=AT)] * 3)

    assert first.id == second.id == third.id
    assert len(gateway.charges) == 1
    assert trial_balance(business) == {"clearing:scripted": 100, "revenue": -100}


def test_crossing_choices_never_wait_in_a_circle(business, customer, issued, gateway, turn):
    one, two, three = (issued(line(price)) for price in ("10", "20", "30"))
    choices = [(one, two), (two, three), (three, one), (three, two, one)]
    asked = [command(customer, *choice, source="slow") for choice in choices]

    results = race(*(lambda a=a: start(business, a, by=SYSTEM, at=AT) for a in asked))

    assert set(kinds(results)) <= {"ok", "BeingPaid"}
    assert "ok" in kinds(results)
    paid = [part for attempt in results if not isinstance(attempt, Exception)
            for part in asked[results.index(attempt)].parts]  # fmt: skip
    assert len({invoice for invoice, _ in paid}) == len(paid)


def test_webhook_return_page_and_poller_bring_one_payment(business, issued, gateway, turn):
    attempt = pay(business, issued(), source="slow")
    reference = encode("pay", attempt.id)
    gateway.known[reference] = succeeded(reference, attempt.amount)
    for ref in ("evt_1", "evt_2"):
        headers, body = event(ref, reference)
        receive(business, attempt.gateway_account_id, headers=headers, body=body, at=AT)
    waiting = [event_id for event_id, _ in inbox(business)]

    results = race(
        *(lambda one=one: handle(business, one, at=AT) for one in waiting),
        lambda: resolve(business, attempt.id, at=AT),
        lambda: resolve(business, attempt.id, at=AT),
        lambda: settle(
            business,
            [AttemptOutcome(attempt.id, gateway.known[reference])],
            at=AT,
            by=SYSTEM,
        ),
    )

    assert kinds(results) == ["ok"] * 5
    assert journal(business).count("payment_received") == 1
    assert events(business).count("payment.succeeded") == 1
    assert events(business).count("invoice.paid") == 1
    assert trial_balance(business) == {"clearing:scripted": 100, "revenue": -100}


def test_webhook_and_daily_comparison_book_one_payment(business, issued, gateway, turn):
    attempt = pay(business, issued(), source="slow")
    reference = encode("pay", attempt.id)
    fact = gateway.known[reference] = succeeded(reference, attempt.amount)
    gateway.after.listing = [Listed(AT, fact)]
    headers, body = event("evt_1", reference)
    receive(business, attempt.gateway_account_id, headers=headers, body=body, at=AT)
    ((waiting, _),) = inbox(business)
    with reading(business):
        account = payments.account(business, attempt.gateway_account_id)
    tomorrow = AT + timedelta(days=1)

    results = race(
        lambda: handle(business, waiting, at=AT),
        lambda: compare(business, account, at=tomorrow),
        lambda: compare(business, account, at=tomorrow),
    )

    assert kinds(results) == ["ok"] * 3
    assert journal(business).count("payment_received") == 1
    assert events(business).count("payment.succeeded") == 1
    assert trial_balance(business) == {"clearing:scripted": 100, "revenue": -100}
    assert broken(business) == []
    with reading(business):
        assert open_discrepancies(business) == []


def test_fifty_who_come_back_from_the_bank_at_once_settle_it_once(
    business, customer, issued, gateway
):
    """By the address itself, from two devices: each sees the same page."""
    asked = command(customer, issued(), source="challenge", site="https://harrow.example")
    attempt = start(business, asked, by=SYSTEM, at=clock.now())
    charge = gateway.charges[-1]
    gateway.known[charge.reference] = succeeded(charge.reference, charge.amount)
    path = urlsplit(charge.return_url).path
    devices = [{"HTTP_USER_AGENT": name} for name in ("Firefox", "Safari")] * 25

    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # where whitenoise looks
    HOSTS.forget()
    results = race(
        *(
            lambda one=one: Client(headers={"host": "harrow.example"}, **one).get(path, secure=True)
            for one in devices
        )
    )
    HOSTS.forget()

    assert kinds(results) == ["ok"] * 50
    assert {one.status_code for one in results} == {200}
    assert all("Payment received" in one.content.decode() for one in results)
    assert len({re.sub(r'value="[^"]+"', "", one.content.decode()) for one in results}) == 1
    assert journal(business).count("payment_received") == 1
    assert events(business).count("payment.succeeded") == 1
    assert counts(business)["payments_attempt"] == 1
    assert attempt.amount.minor == 10_000


def test_the_same_event_delivered_at_once_is_kept_once(business, issued, gateway, turn):
    attempt = pay(business, issued(), source="slow")
    headers, body = event("evt_1", encode("pay", attempt.id))

    results = race(*[
        lambda: receive(business, attempt.gateway_account_id, headers=headers, body=body, at=AT)
    ] * 4)  # fmt: skip

    assert sorted(results) == [False, False, False, True]
    assert counts(business)["payments_gatewayevent"] == 1


def test_overlapping_batches_settle_each_attempt_once(business, issued, gateway, turn):
    attempts = [pay(business, issued(line("10")), source="slow") for _ in range(6)]
    outcomes = [
        AttemptOutcome(one.id, succeeded(encode("pay", one.id), one.amount)) for one in attempts
    ]
    batches = [outcomes, outcomes[::-1], outcomes[2:], outcomes[:4][::-1]]

    results = race(*(lambda b=b: settle(business, b, at=AT, by=SYSTEM) for b in batches))

    assert kinds(results) == ["ok"] * 4
    assert sorted(one.attempt_id for settled in results for one in settled) == sorted(
        one.id for one in attempts
    )
    assert trial_balance(business) == {"clearing:scripted": 60, "revenue": -60}


def test_paying_against_voiding(business, customer, issued, gateway, turn):
    invoice = issued()

    results = race(
        lambda: start(business, command(customer, invoice), by=SYSTEM, at=AT),
        lambda: issue_invoices.void(business, invoice.id, at=AT, by=SYSTEM),
    )

    paid, voided = results
    if isinstance(paid, Exception):
        assert trial_balance(business) == {}
        assert len(gateway.charges) == 0
    else:
        assert isinstance(voided, Exception)
        assert trial_balance(business) == {"clearing:scripted": 100, "revenue": -100}


def test_a_click_waits_for_no_gateway(business, customer, issued, gateway):
    """While one payment's gateway takes its time, nothing of the database is held."""
    first, second = issued(), issued()
    answered = threading.Event()

    def slow(request):
        assert answered.wait(20)
        return succeeded(request.reference, request.amount)

    gateway.answers["waits"] = slow

    def other():
        try:
            return start(business, command(customer, second), by=SYSTEM, at=AT)
        finally:
            answered.set()

    waiting, quick = race(
        lambda: start(business, command(customer, first, source="waits"), by=SYSTEM, at=AT), other
    )
    assert (waiting.state, quick.state) == ("succeeded", "succeeded")
