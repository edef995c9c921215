"""The jobs: each parses its arguments, makes one call, and has its own retry policy."""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any
from uuid import UUID

from django.db import close_old_connections
from procrastinate import JobContext, RetryStrategy
from procrastinate.contrib.django import app
from procrastinate.exceptions import UniqueViolation
from procrastinate.jobs import Status

from counterfoil.flows import receive_event, resolve_uncertain
from counterfoil.flows.debits import resolve_mandate
from counterfoil.flows.letters import (
    deliver_messages,
    send_debit_letters,
    send_messages,
    send_not_sent,
    send_stopped,
)
from counterfoil.flows.letters import send_credit_note as credit_notes
from counterfoil.flows.methods import carry_on
from counterfoil.flows.refunds import resolve_refund
from counterfoil.infra import idempotency, jobs, limits
from counterfoil.infra.db import run
from counterfoil.infra.jobs import LOST_AFTER_SECONDS
from counterfoil.kernel import clock
from counterfoil.kernel.errors import Unavailable
from counterfoil.kernel.ids import BusinessId, decode
from counterfoil.surfaces.jobs.periodic import by_the_clock, in_every_business

GENTLE = RetryStrategy(max_attempts=12, exponential_wait=2, retry_exceptions=[Unavailable])
STUBBORN = RetryStrategy(max_attempts=10, exponential_wait=2)
POSTAL = RetryStrategy(max_attempts=5, exponential_wait=4, retry_exceptions=[Unavailable])


def job(name: str, retry: RetryStrategy) -> Callable[[Callable[..., None]], Any]:
    """A task under its own name, with a fresh or healthy connection, and its business parsed."""

    def register(function: Callable[..., None]) -> Any:
        @wraps(function)
        def wrapped(business_id: str, **arguments: Any) -> None:
            close_old_connections()
            try:
                function(BusinessId(UUID(business_id)), **arguments)
            finally:
                close_old_connections()

        return app.task(name=name, retry=retry)(wrapped)

    return register


@job("handle_event", STUBBORN)
def handle_event(business_id: BusinessId, event_id: str, at: str) -> None:
    """Acts on an event in the inbox."""
    receive_event.handle(business_id, UUID(event_id), at=datetime.fromisoformat(at))


@job("defer_jobs", STUBBORN)
def defer_jobs(
    business_id: BusinessId, name: str, arguments: list[dict[str, Any]], schedule_at: str | None
) -> None:
    """Makes the jobs that were too many for the transaction that gave them their cause."""
    later = datetime.fromisoformat(schedule_at) if schedule_at else None
    run(business_id, lambda: jobs.defer_many(business_id, name, arguments, schedule_at=later))


@job("resolve_attempt", GENTLE)
def resolve_attempt(business_id: BusinessId, attempt_id: str) -> None:
    """Asks the gateway what became of an attempt whose answer was lost."""
    resolve_uncertain.resolve(business_id, UUID(attempt_id), at=clock.now())


@by_the_clock("sweep_uncertain", "* * * * * */5")
def sweep_uncertain() -> None:
    """Resolves every attempt, refund and mandate whose look-up is due, in every business."""
    in_every_business(resolve_uncertain.sweep, resolve_refund.sweep, resolve_mandate.sweep)


@job("carry_on_debits", STUBBORN)
def carry_on_debits(business_id: BusinessId, about: dict[str, Any]) -> None:
    """Charges what waited for a mandate that stands now, or gives it up if it never will."""
    carry_on.carry_on_all(business_id, decode("mdt", about["mandate"]), at=clock.now())


@job("send_invoice", STUBBORN)
def send_invoice(business_id: BusinessId, about: dict[str, Any]) -> None:
    """Writes the mails about an issued invoice, or the one for who has none yet."""
    invoice_id, only_to = decode("inv", about["invoice"]), about.get("only_to", "")
    send_messages.send_invoice(business_id, invoice_id, at=clock.now(), only_to=only_to)


