"""A worker for as long as there is work."""

from django.db import connection, connections
from procrastinate.contrib.django import app


def work() -> None:
    """Runs every job that is due, as a worker does, until there is none; no connection of its
    threads outlives it."""
    connector, settings = app.connector.get_worker_connector(), connections.settings["default"]
    kept, settings["CONN_MAX_AGE"] = settings["CONN_MAX_AGE"], 0
    try:
        with app.replace_connector(connector) as running:
            running.run_worker(
                wait=False, install_signal_handlers=False, listen_notify=False, concurrency=1
            )
    finally:
        settings["CONN_MAX_AGE"] = kept
    connection.close()
