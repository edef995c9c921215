"""How far ahead a payment may be planned is judged where the plan is written: a limit that comes
down while a plan waits, and has to be begun again, is the one that holds."""

import secrets
import threading
import time
from datetime import timedelta

import pytest
from django.db import connection

from counterfoil.domain.arrangements import queries
from counterfoil.flows.arrangements import plan_payment
from counterfoil.flows.arrangements.plan_payment import PlanCommand
from counterfoil.infra.db import reading
from counterfoil.kernel.actor import SYSTEM
from counterfoil.kernel.clock import local_date
from counterfoil.kernel.errors import FieldProblem
from factories import database as db
from factories.businesses import AT
from factories.keeping import keep_method

ZONE = "Europe/Berlin"
TODAY = local_date(AT, ZONE)
SOON, FAR = TODAY + timedelta(days=3), TODAY + timedelta(days=40)
HELD = """SELECT pid FROM pg_stat_activity
          WHERE datname = current_database() AND wait_event_type = 'Lock'"""


@pytest.fixture
def plan(business, customer, gateway, issued):
    """Plans to pay an invoice by Alice's card."""
    invoice, method = issued(), keep_method(business, customer)

    def planned(day):
        command = PlanCommand(
            customer_id=customer,
            currency="EUR",
            parts=((invoice.id, invoice.total_minor),),
            pay_date=day,
            timezone=ZONE,
            form_key=secrets.token_hex(6),
            payer="Alice",
            locale="en",
            method_id=method,
        )
        return plan_payment.plan(business, command, by=SYSTEM, at=AT)

    return planned


@pytest.fixture
def meanwhile(business, addresses):
    """`meanwhile(table, work)`: `work` waits for a row of this table and loses its connection; by
    then payments may be planned for ten days at most. Gives what it came to."""

    def limited(table, work):
        came_to = []

        def told():
            try:
                came_to.append(work())
            except Exception as error:  # what it came to is the result
                came_to.append(error)
            finally:
                connection.close()

        with (
            db.connect(addresses.owner_url) as holder,
            db.connect(addresses.owner_url) as owner,
            db.connect(addresses.app_url) as other,
        ):
            holder.execute("BEGIN")
            holder.execute(f"SELECT 1 FROM {table} FOR UPDATE")
            asking = threading.Thread(target=told, daemon=True)
            asking.start()
            (pid,) = _in_time(lambda: other.execute(HELD).fetchone())
            owner.execute(
                "UPDATE business_business SET schedule_days_max = 10 WHERE id = %s", [business]
            )
            other.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])
            holder.execute("COMMIT")
            asking.join(20)
        return came_to[0]

    return limited


def _in_time(ask):
    until = time.monotonic() + 10
    while time.monotonic() < until:
        if found := ask():
            return found
        time.sleep(0.01)
    raise AssertionError("nobody waited for the row")


def plans(business, customer):
    with reading(business):
        return [(row.pay_date, row.state) for row in queries.schedules_of(business, customer)]


def test_a_plan_that_is_begun_again_is_held_to_the_limit_of_that_moment(
    business, customer, plan, meanwhile
):
    refused = meanwhile("receivables_openitem", lambda: plan(FAR))

    assert isinstance(refused, FieldProblem), refused
    assert refused.code == "day_too_late"
    assert plans(business, customer) == []


def test_so_is_another_day_of_one(business, customer, plan, meanwhile):
    schedule = plan(SOON)

    def later():
        plan_payment.change(business, customer, schedule, pay_date=FAR, at=AT)

    refused = meanwhile("arrangements_scheduledpayment", later)

    assert isinstance(refused, FieldProblem), refused
    assert refused.code == "day_too_late"
    assert plans(business, customer) == [(SOON, "planned")]
