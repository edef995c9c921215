"""The flow's side of the posting bench (imported once Django is there)."""

import os
import threading
import time
from datetime import UTC, datetime
from pathlib import Path
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


def settle_batch(business: Any, attempts: list[UUID]) -> tuple[float, float, float]:
    """Settlements a second, all in one transaction; and what each takes of a processor, ours and
    that of the database, which work at the same time, in microseconds."""
    outcomes = [_outcome(one) for one in attempts]
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        server = cursor.fetchone()[0]
    began, ours, theirs = time.perf_counter(), time.process_time(), _spent(server)
    settle(business, outcomes, at=datetime.now(UTC), by=SYSTEM)
    seconds = time.perf_counter() - began
    ours, theirs = time.process_time() - ours, _spent(server) - theirs
    count = len(attempts)
    return count / seconds, ours / count * 1e6, theirs / count * 1e6


def _spent(process: int) -> float:
    """Seconds of a processor that another process has taken (proc(5), `stat`)."""
    after_name = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(after_name[11]) + int(after_name[12])) / os.sysconf("SC_CLK_TCK")


def timed(work: list[threading.Thread]) -> float:
    """Seconds until all threads are done."""
    began = time.perf_counter()
    for one in work:
        one.start()
    for one in work:
        one.join()
    return time.perf_counter() - began
