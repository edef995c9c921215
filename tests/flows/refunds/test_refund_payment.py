"""A refund from the click to the books: recorded, sent once, taken off what the payment covered."""

from datetime import timedelta

import pytest

from counterfoil.domain.insights import work
from counterfoil.domain.insights.proofs import prove
from counterfoil.domain.payments import queries as payments
from counterfoil.domain.payments.refund_outcomes import RefundTold
from counterfoil.domain.payments.refunds import NothingToRefund, RefundTooHigh
from counterfoil.domain.receivables import queries as receivables
from counterfoil.flows.refunds.resolve_refund import resolve, sweep
from counterfoil.flows.refunds.settle_refund import settle_refunds
from counterfoil.infra.db import reading
from counterfoil.kernel.actor import SYSTEM
from counterfoil.kernel.errors import FieldProblem, Unavailable
from counterfoil.kernel.ids import encode
from counterfoil.kernel.money import Money
from counterfoil.kernel.ports.gateways.capabilities import Capability
from counterfoil.kernel.ports.gateways.outcomes import Result
from factories.businesses import AT
from factories.gateways import ScriptedGateway, refund_failed, refunded
from factories.invoices import line
from factories.payments import pay
from factories.refunds import refund
from ledger_text import counts, events, journal, trial_balance

LONG_AFTER = AT + timedelta(seconds=61)


def _open(business, *invoices):
    with reading(business):
        found = receivables.items(business, [one.id for one in invoices])
    return [found[one.id].open_minor for one in invoices]


def _lost(gateway):
    """The next refund happens, and its answer is lost."""

    def answer(request):
        gateway.known_refunds[request.reference] = refunded(request)
        return refunded(request, result=Result.UNKNOWN, amount=None, gateway_ref="")

    gateway.refund_answer = answer


def test_a_refund_in_full_opens_the_invoice_again(business, issued, gateway):
    invoice = issued()
    payment = pay(business, invoice)

    found = refund(business, payment, reason="Twice")

    assert (found.state, found.amount_minor, found.reason) == ("succeeded", 10_000, "Twice")
    assert _open(business, invoice) == [10_000]
    assert trial_balance(business) == {"receivable:Alice": 100, "revenue": -100}
    assert events(business)[-2:] == ["refund.succeeded", "invoice.reopened"]
    asked = gateway.refunds[0]
    assert (asked.reference, asked.charge) == (encode("ref", found.id), payment.gateway_ref)
    assert prove(business).holds


def test_what_covers_nothing_goes_first_then_the_newest_allocation(business, issued, gateway):
    first, second = issued(line("40")), issued(line("30"))
    payment = pay(business, first, second, amount_minor=10_000)

    refund(business, payment, 4_500)

    assert [one[11:].split() for one in journal(business).splitlines()[-2:]] == [
        ["refund_sent", "REF", "customer_credit:Alice", "clearing:scripted", "30.00", "EUR"],
        ["receivable:Alice", "clearing:scripted", "15.00", "EUR"],
    ]  # fmt: skip
    assert sorted(_open(business, first, second)) == [0, 1_500]
    with reading(business):
        row = receivables.payment(business, payment.id)
    assert (row.unapplied_minor, row.refunded_minor) == (0, 4_500)
    assert prove(business).holds


def test_parts_add_up_to_the_payment_and_no_more(business, issued, gateway):
    payment = pay(business, issued())
    refund(business, payment, 6_000)
    before = counts(business)

    with pytest.raises(RefundTooHigh):
        refund(business, payment, 4_001)
    for nothing in (0, -1):
        with pytest.raises(FieldProblem):
            refund(business, payment, nothing)
    assert (counts(business), len(gateway.refunds)) == (before, 1)

    assert refund(business, payment).amount_minor == 4_000
    with pytest.raises(NothingToRefund):
        refund(business, payment)
    assert prove(business).holds


def test_a_form_sent_twice_is_one_refund(business, issued, gateway):
    payment = pay(business, issued())
    first = refund(business, payment, 1_000, form_key="form")
    assert refund(business, payment, 1_000, form_key="form").id == first.id
    assert len(gateway.refunds) == 1


