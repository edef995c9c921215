"""The daily comparison finds what no event told, books what is ours, and lists the rest."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from counterfoil.domain.payments import chargebacks
from counterfoil.domain.payments import queries as payments
from counterfoil.domain.payments.outcomes import AttemptOutcome
from counterfoil.domain.receivables import queries as receivables
from counterfoil.domain.reconciliation import discrepancies
from counterfoil.domain.reconciliation.discrepancies import ClosedAlready
from counterfoil.flows.aftermath import compare_gateways
from counterfoil.flows.aftermath.compare_gateways import compare, compare_all
from counterfoil.flows.aftermath.repair_difference import NotAdoptable, adopt, look_at
from counterfoil.flows.receive_event import handle, receive
from counterfoil.flows.settle_payment import settle
from counterfoil.infra.db import reading
from counterfoil.kernel.actor import SYSTEM
from counterfoil.kernel.errors import NotFound, Unavailable
from counterfoil.kernel.ids import encode, new_id
from counterfoil.kernel.money import Money
from counterfoil.kernel.ports.gateways.chargebacks import ChargebackStage, ChargebackTold
from counterfoil.kernel.ports.gateways.charges import Outcome
from counterfoil.kernel.ports.gateways.listing import Listed
from counterfoil.kernel.ports.gateways.outcomes import Result
from counterfoil.kernel.ports.gateways.refunds import RefundOutcome
from factories.aftermath import open_discrepancies
from factories.businesses import AT
from factories.gateways import event, failed, succeeded
from factories.payments import pay
from factories.refunds import refund
from factories.statements import counted
from ledger_text import broken, counts, inbox, trial_balance

TOMORROW = AT + timedelta(days=1)


@pytest.fixture
def account(business, gateway):
    with reading(business):
        return payments.active_accounts(business)[0]


@pytest.fixture
def listed(gateway, business, account):
    """The gateway's list says so, its look-ups too, and it is compared; returns what is open."""

    def make(*facts, at=TOMORROW):
        charges = [one for one in facts if isinstance(one, Outcome) and one.reference]
        gateway.known |= {one.reference: one for one in charges}
        gateway.after.listing = [Listed(AT, fact) for fact in facts]
        compare(business, account, at=at)
        return found(business)

    return make


def found(business):
    with reading(business):
        rows = open_discrepancies(business)
    return [(one.kind, one.ref) for one in rows]


def fact_of(payment):
    return succeeded(encode("pay", payment.id), payment.amount)


def test_what_agrees_is_not_listed(business, issued, listed):
    assert listed(fact_of(pay(business, issued()))) == []


def test_a_payment_whose_events_were_lost_is_booked(business, issued, listed, gateway):
    payment = pay(business, issued(), source="slow")

    assert listed(fact_of(payment)) == []

    assert trial_balance(business)["clearing:scripted"] == 100
    before = counts(business)
    assert listed(fact_of(payment)) == []
    assert counts(business) == before
    assert broken(business) == []


def test_a_charge_of_nobodys_becomes_a_customers_credit(business, issued, listed, customer):
    stranger = Outcome("", Result.SUCCEEDED, "ch_stranger", Money(4_200, "EUR"))

    assert [listed(stranger), listed(stranger)] == [[("unknown_charge", "ch_stranger")]] * 2
    with reading(business):
        (row,) = open_discrepancies(business)
    with pytest.raises(NotFound):
        adopt(business, row.id, new_id(), at=TOMORROW, by=SYSTEM)
    attempt_id = adopt(business, row.id, customer, at=TOMORROW, by=SYSTEM)
    with pytest.raises(ClosedAlready):
        adopt(business, row.id, customer, at=TOMORROW, by=SYSTEM)

    assert trial_balance(business) == {"clearing:scripted": 42, "customer_credit:Alice": -42}
    with reading(business):
        assert receivables.payment(business, attempt_id).gateway_ref == "ch_stranger"
    assert listed(stranger) == []
    assert broken(business) == []


def test_a_refund_made_there_is_booked(business, issued, listed):
    payment = pay(business, issued())
    gone = RefundOutcome("", payment.gateway_ref, Result.SUCCEEDED, "re_1", Money(1_000, "EUR"))
    nobody = RefundOutcome("", "ch_nobody", Result.SUCCEEDED, "re_2", Money(500, "EUR"))

    assert listed(fact_of(payment), gone, nobody) == [("unknown_refund", "re_2")]

    assert trial_balance(business)["clearing:scripted"] == 90
    assert broken(business) == []


