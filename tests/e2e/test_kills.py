"""Processes are killed in the middle of a payment: nothing is lost, nothing happens twice."""

import pytest
from playwright.sync_api import Page, expect

from e2e import pages, witness
from e2e.stack import Payer, Stack, children, eventually, kill, running

pytestmark = [pytest.mark.browser, pytest.mark.slow]
RESOLVED_SECONDS_MAX = 40
RESCUED_SECONDS_MAX = 60


def waits_for(stack: Stack, table: str) -> bool:
    """Whether somebody waits to write into the table."""
    found = witness.rows(
        stack,
        "SELECT 1 FROM pg_locks WHERE NOT granted AND relation = %s::regclass",
        table,
    )
    return bool(found)


def kill_serving(stack: Stack) -> None:
    """SIGKILL to the process that serves requests; the server above it starts another one."""
    assert stack.web is not None
    above = running(stack.web)
    [serving] = children(above)
    kill(serving)
    eventually(lambda: [one for one in children(above) if one != serving], "another one serves")


def kill_worker(stack: Stack) -> None:
    """SIGKILL to the worker."""
    assert stack.worker is not None
    kill(running(stack.worker))
    eventually(lambda: stack.worker is not None and not stack.worker.is_running, "the worker ends")
    stack.worker.stop()


def check_paid_and_mailed_once(stack: Stack, payer: Payer) -> None:
    """One charge, one entry, one receipt."""
    eventually(
        lambda: witness.paid_minor(stack, payer), "the payment is booked", RESOLVED_SECONDS_MAX
    )
    witness.check_paid_once(stack, payer)
    witness.wait_for_receipt(stack, payer)
    eventually(lambda: not jobs_left(stack), "every job is done", RESCUED_SECONDS_MAX)
    assert len(witness.receipts(stack, payer)) == 1


def jobs_left(stack: Stack) -> list[str]:
    """The jobs that something that happened is still to cause."""
    found = witness.rows(
        stack,
        "SELECT task_name FROM procrastinate_jobs WHERE status IN ('todo', 'doing')"
        " AND args ? 'business_id'",
    )
    return [str(name) for (name,) in found]


def test_the_server_dies_while_the_gateway_charges(stack: Stack, page: Page, payer: Payer) -> None:
    payer.business.at_gateway.set_faults(delay_seconds=3, webhooks="lost")
    try:
        pages.pay(page, payer)
        eventually(lambda: witness.tries(stack, payer) == ["processing"], "the gateway is asked")
        kill_serving(stack)
        alert = page.get_by_role("alert")
        expect(alert).to_contain_text("Please do not pay again", timeout=pages.SLOW)
        eventually(lambda: witness.charges(stack, payer), "the charge is made")
    finally:
        payer.business.at_gateway.set_faults(delay_seconds=0, webhooks="ok")
    check_paid_and_mailed_once(stack, payer)
    expect(page.get_by_role("heading", name="Paid in full")).to_be_visible(timeout=30_000)


def test_the_server_dies_while_it_books_the_charge(stack: Stack, page: Page, payer: Payer) -> None:
    payer.business.at_gateway.set_faults(webhooks="lost")
    try:
        with witness.held(stack, "ledger_posting"):
            pages.pay(page, payer)
            eventually(lambda: waits_for(stack, "ledger_posting"), "it is about to book")
            kill_serving(stack)
            assert len(witness.charges(stack, payer)) == 1
            assert witness.paid_minor(stack, payer) == 0
    finally:
        payer.business.at_gateway.set_faults(webhooks="ok")
    check_paid_and_mailed_once(stack, payer)


def test_the_whole_server_is_away_for_a_while(stack: Stack, page: Page, payer: Payer) -> None:
    payer.business.at_gateway.set_faults(delay_seconds=1)
    try:
        pages.pay(page, payer)
        eventually(lambda: witness.tries(stack, payer) == ["processing"], "the gateway is asked")
        assert stack.web is not None
        kill(running(stack.web))
        eventually(lambda: stack.web is not None and not stack.web.is_running, "the server ends")
        stack.web.stop()
        eventually(lambda: witness.charges(stack, payer), "the charge is made")
    finally:
        payer.business.at_gateway.set_faults(delay_seconds=0)
    stack.start_web()
    stack.wait_until_ready()
    check_paid_and_mailed_once(stack, payer)
    page.goto(payer.link)
    expect(page.get_by_role("heading", name="Paid in full")).to_be_visible()


def test_the_worker_dies_while_it_writes_the_receipt(
    stack: Stack, page: Page, payer: Payer
) -> None:
    with witness.held(stack, "notifications_message"):
        pages.pay(page, payer)
        pages.expect_received(page)
        eventually(lambda: waits_for(stack, "notifications_message"), "the receipt is written")
        kill_worker(stack)
    stack.start_worker()
    stack.wait_until_ready()
    check_paid_and_mailed_once(stack, payer)


def test_the_worker_dies_while_it_settles_a_lost_answer(
    stack: Stack, page: Page, payer: Payer
) -> None:
    pages.pay(page, payer, pages.LOST)
    pages.expect_heading(page, "Checking your payment", pages.SLOW)
    with witness.held(stack, "ledger_posting"):
        eventually(lambda: waits_for(stack, "ledger_posting"), "the answer is found")
        kill_worker(stack)
        assert witness.paid_minor(stack, payer) == 0
    stack.start_worker()
    stack.wait_until_ready()
    check_paid_and_mailed_once(stack, payer)
    pages.expect_received(page, 30_000)