@pytest.mark.parametrize("source", ["declined", "slow"])
def test_a_payment_without_money_has_nothing_to_refund(business, issued, gateway, source):
    payment = pay(business, issued(), source=source)
    before = counts(business)
    with pytest.raises(NothingToRefund):
        refund(business, payment)
    assert (counts(business), gateway.refunds) == (before, [])


def test_a_gateway_that_does_not_offer_refunds(business, issued, gateway, monkeypatch):
    payment = pay(business, issued())
    monkeypatch.setattr(ScriptedGateway, "capabilities", frozenset({Capability.CHARGES}))
    with pytest.raises(Exception, match="does not offer this"):
        refund(business, payment)
    assert gateway.refunds == []


def test_a_refused_refund_moves_nothing_and_frees_the_cap(business, issued, gateway):
    invoice = issued()
    payment = pay(business, invoice)
    gateway.refund_answer = refund_failed

    found = refund(business, payment)

    assert (found.state, found.failure_code) == ("failed", "instrument_closed")
    assert _open(business, invoice) == [0]
    assert trial_balance(business) == {"clearing:scripted": 100, "revenue": -100}
    gateway.refund_answer = None
    assert refund(business, payment).state == "succeeded"
    assert prove(business).holds


def test_a_gateway_out_of_reach_started_nothing(business, issued, gateway):
    payment = pay(business, issued())
    gateway.unreachable = Unavailable()
    found = refund(business, payment)
    assert (found.state, found.failure_code) == ("cancelled", "not_sent")
    assert prove(business).holds


def test_a_lost_answer_holds_the_cap_and_is_never_sent_again(business, issued, gateway):
    payment = pay(business, issued())
    _lost(gateway)

    found = refund(business, payment, 6_000)

    assert found.state == "unknown"
    assert trial_balance(business) == {"clearing:scripted": 100, "revenue": -100}
    with pytest.raises(RefundTooHigh):
        refund(business, payment, 6_000)
    assert prove(business).holds
    assert resolve(business, found.id, at=AT + timedelta(seconds=5)).state == "succeeded"
    assert len(gateway.refunds) == 1
    assert trial_balance(business) == {
        "clearing:scripted": 40, "receivable:Alice": 60, "revenue": -100,
    }  # fmt: skip
    assert prove(business).holds


def test_a_look_up_names_what_is_given_back(business, issued, gateway, monkeypatch):
    payment = pay(business, issued())
    _lost(gateway)
    found = refund(business, payment, 6_000)
    told, asked = ScriptedGateway.look_up_refund, []

    def look_up(self, account, reference, charge=""):
        asked.append((reference, charge))
        return told(self, account, reference, charge)

    monkeypatch.setattr(ScriptedGateway, "look_up_refund", look_up)
    resolve(business, found.id, at=LONG_AFTER)

    assert asked == [(encode("ref", found.id), payment.gateway_ref)]


def test_absence_proves_only_after_a_minute(business, issued, gateway):
    payment = pay(business, issued())
    _lost(gateway)
    found = refund(business, payment)
    gateway.known_refunds.clear()

    assert resolve(business, found.id, at=AT + timedelta(seconds=5)).state == "unknown"
    assert resolve(business, found.id, at=LONG_AFTER).state == "cancelled"
    gateway.refund_answer = None
    assert refund(business, payment).state == "succeeded"


def test_the_sweep_finds_what_a_crash_left(business, issued, gateway):
    payment = pay(business, issued())

    def dies(request):
        gateway.known_refunds[request.reference] = refunded(request)
        raise SystemExit

    gateway.refund_answer = dies
    with pytest.raises(SystemExit):
        refund(business, payment)
    assert sweep(business, at=AT + timedelta(seconds=14)) == 0
    assert sweep(business, at=AT + timedelta(seconds=15)) == 1
    with reading(business):
        (found,) = payments.refunds_of(business, [payment.id])
    assert (found.state, len(gateway.refunds)) == ("succeeded", 1)
    assert prove(business).holds


