"""Whether the process is up, and whether it can do its work."""

from datetime import timedelta

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse

from counterfoil.infra.db import execute
from counterfoil.kernel import clock

WORKER_SILENCE_MAX = timedelta(seconds=60)


def healthz(request: HttpRequest) -> JsonResponse:
    """The process answers."""
    return JsonResponse({"status": "ok"})


def _migrations_are_current() -> bool:
    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


def _worker_is_alive() -> bool:
    rows = execute("SELECT max(last_heartbeat) FROM procrastinate_workers")
    last = rows[0][0]
    return last is not None and clock.now() - last < WORKER_SILENCE_MAX


def readyz(request: HttpRequest) -> JsonResponse:
    """Database, migrations and worker; 503 while one is missing."""
    checks = {"database": False, "migrations": False, "worker": False}
    try:
        execute("SELECT 1")
        checks["database"] = True
        checks["migrations"] = _migrations_are_current()
        checks["worker"] = _worker_is_alive()
    except DatabaseError:
        connection.close()
    ready = all(checks.values())
    return JsonResponse(
        {"status": "ready" if ready else "not ready", "checks": checks},
        status=200 if ready else 503,
    )
