"""Payouts: read once and whole, fees booked, clearing at zero, closed by the bank statement."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from counterfoil.domain.payments import queries as payments
from counterfoil.domain.reconciliation import payouts
from counterfoil.domain.reconciliation import queries as lines
from counterfoil.flows.aftermath import fetch_missing, read_payouts
from counterfoil.flows.aftermath.read_payouts import explain_account, read_account, take_payout
from counterfoil.flows.aftermath.settle_chargeback import settle_chargeback
from counterfoil.flows.banking import import_statement
from counterfoil.flows.receive_event import handle, receive
from counterfoil.infra.db import reading
from counterfoil.kernel.actor import SYSTEM
from counterfoil.kernel.errors import Unavailable
from counterfoil.kernel.ids import encode
from counterfoil.kernel.money import Money
from counterfoil.kernel.ports.gateways.chargebacks import ChargebackStage
from counterfoil.kernel.ports.gateways.listing import Listed
from counterfoil.kernel.ports.gateways.outcomes import Result
from counterfoil.kernel.ports.gateways.payouts import (
    Movement,
    MovementKind,
    PayoutStage,
    PayoutTold,
)
from counterfoil.kernel.ports.gateways.refunds import RefundRequest
from factories.aftermath import contested, staged
from factories.bank_files import Booking, add_account, statement
from factories.businesses import AT, add_gateway
from factories.gateways import event, refunded, succeeded
from factories.payments import pay
from factories.refunds import refund
from factories.statements import counted
from ledger_text import broken, counts, events, inbox, trial_balance


def euro(minor):
    return Money(minor, "EUR")


def moved(kind, gross, fee=0, **more):
    facts = {
        "gateway_ref": f"txn_{kind}_{more.get('source', '')}_{gross}_{fee}",
        "kind": kind,
        "gross": euro(gross),
        "fee": euro(fee),
        "net": euro(gross - fee),
        "occurred_at": AT,
    }
    return Movement(**(facts | more))


def charged(payment, fee=320):
    return moved(MovementKind.CHARGE, payment.amount_minor, fee, charge=payment.gateway_ref,
                 source=payment.gateway_ref)  # fmt: skip


@pytest.fixture
def account(business, gateway):
    with reading(business):
        return payments.active_accounts(business)[0]


@pytest.fixture
def paid_out(business, gateway, account):
    """The gateway makes a payout of these movements, and it is read."""

    def make(*movements, amount=None, ref="po_1", stage=PayoutStage.IN_TRANSIT, read=True):
        gateway.after.moved[ref] = list(movements)
        total = sum(one.net.minor for one in movements) if amount is None else amount
        told = PayoutTold(
            gateway_ref=ref,
            stage=stage,
            amount=euro(total),
            created_at=AT,
            arrival_date=date(2026, 3, 4),
            descriptor=f"COUNTERFOIL {ref.upper()}",
        )
        gateway.after.payouts = [one for one in gateway.after.payouts if one.gateway_ref != ref] + [
            told
        ]
        if read:
            read_account(business, account, at=AT)
        return told

    return make


def only(business):
    with reading(business):
        (found,) = payouts.payouts(business)
    return found


def test_everything_matches_and_clearing_comes_to_zero(business, issued, gateway, paid_out):
    one, other = pay(business, issued()), pay(business, issued())
    gave = refund(business, other, 4_000)

    paid_out(
        charged(one), charged(other),
        moved(MovementKind.REFUND, -4_000, source=gave.gateway_ref, charge=other.gateway_ref),
    )  # fmt: skip

    assert trial_balance(business) == {
        "gateway_fees:scripted": Money(640, "EUR").decimal,
        "in_transit:scripted": Money(15_360, "EUR").decimal,
        "receivable:Alice": 40, "revenue": -200,
    }  # fmt: skip
    assert (only(business).suspense_minor, only(business).fee_minor) == (0, 640)
    assert "payout.made" in events(business)
    assert broken(business) == []


def test_it_is_read_once_whoever_reads(business, issued, gateway, paid_out, account):
    payment = pay(business, issued())
    told = paid_out(charged(payment))
    before = counts(business)
    receive_one(business, gateway, account, told)
    read_account(business, account, at=AT)
    assert counts(business) == before | {"payments_gatewayevent": 1}


def receive_one(business, gateway, account, told, ref="evt_p1"):
    headers, body = event(ref, told.gateway_ref, kind="payout.updated")
    receive(business, account.id, headers=headers, body=body, at=AT)
    for event_id, _ in inbox(business):
        handle(business, event_id, at=AT)


def test_a_payout_is_read_whole_or_not_at_all(business, issued, gateway, paid_out, account):
    payment = pay(business, issued())
    paid_out(charged(payment), read=False)
    before = counts(business)
    gateway.after.trouble = Unavailable()
    with pytest.raises(Unavailable):
        read_account(business, account, at=AT)
    assert counts(business) == before
    gateway.after.trouble = None
    assert read_account(business, account, at=AT) == 1
    assert broken(business) == []


def test_the_statement_closes_it(business, issued, gateway, paid_out):
    add_account(business)
    payment = pay(business, issued())
    told = paid_out(charged(payment))

    imported = bank(business, told)

    assert (imported.settled, imported.waiting) == (1, 0)
    assert only(business).state == "arrived"
    balance = trial_balance(business)
    assert "in_transit:scripted" not in balance
    assert events(business)[-1] == "payout.arrived"
    assert broken(business) == []


def bank(business, told, amount=None, text=""):
    minor = told.amount.minor if amount is None else amount
    booking = Booking(str(Money(minor, "EUR").decimal), text or f"SEPA {told.descriptor} THX")
    plan = import_statement.preview(business, statement(booking))
    return import_statement.apply(business, plan, at=AT, by=SYSTEM)


def test_the_statement_may_be_quicker(business, issued, gateway, paid_out):
    add_account(business)
    payment = pay(business, issued())
    told = paid_out(charged(payment), read=False)

    assert bank(business, told).waiting == 1
    paid_out(charged(payment))

    assert only(business).state == "arrived"
    with reading(business):
        assert [one.state for one in lines.lines(business)] == ["settled"]
    assert broken(business) == []


def below_zero(business, issued, gateway, paid_out, *, read=True):
    """All that the gateway held was paid out before: a refund and its fee are taken from our
    bank."""
    payment = pay(business, issued())
    paid_out(charged(payment, fee=0))
    gave = refund(business, payment, 4_000)
    return paid_out(
        moved(MovementKind.REFUND, -4_000, 25, source=gave.gateway_ref, charge=payment.gateway_ref),
        ref="po_below",
        read=read,
    )


def test_a_payout_below_zero_is_booked_and_taken_from_our_bank(business, issued, gateway, paid_out):
    add_account(business)
    told = below_zero(business, issued, gateway, paid_out)
    balance = trial_balance(business)
    assert told.amount == euro(-4_025)
    assert "clearing:scripted" not in balance
    assert balance["in_transit:scripted"] == Money(10_000 - 4_025, "EUR").decimal
    assert broken(business) == []

    assert bank(business, told).settled == 1

    assert trial_balance(business)["in_transit:scripted"] == 100
    assert below(business).state == "arrived"
    assert broken(business) == []


def test_the_statement_may_be_quicker_below_zero_too(business, issued, gateway, paid_out, account):
    add_account(business)
    told = below_zero(business, issued, gateway, paid_out, read=False)
    assert bank(business, told).aside == 1

    read_account(business, account, at=AT)

    assert below(business).state == "arrived"
    assert broken(business) == []


def test_one_below_zero_that_comes_to_nothing_is_held_again(business, issued, gateway, paid_out):
    told = below_zero(business, issued, gateway, paid_out)
    gateway.after.payouts = [replace(told, stage=PayoutStage.FAILED, failure="no_account")]
    with reading(business):
        account = payments.active_accounts(business)[0]
    read_account(business, account, at=AT)

    assert below(business).state == "failed"
    assert trial_balance(business)["clearing:scripted"] == Money(-4_025, "EUR").decimal
    assert broken(business) == []


def below(business):
    with reading(business):
        return next(one for one in payouts.payouts(business) if one.gateway_ref == "po_below")


def test_a_statement_and_a_payout_that_miss_each_other_meet_at_the_next_reading(
    business, issued, gateway, paid_out, account, monkeypatch
):
    """Both came in at once: neither saw the row of the other."""
    add_account(business)
    told = paid_out(charged(pay(business, issued())))
    with monkeypatch.context() as patch:
        patch.setattr(payouts, "lock_open_payouts", lambda _business: [])
        assert bank(business, told).waiting == 1

    for _ in range(2):
        read_account(business, account, at=AT)

    assert only(business).state == "arrived"
    with reading(business):
        assert [one.state for one in lines.lines(business)] == ["settled"]
    assert "in_transit:scripted" not in trial_balance(business)
    assert broken(business) == []


def test_another_amount_on_the_statement_waits_for_a_person(business, issued, gateway, paid_out):
    add_account(business)
    told = paid_out(charged(pay(business, issued())))

    assert bank(business, told, amount=told.amount.minor - 1).waiting == 1

    with reading(business):
        assert [one.problem for one in lines.lines(business)] == ["payout_differs"]
    assert only(business).state == "in_transit"
    assert broken(business) == []


def test_what_nobody_knows_is_listed_and_never_forced(business, issued, gateway, paid_out):
    payment = pay(business, issued())

    paid_out(
        charged(payment),
        moved(MovementKind.CHARGE, 2_500, 90, charge="ch_nobody", source="ch_nobody"),
        moved(MovementKind.ADJUSTMENT, -1_000, source="adj_1"),
    )

    assert only(business).suspense_minor == 1_500
    balance = trial_balance(business)
    assert "clearing:scripted" not in balance
    assert balance["suspense:scripted"] == -15
    one = only(business)
    with reading(business):
        found = payouts.payout_lines(business, one.id)
    assert sorted(one.problem for one in found) == ["", "adjustment", "unknown"]
    assert broken(business) == []


@pytest.mark.parametrize("difference", [1, -1, 4_000])
def test_a_total_that_differs_is_shown_as_it_is(business, issued, gateway, paid_out, difference):
    payment = pay(business, issued())
    paid_out(charged(payment), amount=9_680 + difference)
    assert only(business).difference_minor == difference
    assert only(business).suspense_minor == difference
    assert "clearing:scripted" not in trial_balance(business)
    assert broken(business) == []


def test_a_payment_whose_event_was_lost_is_fetched(business, issued, gateway, paid_out):
    payment = pay(business, issued(), source="slow")
    reference = encode("pay", payment.id)
    gateway.known[reference] = succeeded(reference, payment.amount)

    paid_out(moved(MovementKind.CHARGE, 10_000, 320, charge="ch_new", source="ch_new",
                   reference=reference))  # fmt: skip

    assert only(business).suspense_minor == 0
    assert "payment.succeeded" in events(business)
    assert broken(business) == []


def test_what_is_explained_later_leaves_suspense(business, issued, gateway, paid_out, account):
    payment = pay(business, issued())
    paid_out(
        charged(payment),
        moved(MovementKind.REFUND, -1_000, source="re_there", charge=payment.gateway_ref),
    )
    assert only(business).suspense_minor == -1_000
    gateway.known_refunds["re_there"] = refunded_there(payment)
    headers, body = event("evt_r", "re_there", kind="refund.updated")
    receive(business, account.id, headers=headers, body=body, at=AT)
    for event_id, _ in inbox(business):
        handle(business, event_id, at=AT)

    assert [explain_account(business, account, at=AT) for _ in range(2)] == [1, 0]

    assert only(business).suspense_minor == 0
    balance = trial_balance(business)
    assert "suspense:scripted" not in balance
    assert "clearing:scripted" not in balance
    assert broken(business) == []


def test_a_refund_whose_answer_was_lost_is_asked_about(business, issued, gateway, paid_out):
    payment = pay(business, issued())

    def lost(request):
        gateway.known_refunds[request.reference] = refunded(request, gateway_ref="re_ours")
        return replace(refunded(request), result=Result.UNKNOWN, gateway_ref="")

    gateway.refund_answer = lost
    asked = refund(business, payment, 1_000)
    assert asked.state == "unknown"

    paid_out(
        charged(payment),
        moved(MovementKind.REFUND, -1_000, source="re_ours", charge=payment.gateway_ref),
    )

    assert only(business).suspense_minor == 0
    with reading(business):
        assert payments.refund(business, asked.id).state == "succeeded"
    assert "clearing:scripted" not in trial_balance(business)
    assert broken(business) == []


def refunded_there(payment):
    asked = RefundRequest("", payment.gateway_ref, euro(1_000))
    return refunded(asked, gateway_ref="re_there", result=Result.SUCCEEDED)


def test_a_chargeback_its_fee_and_its_end_are_matched(business, issued, gateway, paid_out):
    one, other = pay(business, issued()), pay(business, issued())
    fact = contested(one)
    gateway.after.chargebacks["dis_1"] = staged(fact, ChargebackStage.WON)
    settle_chargeback(business, one.id, fact, at=AT, by=SYSTEM)

    paid_out(
        charged(one), charged(other),
        moved(MovementKind.CHARGEBACK, -10_000, source="dis_1", charge=one.gateway_ref),
        moved(MovementKind.FEE, 0, 1_500, source="dis_1", charge=one.gateway_ref),
        moved(MovementKind.CHARGEBACK_REVERSAL, 10_000, source="dis_1", charge=one.gateway_ref),
        moved(MovementKind.FEE, 0, -1_500, source="dis_1", charge=one.gateway_ref),
    )  # fmt: skip

    assert (only(business).suspense_minor, only(business).fee_minor) == (0, 640)
    assert "clearing:scripted" not in trial_balance(business)
    assert broken(business) == []


def test_a_fee_of_its_own_is_booked_as_one(business, issued, gateway, paid_out):
    payment = pay(business, issued())
    paid_out(charged(payment, fee=0), moved(MovementKind.FEE, 0, 26, charge=payment.gateway_ref))

    assert (only(business).suspense_minor, only(business).fee_minor) == (0, 26)
    assert trial_balance(business)["gateway_fees:scripted"] == Money(26, "EUR").decimal
    assert broken(business) == []


def test_one_that_comes_back_is_paid_with_the_next(business, issued, gateway, paid_out, account):
    payment = pay(business, issued())
    told = paid_out(charged(payment))
    gateway.after.payouts = [replace(told, stage=PayoutStage.FAILED, failure="account_closed")]
    read_account(business, account, at=AT)
    assert only(business).state == "failed"
    assert trial_balance(business)["clearing:scripted"] == Money(9_680, "EUR").decimal
    assert broken(business) == []

    paid_out(moved(MovementKind.PAYOUT_REVERSAL, 9_680, source="po_1"), ref="po_2")

    balance = trial_balance(business)
    assert balance["in_transit:scripted"] == Money(9_680, "EUR").decimal
    assert "clearing:scripted" not in balance
    assert broken(business) == []


def test_a_charge_that_is_in_two_payouts_is_ours_once(business, issued, gateway, paid_out):
    payment = pay(business, issued())
    paid_out(charged(payment))
    paid_out(replace(charged(payment), gateway_ref="txn_again"), ref="po_2")
    with reading(business):
        found = {one.gateway_ref: one.suspense_minor for one in payouts.payouts(business)}
    assert found == {"po_1": 0, "po_2": 10_000}
    assert broken(business) == []


def test_another_amount_than_ours_is_the_same_finding_at_every_look(
    business, issued, gateway, paid_out, account
):
    payment = pay(business, issued())
    paid_out(moved(MovementKind.CHARGE, 9_000, charge=payment.gateway_ref))
    before = counts(business)

    assert [explain_account(business, account, at=AT) for _ in range(3)] == [0, 0, 0]

    one = only(business)
    with reading(business):
        assert [line.problem for line in payouts.payout_lines(business, one.id)] == [
            "amount_differs"
        ]
    assert one.suspense_minor == -1_000
    assert counts(business) == before
    assert broken(business) == []


def test_an_account_that_breaks_and_a_payout_that_does_hold_up_no_other(
    business, issued, gateway, paid_out, account, monkeypatch
):
    other = other_account(business)
    paid_out(moved(MovementKind.ADJUSTMENT, 900), read=False, ref="po_unreadable")
    paid_out(charged(pay(business, issued())), read=False)
    genuine, asked = read_payouts._movements, []

    def breaking(of, ref):
        asked.append(of.id)
        if of.id == min(account.id, other.id) or ref == "po_unreadable":
            raise ZeroDivisionError
        return genuine(of, ref)

    monkeypatch.setattr(read_payouts, "_movements", breaking)

    assert read_payouts.read_all(business, at=AT) == 1

    assert set(asked) == {account.id, other.id}
    assert only(business).gateway_ref == "po_1"
    assert broken(business) == []


def test_what_nobody_can_explain_stands_in_the_way_of_nothing(
    business, issued, gateway, account, monkeypatch
):
    """Neither what is older, nor what is another account's, nor what only a person can explain."""
    monkeypatch.setattr(payouts.unexplained, "__kwdefaults__", {"limit": 2})
    payment = pay(business, issued(), source="slow")
    reference = encode("pay", payment.id)
    late = moved(MovementKind.CHARGE, 10_000, charge="ch_late", reference=reference)
    days = [
        (account, moved(MovementKind.CHARGE, 500, charge="ch_nobodys")),
        (account, moved(MovementKind.CHARGE, 600, charge="ch_nobodys_too")),
        (account, late),
        (other_account(business), moved(MovementKind.CHARGE, 700, charge="ch_of_the_other")),
        (other_account(business), moved(MovementKind.CHARGE, 800, charge="ch_of_another")),
        (account, moved(MovementKind.ADJUSTMENT, 900)),
        (account, moved(MovementKind.ADJUSTMENT, 1_000)),
    ]
    for day, (of, movement) in enumerate(days):
        told = PayoutTold(gateway_ref=f"po_{day}", stage=PayoutStage.IN_TRANSIT,
                          amount=movement.net, created_at=AT + timedelta(days=day))  # fmt: skip
        gateway.after.moved[told.gateway_ref] = [movement]
        take_payout(business, of, told, at=AT, by=SYSTEM)
    gateway.known[reference] = replace(succeeded(reference, payment.amount), gateway_ref="ch_late")

    assert explain_account(business, account, at=AT + timedelta(days=9)) == 1

    with reading(business):
        found = {one.gateway_ref: one.suspense_minor for one in payouts.payouts(business)}
    assert found["po_2"] == 0
    assert broken(business) == []


