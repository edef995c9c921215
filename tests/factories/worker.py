"""A worker for as long as there is work."""

from django.db import connection, connections
from procrastinate.contrib.django import app
from procrastinate.periodic import PeriodicRegistry


def work() -> None:
    """Runs every job that is due, as a worker does, until there is none, and none by the clock,
    whatever the hour; no connection of its threads outlives it."""
    connector, settings = app.connector.get_worker_connector(), connections.settings["default"]
    kept, settings["CONN_MAX_AGE"] = settings["CONN_MAX_AGE"], 0
    clock, app.periodic_registry = app.periodic_registry, PeriodicRegistry()
    try:
        with app.replace_connector(connector) as running:
            running.run_worker(
                wait=False, install_signal_handlers=False, listen_notify=False, concurrency=1
            )
    finally:
        settings["CONN_MAX_AGE"], app.periodic_registry = kept, clock
    connection.close()
