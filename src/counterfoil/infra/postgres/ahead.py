"""Statements that run while whoever gave them prepares the next: on a large batch the database and
we work at the same time, in one transaction."""

import sys
from collections import deque
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

Rows = list[tuple[Any, ...]]
Check = Callable[[Rows], None]
_USUAL_TURN = sys.getswitchinterval()
_SHORT_TURN = 0.0002  # seconds


class Ahead:
    """One connection's statements, one after the other, in a thread that waits for each of them.

    Nobody else may use the connection before `wait` has returned. What a statement found is looked
    at by its `check` in the thread that gave it. After one that failed none is run any more.

    While there is one, threads of this process ask for the interpreter far more often: the one
    that waits for the database has next to nothing to do in it, and the database waits meanwhile.
    """

    def __init__(self, fetch: Callable[[str, Mapping[str, Any] | None], Rows]) -> None:
        self._fetch = fetch
        self._pool = ThreadPoolExecutor(1, "ahead")
        self._given: deque[tuple[Future[Rows], Check]] = deque()
        self._is_broken = False
        sys.setswitchinterval(_SHORT_TURN)

    def give(self, sql: str, params: Mapping[str, Any] | None, check: Check) -> None:
        """Has a statement run after those that were given before it. Raises what one of them has
        failed with, if that is known already."""
        self._given.append((self._pool.submit(self._run, sql, params), check))
        while self._given[0][0].done():
            self._look()
            if not self._given:
                break

    def wait(self) -> None:
        """Returns once every statement has run and is looked at; raises what the first of them has
        failed with."""
        while self._given:
            self._look()

    def end(self) -> None:
        """Lets the running statement come to its end, whatever that is, and runs no other."""
        self._is_broken = True
        self._pool.shutdown(cancel_futures=True)
        self._given.clear()
        sys.setswitchinterval(_USUAL_TURN)

    def _run(self, sql: str, params: Mapping[str, Any] | None) -> Rows:
        if self._is_broken:
            return []
        try:
            return self._fetch(sql, params)
        except BaseException:
            self._is_broken = True
            raise

    def _look(self) -> None:
        future, check = self._given.popleft()
        check(future.result())
