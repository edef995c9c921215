"""The four words for the database, and what they refuse."""

import importlib
import pkgutil
import threading
from contextlib import suppress

import pytest
from django.db import DataError, IntegrityError, OperationalError, connection, transaction

from counterfoil import domain
from counterfoil.domain.customers import queries as customers
from counterfoil.domain.customers.operations import CustomerRefTaken
from counterfoil.infra import db as db_words
from counterfoil.infra.db import (
    TransactionMisuse,
    current_business,
    execute,
    is_retryable,
    operation,
    outside_transaction,
    reading,
    run,
    visiting,
)
from counterfoil.kernel.errors import Unavailable
from factories import database as db

NAMED = "SELECT current_setting('app.business_id', true)"


def named():
    return execute(NAMED)[0][0]


def test_reading_names_its_business_and_writes_nothing(business):
    with reading(business):
        assert named() == str(business)
        assert current_business() == business
        with pytest.raises(Exception, match="read-only"):
            execute("CREATE TEMP TABLE t (a int)")


def test_nothing_is_named_afterwards(business):
    with reading(business):
        pass
    assert (named() or "") == ""
    assert current_business() is None
    run(business, lambda: None)
    assert (named() or "") == ""


def test_nothing_is_named_after_an_exception(business):
    with pytest.raises(ZeroDivisionError):
        run(business, lambda: 1 / 0)
    assert (named() or "") == ""
    assert not connection.in_atomic_block


def test_they_do_not_nest(business):
    for outer in (reading, Running):
        with outer(business):
            with pytest.raises(TransactionMisuse), reading(business):
                pass
            with pytest.raises(TransactionMisuse):
                run(business, lambda: None)


class Running:
    """`run` as a block, for tests of what may happen inside."""

    def __init__(self, business):
        self.atomic = transaction.atomic()
        self.business = business

    def __enter__(self):
        self.atomic.__enter__()
        connection.counterfoil_business = self.business

    def __exit__(self, *error):
        return self.atomic.__exit__(*error)


def test_an_operation_joins_or_opens(business):
    @operation
    def where(business_id):
        return named(), connection.in_atomic_block

    assert where(business) == (str(business), True)
    assert run(business, lambda: where(business)) == (str(business), True)


def test_an_operation_refuses_another_business(business, other_business):
    @operation
    def nothing(business_id):
        return None

    with pytest.raises(TransactionMisuse):
        run(business, lambda: nothing(other_business))
    with transaction.atomic(), pytest.raises(TransactionMisuse):
        nothing(business)


def test_another_business_is_visited_under_its_own_name(business, other_business):
    @operation
    def where(business_id):
        return named(), current_business()

    def work():
        with visiting(other_business):
            there = where(other_business)
            with pytest.raises(TransactionMisuse):
                where(business)
        with pytest.raises(ZeroDivisionError), visiting(other_business):
            raise ZeroDivisionError
        return there, where(business)

    there, here = run(business, work)
    assert there == (str(other_business), other_business)
    assert here == (str(business), business)


def test_nobody_visits_without_a_transaction_of_their_own(business):
    with pytest.raises(TransactionMisuse), visiting(business):
        pass
    with transaction.atomic(), pytest.raises(TransactionMisuse), visiting(business):
        pass


def test_a_statement_that_breaks_while_visiting_undoes_all(business, other_business):
    def work():
        with visiting(other_business):
            execute("SELECT 1 / 0")

    with pytest.raises(DataError, match="division by zero"):
        run(business, work)
    assert (named() or "") == ""
    assert run(business, current_business) == business


def test_the_outside_world_waits_for_no_transaction(business):
    @outside_transaction
    def call():
        return "called"

    assert call() == "called"
    with pytest.raises(TransactionMisuse):
        run(business, call)


def test_a_lost_connection_is_done_again(business, addresses):
    execute("SELECT 1")
    with db.connect(addresses.app_url) as other:
        pid = connection.connection.info.backend_pid
        other.execute("SELECT pg_terminate_backend(%s)", [pid])

    assert run(business, lambda: execute("SELECT 1")) == [(1,)]


def test_a_connection_lost_in_the_middle_is_done_again(business, addresses):
    tries = []

    def work():
        tries.append(connection.connection.info.backend_pid)
        if len(tries) == 1:
            with db.connect(addresses.app_url) as other:
                other.execute("SELECT pg_terminate_backend(%s)", [tries[0]])
        return execute("SELECT 1")

    assert run(business, work) == [(1,)]
    assert len(set(tries)) == 2


def test_time_runs_out(business):
    def work():
        raise OperationalError

    with pytest.raises(Unavailable):
        run(business, work, give_up_seconds=0.1)


def test_a_broken_rule_is_not_done_again(business):
    tries = []

    def work():
        tries.append(1)
        raise IntegrityError

    with pytest.raises(IntegrityError):
        run(business, work)
    assert len(tries) == 1


def test_a_broken_constraint_is_the_refusal_that_it_holds(business, customer, other_customer):
    tries = []

    def work():
        tries.append(1)
        for one in (customer, other_customer):
            execute(
                "UPDATE customers_customer SET external_ref = 'A' "
                "WHERE business_id = %(b)s::uuid AND id = %(id)s::uuid",
                {"b": business, "id": one},
            )

    with pytest.raises(CustomerRefTaken) as refused:
        run(business, work)

    assert len(tries) == 1
    assert isinstance(refused.value.__cause__, IntegrityError)
    with reading(business):
        assert customers.by_external_ref(business, ["A"]) == {}


def test_every_refusal_names_constraints_that_are_there(database):
    packages = pkgutil.iter_modules(domain.__path__, f"{domain.__name__}.")
    for package in packages:
        with suppress(ModuleNotFoundError):
            importlib.import_module(f"{package.name}.operations")
    held = {name for (name,) in execute("SELECT relname FROM pg_class WHERE relkind = 'i'")}
    held |= {name for (name,) in execute("SELECT conname FROM pg_constraint")}

    assert sorted(db_words._REFUSALS.keys() - held) == []
    assert len(db_words._REFUSALS) >= 5


def test_what_is_worth_another_try():
    class Cause(Exception):
        def __init__(self, state):
            self.sqlstate = state

    def error(state):
        made = OperationalError()
        made.__cause__ = Cause(state)
        return made

    states = ("40001", "40P01", "08006", "57P01", "55P03", "53300", "25006", "22003", "42601")
    assert [is_retryable(error(state)) for state in states] == [True] * 7 + [False] * 2


def test_a_deadlock_is_done_again(business, customer, other_customer):
    turns = threading.Barrier(2, timeout=10)
    results = []

    def lock(name):
        execute(
            "SELECT 1 FROM customers_customer WHERE business_id = %(b)s::uuid AND id = %(id)s::uuid"
            " FOR UPDATE",
            {"b": business, "id": name},
        )

    def worker(first, second):
        tries = []

        def work():
            tries.append(1)
            lock(first)
            if len(tries) == 1:
                turns.wait()
            lock(second)
            return len(tries)

        results.append(run(business, work))
        connection.close()

    threads = [
        threading.Thread(target=worker, args=pair)
        for pair in ((customer, other_customer), (other_customer, customer))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(results) == [1, 2]
