"""Where lives are lived: one database and its connections, kept from one seed to the next."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import psycopg
from psycopg import sql

from counterfoil_simulator.invariants.auditor import Auditor
from counterfoil_simulator.machine.actors import Actor
from counterfoil_simulator.machine.database import simulated
from counterfoil_simulator.machine.turns import Racer

_KEPT = ("django_migrations", "django_content_type", "auth_permission")
_TABLES = """
SELECT c.relname FROM pg_class c
WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace
  AND c.relname <> ALL(%s) ORDER BY c.relname"""
_SHARED = ("procrastinate_jobs", "identity_guestlink")  # not told apart by their business
_SWEPT_AFTER = 100


class Site:
    """The database as the application's processes reach it, and as its auditor does."""

    def __init__(self, app_url: str, owner_url: str) -> None:
        self.auditor = Auditor(owner_url)
        self._control = psycopg.connect(app_url, autocommit=True)
        self.is_away: Callable[[], bool] = lambda: False  # as the seed that lives here says
        self.actor = self._made("server")
        self.racers: tuple[Racer, ...] = ()
        self._lives = self._numbers = 0

    def _made(self, name: str) -> Actor:
        return Actor(name, lambda _text: None, Counter())

    def _is_away_now(self) -> bool:
        return self.is_away()

    @property
    def actors(self) -> list[Actor]:
        """Everybody who runs flows."""
        return [self.actor, *(one.actor for one in self.racers)]

    def waits_for(self, backend: int, others: Sequence[int]) -> bool:
        """Whether one session waits for a lock that one of the others holds."""
        row = self._control.execute(
            "SELECT pg_blocking_pids(%s) && %s::int[]", [backend, list(others)]
        ).fetchone()
        return bool(row and row[0])

    @contextmanager
    def open(self) -> Iterator["Site"]:
        """Inside, Django's connection in this thread is that of the site's server."""
        with simulated(self.actor, self._is_away_now):
            self.racers = tuple(
                Racer(self._made(name), self._is_away_now) for name in ("first", "second")
            )
            try:
                yield self
            finally:
                for racer in self.racers:
                    racer.leave()
                self._control.close()
                self.auditor.close()

    def next_number(self) -> int:
        """A number that no business of this database has had."""
        self._numbers += 1
        return self._numbers

    def make_room(self) -> None:
        """Before each life: no jobs of another, and now and then no rows either."""
        if self._lives % _SWEPT_AFTER == 0:
            self.empty()
        else:
            for table in _SHARED:
                self.auditor.execute(f"DELETE FROM {table}")  # noqa: S608  our own names
        self._lives += 1

    def empty(self) -> None:
        """Takes every row away."""
        names = self.auditor.execute(_TABLES, [[*_KEPT]])
        tables = sql.SQL(", ").join(sql.Identifier(name) for (name,) in names)
        words = sql.SQL("TRUNCATE {} RESTART IDENTITY CASCADE")
        self.auditor.execute(words.format(tables))
