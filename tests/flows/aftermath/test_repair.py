"""What a comparison found is repaired by one click where that is possible: the gateway is asked
once more, and its word goes through the doors that events take."""

from dataclasses import replace
from datetime import timedelta

import pytest

from counterfoil.domain.payments import queries as payments
from counterfoil.domain.payments.outcomes import AttemptOutcome
from counterfoil.domain.reconciliation.discrepancies import ClosedAlready
from counterfoil.flows.aftermath.compare_gateways import compare
from counterfoil.flows.aftermath.match_movements import match
from counterfoil.flows.aftermath.repair_difference import NotAskable, adopt, ask_again
from counterfoil.flows.settle_payment import settle
from counterfoil.infra.db import reading
from counterfoil.kernel.actor import SYSTEM
from counterfoil.kernel.errors import Unavailable
from counterfoil.kernel.ids import encode
from counterfoil.kernel.money import Money
from counterfoil.kernel.ports.gateways.charges import Outcome
from counterfoil.kernel.ports.gateways.listing import Listed
from counterfoil.kernel.ports.gateways.outcomes import Instrument, Result
from counterfoil.kernel.ports.gateways.payouts import Movement, MovementKind
from counterfoil.kernel.ports.gateways.refunds import RefundOutcome
from factories.aftermath import contested, known_of, open_discrepancies
from factories.businesses import AT
from factories.gateways import failed, refund_failed, succeeded
from factories.payments import pay
from factories.refunds import refund
from ledger_text import broken, trial_balance

TOMORROW = AT + timedelta(days=1)


@pytest.fixture
def differs(business, gateway):
    """The gateway's list says so, and it is compared; returns the only difference."""

    def make(*facts):
        with reading(business):
            account = payments.active_accounts(business)[0]
        gateway.after.listing = [Listed(AT, fact) for fact in facts]
        compare(business, account, at=TOMORROW)
        with reading(business):
            (found,) = open_discrepancies(business)
        return found

    return make


def fact_of(payment):
    return succeeded(encode("pay", payment.id), payment.amount)


def ask(business, found):
    return ask_again(business, found.id, at=TOMORROW, by=SYSTEM)


def state(business, payment):
    with reading(business):
        return payments.attempt(business, payment.id).state


def test_a_payment_that_it_had_never_heard_of_and_knows_by_now_agrees(
    business, issued, gateway, differs
):
    payment = pay(business, issued())
    known = gateway.known.pop(encode("pay", payment.id))
    found = differs()
    assert found.kind == "missing_there"
    assert not ask(business, found)
    gateway.known[encode("pay", payment.id)] = known
    assert ask(business, found)
    with pytest.raises(ClosedAlready):
        ask(business, found)
    assert state(business, payment) == "succeeded"


def test_a_debit_that_it_says_came_back_is_booked_so(business, issued, gateway, differs):
    payment = pay(business, issued())
    gateway.known[encode("pay", payment.id)] = failed(encode("pay", payment.id))
    found = differs(failed(encode("pay", payment.id)))
    assert found.kind == "state_differs"
    assert not ask(business, found)
    assert state(business, payment) == "succeeded"
    gateway.known[encode("pay", payment.id)] = replace(fact_of(payment), result=Result.RETURNED)
    assert ask(business, found)
    assert state(business, payment) == "returned"
    assert broken(business) == []


def test_one_that_came_back_and_is_paid_after_all_is_paid(business, issued, gateway, differs):
    payment = pay(business, issued())
    returned = replace(fact_of(payment), result=Result.RETURNED)
    settle(business, [AttemptOutcome(payment.id, returned)], at=AT, by=SYSTEM)
    gateway.known[encode("pay", payment.id)] = returned
    found = differs(fact_of(payment))
    assert not ask(business, found)
    gateway.known[encode("pay", payment.id)] = fact_of(payment)
    assert ask(business, found)
    assert state(business, payment) == "succeeded"
    assert broken(business) == []


def test_one_that_failed_here_and_succeeded_there_is_booked(business, issued, gateway, differs):
    payment = pay(business, issued(), source="declined")
    more = replace(fact_of(payment), amount=Money(9_900, "EUR"))
    found = differs(more)
    assert found.kind == "amount_differs"
    gateway.known[encode("pay", payment.id)] = more
    assert not ask(business, found)
    gateway.known[encode("pay", payment.id)] = fact_of(payment)
    assert ask(business, found)
    assert state(business, payment) == "succeeded"
    assert trial_balance(business) == {"clearing:scripted": 100, "revenue": -100}


