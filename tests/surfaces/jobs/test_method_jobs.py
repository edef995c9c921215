"""What the worker does about saved methods while the database stumbles."""

import pytest
from django.db import OperationalError
from procrastinate.contrib.django import app

from counterfoil.domain.payments.methods import operations
from counterfoil.infra.db import execute
from counterfoil.surfaces.jobs import saved_methods
from factories.businesses import AT
from factories.keeping import keep_method
from factories.worker import work


def test_a_removed_method_is_forgotten_there_though_the_database_failed_the_first_time(
    business, customer, gateway, monkeypatch
):
    method = keep_method(business, customer)
    genuine = saved_methods.forget

    def failing(*_args, **_more):
        raise OperationalError("could not serialize access")

    monkeypatch.setattr(saved_methods, "forget", failing)
    operations.remove(business, customer, method, at=AT)
    work()
    assert execute(
        "SELECT status::text, attempts FROM procrastinate_jobs WHERE task_name = 'forget_method'"
    ) == [("todo", 1)]

    monkeypatch.setattr(saved_methods, "forget", genuine)
    execute("UPDATE procrastinate_jobs SET scheduled_at = NULL")
    work()
    assert gateway.keeping.removed == ["kept:ok"]


@pytest.mark.parametrize("name", ["forget_method", "forget_replaced_method"])
def test_nothing_else_looks_after_these_so_any_failure_is_tried_again(name):
    task = app.tasks[name]
    assert task.retry_strategy.retry_exceptions is None
