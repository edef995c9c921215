"""What runs by the clock: one at a time, and for each business on its own."""

from collections.abc import Callable
from functools import partial, wraps
from typing import Any

from django.db import close_old_connections
from procrastinate.contrib.django import app

from counterfoil.domain.business import queries as businesses
from counterfoil.domain.business.rows import BusinessRow
from counterfoil.kernel import clock
from counterfoil.kernel.apart import each_apart


def by_the_clock(name: str, cron: str) -> Callable[[Callable[[], None]], Any]:
    """A task of its own name. One that is not done in time is waited for, by one at most: however
    slow a gateway is, it takes up one place of the worker."""

    def register(function: Callable[[], None]) -> Any:
        @wraps(function)
        def wrapped(timestamp: int) -> None:
            close_old_connections()
            try:
                function()
            finally:
                close_old_connections()

        task = app.task(name=name, lock=name, queueing_lock=name, pass_context=False)(wrapped)
        return app.periodic(cron=cron)(task)

    return register


def in_every_business(*flows: Callable[..., object]) -> None:
    """Runs each of these for every business, now; what breaks one holds up no other."""
    for flow in flows:
        each_apart(businesses.every(), partial(_run, flow))


def _run(flow: Callable[..., object], business: BusinessRow) -> None:
    close_old_connections()
    flow(business.id, at=clock.now())
