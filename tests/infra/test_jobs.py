"""Jobs belong to the transaction that gives them their cause, in web server and worker alike."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import cast

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