@job("send_credit_note", STUBBORN)
def send_credit_note(business_id: BusinessId, about: dict[str, Any]) -> None:
    """Writes the mails about a credit note."""
    note_id = decode("cn", about["credit_note"])
    credit_notes.send_credit_note(business_id, note_id, at=clock.now())


@job("send_receipt", STUBBORN)
def send_receipt(business_id: BusinessId, about: dict[str, Any]) -> None:
    """Writes the receipts of a payment."""
    attempt_id, again = decode("pay", about["payment"]), about.get("returned_at", "")
    send_messages.send_receipt(business_id, attempt_id, at=clock.now(), again=again)


@job("send_debit_notice", STUBBORN)
def send_debit_notice(business_id: BusinessId, about: dict[str, Any]) -> None:
    """Writes when a bank account will be debited."""
    attempt_id = decode("pay", about["payment"])
    send_debit_letters.send_debit_notice(business_id, attempt_id, at=clock.now())


@job("send_payment_returned", STUBBORN)
def send_payment_returned(business_id: BusinessId, about: dict[str, Any]) -> None:
    """Writes that a debit came back."""
    attempt_id = decode("pay", about["payment"])
    send_debit_letters.send_payment_returned(business_id, attempt_id, at=clock.now())


@job("send_refund", STUBBORN)
def send_refund(business_id: BusinessId, about: dict[str, Any]) -> None:
    """Writes that money was given back."""
    send_messages.send_refund(business_id, decode("ref", about["refund"]), at=clock.now())


@job("send_refund_not_sent", STUBBORN)
def send_refund_not_sent(business_id: BusinessId, about: dict[str, Any]) -> None:
    """Writes that a refund was not sent, to whoever was told that it was."""
    refund_id, covered = decode("ref", about["refund"]), about["covered"]
    send_not_sent.send_refund_not_sent(business_id, refund_id, covered, at=clock.now())


@job("send_payment_failed", STUBBORN)
def send_payment_failed(business_id: BusinessId, about: dict[str, Any]) -> None:
    """Writes that a payment did not work, where its payer could not see it."""
    attempt_id = decode("pay", about["payment"])
    send_messages.send_payment_failed(business_id, attempt_id, at=clock.now())


@job("send_payment_stopped", STUBBORN)
def send_payment_stopped(business_id: BusinessId, about: dict[str, Any]) -> None:
    """Writes that a payment was stopped, and that no money moves."""
    send_stopped.send_stopped(business_id, decode("pay", about["payment"]), at=clock.now())


@job("deliver_message", POSTAL)
def deliver_message(business_id: BusinessId, message_id: str) -> None:
    """Sends one message; after the last retry here the sweep goes on trying."""
    deliver_messages.deliver(business_id, UUID(message_id), at=clock.now())


@by_the_clock("sweep_messages", "* * * * * */30")
def sweep_messages() -> None:
    """Picks up messages that a crash or a long outage left behind, in every business."""
    in_every_business(deliver_messages.sweep)


@app.periodic(cron="* * * * * */5")
@app.task(name="rescue_jobs", queueing_lock="rescue_jobs", pass_context=True)
async def rescue_jobs(context: JobContext, timestamp: int) -> None:
    """Gives the jobs of a worker that died to the others; procrastinate leaves them `doing`. One
    of the clock is dropped if the next waits already, behind its lock.

    Alone of all that runs by the clock this has no lock: a worker that died would keep it."""
    manager = context.app.job_manager
    for job_ in await manager.get_stalled_jobs(seconds_since_heartbeat=LOST_AFTER_SECONDS):
        try:
            await manager.retry_job(job_)
        except UniqueViolation:
            await manager.finish_job(job_, Status.FAILED, delete_job=True)


@by_the_clock("forget_old", "17 3 * * *")
def forget_old() -> None:
    """Drops answers that were kept for long enough, and counters of windows long over."""
    limits.forget_old(at=clock.now())
    in_every_business(idempotency.forget_old)
