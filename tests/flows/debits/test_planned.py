"""Plans that a mandate is to pay: only one that can be debited in the plan's currency."""

from datetime import timedelta

import pytest

from counterfoil.domain.arrangements import queries
from counterfoil.domain.business import operations as businesses
from counterfoil.domain.payments import mandates
from counterfoil.flows import pay_invoices
from counterfoil.flows.arrangements import plan_payment, run_schedules
from counterfoil.flows.arrangements.plan_payment import PlanCommand
from counterfoil.flows.debits.end_mandate import end_mandate
from counterfoil.flows.letters.send_schedule import send_ended
from counterfoil.flows.pay_invoices import MethodGone
from counterfoil.infra.db import execute, reading, run
from counterfoil.kernel.actor import SYSTEM
from factories.businesses import AT
from factories.keeping import keep_method


@pytest.fixture
def given(business, customer, issued, pay_by_debit):
    """Of euros, debited once."""
    businesses.change(business, {"schedule_days_max": 60})
    pay_by_debit(issued())
    with reading(business):
        (mandate,) = mandates.mandates_of(business, customer)
    return mandate


def plan(business, customer, invoice, form_key="plan-1", **way):
    asked = PlanCommand(
        customer_id=customer,
        currency=invoice.currency,
        parts=((invoice.id, invoice.total_minor),),
        pay_date=(AT + timedelta(days=10)).date(),
        timezone="Europe/Berlin",
        form_key=form_key,
        payer="Alice",
        locale="en",
        **way,
    )
    return plan_payment.plan(business, asked, by=SYSTEM, at=AT)


def test_one_that_stands_is_taken(business, customer, issued, given):
    made = plan(business, customer, issued(), mandate_id=given.id)
    with reading(business):
        assert queries.schedule(business, made).mandate_id == given.id


@pytest.mark.parametrize("change", ["scheme = 'ach'", "source_ref = ''"])
def test_one_that_could_not_be_debited_then_is_refused_when_it_is_chosen(
    business, customer, issued, given, change
):
    """A form that somebody wrote by hand: the page offers neither."""
    planned = plan(
        business, customer, issued(), "plan-2", method_id=keep_method(business, customer)
    )
    whose = {"b": business, "id": given.id}
    words = "WHERE business_id = %(b)s::uuid AND id = %(id)s::uuid"
    run(business, lambda: execute(f"UPDATE payments_mandate SET {change} {words}", whose))

    with pytest.raises(MethodGone):
        plan(business, customer, issued(), mandate_id=given.id)
    with pytest.raises(MethodGone):
        plan_payment.change_way(business, customer, planned, (None, given.id), at=AT)

    with reading(business):
        (row,) = queries.schedules_of(business, customer)
    assert row.mandate_id is None


def test_a_mandate_that_ends_as_its_plan_is_charged_ends_the_plan_and_is_told(
    business, customer, issued, given, gateway, monkeypatch
):
    """Between the look at the plan and its charge."""
    made = plan(business, customer, issued(), mandate_id=given.id)
    charged = len(gateway.charges)

    def ended_meanwhile(*args, **more):
        end_mandate(business, given.id, customer_id=customer, at=AT, by=SYSTEM)
        return pay_invoices.start(*args, **more)

    monkeypatch.setattr(run_schedules, "start", ended_meanwhile)
    with reading(business):
        runs_at = queries.schedule(business, made).runs_at

    assert run_schedules.charge(business, made, at=runs_at) is False

    with reading(business):
        row = queries.schedule(business, made)
    assert (row.state, row.end_reason) == ("ended", "method_gone")
    assert len(gateway.charges) == charged
    assert len(send_ended(business, made, at=runs_at)) == 1
