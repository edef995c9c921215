"""After a restored backup: what the gateway took and the books have lost is booked once more, under
its own name, and nobody is charged a second time."""

from dataclasses import replace
from datetime import timedelta

import pytest

from counterfoil.domain.arrangements import queries as plans
from counterfoil.domain.insights.proofs import prove
from counterfoil.domain.payments import queries as payments
from counterfoil.domain.payments.outcomes import CHECK_PAUSES
from counterfoil.domain.receivables import queries as receivables
from counterfoil.domain.receivables.operations import BeingPaid
from counterfoil.flows.aftermath.compare_gateways import compare
from counterfoil.flows.aftermath.recover_charges import Recovered, end_doubtful_plans, recover
from counterfoil.flows.aftermath.repair_difference import adopt
from counterfoil.flows.arrangements import plan_payment, run_schedules
from counterfoil.flows.arrangements.plan_payment import PlanCommand
from counterfoil.infra.db import execute, reading
from counterfoil.kernel.actor import SYSTEM
from counterfoil.kernel.clock import local_date
from counterfoil.kernel.ids import encode, new_id
from counterfoil.kernel.money import Money
from counterfoil.kernel.ports.gateways.listing import Listed
from counterfoil.kernel.ports.gateways.outcomes import (
    Failure,
    FailureCode,
    NextStep,
    Result,
    StepKind,
)
from counterfoil.kernel.ports.gateways.refunds import RefundOutcome
from factories.aftermath import open_discrepancies
from factories.businesses import AT
from factories.gateways import succeeded
from factories.invoices import line
from factories.keeping import keep_method
from factories.payments import pay
from ledger_text import broken, counts, trial_balance

LATER = AT + timedelta(days=2)
SOON = local_date(AT, "Europe/Berlin") + timedelta(days=1)


@pytest.fixture
def account(business, gateway):
    with reading(business):
        return payments.active_accounts(business)[0]


@pytest.fixture
def lost(business, account, gateway, customer):
    """`lost(minor)`: the gateway took so much from Alice since the backup; tells what was found."""

    def make(minor, *more, result=Result.SUCCEEDED, whose=customer, at=LATER, names="", **told):
        charge = succeeded(encode("pay", new_id()), Money(minor, "EUR"))
        charge = replace(charge, result=result, **told)
        gateway.known[charge.reference] = charge
        gateway.after.listing = [
            Listed(LATER, charge, encode("cus", whose), names),
            *(Listed(LATER, fact(charge)) for fact in more),
        ]
        return recover(business, account, since=AT, at=at)

    return make


@pytest.fixture
def states_of(business):
    """The states that a payment has been in, as its history has them."""

    def states(attempt_id):
        asked = """SELECT to_state FROM infra_transition
                   WHERE business_id = %(b)s::uuid AND object_id = %(id)s::uuid ORDER BY seq"""
        with reading(business):
            return [state for (state,) in execute(asked, {"b": business, "id": attempt_id})]

    return states


def paid(business, invoice):
    with reading(business):
        return receivables.items(business, [invoice.id])[invoice.id].paid_minor


def test_it_is_booked_under_its_own_name_on_the_invoice_of_its_amount(business, issued, lost):
    first, second = issued(), issued(line("42"))

    found = lost(4_200)

    [one] = found.booked
    assert (found.waiting, found.is_whole) == ((), True)
    assert (paid(business, first), paid(business, second)) == (0, 4_200)
    with reading(business):
        attempt = payments.attempt(business, one.attempt_id)
    assert (encode("pay", attempt.id), attempt.state) == (one.fact.reference, "succeeded")
    assert trial_balance(business)["clearing:scripted"] == 42
    assert prove(business).holds


def test_a_second_time_books_nothing(business, account, issued, lost):
    issued()
    lost(10_000)
    before = counts(business)

    again = recover(business, account, since=AT, at=LATER)

    assert (again.booked, again.waiting) == ((), ())
    assert counts(business) == before


