"""What is still to happen in the demo's history, in the order of time."""

import heapq
from collections.abc import Callable
from datetime import datetime
from itertools import count

Action = Callable[[datetime], object]


class Agenda:
    """Dated actions; an action may put others on the agenda while it is carried out."""

    def __init__(self, ends: datetime) -> None:
        self.ends = ends
        self._numbers = count()
        self._waiting: list[tuple[datetime, int, Action]] = []

    def put(self, at: datetime, action: Action) -> None:
        """Notes an action; what would happen after the end never does."""
        if at < self.ends:
            heapq.heappush(self._waiting, (at, next(self._numbers), action))

    def run(self, before: Callable[[datetime], None]) -> None:
        """Carries everything out; `before` is told the time of each action first."""
        while self._waiting:
            at, _, action = heapq.heappop(self._waiting)
            before(at)
            action(at)