def test_another_amount_is_never_booked_by_a_click(business, issued, gateway, differs):
    payment = pay(business, issued())
    other = replace(fact_of(payment), amount=Money(9_900, "EUR"))
    gateway.known[encode("pay", payment.id)] = other
    before = trial_balance(business)
    assert not ask(business, differs(other))
    assert trial_balance(business) == before


def test_a_refund_of_a_charge_that_has_a_customer_by_now_is_booked(
    business, customer, issued, gateway, differs
):
    stranger = Outcome("", Result.SUCCEEDED, "ch_stranger", Money(4_200, "EUR"))
    gone = RefundOutcome("", "ch_stranger", Result.SUCCEEDED, "re_2", Money(500, "EUR"))
    sent = differs(gone)
    assert sent.kind == "unknown_refund"
    assert not ask(business, sent)
    with reading(business):
        account = payments.active_accounts(business)[0]
    gateway.after.listing = [Listed(AT, stranger), Listed(AT, gone)]
    compare(business, account, at=TOMORROW)
    with reading(business):
        (charge,) = [one for one in open_discrepancies(business) if one.id != sent.id]
    with pytest.raises(NotAskable):
        ask(business, charge)
    adopt(business, charge.id, customer, at=TOMORROW, by=SYSTEM)
    assert ask(business, sent)
    assert trial_balance(business) == {"clearing:scripted": 37, "customer_credit:Alice": -37}
    assert broken(business) == []


def test_a_chargeback_of_theirs_alone_waits_and_is_booked_once_its_charge_is_known(
    business, customer, issued, gateway, differs
):
    payment = pay(business, issued())
    fact = contested(payment, 4_200, charge="ch_stranger")
    found = differs(fact_of(payment), fact)
    assert found.kind == "unknown_chargeback"
    assert not ask(business, found)
    stranger = Outcome("", Result.SUCCEEDED, "ch_stranger", Money(4_200, "EUR"))
    gateway.after.listing.append(Listed(AT, stranger))
    with reading(business):
        account = payments.active_accounts(business)[0]
    compare(business, account, at=TOMORROW)
    with reading(business):
        (charge,) = [one for one in open_discrepancies(business) if one.id != found.id]
    adopt(business, charge.id, customer, at=TOMORROW, by=SYSTEM)
    assert ask(business, found)
    assert broken(business) == []


def test_a_gateway_that_cannot_be_asked_changes_nothing(business, issued, gateway, differs):
    payment = pay(business, issued())
    gateway.known[encode("pay", payment.id)] = failed(encode("pay", payment.id))
    found = differs(failed(encode("pay", payment.id)))
    gateway.unreachable = Unavailable()
    with pytest.raises(Unavailable):
        ask(business, found)
    with reading(business):
        assert [one.id for one in open_discrepancies(business)] == [found.id]


@pytest.mark.parametrize(
    ("said", "booked"),
    [
        (Instrument("bank_debit", "sepa_debit", "3000"), ("bank_debit", "sepa_debit", "3000")),
        (None, ("card", "", "")),
    ],
)
def test_what_paid_is_what_the_list_says(business, customer, gateway, differs, said, booked):
    stranger = Outcome("", Result.SUCCEEDED, "ch_stranger", Money(4_200, "EUR"), instrument=said)
    made = adopt(business, differs(stranger).id, customer, at=TOMORROW, by=SYSTEM)
    with reading(business):
        row = payments.attempt(business, made)
    assert (row.instrument_kind, row.instrument_brand, row.instrument_last4) == booked


WENT, CAME_BACK = (MovementKind.REFUND, -4_000), (MovementKind.REFUND_REVERSAL, 4_000)


@pytest.mark.parametrize(
    ("kinds", "problems"),
    [
        ([WENT, CAME_BACK], ["", ""]),
        ([WENT], [""]),  # it comes back with the next payout, and the gateway owes it until then
        ([CAME_BACK], [""]),
        ([(MovementKind.REFUND, -3_000)], ["amount_differs"]),
    ],
)
def test_a_refund_that_failed_before_it_was_booked_is_nothing_unexplained_in_its_payout(
    business, issued, gateway, kinds, problems
):
    payment = pay(business, issued())
    gateway.refund_answer = refund_failed
    row = refund(business, payment, 4_000)
    assert row.state == "failed"
    movements = [
        Movement(
            gateway_ref=f"txn_{number}",
            kind=kind,
            gross=Money(minor, "EUR"),
            fee=Money(0, "EUR"),
            net=Money(minor, "EUR"),
            occurred_at=AT,
            source=row.gateway_ref,
            charge=payment.gateway_ref,
        )
        for number, (kind, minor) in enumerate(kinds)
    ]
    matched = match(movements, known_of(business, payment, movements))
    assert [one.ours.problem for one in matched] == problems