def test_another_amount_is_not_believed(business, issued, gateway):
    payment = pay(business, issued())
    gateway.refund_answer = lambda request: refunded(request, amount=Money(1, "EUR"))
    found = refund(business, payment)
    assert (found.state, found.failure_code) == ("unknown", "amount_mismatch")
    assert trial_balance(business) == {"clearing:scripted": 100, "revenue": -100}
    assert prove(business).holds


def test_money_that_comes_back_is_the_customers_credit(business, issued, gateway):
    invoice = issued()
    payment = pay(business, invoice)
    found = refund(business, payment)
    told = RefundTold(found.id, refund_failed(gateway.refunds[0]))

    for _ in range(2):
        settle_refunds(business, [told], at=AT, by=SYSTEM)

    assert events(business)[-1] == "refund.returned"
    assert _open(business, invoice) == [10_000]
    assert trial_balance(business) == {
        "clearing:scripted": 100, "customer_credit:Alice": -100, "receivable:Alice": 100,
        "revenue": -100,
    }  # fmt: skip
    assert refund(business, payment).state == "succeeded"
    assert prove(business).holds


def test_a_refund_that_the_gateway_cancels_moved_nothing_and_a_person_is_told(
    business, issued, gateway
):
    invoice = issued()
    payment = pay(business, invoice)
    gateway.refund_answer = lambda request: refunded(request, result=Result.PROCESSING)
    found = refund(business, payment, 6_000)
    cancelled = refunded(gateway.refunds[0], result=Result.CANCELLED)

    for _ in range(2):
        settle_refunds(business, [RefundTold(found.id, cancelled)], at=AT, by=SYSTEM)

    with reading(business):
        row = payments.refund(business, found.id)
    assert (row.state, row.failure_code) == ("failed", "refund_cancelled")
    assert events(business)[-1] == "refund.failed"
    assert _open(business, invoice) == [0]
    assert trial_balance(business) == {"clearing:scripted": 100, "revenue": -100}
    with reading(business):
        (stuck,) = work.work_list(business, today=AT.date(), at=AT).refunds
    assert (stuck.id, stuck.failure_code) == (found.id, "refund_cancelled")
    gateway.refund_answer = None
    assert refund(business, payment).amount_minor == 10_000
    assert prove(business).holds


def test_one_that_is_cancelled_after_it_went_is_money_that_came_back(business, issued, gateway):
    payment = pay(business, issued())
    found = refund(business, payment)
    cancelled = refunded(gateway.refunds[0], result=Result.CANCELLED)

    settle_refunds(business, [RefundTold(found.id, cancelled)], at=AT, by=SYSTEM)

    assert events(business)[-1] == "refund.returned"
    assert trial_balance(business)["customer_credit:Alice"] == -100
    assert prove(business).holds


@pytest.mark.parametrize("result", list(Result))
@pytest.mark.parametrize("before", ["processing", "succeeded"])
def test_every_word_of_a_gateway_has_a_meaning_for_a_refund(
    business, issued, gateway, before, result
):
    payment = pay(business, issued())
    gateway.refund_answer = lambda request: refunded(request, result=Result(before))
    found = refund(business, payment)

    told = RefundTold(found.id, refunded(gateway.refunds[0], result=result))
    settle_refunds(business, [told], at=AT, by=SYSTEM)

    assert prove(business).holds


def test_one_that_the_payer_has_to_fetch_keeps_its_link_until_it_went(business, issued, gateway):
    payment = pay(business, issued())
    waits = {"result": Result.PROCESSING, "claim_url": "https://pay.example/pull/1"}
    gateway.refund_answer = lambda request: refunded(request, **waits)

    found = refund(business, payment, 6_000)

    assert (found.state, found.claim_url) == ("pending", "https://pay.example/pull/1")
    with reading(business):
        row = receivables.payment(business, payment.id)
    assert row.to_fetch == [{"url": "https://pay.example/pull/1", "amount": 6_000}]
    told = RefundTold(found.id, refunded(gateway.refunds[0]))
    settle_refunds(business, [told], at=AT, by=SYSTEM)
    with reading(business):
        assert receivables.payment(business, payment.id).to_fetch == []
    assert prove(business).holds
