"""Threads that make answers: one is at work at a time, and nobody waits behind a slow one.

Two threads that want the interpreter at once hinder each other: each hands it back and forth at
every message to the database, and four together make fewer pages a second than one after another.
So each page has a turn. One that takes long, because it waits for a gateway or a lock, keeps its
thread and gives up its turn.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

G = TypeVar("G")
R = TypeVar("R")

TURN_SECONDS = 0.03  # after so long somebody else begins; most pages are done by then


class Crew:
    """So many threads, each with what it keeps (a database connection). The one that was used last
    is used next: what it keeps is warm."""

    def __init__(self, name: str, size: int) -> None:
        self._idle = [ThreadPoolExecutor(1, f"{name}-{number}") for number in range(size)]
        self._free = asyncio.Semaphore(size)
        self._turn = asyncio.Semaphore(1)
        self.inside = 0
        """Who is here: at work, or waiting."""

    async def run(self, work: Callable[[G], R], given: G) -> R:
        """What `work` returns, from one of the threads."""
        self.inside += 1
        try:
            async with self._free:
                return await self._in_turn(work, given)
        finally:
            self.inside -= 1

    async def _in_turn(self, work: Callable[[G], R], given: G) -> R:
        await self._turn.acquire()
        loop, thread = asyncio.get_running_loop(), self._idle.pop()
        has_turn = True

        def give_up() -> None:
            nonlocal has_turn
            if has_turn:
                has_turn = False
                self._turn.release()

        later = loop.call_later(TURN_SECONDS, give_up)
        try:
            made: asyncio.Future[R] = loop.create_future()
            thread.submit(_make, work, given, made)
            return await made
        finally:
            later.cancel()
            self._idle.append(thread)
            give_up()


def _make(work: Callable[[G], R], given: G, made: asyncio.Future[R]) -> None:
    """In a thread: `work`, and its outcome to the loop, at one call (`wrap_future` takes four)."""
    try:
        result = work(given)
    except BaseException as error:  # noqa: BLE001  whoever waits is told, whatever it is
        _tell(made, made.set_exception, error)
    else:
        _tell(made, made.set_result, result)


def _tell(made: asyncio.Future[R], tell: Callable[[Any], None], what: object) -> None:
    def told() -> None:
        if not made.done():  # whoever waited may have gone
            tell(what)

    made.get_loop().call_soon_threadsafe(told)
