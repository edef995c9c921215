"""What runs by the clock: one at a time, and for each business on its own."""

import pytest
from procrastinate.contrib.django import app

from counterfoil.flows import resolve_uncertain
from counterfoil.flows.refunds import resolve_refund
from counterfoil.infra.db import execute
from counterfoil.surfaces.jobs import handlers
from factories.worker import work

RESCUE = "rescue_jobs"  # held by a worker that died, its lock would be given back by nobody


def periodic():
    app.perform_import_paths()
    return {task.task.name: task.task for task in app.periodic_registry.periodic_tasks.values()}


def sweeps():
    """The worker's own clock may have added some."""
    rows = execute(
        "SELECT status::text FROM procrastinate_jobs WHERE task_name = 'sweep_uncertain'"
    )
    return {status for (status,) in rows}


def test_none_runs_beside_itself():
    tasks = periodic()
    assert tasks.pop(RESCUE).lock is None
    assert {name: task.lock for name, task in tasks.items()} == {name: name for name in tasks}
    assert all(task.queueing_lock == name for name, task in tasks.items())


def test_what_a_dead_worker_holds_is_let_go_where_the_next_waits_already(business):
    [(worker_id,)] = execute(
        "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '1 hour') "
        "RETURNING id"
    )
    handlers.sweep_uncertain.defer(timestamp=0)
    execute("UPDATE procrastinate_jobs SET status = 'doing', worker_id = %(id)s", {"id": worker_id})
    handlers.sweep_uncertain.defer(timestamp=5)
    handlers.rescue_jobs.defer(timestamp=5)

    work()

    assert sweeps() == {"succeeded"}


@pytest.mark.parametrize("broken", [resolve_uncertain, resolve_refund])
def test_one_business_and_one_sweep_that_break_hold_up_no_other(
    business, other_business, monkeypatch, broken
):
    swept = []
    for flow in (resolve_uncertain, resolve_refund):

        def sweep(business_id, *, at, flow=flow):
            swept.append((flow, business_id))
            if (flow, business_id) == (broken, first):
                raise ZeroDivisionError
            return 0

        monkeypatch.setattr(flow, "sweep", sweep)
    first = min(business, other_business)

    handlers.sweep_uncertain.defer(timestamp=0)
    work()

    assert {(flow, one) for flow in (resolve_uncertain, resolve_refund)
            for one in (business, other_business)} <= set(swept)  # fmt: skip
    assert sweeps() == {"succeeded"}
