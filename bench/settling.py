"""The flow's side of the posting bench (imported once Django is there)."""

import threading
import time
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db import connection

from counterfoil.domain.payments.outcomes import AttemptOutcome
from counterfoil.flows.settle_payment import settle
from counterfoil.kernel.actor import SYSTEM
from counterfoil.kernel.ids import encode
from counterfoil.kernel.money import Money
from counterfoil.kernel.ports.gateways.charges import Outcome
from counterfoil.kernel.ports.gateways.outcomes import Instrument, Result


def _outcome(attempt: UUID) -> AttemptOutcome:
    card = Instrument("card", "visa", "4242")
    reference = encode("pay", attempt)
    amount = Money(12000, "EUR")
    return AttemptOutcome(attempt, Outcome(reference, Result.SUCCEEDED, "ch", amount, card))


def settle_one_by_one(business: Any, attempts: list[UUID], *, threads: int) -> tuple[float, float]:
    """Settlements a second, each in its own transaction, and statements for each."""
    counted = [0] * threads

    def work(index: int) -> None:
        def count(execute: Any, *rest: Any) -> Any:
            counted[index] += 1
            return execute(*rest)

        with connection.execute_wrapper(count):
            for attempt in attempts[index::threads]:
                settle(business, [_outcome(attempt)], at=datetime.now(UTC), by=SYSTEM)
        connection.close()

    workers = [threading.Thread(target=work, args=(index,)) for index in range(threads)]
    seconds = timed(workers)
    return len(attempts) / seconds, sum(counted) / len(attempts)


def settle_batch(business: Any, attempts: list[UUID]) -> tuple[float, float]:
    """Settlements a second, all in one transaction; and the part of the time in which we computed,
    and did not wait for the database."""
    outcomes = [_outcome(one) for one in attempts]
    began, spent = time.perf_counter(), time.process_time()
    settle(business, outcomes, at=datetime.now(UTC), by=SYSTEM)
    seconds = time.perf_counter() - began
    return len(attempts) / seconds, (time.process_time() - spent) / seconds


def timed(work: list[threading.Thread]) -> float:
    """Seconds until all threads are done."""
    began = time.perf_counter()
    for one in work:
        one.start()
    for one in work:
        one.join()
    return time.perf_counter() - began
