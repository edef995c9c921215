"""The work list: every kind of trouble, in words, with its one action."""

import re
from datetime import timedelta
from html import unescape
from typing import Any

from counterfoil.domain.customers import operations as customers
from counterfoil.domain.customers.rows import NewCustomer
from counterfoil.domain.insights import work as insights
from counterfoil.domain.notifications import operations as notifications
from counterfoil.domain.payments import operations as payments
from counterfoil.domain.payments import queries
from counterfoil.flows import receive_event
from counterfoil.flows.aftermath import compare_gateways
from counterfoil.flows.letters import send_messages
from counterfoil.flows.setting_up import gateway_accounts
from counterfoil.infra.db import execute, reading
from counterfoil.kernel import clock
from counterfoil.kernel.actor import SYSTEM
from counterfoil.kernel.errors import Unavailable
from counterfoil.kernel.ids import encode
from factories import gateways
from factories.businesses import AT
from factories.invoices import credit_note, issued_invoice, line
from factories.payments import pay
from factories.statements import counted
from factories.worker import work
from ledger_text import journal

_ROW = re.compile(r"<h2>(.*?)</h2>\s*<p class=\"note\">(.*?)</p>", re.DOTALL)


def _rows(desk: Any) -> list[str]:
    found = _ROW.findall(desk.get("").content.decode())
    return [re.sub("<[^>]+>", "", title) for title, _reason in found]


def _heading(desk: Any) -> str:
    return re.search(r"<h1>(.*?)</h1>", desk.get("").content.decode())[1]  # type: ignore[index]


def test_nothing_needs_you(owner: Any) -> None:
    assert _heading(owner) == "Nothing needs you"
    assert _rows(owner) == []


def test_every_kind_of_trouble_is_a_row(
    owner: Any, business: Any, customer: Any, issued: Any, gateway: Any
) -> None:
    today = clock.now().date()
    fresh = {"due": today + timedelta(days=10)}
    pay(business, issued(**fresh), source="lost")
    attempt = pay(business, issued(**fresh), source="more")
    pay(business, issued(**fresh), source="challenge")
    pay(business, issued(**fresh), source="slow")
    event = payments.keep_event(
        business, attempt.gateway_account_id, ref="evt_9", kind="charge.refunded", body="{}",
        at=AT,
    )  # fmt: skip
    assert event is not None
    payments.mark_event(business, event, remark="unplaced: no attempt of ours", at=AT)
    (message,) = send_messages.send_invoice(business, issued(**fresh).id, at=AT)
    notifications.claim(business, message, at=AT)
    notifications.mark_failed(business, message, problem="no such mailbox", at=AT)
    late = issued(due=AT.date())
    credit_note(business, customer, line("5"))
    assert _heading(owner) == "8 things need a person"
    rows = [re.sub(r"\d+ days", "n days", row) for row in _rows(owner)]
    assert sorted(rows[1:4]) == [
        "Confirmation at the bank open for n days",
        "Payment outcome unknown for n days",
        "Payment processing for n days",
    ]
    assert rows[:1] + rows[4:] == [
        "The gateway took another amount: Alice",
        "A gateway event concerns no payment of ours: charge.refunded",
        "Mail not delivered: Alice",
        "Credit is not used: Alice",
        f"{late.number} of Alice is long overdue",
    ]


def test_a_gateway_whose_list_is_not_compared_any_more_is_told(
    owner: Any, business: Any, gateway: Any
) -> None:
    gateway.after.trouble = Unavailable()
    for days in (3, 1):
        compare_gateways.compare_all(business, at=clock.now() - timedelta(days=days))
    assert [unescape(one) for one in _rows(owner)] == [
        "The gateway's list is not compared: scripted"
    ]
    assert _heading(owner) == "One thing needs a person"

    with reading(business):
        (account,) = [one for one in queries.active_accounts(business) if one.kind == "scripted"]
    gateway_accounts.pause(business, account.id, is_paused=True, at=clock.now(), by=SYSTEM)
    assert _rows(owner) == []
    gateway_accounts.pause(business, account.id, is_paused=False, at=clock.now(), by=SYSTEM)

    gateway.after.trouble = None
    compare_gateways.compare_all(business, at=clock.now())
    assert _rows(owner) == []


def test_the_count_and_the_list_agree(
    business: Any, customer: Any, issued: Any, gateway: Any
) -> None:
    for _ in range(5):
        issued(due=AT.date())
    pay(business, issued(), source="lost")
    at = clock.now()
    with reading(business):
        found = insights.work_list(business, today=at.date(), at=at)
    assert found.count.late == found.late[0].late_count == 5
    assert found.count.payments == len(found.payments) == 1
    assert len(found.late) == insights.LATE_SHOWN


