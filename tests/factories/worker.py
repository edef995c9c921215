"""A worker for as long as there is work."""

from django.db import connection
from procrastinate.contrib.django import app


def work() -> None:
    """Runs every job that is due, as a worker does, until there is none."""
    connector = app.connector.get_worker_connector()
    with app.replace_connector(connector) as running:
        running.run_worker(
            wait=False, install_signal_handlers=False, listen_notify=False, concurrency=1
        )
    connection.close()