def test_another_amount_covers_what_is_oldest_and_the_rest_is_credit(business, issued, lost):
    first, second = issued(line("30")), issued(line("50"))

    lost(10_000)

    assert (paid(business, first), paid(business, second)) == (3_000, 5_000)
    assert trial_balance(business)["customer_credit:Alice"] == -20
    assert prove(business).holds


def test_a_part_covers_the_invoice_that_it_names(business, issued, lost):
    older, meant = issued(line("30"), due=SOON), issued(line("50"))

    lost(2_000, names=meant.number)

    assert (paid(business, older), paid(business, meant)) == (0, 2_000)
    assert prove(business).holds


def test_what_is_over_the_invoices_that_it_names_is_credit(business, issued, lost):
    other, first, second = issued(line("30")), issued(line("20")), issued(line("10"))

    lost(4_000, names=f"{second.number}, {first.number}")

    assert [paid(business, one) for one in (other, first, second)] == [0, 2_000, 1_000]
    assert trial_balance(business)["customer_credit:Alice"] == -10


def test_invoices_that_there_was_no_room_for_are_the_oldest(business, issued, lost):
    meant, last, oldest = issued(line("10")), issued(line("20")), issued(line("30"), due=SOON)

    lost(6_000, names=f"{meant.number} +1")

    assert [paid(business, one) for one in (oldest, last, meant)] == [3_000, 0, 1_000]
    assert trial_balance(business)["customer_credit:Alice"] == -20


@pytest.mark.parametrize("names", ["HW-LOST-0001", "pay_01kat8fh6jfx8v8tz8n5wd4q2c"])
def test_an_invoice_that_is_lost_too_or_a_prepayment_is_credit(business, issued, lost, names):
    there = issued()

    lost(10_000, names=names)

    assert paid(business, there) == 0
    assert trial_balance(business)["customer_credit:Alice"] == -100


def test_an_invoice_that_somebody_is_paying_is_left_to_them(business, issued, lost):
    being_paid = issued()
    pay(business, being_paid, source="slow")

    lost(10_000)

    assert paid(business, being_paid) == 0
    assert trial_balance(business)["customer_credit:Alice"] == -100
    assert broken(business) == []


def test_what_staff_gave_to_a_customer_meanwhile_is_known(
    business, account, customer, lost, gateway
):
    """The daily comparison came first, and a person acted on it."""
    [one] = lost(10_000, whose=new_id()).waiting
    with reading(business):
        [row] = open_discrepancies(business)
    adopt(business, row.id, customer, at=LATER, by=SYSTEM)
    before = counts(business)
    gateway.after.listing = [replace(one.listed, customer=encode("cus", customer))]

    assert recover(business, account, since=AT, at=LATER).booked == ()
    assert counts(business) == before


@pytest.fixture
def planned(business, customer, gateway, issued):
    """Alice has planned to pay an invoice, by her card, on the day after."""
    invoice = issued()
    command = PlanCommand(
        customer_id=customer,
        currency="EUR",
        parts=((invoice.id, 6_000),),
        pay_date=local_date(AT, "Europe/Berlin") + timedelta(days=1),
        timezone="Europe/Berlin",
        form_key="plan",
        payer="Alice",
        locale="en",
        method_id=keep_method(business, customer),
    )
    return invoice, plan_payment.plan(business, command, by=SYSTEM, at=AT)


def test_a_plan_that_was_charged_is_not_charged_again(business, planned, lost, gateway):
    """It was for a part: the invoice is still open."""
    invoice, plan = planned

    lost(6_000)
    charged = [run_schedules.tick(business, at=LATER + timedelta(hours=n)) for n in range(3)]

    assert charged == [0, 0, 0]
    assert gateway.charges == []
    assert paid(business, invoice) == 6_000
    with reading(business):
        assert plans.schedule(business, plan).state == "paid"
    assert prove(business).holds