def test_an_event_that_was_looked_at_leaves_the_list(
    owner: Any, business: Any, gateway: Any, issued: Any
) -> None:
    attempt = pay(business, issued(due=clock.now().date()))
    event = payments.keep_event(
        business, attempt.gateway_account_id, ref="evt_9", kind="x", body="{}", at=AT
    )
    assert event is not None
    payments.mark_event(business, event, remark="unplaced: no attempt of ours", at=AT)
    page = owner.get("").content.decode()
    (address,) = re.findall(r'action="/backoffice/(events/[^"]+)"', page)
    assert owner.post(address)["Location"] == "/backoffice/"
    assert _heading(owner) == "Nothing needs you"


def _stuck_event(business: Any, attempt: Any, minutes: int) -> Any:
    """An event that came so many minutes ago, and whose job failed for good."""
    headers, body = gateways.event("evt_9", encode("pay", attempt.id))
    since = clock.now() - timedelta(minutes=minutes)
    receive_event.receive(
        business, attempt.gateway_account_id, headers=headers, body=body, at=since
    )
    execute("UPDATE procrastinate_jobs SET status = 'failed' WHERE task_name = 'handle_event'")


def _page(desk: Any) -> str:
    return str(desk.get("").content.decode())


def test_an_event_whose_job_failed_is_tried_again_with_one_click(
    owner: Any, business: Any, gateway: Any, issued: Any, post: Any
) -> None:
    attempt = pay(business, issued(due=clock.now().date()), source="challenge")
    _stuck_event(business, attempt, minutes=61)
    gateway.known[encode("pay", attempt.id)] = gateways.succeeded(
        encode("pay", attempt.id), attempt.amount
    )
    title, reason = _ROW.findall(owner.get("").content.decode())[-1]
    assert title == "An event of the gateway was not acted on: charge.updated"
    assert reason == "evt_9 from scripted came 1 hour ago, and nothing has come of it yet."
    (address,) = re.findall(r'action="/backoffice/(events/[^"]+/again)"', _page(owner))
    assert owner.post(address)["Location"] == "/backoffice/"
    assert "The event is being tried again." in _page(owner)
    work()
    assert journal(business).count("payment_received") == 1
    assert _heading(owner) == "Nothing needs you"
    assert owner.post(address).status_code == 404


def test_an_event_that_is_still_being_tried_needs_nobody(
    owner: Any, business: Any, gateway: Any, issued: Any
) -> None:
    attempt = pay(business, issued(due=clock.now().date()))
    _stuck_event(business, attempt, minutes=40)
    assert _heading(owner) == "Nothing needs you"


def test_an_event_that_is_not_acted_on_comes_before_those_of_nobody(
    owner: Any, business: Any, gateway: Any, issued: Any
) -> None:
    attempt = pay(business, issued(due=clock.now().date()))
    event = payments.keep_event(
        business, attempt.gateway_account_id, ref="evt_1", kind="x", body="{}", at=AT
    )
    assert event is not None
    payments.mark_event(business, event, remark="unplaced: no attempt of ours", at=AT)
    _stuck_event(business, attempt, minutes=61)
    assert _heading(owner) == "2 things need a person"
    assert [row.partition(":")[0] for row in _rows(owner)] == [
        "An event of the gateway was not acted on",
        "A gateway event concerns no payment of ours",
    ]


def test_being_paid_is_not_long_overdue(
    owner: Any, business: Any, issued: Any, gateway: Any
) -> None:
    pay(business, issued(due=AT.date()), source="lost")
    assert [row.startswith("Payment outcome") for row in _rows(owner)] == [True]


def test_the_list_costs_the_same_however_long_it_is(owner: Any, issued: Any) -> None:
    issued(due=AT.date())
    owner.get("")
    with counted() as with_one:
        owner.get("")
    issued(due=AT.date())
    issued(due=AT.date())
    with counted() as with_three:
        owner.get("")
    assert with_one.count == with_three.count == 18


def test_credit_that_lies_unused_with_many_customers_is_one_thing_to_do(
    owner: Any, business: Any, issued: Any
) -> None:
    for number, price in enumerate(("5", "7", "6")):
        (customer_id,) = customers.add(
            business, [NewCustomer(f"Customer {number}", "en", "UTC", "EUR")], at=AT
        )
        issued_invoice(business, customer_id, line("50"), due=clock.now().date())
        credit_note(business, customer_id, line(price))
    assert _rows(owner) == ["Credit of 3 customers is not used"]
    assert _heading(owner) == "One thing needs a person"
    assert "The most: €7.00 of Customer 1." in owner.get("").content.decode()
