"""What happened is written with the change, once, and its jobs come and go with the transaction."""

import json

import pytest

from counterfoil.infra import jobs
from counterfoil.infra.db import execute, reading, run
from counterfoil.infra.outbox import Happened, publish
from factories.businesses import AT
from ledger_text import events

SUCCEEDED = Happened("payment.succeeded", {"payment": "pay_1", "amount": 12})


def deferred():
    rows = execute("SELECT task_name, args FROM procrastinate_jobs ORDER BY id")
    return [(name, args if isinstance(args, dict) else json.loads(args)) for name, args in rows]


def test_an_event_and_its_jobs(business):
    run(business, lambda: publish(business, [SUCCEEDED], at=AT))

    assert events(business) == ["payment.succeeded"]
    assert deferred() == [
        ("send_receipt",
         {"business_id": str(business), "about": {"payment": "pay_1", "amount": 12}})
    ]  # fmt: skip


def test_an_event_without_jobs(business):
    run(business, lambda: publish(business, [Happened("invoice.paid", {})], at=AT))
    assert (events(business), deferred()) == (["invoice.paid"], [])


def test_history_sends_nothing(business):
    run(business, lambda: publish(business, [SUCCEEDED], at=AT, quiet=True))
    assert (events(business), deferred()) == (["payment.succeeded"], [])


def test_a_rollback_takes_everything_along(business):
    def work():
        publish(business, [SUCCEEDED], at=AT)
        jobs.defer(business, "handle_event", event_id="x", at="y")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        run(business, work)
    assert (events(business), deferred()) == ([], [])


def test_an_event_that_nobody_wired_is_a_bug(business):
    with pytest.raises(KeyError):
        run(business, lambda: publish(business, [Happened("cat.fed", {})], at=AT))
    assert events(business) == []


def test_events_of_one_transaction_carry_it(business):
    run(business, lambda: publish(business, [SUCCEEDED, SUCCEEDED], at=AT))
    run(business, lambda: publish(business, [SUCCEEDED], at=AT))
    with reading(business):
        rows = execute(
            "SELECT tx FROM infra_event WHERE business_id = %(b)s::uuid ORDER BY tx, id",
            {"b": business},
        )
    first, second, third = (tx for (tx,) in rows)
    assert first == second < third


def test_nothing_happened(business):
    run(business, lambda: publish(business, [], at=AT))
    jobs.defer_many(business, "send_receipt", [])
    assert (events(business), deferred()) == ([], [])
