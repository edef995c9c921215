"""A tiny worker: the product's real jobs, from the real table, in the sequence that chance says."""

import json
import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

from procrastinate import utils
from procrastinate.contrib.django import app

from counterfoil_simulator.invariants.auditor import Auditor
from counterfoil_simulator.machine.actors import EXPECTED
from counterfoil_simulator.machine.clock import VirtualTime

LETTERS = ("send_", "deliver_message")  # how the names of jobs begin that write to people
_RESCUED_AFTER = timedelta(seconds=30)

_TODO = """
SELECT id, task_name, args, attempts FROM procrastinate_jobs WHERE status = 'todo' ORDER BY id"""
_FORGET = "DELETE FROM procrastinate_jobs WHERE id = ANY(%s)"
_TAKE = "UPDATE procrastinate_jobs SET status = 'doing' WHERE id = ANY(%s)"
_BACK = "UPDATE procrastinate_jobs SET status = 'todo', attempts = attempts + 1 WHERE id = %s"


@dataclass(frozen=True, slots=True)
class Job:
    """One job that was deferred."""

    id: int
    name: str
    arguments: dict[str, Any]
    attempts: int


class Worker:
    """Takes jobs when it is told to; a killed one stays taken until it is rescued."""

    def __init__(
        self, auditor: Auditor, time: VirtualTime, tell: Callable[[str], None], *, writes: bool
    ) -> None:
        """Without `writes`, jobs that write letters are dropped."""
        self._auditor = auditor
        self._time = time
        self._tell = tell
        self._writes = writes
        self._not_before: dict[int, datetime] = {}
        self._taken: dict[int, datetime] = {}
        self.failed: list[str] = []

    def due(self) -> list[Job]:
        """What could be done now."""
        found = [Job(one[0], one[1], _opened(one[2]), one[3])
                 for one in self._auditor.execute(_TODO)]  # fmt: skip
        if not self._writes:
            dropped = [one.id for one in found if one.name.startswith(LETTERS)]
            if dropped:
                self._auditor.execute(_FORGET, [dropped])
            found = [one for one in found if not one.name.startswith(LETTERS)]
        now = self._time.true()
        return [one for one in found if self._not_before.get(one.id, now) <= now]

    def next_at(self) -> datetime | None:
        """When a job that failed is tried again, or one that was taken is rescued."""
        waits = [*self._not_before.values()]
        waits += [at + _RESCUED_AFTER for at in self._taken.values()]
        return min(waits, default=None)

    def rescue(self) -> None:
        """Gives the jobs of a dead worker back, as the product's own sweep does."""
        for number, at in list(self._taken.items()):
            if self._time.true() - at >= _RESCUED_AFTER:
                del self._taken[number]
                self._auditor.execute(_BACK, [number])

    def take(self, jobs: list[Job]) -> None:
        """They are somebody's now."""
        if jobs:
            self._auditor.execute(_TAKE, [[one.id for one in jobs]])
        for one in jobs:
            self._taken[one.id] = self._time.true()
            self._not_before.pop(one.id, None)

    def run(self, job: Job) -> str:
        """Runs the product's handler; what it raises decides, by its own strategy, what follows.

        A kill passes through: the job stays taken.
        """
        task = app.tasks[job.name]
        try:
            task.func(**job.arguments)
        except EXPECTED as error:
            return self._failed(job, task, error)
        self._end(job)
        return "done"

    def _failed(self, job: Job, task: Any, error: Exception) -> str:
        asked = SimpleNamespace(attempts=job.attempts)
        decision = task.retry_strategy.get_retry_decision(exception=error, job=asked)
        if decision is None:
            self._end(job)
            self.failed.append(f"{job.name}: {type(error).__name__}")
            return f"failed for good ({type(error).__name__})"
        wait = round((decision.retry_at - utils.utcnow()).total_seconds())
        del self._taken[job.id]
        self._auditor.execute(_BACK, [job.id])
        self._not_before[job.id] = self._time.true() + timedelta(seconds=wait)
        return f"failed ({type(error).__name__}), again in {wait} s"

    def _end(self, job: Job) -> None:
        self._taken.pop(job.id, None)
        self._auditor.execute(_FORGET, [[job.id]])


def some(chance: random.Random, jobs: list[Job], most: int) -> list[Job]:
    """A few of them, in any sequence."""
    return chance.sample(jobs, min(len(jobs), chance.randint(1, most))) if jobs else []


def _opened(arguments: Any) -> dict[str, Any]:
    opened: dict[str, Any] = arguments if isinstance(arguments, dict) else json.loads(arguments)
    return opened