def test_a_refund_of_another_amount_than_was_told_waits_for_a_person(business, issued, listed):
    payment = pay(business, issued())
    gone = RefundOutcome("", payment.gateway_ref, Result.SUCCEEDED, "re_1", Money(1_001, "EUR"))
    assert listed(fact_of(payment), gone) == []
    right = replace(gone, amount=Money(1_000, "EUR"))

    assert listed(fact_of(payment), replace(gone, amount=None)) == []
    assert listed(fact_of(payment), right) == [("refund_differs", "re_1")]

    assert trial_balance(business)["clearing:scripted"] == Decimal("89.99")
    assert listed(fact_of(payment), gone) == []
    assert broken(business) == []


@pytest.mark.parametrize(
    ("fact", "kind"),
    [
        (lambda p: succeeded(encode("pay", p.id), Money(9_999, "EUR")), "amount_differs"),
        (lambda p: failed(encode("pay", p.id)), "state_differs"),
    ],
)
def test_what_contradicts_the_books_waits_for_a_person(business, issued, listed, fact, kind):
    payment = pay(business, issued())
    before = trial_balance(business)

    assert [one for one, _ in listed(fact(payment))] == [kind]

    assert trial_balance(business) == before
    with reading(business):
        (row,) = open_discrepancies(business)
    with pytest.raises(NotAdoptable):
        adopt(business, row.id, payment.customer_id, at=TOMORROW, by=SYSTEM)
    look_at(business, row.id, at=TOMORROW, by=SYSTEM)
    with pytest.raises(ClosedAlready):
        look_at(business, row.id, at=TOMORROW, by=SYSTEM)
    assert listed(fact(payment)) == []


@pytest.fixture
def came_back(business, issued, listed):
    """A payment that the payer's bank sent back, in the books and on the list."""
    payment = pay(business, issued())
    returned = replace(fact_of(payment), result=Result.RETURNED)
    settle(business, [AttemptOutcome(payment.id, returned)], at=AT, by=SYSTEM)
    assert listed(returned) == []
    return payment


def test_a_debit_that_came_back_here_and_is_paid_there_is_paid_after_all(
    business, came_back, listed
):
    payment = came_back
    assert listed(fact_of(payment)) == []
    assert trial_balance(business) == {"clearing:scripted": 100, "revenue": -100}
    assert broken(business) == []
    assert listed(replace(fact_of(payment), result=Result.RETURNED)) == []
    assert trial_balance(business) == {"receivable:Alice": 100, "revenue": -100}
    assert broken(business) == []


@pytest.mark.parametrize("is_down", [True, False])
def test_a_list_that_has_it_paid_and_a_gateway_that_does_not_say_so_wait_for_a_person(
    business, came_back, account, gateway, is_down
):
    from counterfoil.kernel.errors import Unavailable

    payment = came_back
    gateway.after.listing = [Listed(AT, fact_of(payment))]  # its look-up says: returned
    gateway.unreachable = Unavailable() if is_down else None
    for _ in range(2):
        compare(business, account, at=TOMORROW)
        assert found(business) == [("state_differs", payment.gateway_ref)]
    assert trial_balance(business) == {"receivable:Alice": 100, "revenue": -100}


@pytest.mark.parametrize("is_known", [True, False])
def test_a_list_that_calls_a_late_failure_failed_is_asked_about_it(
    business, issued, account, gateway, is_known
):
    payment = pay(business, issued())
    reference = encode("pay", payment.id)
    returned = replace(fact_of(payment), result=Result.RETURNED)
    if is_known:
        settle(business, [AttemptOutcome(payment.id, returned)], at=AT, by=SYSTEM)
    gateway.known[reference] = returned
    gateway.after.listing = [Listed(AT, failed(reference))]

    assert compare(business, account, at=TOMORROW) == (0 if is_known else 1)

    assert found(business) == []
    with reading(business):
        assert payments.attempt(business, payment.id).state == "returned"
    assert broken(business) == []


def test_what_agrees_later_leaves_the_list(business, issued, listed):
    payment = pay(business, issued())
    assert listed(failed(encode("pay", payment.id)))
    assert listed(fact_of(payment)) == []


def test_what_differs_again_after_it_agreed_is_on_the_list_again(business, issued, listed):
    payment = pay(business, issued())
    wrong = succeeded(encode("pay", payment.id), Money(9_999, "EUR"))
    told = listed(wrong)
    assert listed(fact_of(payment)) == []

    assert listed(wrong) == told == [("amount_differs", payment.gateway_ref)]


def test_a_payment_that_the_gateway_never_heard_of_is_listed(business, issued, listed, gateway):
    payment = pay(business, issued())
    del gateway.known[encode("pay", payment.id)]
    assert listed() == [("missing_there", payment.gateway_ref)]


def test_one_that_is_only_not_on_the_list_is_asked_about_first(business, issued, listed):
    pay(business, issued())
    assert listed() == []