def other_account(business):
    made = add_gateway(business, "scripted")
    with reading(business):
        return payments.account(business, made)


@settings(
    max_examples=10,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    amounts=st.lists(st.integers(-50_000, 50_000), min_size=1, max_size=8),
    fees=st.lists(st.integers(-300, 300), min_size=8, max_size=8),
    difference=st.integers(-50, 50),
)
def test_whatever_it_pays_the_clearing_account_is_untouched_by_strangers(
    business, gateway, paid_out, amounts, fees, difference
):
    """Movements of nobody's, any fees, any total: fees and suspense take all of it."""
    movements = [
        moved(MovementKind.ADJUSTMENT, gross, fee, source=f"adj_{index}")
        for index, (gross, fee) in enumerate(zip(amounts, fees, strict=False))
    ]
    total = sum(one.net.minor for one in movements) + difference
    with reading(business):
        ref = f"po_{len(payouts.payouts(business, limit=500)) + 1}"
    before = trial_balance(business).get("clearing:scripted", 0)
    paid_out(*movements, amount=total, ref=ref)
    assert trial_balance(business).get("clearing:scripted", 0) == before
    assert broken(business) == []


def test_a_payout_whose_events_were_all_lost_is_fetched_from_the_list(
    business, issued, gateway, paid_out
):
    """Twenty payments and their refunds: settled at once, nobody is asked about one by one."""
    made = [pay(business, issued(), source="slow") for _ in range(20)]
    known = [replace(succeeded(encode("pay", one.id), one.amount), gateway_ref=f"ch_{index}")
             for index, one in enumerate(made)]  # fmt: skip
    gateway.after.listing = [Listed(AT, one) for one in known]
    gateway.look_ups.clear()

    with counted() as statements:
        paid_out(*[
            moved(MovementKind.CHARGE, 10_000, 320, charge=one.gateway_ref,
                  reference=one.reference, source=one.gateway_ref)
            for one in known
        ])  # fmt: skip

    assert gateway.look_ups == []
    assert len(statements.statements) < 100
    assert (only(business).suspense_minor, only(business).line_count) == (0, 20)
    assert trial_balance(business).get("clearing:scripted", 0) == 0
    assert broken(business) == []


def test_without_a_list_so_many_are_asked_about_and_the_rest_next_time(
    business, issued, gateway, paid_out, account, monkeypatch
):
    monkeypatch.setattr(fetch_missing, "LOOK_UPS_MAX", 4)
    made = [pay(business, issued(), source="slow") for _ in range(10)]
    for one in made:
        reference = encode("pay", one.id)
        gateway.known[reference] = succeeded(reference, one.amount)
    gateway.look_ups.clear()

    paid_out(*[
        moved(MovementKind.CHARGE, 10_000, 320, charge=f"ch_{index}", source=f"ch_{index}",
              reference=encode("pay", one.id))
        for index, one in enumerate(made)
    ])  # fmt: skip

    assert len(gateway.look_ups) == 8  # read, and what stood in suspense looked at again
    assert only(business).suspense_minor == 20_000
    assert explain_account(business, account, at=AT) == 2
    assert only(business).suspense_minor == 0
    assert broken(business) == []
