"""Written off and recovered, moved, kept as credit, stopped: each stands in the books once."""

import pytest

from counterfoil.domain.receivables import queries as receivables
from counterfoil.domain.receivables.operations import BeingPaid, NothingDue
from counterfoil.flows.aftermath.move_payment import OtherCustomer, keep_as_credit, move
from counterfoil.flows.aftermath.stop_payment import TooLate, stop
from counterfoil.flows.aftermath.write_off import NotWrittenOff, take_back, write_off
from counterfoil.flows.refunds.unapply_payment import CoversNothing
from counterfoil.infra.db import reading
from counterfoil.kernel.actor import SYSTEM
from counterfoil.kernel.errors import FieldProblem, Unavailable
from counterfoil.kernel.money import Money
from counterfoil.kernel.ports.gateways.charges import Outcome
from counterfoil.kernel.ports.gateways.outcomes import Result
from factories.businesses import AT
from factories.gateways import succeeded
from factories.invoices import issued_invoice
from factories.payments import pay
from ledger_text import broken, counts, events, trial_balance


def item(business, invoice):
    with reading(business):
        return receivables.items(business, [invoice.id])[invoice.id]


def off(business, invoice, reason="They went out of business."):
    return write_off(business, invoice.id, reason, at=AT, by=SYSTEM)


def part(business, invoice, minor):
    return pay(business, invoice, parts=((invoice.id, minor),))


def test_what_is_left_is_written_off(business, issued, gateway):
    invoice = issued()
    part(business, invoice, 4_000)

    assert off(business, invoice) == Money(6_000, "EUR")

    assert trial_balance(business) == {
        "bad_debts": 60, "clearing:scripted": 40, "revenue": -100,
    }  # fmt: skip
    assert "invoice.written_off" in events(business)
    assert broken(business) == []
    with pytest.raises(NothingDue):
        off(business, invoice)


def test_money_that_comes_late_recovers_it(business, issued, gateway):
    invoice = issued()
    off(business, invoice)

    part(business, invoice, 3_000)
    assert (item(business, invoice).written_off_minor, item(business, invoice).open_minor) == (
        7_000, 7_000,
    )  # fmt: skip
    assert broken(business) == []
    pay(business, invoice, parts=((invoice.id, 7_000),))

    assert item(business, invoice).open_minor == 0
    assert trial_balance(business) == {"clearing:scripted": 100, "revenue": -100}
    assert events(business)[-1] == "invoice.paid"
    assert broken(business) == []


def test_a_write_off_is_taken_back(business, issued, gateway):
    invoice = issued()
    off(business, invoice)
    assert take_back(business, invoice.id, at=AT, by=SYSTEM) == Money(10_000, "EUR")
    with pytest.raises(NotWrittenOff):
        take_back(business, invoice.id, at=AT, by=SYSTEM)
    assert trial_balance(business) == {"receivable:Alice": 100, "revenue": -100}
    assert broken(business) == []


@pytest.mark.parametrize("reason", ["", "  ", "x" * 161])
def test_it_needs_a_reason(business, issued, reason):
    invoice = issued()
    before = counts(business)
    with pytest.raises(FieldProblem):
        off(business, invoice, reason)
    assert counts(business) == before


def test_not_while_it_is_being_paid(business, issued, gateway):
    invoice = issued()
    pay(business, invoice, source="slow")
    with pytest.raises(BeingPaid):
        off(business, invoice)


def test_a_payment_is_moved_in_one_step(business, issued, gateway):
    wrong, right = issued(), issued()
    payment = pay(business, wrong)

    applied = move(business, payment.id, wrong.id, right.id, at=AT, by=SYSTEM)

    assert not applied.unapplied
    assert (item(business, wrong).open_minor, item(business, right).open_minor) == (10_000, 0)
    assert events(business)[-2:] == ["payment.moved", "invoice.paid"]
    assert broken(business) == []
    with pytest.raises(NothingDue):
        move(business, payment.id, wrong.id, right.id, at=AT, by=SYSTEM)


def test_a_move_that_can_not_be_changes_nothing(business, issued, gateway, other_customer):
    wrong, right = issued(), issued()
    payment = pay(business, wrong)
    foreign = issued_invoice(business, other_customer)
    before = counts(business)
    for target, problem in ((foreign, OtherCustomer), (wrong, NothingDue)):
        with pytest.raises(problem):
            move(business, payment.id, wrong.id, target.id, at=AT, by=SYSTEM)
    with pytest.raises(CoversNothing):
        move(business, payment.id, foreign.id, right.id, at=AT, by=SYSTEM)
    assert counts(business) == before


def test_a_part_is_kept_as_credit_instead_of_a_refund(business, issued, gateway):
    invoice = issued()
    payment = pay(business, invoice)

    keep_as_credit(business, payment.id, Money(2_500, "EUR"), at=AT, by=SYSTEM)

    assert item(business, invoice).open_minor == 2_500
    assert trial_balance(business)["customer_credit:Alice"] == -25
    for wrong in (0, -1, 7_501):
        with pytest.raises(FieldProblem):
            keep_as_credit(business, payment.id, Money(wrong, "EUR"), at=AT, by=SYSTEM)
    assert broken(business) == []


@pytest.mark.parametrize("source", ["slow", "challenge"])
def test_a_payment_that_waits_is_stopped(business, issued, gateway, source):
    invoice = issued()
    payment = pay(business, invoice, source=source)

    assert stop(business, payment.id, at=AT, by=SYSTEM).state == "cancelled"

    assert item(business, invoice).attempt_state is None
    assert pay(business, invoice).state == "succeeded"
    assert broken(business) == []


def test_too_late_to_stop_is_told_and_the_money_is_booked(business, issued, gateway):
    payment = pay(business, issued(), source="slow")
    gateway.after.cancel_answer = lambda reference: succeeded(reference, payment.amount)
    with pytest.raises(TooLate):
        stop(business, payment.id, at=AT, by=SYSTEM)
    assert trial_balance(business)["clearing:scripted"] == 100
    with pytest.raises(TooLate):
        stop(business, payment.id, at=AT, by=SYSTEM)
    assert broken(business) == []


def test_a_lost_answer_or_none_changes_nothing(business, issued, gateway):
    payment = pay(business, issued(), source="slow")
    gateway.after.cancel_answer = lambda reference: Outcome(reference, Result.UNKNOWN)
    assert stop(business, payment.id, at=AT, by=SYSTEM).state == "processing"
    gateway.after.trouble = Unavailable()
    with pytest.raises(Unavailable):
        stop(business, payment.id, at=AT, by=SYSTEM)
