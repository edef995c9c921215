"""What the home page reads in one query is what its parts read each by itself."""

from datetime import timedelta

from counterfoil.domain.receivables import queries
from counterfoil.domain.receivables.rows import HomeRows
from counterfoil.flows.pay_invoices import start
from counterfoil.infra.db import reading
from counterfoil.kernel.actor import SYSTEM
from factories.businesses import AT
from factories.payments import command, pay
from factories.refunds import refund


def test_nothing_was_ever_invoiced(business, customer):
    with reading(business):
        found = queries.home(business, customer, today=AT.date(), newest_limit=3)

    assert found == HomeRows([], [], [], [])


def test_together_as_apart(business, customer, issued, gateway):
    for number in range(4):
        pay(business, issued())
        issued(due=AT.date() + timedelta(days=20 - number))
    today = AT.date() + timedelta(days=18)

    with reading(business):
        found = queries.home(business, customer, today=today, newest_limit=3)
        balances = queries.balances(business, customer, today=today)
        due = queries.open_items(business, customer, "EUR", limit=1)
        wanted = queries.ItemFilter()
        newest = queries.customer_items(business, customer, wanted, today=today, limit=3)
        arrived = queries.PaymentFilter(customer_id=customer, status="arrived")
        last = queries.payments(business, arrived, limit=1)

    assert found == HomeRows(balances, due, newest, last)
    assert (len(due), len(newest), len(last)) == (1, 3, 1)
    assert last[0].parts[0]["applied"] == last[0].amount_minor


def test_the_last_payment_is_the_newest_that_arrived_given_back_or_not(
    business, customer, issued, gateway
):
    pay(business, issued())

    def later(days, **more):
        at = AT + timedelta(days=days)
        return start(business, command(customer, issued(), **more), by=SYSTEM, at=at)

    newest = later(1)

    def last():
        with reading(business):
            found = queries.home(business, customer, today=AT.date(), newest_limit=3)
        return [(one.id, one.status) for one in found.last]

    refund(business, newest, 4_000)
    assert last() == [(newest.id, "part_refunded")]
    refund(business, newest, 6_000)
    assert last() == [(newest.id, "refunded")]
    later(2, source="declined")
    assert last() == [(newest.id, "refunded")]


def test_what_to_pay_next_is_of_each_currency_and_paid_by_nobody(
    business, customer, issued, gateway
):
    first, second, dollars = (
        issued(due=AT.date() + timedelta(days=5)),
        issued(due=AT.date() + timedelta(days=9)),
        issued(due=AT.date() + timedelta(days=30), currency="USD"),
    )

    def numbers():
        with reading(business):
            found = queries.home(business, customer, today=AT.date(), newest_limit=3)
        return [one.number for one in found.next_due]

    assert numbers() == [first.number, dollars.number]
    pay(business, first, source="slow")
    assert numbers() == [second.number, dollars.number]
