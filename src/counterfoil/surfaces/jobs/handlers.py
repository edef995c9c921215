"""The jobs: each parses its arguments, makes one call, and has its own retry policy."""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any
from uuid import UUID

from django.db import close_old_connections
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from counterfoil.domain.business import queries as businesses
from counterfoil.flows import receive_event, resolve_uncertain
from counterfoil.kernel import clock
from counterfoil.kernel.errors import Unavailable
from counterfoil.kernel.ids import BusinessId

GENTLE = RetryStrategy(max_attempts=12, exponential_wait=2, retry_exceptions=[Unavailable])
STUBBORN = RetryStrategy(max_attempts=10, exponential_wait=2)


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


@job("resolve_attempt", GENTLE)
def resolve_attempt(business_id: BusinessId, attempt_id: str) -> None:
    """Asks the gateway what became of an attempt whose answer was lost."""
    resolve_uncertain.resolve(business_id, UUID(attempt_id), at=clock.now())


@app.periodic(cron="* * * * * */5")
@app.task(name="sweep_uncertain", queueing_lock="sweep_uncertain", pass_context=False)
def sweep_uncertain(timestamp: int) -> None:
    """Resolves every attempt whose look-up is due, in every business."""
    close_old_connections()
    for business in businesses.every():
        resolve_uncertain.sweep(business.id, at=clock.now())
    close_old_connections()
