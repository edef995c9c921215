"""Two who refund at once, a refund against the gateway's own word, and what holds the cap."""

import threading

from counterfoil.domain.insights.proofs import prove
from counterfoil.domain.payments import queries as payments
from counterfoil.domain.payments import refunds
from counterfoil.domain.payments.refund_outcomes import RefundTold
from counterfoil.domain.payments.rows import RefundedPayment
from counterfoil.flows.receive_event import handle, receive
from counterfoil.flows.refunds.resolve_refund import resolve
from counterfoil.flows.refunds.settle_refund import settle_refunds
from counterfoil.flows.refunds.unapply_payment import unapply
from counterfoil.infra.db import execute, reading
from counterfoil.kernel.actor import SYSTEM
from counterfoil.kernel.ids import encode
from counterfoil.kernel.money import Money
from counterfoil.kernel.ports.gateways.outcomes import Result
from counterfoil.kernel.ports.gateways.refunds import RefundRequest
from factories import database as db
from factories.businesses import AT
from factories.gateways import event, refunded
from factories.payments import pay
from factories.refunds import refund
from ledger_text import events, inbox, trial_balance
from races.racing import kinds, race

CAP = "payments_refunds_within_payment"


def test_sixty_and_sixty_of_a_hundred(business, issued, gateway, turn):
    payment = pay(business, issued())

    results = race(*[lambda: refund(business, payment, 6_000)] * 2)

    assert kinds(results) == ["RefundTooHigh", "ok"]
    assert len(gateway.refunds) == 1
    assert trial_balance(business)["clearing:scripted"] == 40
    assert prove(business).holds


class Unlocked:
    """The statement that locks payments, without its lock: two who come first read the same."""

    def __init__(self):
        self.text = refunds.LOCK.text.replace("FOR UPDATE", "")
        self.gate, self.first = threading.Barrier(2, timeout=20), iter((True, True))

    def rows(self, **params):
        found = [RefundedPayment(*row) for row in execute(self.text, params)]
        if next(self.first, False):
            self.gate.wait()
        return found


def test_without_the_lock_the_constraint_alone_holds_the_cap(
    business, issued, gateway, monkeypatch
):
    payment = pay(business, issued())
    monkeypatch.setattr(refunds, "LOCK", Unlocked())
    results = race(*[lambda: refund(business, payment, 6_000)] * 2)
    assert kinds(results) == ["RefundTooHigh", "ok"]
    assert len(gateway.refunds) == 1


def test_without_either_both_would_go(business, issued, gateway, addresses, monkeypatch):
    """The control: with its guards off the race has two winners, and the gateway hears of both."""
    payment = pay(business, issued())
    monkeypatch.setattr(refunds, "LOCK", Unlocked())
    gateway.refund_answer = lambda request: refunded(request, result=Result.PROCESSING)
    with db.connect(addresses.owner_url) as owner:
        (made,) = owner.execute(
            "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = %s", [CAP]
        ).fetchone()
        owner.execute(f"ALTER TABLE payments_attempt DROP CONSTRAINT {CAP}")
        try:
            results = race(*[lambda: refund(business, payment, 6_000)] * 2)
        finally:
            owner.execute("TRUNCATE payments_attempt CASCADE")
            owner.execute(f"ALTER TABLE payments_attempt ADD CONSTRAINT {CAP} {made}")
    assert (kinds(results), len(gateway.refunds)) == (["ok", "ok"], 2)


def test_a_double_click_is_one_refund(business, issued, gateway, turn):
    payment = pay(business, issued())
    first, second, third = race(*[lambda: refund(business, payment, 6_000, form_key="one")] * 3)
    assert first.id == second.id == third.id
    assert len(gateway.refunds) == 1
    assert trial_balance(business)["clearing:scripted"] == 40


def test_event_poller_and_answer_bring_one_refund(business, issued, gateway, turn):
    payment = pay(business, issued())
    gateway.refund_answer = lambda request: refunded(request, result=Result.PROCESSING)
    found = refund(business, payment)
    reference = encode("ref", found.id)
    gateway.known_refunds[reference] = done = refunded(gateway.refunds[0])
    for ref in ("evt_1", "evt_2"):
        headers, body = event(ref, reference)
        receive(business, payment.gateway_account_id, headers=headers, body=body, at=AT)

    results = race(
        *(lambda one=one: handle(business, one, at=AT) for one, _ in inbox(business)),
        lambda: resolve(business, found.id, at=AT),
        lambda: settle_refunds(business, [RefundTold(found.id, done)], at=AT, by=SYSTEM),
    )

    assert kinds(results) == ["ok"] * 4
    assert events(business).count("refund.succeeded") == 1
    assert trial_balance(business) == {"receivable:Alice": 100, "revenue": -100}
    assert prove(business).holds


def test_ours_against_one_made_at_the_gateway(business, issued, gateway, turn):
    """Both over 60 of 100: theirs is a fact and booked; ours is refused, or open for a person."""
    payment = pay(business, issued())
    there = RefundRequest("", payment.gateway_ref, Money(6_000, "EUR"))
    gateway.known_refunds["theirs"] = refunded(there, gateway_ref="re_theirs")
    headers, body = event("evt_1", "theirs")
    receive(business, payment.gateway_account_id, headers=headers, body=body, at=AT)
    ((event_id, _),) = inbox(business)

    race(lambda: handle(business, event_id, at=AT), lambda: refund(business, payment, 6_000))

    with reading(business):
        found = payments.refunds_of(business, [payment.id])
    given = [one for one in found if one.state == "succeeded"]
    assert len(given) == 1
    assert {one.state for one in found} <= {"succeeded", "unknown"}
    assert trial_balance(business)["clearing:scripted"] == 40
    assert prove(business).holds


def test_a_refund_against_taking_the_payment_off(business, issued, gateway, turn):
    invoice = issued()
    payment = pay(business, invoice)

    results = race(
        lambda: refund(business, payment, 6_000),
        lambda: unapply(business, payment.id, invoice.id, at=AT, by=SYSTEM),
    )

    assert kinds(results) == ["ok", "ok"]
    assert trial_balance(business)["clearing:scripted"] == 40
    assert prove(business).holds
