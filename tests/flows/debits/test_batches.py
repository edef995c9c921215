"""Many events in one push: those that can be read count once, the others wait for a person."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from adapters.gateways.contract.counterparts.gocardless import signed
from counterfoil.flows import receive_event
from counterfoil.infra.db import execute, reading
from flows.debits import test_own_page as own_page

bank, line, account = own_page.bank, own_page.line, own_page.account  # the fixtures
PAID = {"resource_type": "payments", "action": "paid"}
BAD = [{}, 1, None, {"id": "EVBAD"}, PAID | {"id": "EVDAY", "created_at": "yesterday"}]


def push(business: Any, account: Any, rows: list[Any]) -> bool:
    """GoCardless pushes these."""
    told = signed(json.dumps({"events": rows}).encode())
    headers = {name.lower(): value for name, value in told.headers.items()}
    at = datetime.now(UTC)
    return receive_event.receive(business, account, headers=headers, body=told.body, at=at)


def inbox(business: Any) -> list[tuple[Any, str, str]]:
    with reading(business):
        return execute(
            "SELECT id, kind, remark FROM payments_gatewayevent WHERE business_id = %(b)s::uuid",
            {"b": business},
        )


@pytest.fixture
def debit(business: Any, bank: Any, account: Any, issued: Any) -> Any:
    """A debit on its way that the bank has just paid."""
    attempt = own_page.begin(business, issued())
    own_page.give(business, bank, attempt)
    assert own_page.again(business, attempt).state == "processing"
    (payment,) = bank.server.rows["payments"].values()
    payment["status"] = "confirmed"
    return attempt


def test_of_250_the_good_ones_count_once_and_bad_ones_are_set_aside(
    business: Any, bank: Any, account: Any, debit: Any
) -> None:
    (payment,) = bank.server.rows["payments"]
    row = bank.server.put("events", "EV", resource_type="payments", action="confirmed",
                          links={"payment": payment}, details={})  # fmt: skip
    others = [row | {"id": f"EVX{n}", "resource_type": "payouts"} for n in range(244)]
    rows = [*BAD, *others, row]
    assert len(rows) == 250

    assert push(business, account, rows) is True
    assert push(business, account, rows) is False
    for event, _, _ in inbox(business):
        receive_event.handle(business, event, at=datetime.now(UTC))

    remarks = [remark for _, _, remark in inbox(business)]
    assert len(remarks) == 250
    assert remarks.count("unplaced: an event that can't be read") == len(BAD)
    assert remarks.count("succeeded") == 1
    assert own_page.again(business, debit).state == "succeeded"
    [(count,)] = execute("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'handle_event'")
    assert count == 250