def test_a_plan_that_was_not_is(business, planned, lost, gateway):
    lost(5_999)

    assert run_schedules.tick(business, at=LATER) == 1
    assert len(gateway.charges) == 1


def test_where_nobody_knows_due_plans_end(business, planned, lost, gateway):
    found = lost(6_000, whose=new_id())
    assert ([one.amount.minor for one in found.waiting], found.booked) == ([6_000], ())
    with reading(business):
        assert [one.kind for one in open_discrepancies(business)] == ["unknown_charge"]

    assert end_doubtful_plans(business, [Recovered()], at=LATER) == 0  # all is clear
    assert end_doubtful_plans(business, [Recovered(is_whole=False)], at=LATER) == 1

    assert run_schedules.tick(business, at=LATER) == 0
    with reading(business):
        assert plans.schedule(business, planned[1]).end_reason == "too_late"


def test_a_debit_on_its_way_holds_its_invoice_until_it_is_here(
    business, account, issued, lost, gateway
):
    invoice = issued()
    [one] = lost(10_000, result=Result.PROCESSING).booked
    assert paid(business, invoice) == 0
    with pytest.raises(BeingPaid):
        pay(business, invoice)

    here = replace(one.fact, result=Result.SUCCEEDED)
    gateway.after.listing = [replace(one.listed, fact=here)]
    compare(business, account, at=LATER)

    assert paid(business, invoice) == 10_000
    assert prove(business).holds


def test_what_its_gateway_said_of_a_debit_on_its_way_is_kept(business, issued, lost, states_of):
    """By these it is asked about, and told apart from one that failed."""
    issued()

    told = {
        "settles_on": SOON,
        "arrived": Money(700, "EUR"),
        "amount_is_open": True,
        "step": NextStep(StepKind.REDIRECT, url="https://gateway.example/go-on"),
    }
    [one] = lost(10_000, result=Result.PROCESSING, **told).booked

    with reading(business):
        attempt = payments.attempt(business, one.attempt_id)
    assert states_of(one.attempt_id) == ["created", "submitted", "processing"]
    assert (attempt.settles_date, attempt.arrived_minor) == (SOON, 700)
    assert (attempt.step_kind, attempt.step_url) == ("redirect", "https://gateway.example/go-on")
    assert attempt.next_check_at == LATER + CHECK_PAUSES[-1]


def test_why_one_came_back_is_kept(business, issued, lost, states_of):
    issued()
    no_money = Failure(FailureCode.INSUFFICIENT_FUNDS, "no funds", bank_code="AM04")

    [one] = lost(10_000, result=Result.RETURNED, failure=no_money).booked

    with reading(business):
        attempt = payments.attempt(business, one.attempt_id)
    assert states_of(one.attempt_id) == ["created", "submitted", "succeeded", "returned"]
    assert (attempt.failure_code, attempt.bank_code) == ("insufficient_funds", "AM04")


def test_one_that_came_back_is_booked_both_ways(business, issued, lost):
    invoice = issued()

    lost(10_000, result=Result.RETURNED)

    assert paid(business, invoice) == 0
    assert trial_balance(business)["receivable:Alice"] == 100
    assert prove(business).holds


def test_its_refund_is_found_with_it(business, issued, lost):
    issued()

    def given_back(charge):
        reference = encode("ref", new_id())
        amount = Money(2_500, "EUR")
        return RefundOutcome(reference, charge.gateway_ref, Result.SUCCEEDED, "re_1", amount)

    lost(10_000, given_back)

    assert trial_balance(business)["clearing:scripted"] == 75
    assert prove(business).holds


def test_a_gateway_without_a_list_is_told_of(business, gateway):
    with reading(business):
        [silent] = [one for one in payments.gateway_accounts(business) if one.kind != "scripted"]
    assert recover(business, silent, since=AT, at=LATER).is_whole is False
