"""Jobs belong to the transaction that gives them their cause, in web server and worker alike."""

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import UTC, datetime
from typing import Any, cast

import pytest
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector

from counterfoil.infra import jobs
from counterfoil.infra.db import execute, run
from counterfoil.kernel.ids import BusinessId

Process = Callable[[], AbstractContextManager[None]]


@contextmanager
def as_in_a_worker() -> Iterator[None]:
    """The app as `counterfoil worker` has it."""
    connector = cast("DjangoConnector", app.connector).get_worker_connector()
    with app.replace_connector(connector), app.open():
        yield


def waiting() -> list[str]:
    return [str(name) for (name,) in execute("SELECT task_name FROM procrastinate_jobs")]


@pytest.mark.parametrize("process", [nullcontext, as_in_a_worker], ids=["web", "worker"])
def test_a_job_goes_with_its_transaction(business: BusinessId, process: Process) -> None:
    before = waiting()

    def fails() -> None:
        jobs.defer(business, "send_receipt", about={"payment": "pay_x"})
        raise ZeroDivisionError

    with process():
        with pytest.raises(ZeroDivisionError):
            run(business, fails)
        assert waiting() == before
        run(business, lambda: jobs.defer(business, "send_receipt", about={"payment": "pay_x"}))
    assert waiting() == [*before, "send_receipt"]


def test_many_jobs_are_made_after_the_commit(business: BusinessId) -> None:
    later = datetime(2026, 12, 1, 9, 0, tzinfo=UTC)
    many = [{"about": {"payment": f"pay_{n}"}} for n in range(2 * jobs.MOST + 1)]
    before = waiting()

    run(business, lambda: jobs.defer_many(business, "send_receipt", many, schedule_at=later))

    assert waiting() == [*before, *["defer_jobs"] * 3]
    for arguments in stored("defer_jobs"):
        app.tasks["defer_jobs"].func(**arguments)
    first = {"business_id": str(business)}
    assert stored("send_receipt", later) == [{**first, **one} for one in many]


def stored(name: str, at: datetime | None = None) -> list[dict[str, Any]]:
    """What the jobs of this name are told, which wait for nothing or for a moment."""
    found = execute(
        """
        SELECT args::text FROM procrastinate_jobs
        WHERE task_name = %(name)s::text AND scheduled_at IS NOT DISTINCT FROM %(at)s::timestamptz
        ORDER BY id
        """,
        {"name": name, "at": at},
    )
    return [json.loads(args) for (args,) in found]
