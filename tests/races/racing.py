"""Several threads through one gate: each has its own connection, and what each came to is kept."""

import threading
from collections.abc import Callable
from typing import Any

from django.db import connection


def race(*works: Callable[[], Any]) -> list[Any]:
    """Runs the works at once; gives each one's result, or the exception it raised."""
    gate = threading.Barrier(len(works), timeout=20)
    results: list[Any] = [None] * len(works)

    def runner(index: int, work: Callable[[], Any]) -> None:
        try:
            connection.ensure_connection()
            gate.wait()
            results[index] = work()
        except Exception as error:  # what it came to is the result
            results[index] = error
        finally:
            connection.close()

    threads = [
        threading.Thread(target=runner, args=(index, work), daemon=True)
        for index, work in enumerate(works)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not any(thread.is_alive() for thread in threads), "a racer never came home"
    return results


def kinds(results: list[Any]) -> list[str]:
    """The class of each exception, `ok` for a result; sorted."""
    return sorted(type(one).__name__ if isinstance(one, Exception) else "ok" for one in results)
