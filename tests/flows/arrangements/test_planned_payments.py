"""Planned payments: charged once on their day, at most what was agreed, never by surprise."""

import secrets
from datetime import UTC, date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from counterfoil.domain.arrangements import operations, queries
from counterfoil.domain.arrangements.days import runs_at
from counterfoil.domain.arrangements.operations import BeingCharged, PlannedAlready
from counterfoil.domain.business import operations as businesses
from counterfoil.domain.notifications import queries as messages
from counterfoil.domain.payments import queries as payments
from counterfoil.domain.payments.methods import operations as methods
from counterfoil.domain.payments.outcomes import AttemptOutcome
from counterfoil.flows import pay_invoices, resolve_uncertain
from counterfoil.flows.aftermath import restored
from counterfoil.flows.arrangements import plan_payment, run_schedules
from counterfoil.flows.arrangements.plan_payment import NotPlanned, PlanCommand
from counterfoil.flows.letters.send_messages import send_payment_failed
from counterfoil.flows.letters.send_schedule import send_ended
from counterfoil.flows.pay_invoices import MethodGone
from counterfoil.flows.settle_payment import settle
from counterfoil.infra.db import execute, reading
from counterfoil.kernel import clock
from counterfoil.kernel.actor import SYSTEM, Actor, ActorKind
from counterfoil.kernel.clock import local_date
from counterfoil.kernel.errors import FieldProblem, NotFound, Unavailable
from counterfoil.kernel.ids import encode
from counterfoil.kernel.ports.gateways.charges import Outcome
from counterfoil.kernel.ports.gateways.outcomes import Result
from factories.aftermath import restored_elsewhere
from factories.businesses import AT
from factories.gateways import failed, succeeded
from factories.keeping import keep_method
from factories.payments import pay
from ledger_text import broken
from races.racing import race

ALICE = Actor(ActorKind.CONTACT, "alice", "Alice")
DAY = local_date(AT, "Europe/Berlin") + timedelta(days=10)
MORNING = runs_at(DAY, "Europe/Berlin")


@pytest.fixture
def method(business, customer, gateway):
    return keep_method(business, customer)


@pytest.fixture
def plan(business, customer, method):
    """`plan(invoice)`: all of it, in ten days, by Alice's card."""

    def planned(*invoices, at=AT, **more):
        facts = {
            "customer_id": customer,
            "currency": "EUR",
            "parts": tuple((one.id, one.total_minor) for one in invoices),
            "pay_date": DAY,
            "timezone": "Europe/Berlin",
            "form_key": secrets.token_hex(6),
            "payer": "Alice",
            "locale": "en",
            "method_id": method,
        }
        return plan_payment.plan(business, PlanCommand(**(facts | more)), by=ALICE, at=at)

    return planned


def row(business, schedule):
    with reading(business):
        return queries.schedule(business, schedule)


def mails(business, template):
    with reading(business):
        rows = execute(
            "SELECT id FROM notifications_message WHERE business_id = %(b)s::uuid "
            "AND template = %(t)s ORDER BY id",
            {"b": business, "t": template},
        )
        return [messages.message(business, one[0]) for one in rows]


def test_it_is_charged_once_on_its_day(business, plan, issued, gateway):
    schedule = plan(issued())
    before = MORNING - timedelta(minutes=1)

    assert run_schedules.tick(business, at=before) == 0
    assert [run_schedules.tick(business, at=MORNING + timedelta(minutes=n)) for n in range(3)] == [
        1,
        0,
        0,
    ]

    assert len(gateway.charges) == 1
    assert gateway.charges[0].is_off_session
    done = row(business, schedule)
    with reading(business):
        attempt = payments.attempt(business, done.attempt_id)
    assert (done.state, attempt.state, attempt.payer) == ("paid", "succeeded", "Alice")
    assert broken(business) == []