def test_the_cursor_moves_only_with_what_was_found(business, issued, account, gateway):
    gateway.after.trouble = Unavailable()
    assert compare_all(business, at=TOMORROW) == 0
    with reading(business):
        begun = discrepancies.compared_until(business, account.id)
    assert begun == TOMORROW - compare_gateways.FIRST_LOOK
    gateway.after.trouble = None
    gateway.after.listing = [Listed(AT, Outcome("", Result.SUCCEEDED, "ch_1", Money(100, "EUR")))]
    assert [compare_all(business, at=TOMORROW) for _ in range(2)] == [1, 0]
    with reading(business):
        assert discrepancies.compared_until(business, account.id) == AT


def test_rows_of_another_program_are_left_alone_and_told_in_the_log(
    business, issued, account, gateway, caplog
):
    paid = fact_of(pay(business, issued(), source="slow"))
    gateway.after.listing = [Listed(AT, paid)]
    gateway.after.foreign = 2

    assert compare(business, account, at=TOMORROW) == 1

    assert trial_balance(business)["clearing:scripted"] == 100
    assert [one.getMessage() for one in caplog.records if "list" in one.getMessage()] == [
        f"2 rows of the list of {account.opened.name} can't be read; none of them names a payment "
        "of ours"
    ]


def _a_day(business, issued, count, source):
    return [fact_of(pay(business, issued(), source=source)) for _ in range(count)]


@pytest.mark.parametrize("source", ["ok", "slow"])
def test_a_day_takes_as_many_statements_however_many_payments_it_has(
    business, issued, listed, source
):
    """All agree, or every event of the day was lost."""
    taken = []
    for count in (3, 30):
        facts = _a_day(business, issued, count, source)
        with counted() as statements:
            listed(*facts)
        taken.append(len(statements.statements))

    assert taken[1] <= taken[0]
    assert trial_balance(business)["clearing:scripted"] == 3_300
    assert broken(business) == []


def test_refunds_that_agree_are_read_at_once(business, issued, listed, gateway):
    taken = []
    for count in (2, 12):
        payments_ = [pay(business, issued()) for _ in range(count)]
        for payment in payments_:
            refund(business, payment, 1_000)
        facts = [gateway.known_refunds[one.reference] for one in gateway.refunds[-count:]]
        with counted() as statements:
            assert listed(*map(fact_of, payments_), *facts) == []
        taken.append(len(statements.statements))

    assert taken[1] <= taken[0]


def test_an_empty_list_asks_about_so_many_a_day_and_goes_on_tomorrow(
    business, issued, listed, gateway, monkeypatch
):
    monkeypatch.setattr(compare_gateways, "LOOK_UPS_MAX", 3)
    for day in range(5):
        settled = AT + timedelta(minutes=day)
        payment = pay(business, issued(), source="slow")
        outcome = AttemptOutcome(payment.id, fact_of(payment))
        settle(business, [outcome], at=settled, by=SYSTEM)
    gateway.known.clear()
    gateway.look_ups.clear()

    assert len(listed()) == 3
    assert len(gateway.look_ups) == 3
    assert len(listed(at=TOMORROW + timedelta(days=1))) == 5


def test_a_chargeback_of_a_charge_that_is_given_to_a_customer_is_booked_then(
    business, issued, listed, gateway, customer
):
    stranger = Outcome("", Result.SUCCEEDED, "ch_stranger", Money(4_200, "EUR"))
    gateway.after.chargebacks["dis_1"] = fact = ChargebackTold(
        gateway_ref="dis_1",
        charge="ch_stranger",
        stage=ChargebackStage.NEEDS_RESPONSE,
        amount=Money(4_200, "EUR"),
    )
    with reading(business):
        account = payments.active_accounts(business)[0]
    headers, body = event("ch_stranger", fact.gateway_ref)
    receive(business, account.id, headers=headers, body=body, at=AT)
    ((event_id, _),) = inbox(business)
    handle(business, event_id, at=AT)
    assert inbox(business) == []
    listed(stranger)
    with reading(business):
        (row,) = open_discrepancies(business)

    attempt_id = adopt(business, row.id, customer, at=TOMORROW, by=SYSTEM)

    assert [one for one, _ in inbox(business)] == [event_id]
    handle(business, event_id, at=TOMORROW)
    with reading(business):
        (found,) = chargebacks.chargebacks_of(business, [attempt_id])
    assert found.state == "open"
    assert broken(business) == []


def test_a_second_charge_under_one_reference_waits_for_a_person(
    business, issued, listed, customer, gateway
):
    payment = pay(business, issued())
    first = fact_of(payment)
    second = replace(first, gateway_ref="ch_second")

    assert listed(first, second) == [("unknown_charge", "ch_second")]

    with reading(business):
        (row,) = open_discrepancies(business)
    adopt(business, row.id, customer, at=TOMORROW, by=SYSTEM)
    assert trial_balance(business)["clearing:scripted"] == 200
    assert trial_balance(business)["customer_credit:Alice"] == -100
    gateway.known[first.reference] = first
    assert listed(first, second) == []
    assert broken(business) == []
