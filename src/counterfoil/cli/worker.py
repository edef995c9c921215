"""`counterfoil worker`: runs what happens after a commit and what happens by the clock.

A database that goes away is waited for: the process then begins anew, as after a restart by a
supervisor, so that nothing of before is left in it. What it had taken up is given to whoever lives.
"""

import asyncio
import logging
import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from typing import Annotated

import psycopg
import typer
from django.db import OperationalError, connection
from procrastinate import App, PsycopgConnector
from procrastinate.contrib.django import app, connector_params

from counterfoil.cli.options import Data
from counterfoil.infra.db import execute, is_passing
from counterfoil.infra.jobs import HEARTBEAT_SECONDS, LOST_AFTER_SECONDS

GRACE_SECONDS = 8.0
CONNECTION_SECONDS = 10.0  # for one of the queue's own, before the database counts as gone
LOOK_SECONDS = 1.0
_FROM_OUTSIDE = (psycopg.OperationalError, psycopg.InterfaceError, psycopg.InternalError)
_log = logging.getLogger("counterfoil.worker")


def worker(
    concurrency: Annotated[int, typer.Option(min=1, help="Jobs at the same time.")] = 4,
    _data: Data = None,
) -> None:
    """Run the background jobs until SIGTERM or Ctrl-C; running jobs get a few seconds to end. A
    database that goes away is waited for."""
    connector = PsycopgConnector(kwargs=connector_params(), timeout=CONNECTION_SECONDS)
    try:
        with app.replace_connector(connector) as running:
            is_told_to_end = asyncio.run(work_until_told(running, concurrency))
    except Exception as error:
        if not is_lost(error):
            raise
        is_told_to_end = False
    if not is_told_to_end:
        _log.warning("The database went away: waiting until it answers, then going on.")
        wait_for_database()
        os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])  # noqa: S606  ourselves


async def work_until_told(running: App, concurrency: int) -> bool:
    """Works; True once a signal said that it is enough, False if the work ended by itself, which it
    does when its connections are lost."""
    loop, told = asyncio.get_running_loop(), asyncio.Event()

    def end() -> None:
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)  # the second one is not so patient
        told.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, end)
    async with running.open_async():
        work = asyncio.ensure_future(
            running.run_worker_async(
                concurrency=concurrency,
                install_signal_handlers=False,
                shutdown_graceful_timeout=GRACE_SECONDS,
                update_heartbeat_interval=HEARTBEAT_SECONDS,
                stalled_worker_timeout=LOST_AFTER_SECONDS,
                delete_jobs="successful",  # finished ones would slow every start down
            )
        )
        enough = asyncio.ensure_future(told.wait())
        await asyncio.wait({work, enough}, return_when=asyncio.FIRST_COMPLETED)
        enough.cancel()
        if not told.is_set():
            await work
            return False
        work.cancel()
        try:
            await work
        except asyncio.CancelledError:
            return True
        except Exception as error:
            if not is_lost(error):
                raise
    return True


def is_lost(error: BaseException) -> bool:
    """Whether it comes from a database that can't be reached, or can't work just now. The queue
    tells its driver's own errors, which are judged as `is_retryable` judges Django's."""
    return any(isinstance(one, _FROM_OUTSIDE) and is_passing(one.sqlstate) for one in causes(error))


def causes(error: BaseException | None) -> Iterator[BaseException]:
    """An error and whatever led to it."""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def wait_for_database() -> None:
    """Returns as soon as the database takes us in again and answers."""
    while True:
        time.sleep(LOOK_SECONDS)
        connection.close()
        with suppress(OperationalError):
            execute("SELECT 1")
            return