def test_in_a_restored_database_it_waits_until_somebody_has_looked(business, plan, issued, gateway):
    schedule, tomorrows = plan(issued()), plan(issued(), pay_date=DAY + timedelta(days=1))
    restored_elsewhere()

    assert run_schedules.tick(business, at=MORNING) == 0
    held = row(business, schedule)
    assert (held.state, gateway.charges) == ("planned", [])
    assert row(business, tomorrows).told_at == MORNING
    restored.conclude(at=MORNING)

    assert run_schedules.tick(business, at=MORNING + timedelta(minutes=5)) == 1
    assert row(business, schedule).state == "paid"


def test_two_schedulers_charge_once(business, plan, issued, gateway):
    for _ in range(3):
        plan(issued())

    race(*[lambda: run_schedules.tick(business, at=MORNING)] * 2)

    assert len(gateway.charges) == 3


def test_a_scheduler_that_died_is_followed_by_one_that_finds_its_charge(
    business, plan, issued, gateway, monkeypatch
):
    schedule = plan(issued())
    monkeypatch.setattr(operations, "note_charge", lambda *_a, **_k: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        run_schedules.charge(business, schedule, at=MORNING)
    monkeypatch.undo()
    assert row(business, schedule).state == "charging"

    assert run_schedules.tick(business, at=MORNING + timedelta(minutes=1)) == 0  # not yet
    run_schedules.tick(business, at=MORNING + timedelta(minutes=3))

    assert (row(business, schedule).state, len(gateway.charges)) == ("paid", 1)


def test_one_that_was_charged_as_the_database_went_away_is_not_planned_again(
    business, customer, plan, issued, gateway, monkeypatch
):
    schedule = plan(issued())

    def away(*_arguments, **_more):
        raise Unavailable

    with monkeypatch.context() as patch:
        patch.setattr(pay_invoices, "settle", away)
        assert run_schedules.tick(business, at=MORNING) == 0

    assert (row(business, schedule).state, len(gateway.charges)) == ("charging", 1)
    with pytest.raises(BeingCharged):
        plan_payment.change(
            business, customer, schedule, pay_date=DAY + timedelta(days=2), at=MORNING
        )
    resolve_uncertain.sweep(business, at=MORNING + timedelta(minutes=1))
    run_schedules.tick(business, at=MORNING + timedelta(minutes=5))

    assert (row(business, schedule).state, len(gateway.charges)) == ("paid", 1)
    assert broken(business) == []


def test_one_that_breaks_holds_up_no_other(business, plan, issued, gateway, monkeypatch):
    """Told of, ended or charged: each on its own."""
    told, charged, lost = plan(issued()), plan(issued()), plan(issued())
    later = [plan(issued(), pay_date=DAY + timedelta(days=1)) for _ in range(2)]
    with reading(business):
        ended = queries.schedule(business, lost)
    monkeypatch.setattr(run_schedules, "send_tomorrow", breaks_at(later[0]))
    monkeypatch.setattr(run_schedules, "_why_not", breaks_at(told, run_schedules._why_not))
    monkeypatch.setattr(queries, "schedules_lost", lambda _business: [ended, ended])
    monkeypatch.setattr(run_schedules, "end_lost", breaks_at(lost))

    assert run_schedules.tick(business, at=MORNING) == 2

    assert row(business, charged).state == "paid"
    assert [row(business, one).told_at is not None for one in later] == [False, True]


def breaks_at(schedule, genuine=lambda *_args, **_more: None):
    """The same, only that it breaks at this plan."""

    def broken(*args, **more):
        if schedule in args or any(getattr(one, "id", None) == schedule for one in args):
            raise ZeroDivisionError
        return genuine(*args, **more)

    return broken


def test_one_that_comes_late_in_a_slow_morning_is_not_dated_back(
    business, customer, plan, issued, gateway, monkeypatch
):
    """Else a look-up takes the absence of a charge that is on its way for proof."""
    passed = timedelta()
    monkeypatch.setattr(clock, "uptime", lambda: passed)

    def slow(request):
        nonlocal passed
        passed += timedelta(seconds=30)
        if len(gateway.charges) < 4:
            return succeeded(request.reference, request.amount)
        resolve_uncertain.sweep(business, at=MORNING + timedelta(seconds=91))
        return Outcome(request.reference, Result.UNKNOWN)

    gateway.answers["kept:slow"] = slow
    method = keep_method(business, customer, "slow")
    schedules = [plan(issued(), method_id=method) for _ in range(4)]
    run_schedules.tick(business, at=MORNING)

    last = row(business, schedules[-1])
    with reading(business):
        attempt = payments.attempt(business, last.attempt_id)
    assert attempt.state == "unknown"
    assert attempt.submitted_at == MORNING + timedelta(seconds=90)


def test_after_a_day_of_silence_it_is_charged_and_after_three_it_is_not(
    business, plan, issued, gateway
):
    late, too_late = plan(issued()), plan(issued(), pay_date=DAY - timedelta(days=3))

    run_schedules.tick(business, at=MORNING + timedelta(days=1))

    assert (row(business, late).state, len(gateway.charges)) == ("paid", 1)
    assert (row(business, too_late).state, row(business, too_late).end_reason) == (
        "ended",
        "too_late",
    )


def test_a_clock_that_jumps_a_year_charges_nobody(business, plan, issued, gateway):
    schedule = plan(issued())

    run_schedules.tick(business, at=MORNING + timedelta(days=400))

    assert (row(business, schedule).state, gateway.charges) == ("ended", [])


def test_at_most_what_was_agreed_and_what_is_due(business, plan, issued, gateway):
    invoice, other = issued(), issued()
    schedule = plan(invoice, other, parts=((invoice.id, 6_000), (other.id, 10_000)))
    pay(business, invoice, parts=((invoice.id, 7_000),))
    pay(business, other)

    run_schedules.tick(business, at=MORNING)

    assert gateway.charges[-1].amount.minor == 3_000
    assert row(business, schedule).state == "paid"
    assert broken(business) == []


def test_an_invoice_paid_by_hand_ends_its_plan_with_a_note(business, plan, issued, gateway):
    invoice = issued()
    schedule = plan(invoice)
    pay(business, invoice)

    run_schedules.tick(business, at=AT)
    send_ended(business, schedule, at=AT)

    assert (row(business, schedule).state, row(business, schedule).end_reason) == (
        "ended",
        "nothing_due",
    )
    assert len(gateway.charges) == 1
    assert "Nothing is due any more" in mails(business, "planned_payment")[0].text
    assert "To be paid with: " in mails(business, "planned_payment")[0].text


def test_one_being_paid_by_hand_waits(business, plan, issued, gateway):
    invoice = issued()
    schedule = plan(invoice)
    pay(business, invoice, source="slow")

    assert run_schedules.tick(business, at=MORNING) == 0
    assert row(business, schedule).state == "planned"
    assert len(gateway.charges) == 1


def test_by_hand_and_by_plan_at_once_are_one_charge(business, plan, issued, gateway):
    invoice = issued()
    plan(invoice)

    race(lambda: run_schedules.tick(business, at=MORNING), lambda: pay(business, invoice))

    assert sum(charge.amount.minor for charge in gateway.charges) == invoice.total_minor


def test_a_removed_method_ends_it_and_the_customer_is_told(
    business, customer, plan, method, issued, gateway
):
    schedule = plan(issued())
    methods.remove(business, customer, method, at=AT)

    run_schedules.tick(business, at=AT)
    send_ended(business, schedule, at=AT)

    assert row(business, schedule).end_reason == "method_gone"
    assert "not there any more" in mails(business, "planned_payment")[0].text
    assert gateway.charges == []


def test_a_failed_one_is_told_with_its_reason_and_not_tried_again(
    business, customer, plan, issued, gateway
):
    schedule = plan(issued(), method_id=keep_method(business, customer, "declined"))

    run_schedules.tick(business, at=MORNING)
    done = row(business, schedule)
    for _ in range(2):
        send_payment_failed(business, done.attempt_id, at=MORNING)
    run_schedules.tick(business, at=MORNING + timedelta(hours=1))

    assert (done.state, len(gateway.charges)) == ("failed", 1)
    assert len(mails(business, "payment_failed")) == 1
    assert "No money was moved" in mails(business, "payment_failed")[0].text


def test_one_whose_bank_asks_waits_for_the_payer_and_fails_in_the_end(
    business, customer, plan, issued, gateway
):
    schedule = plan(issued(), method_id=keep_method(business, customer, "challenge"))
    run_schedules.tick(business, at=MORNING)
    waiting = row(business, schedule)
    assert waiting.state == "charging"
    reference = encode("pay", waiting.attempt_id)
    gateway.known[reference] = failed(reference)

    resolve_uncertain.resolve(business, waiting.attempt_id, at=MORNING + timedelta(days=1))
    run_schedules.tick(business, at=MORNING + timedelta(days=1))

    assert row(business, schedule).state == "failed"
    assert len(gateway.charges) == 1


def test_one_that_never_reached_the_gateway_is_tried_again(business, plan, issued, gateway):
    schedule = plan(issued())
    gateway.unreachable = Unavailable()
    run_schedules.tick(business, at=MORNING)
    waiting = row(business, schedule)
    assert (waiting.state, waiting.attempt_id) == ("planned", None)
    with reading(business):
        unsent = payments.attempt_of_form(business, f"schedule:{schedule}:{waiting.pay_date}")
    send_payment_failed(business, unsent.id, at=MORNING)
    gateway.unreachable = None

    run_schedules.tick(business, at=MORNING + timedelta(minutes=5))
    run_schedules.tick(business, at=MORNING + timedelta(minutes=10))

    assert (row(business, schedule).state, len(gateway.charges)) == ("paid", 1)
    assert mails(business, "payment_failed") == []
    assert broken(business) == []


def test_one_that_reaches_no_gateway_for_three_days_ends_and_is_told(
    business, plan, issued, gateway
):
    schedule = plan(issued())
    gateway.unreachable = Unavailable()

    for minutes in range(0, (3 * 24 + 3) * 60, 10):
        run_schedules.tick(business, at=MORNING + timedelta(minutes=minutes))
    send_ended(business, schedule, at=MORNING + timedelta(days=4))

    done = row(business, schedule)
    assert (done.state, done.end_reason) == ("ended", "too_late")
    assert 15 < done.tries < 45  # less and less often
    assert "Nothing was charged" in mails(business, "planned_payment")[0].text
    assert broken(business) == []


def test_one_of_which_the_gateway_proves_later_that_it_was_not_sent_is_tried_again(
    business, customer, plan, issued, gateway
):
    schedule = plan(issued(), method_id=keep_method(business, customer, "vanished"))
    run_schedules.tick(business, at=MORNING)
    assert row(business, schedule).state == "charging"
    gateway.known.clear()
    gateway.answers["kept:vanished"] = lambda one: succeeded(one.reference, one.amount)

    resolve_uncertain.sweep(business, at=MORNING + timedelta(minutes=2))
    run_schedules.tick(business, at=MORNING + timedelta(minutes=5))

    assert (row(business, schedule).state, len(gateway.charges)) == ("paid", 2)
    assert broken(business) == []


def test_a_late_success_is_heard_of(business, customer, plan, issued, gateway):
    schedule = plan(issued(), method_id=keep_method(business, customer, "declined"))
    run_schedules.tick(business, at=MORNING)
    done = row(business, schedule)
    with reading(business):
        attempt = payments.attempt(business, done.attempt_id)
    assert (done.state, attempt.state) == ("failed", "failed")
    late = succeeded(encode("pay", attempt.id), attempt.amount)
    settle(business, [AttemptOutcome(attempt.id, late)], at=MORNING, by=SYSTEM)

    run_schedules.tick(business, at=MORNING + timedelta(minutes=5))

    assert row(business, schedule).state == "paid"
    assert broken(business) == []


def test_the_day_before_it_is_told_once(business, plan, issued, gateway):
    schedule = plan(issued())
    day_before = MORNING - timedelta(hours=23)

    assert run_schedules.tick(business, at=MORNING - timedelta(hours=25)) == 0
    assert mails(business, "planned_payment") == []
    for minutes in range(2):
        run_schedules.tick(business, at=day_before + timedelta(minutes=minutes))

    told = mails(business, "planned_payment")
    assert len(told) == 1
    assert f"/planned/{encode('sch', schedule)}" in told[0].text
    assert row(business, schedule).told_at == day_before


def test_it_is_moved_and_told_of_anew_and_cancelled(business, customer, plan, issued, gateway):
    schedule = plan(issued())
    run_schedules.tick(business, at=MORNING - timedelta(hours=3))
    later = DAY + timedelta(days=5)
    plan_payment.change(
        business, customer, schedule, pay_date=later, at=MORNING - timedelta(hours=2)
    )
    assert run_schedules.tick(business, at=MORNING) == 0
    moved = row(business, schedule)
    assert (moved.pay_date, moved.told_at) == (later, None)

    plan_payment.cancel(business, customer, schedule, by=ALICE, at=MORNING)
    run_schedules.tick(business, at=MORNING + timedelta(days=6))

    assert (row(business, schedule).state, gateway.charges) == ("cancelled", [])
    with pytest.raises(NotFound):
        plan_payment.cancel(business, customer, schedule, by=ALICE, at=MORNING)


def test_one_being_charged_can_not_be_cancelled(business, customer, plan, issued, gateway):
    schedule = plan(issued(), method_id=keep_method(business, customer, "lost"))
    run_schedules.tick(business, at=MORNING)

    with pytest.raises(BeingCharged):
        plan_payment.cancel(business, customer, schedule, by=ALICE, at=MORNING)


def test_what_can_not_be_planned(business, customer, other_customer, plan, issued, gateway):
    from factories.invoices import issued_invoice

    invoice, today = issued(), local_date(AT, "Europe/Berlin")
    for day in (today, today - timedelta(days=1), today + timedelta(days=61)):
        with pytest.raises(FieldProblem):
            plan(invoice, pay_date=day)
    with pytest.raises(NotFound):
        plan(issued_invoice(business, other_customer))
    with pytest.raises(MethodGone):
        plan(invoice, method_id=keep_method(business, other_customer, "slow"))
    with pytest.raises(FieldProblem):
        plan(invoice, parts=((invoice.id, 1),))  # below the floor
    plan(invoice)
    with pytest.raises(PlannedAlready):
        plan(invoice)
    businesses.change(business, {"schedule_days_max": 0})
    with pytest.raises(NotPlanned):
        plan(issued())
    with reading(business):
        assert len(queries.schedules_of(business, customer)) == 1


def test_the_same_form_plans_once(business, customer, plan, issued, gateway):
    invoice = issued()

    assert plan(invoice, form_key="one") == plan(invoice, form_key="one")
    with reading(business):
        assert len(queries.schedules_of(business, customer)) == 1


ZONES = ("Europe/Berlin", "America/New_York", "Pacific/Apia", "Asia/Riyadh", "Pacific/Kiritimati")


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    day=st.dates(date(2026, 1, 1), date(2030, 12, 31)),
    zone=st.sampled_from(ZONES),
)
def test_a_day_begins_once_in_its_zone_whatever_its_clocks_do(day, zone):
    moment = runs_at(day, zone)

    assert local_date(moment, zone) == day
    assert runs_at(day + timedelta(days=1), zone) - moment >= timedelta(hours=23)
    assert moment.tzinfo is UTC


@pytest.mark.parametrize("day", [date(2026, 3, 29), date(2026, 10, 25), date(2028, 2, 29)])
def test_each_hour_of_a_dst_night_charges_once(business, plan, issued, gateway, day):
    begin = runs_at(day, "Europe/Berlin") - timedelta(hours=30)
    plan(issued(), pay_date=day, at=begin)

    charged = [run_schedules.tick(business, at=begin + timedelta(hours=hour)) for hour in range(60)]

    assert sum(charged) == 1
