"""A new version takes over while people pay: nobody's payment fails, and none is made twice."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest

from e2e import witness
from e2e.outages.paying import Front, opened
from e2e.stack import Payer, Stack, eventually
from factories.sandbox_process import free_port

SENDERS = 3


@pytest.fixture
def stack(breakable: Stack) -> Iterator[Stack]:
    yield breakable
    breakable.harrow.at_gateway.set_faults(delay_seconds=0)
    assert breakable.web is not None
    breakable.web.stop()
    breakable.start_web()
    breakable.wait_until_ready()


@contextmanager
def payments_go_on(stack: Stack, front: Front) -> Iterator[dict[str, tuple[Payer, int]]]:
    """Meanwhile one payment after the other is made; gives those that were answered, and how."""
    answered: dict[str, tuple[Payer, int]] = {}
    ended, office = threading.Event(), threading.Lock()

    def pay() -> None:
        while not ended.is_set():
            with office:  # hears one call at a time
                payer = stack.payer()
            answered[payer.number] = (payer, opened(stack, payer, front).send().status_code)

    with ThreadPoolExecutor(SENDERS) as senders:
        paying = [senders.submit(pay) for _ in range(SENDERS)]
        try:
            yield answered
        finally:
            ended.set()
        for one in paying:
            one.result()


def take_over(stack: Stack, front: Front, port: int) -> None:
    """What the guide says of an upgrade: a second set is started, the proxy names it once it is
    ready, and the first is told to end."""
    before = [stack.web, stack.worker]
    done = stack.command("migrate")
    assert done.returncode == 0, done.stderr
    stack.start_web(port)
    stack.start_worker()
    stack.wait_until_ready(port)
    front.port = port
    time.sleep(0.3)  # whoever was sent to the first one has reached it
    for one in before:
        assert one is not None
        one.let_go()
    assert [one.stop() for one in before if one is not None] == [0, 0]


def test_nobody_is_refused_while_all_processes_are_replaced(stack: Stack) -> None:
    front = Front(stack.port)
    stack.harrow.at_gateway.set_faults(delay_seconds=1)
    with payments_go_on(stack, front) as answered:
        for act in (lambda: take_over(stack, front, free_port()), lambda: None):
            seen = len(answered)
            eventually(lambda n=seen: len(answered) > n + SENDERS, "payments go on")
            act()

    payers = [payer for payer, _ in answered.values()]
    assert [status for _, status in answered.values()] == [302] * len(payers)
    assert len(payers) >= 3 * SENDERS
    for payer in payers:
        assert [one["amount"] for one in witness.charges(stack, payer)] == [payer.invoice["total"]]
        assert witness.paid_minor(stack, payer) == payer.invoice["total"]
        assert witness.attempts(stack, payer) == ["succeeded"]
    witness.check_books(stack)
