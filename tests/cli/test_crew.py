"""One thread at work at a time; a slow one keeps nobody waiting."""

import asyncio
import threading
import time

import pytest

from counterfoil.config import crew
from counterfoil.config.crew import Crew


class Watch:
    """Work that tells how many were at it at once, and in which threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._now = 0
        self.most = 0
        self.threads: list[str] = []

    def __call__(self, seconds: float) -> float:
        with self._lock:
            self._now += 1
            self.most = max(self.most, self._now)
            self.threads.append(threading.current_thread().name)
        time.sleep(seconds)
        with self._lock:
            self._now -= 1
        return seconds


async def all_of(team: Crew, work: Watch, *seconds: float) -> list[float]:
    return list(await asyncio.gather(*(team.run(work, one) for one in seconds)))


def test_quick_ones_come_one_after_another_in_the_thread_that_is_warm(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(crew, "TURN_SECONDS", 10)
    work = Watch()
    assert asyncio.run(all_of(Crew("x", 4), work, *[0.001] * 20)) == [0.001] * 20
    assert work.most == 1
    assert len(set(work.threads)) == 1


def test_a_slow_one_gives_up_its_turn_and_keeps_its_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crew, "TURN_SECONDS", 0.02)
    work = Watch()

    async def run() -> float:
        team = Crew("x", 2)
        slow = asyncio.create_task(team.run(work, 1.0))
        await asyncio.sleep(0)
        began = time.monotonic()
        await all_of(team, work, *[0.001] * 5)
        took = time.monotonic() - began
        assert not slow.done()
        assert team.inside == 1
        await slow
        return took

    assert asyncio.run(run()) < 0.8
    assert work.most == 2
    assert len(set(work.threads)) == 2


def test_where_all_are_slow_the_next_waits_for_a_thread_and_turns_are_whole_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(crew, "TURN_SECONDS", 0.01)
    work = Watch()

    async def run() -> None:
        team = Crew("x", 2)
        assert await all_of(team, work, 0.1, 0.1, 0.1, 0.1) == [0.1] * 4
        assert work.most == 2
        work.most = 0
        monkeypatch.setattr(crew, "TURN_SECONDS", 10)
        await all_of(team, work, *[0.001] * 10)
        assert work.most == 1
        assert team.inside == 0

    asyncio.run(asyncio.wait_for(run(), 10))


def test_what_breaks_is_told_to_who_asked_and_to_nobody_else() -> None:
    def broken(words: str) -> str:
        if words == "no":
            raise ValueError(words)
        return words

    async def run() -> list[str | BaseException]:
        team = Crew("x", 1)
        return list(
            await asyncio.gather(
                *(team.run(broken, one) for one in ("a", "no", "b")), return_exceptions=True
            )
        )

    first, second, third = asyncio.run(asyncio.wait_for(run(), 10))
    assert (first, str(second), third) == ("a", "no", "b")
    assert isinstance(second, ValueError)


def test_who_goes_away_takes_no_turn_along() -> None:
    work = Watch()

    async def run() -> None:
        team = Crew("x", 1)
        begun = asyncio.create_task(team.run(work, 0.05))
        waiting = asyncio.create_task(team.run(work, 0.05))
        await asyncio.sleep(0.01)
        for one in (begun, waiting):
            one.cancel()
        await asyncio.gather(begun, waiting, return_exceptions=True)
        assert await team.run(work, 0.001) == 0.001
        assert team.inside == 0

    asyncio.run(asyncio.wait_for(run(), 10))
