"""`counterfoil worker`: runs what happens after a commit and what happens by the clock."""

from typing import Annotated, cast

import typer
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector

from counterfoil.cli.options import Data
from counterfoil.infra.jobs import HEARTBEAT_SECONDS, LOST_AFTER_SECONDS

GRACE_SECONDS = 8.0


def worker(
    concurrency: Annotated[int, typer.Option(min=1, help="Jobs at the same time.")] = 4,
    _data: Data = None,
) -> None:
    """Run the background jobs until SIGTERM or Ctrl-C; running jobs get a few seconds to end."""
    connector = cast("DjangoConnector", app.connector).get_worker_connector()
    with app.replace_connector(connector) as running:
        running.run_worker(
            concurrency=concurrency,
            shutdown_graceful_timeout=GRACE_SECONDS,
            update_heartbeat_interval=HEARTBEAT_SECONDS,
            stalled_worker_timeout=LOST_AFTER_SECONDS,
            delete_jobs="successful",  # finished ones would slow every start down
        )
