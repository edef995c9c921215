"""Keeps services running: starts them in order, restarts what dies, ends them in reverse."""

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from counterfoil.cli.errors import OperatorError
from counterfoil.cli.processes.held import HeldProcess, Terms, hold

LOOK_SECONDS = 0.2
LARGEST_LOG = 10_000_000
LONGEST_LINE = 200


class Service(Protocol):
    """Something that runs until it is stopped, or dies."""

    @property
    def name(self) -> str:
        """The name that the operator reads."""

    @property
    def is_running(self) -> bool:
        """Says whether it runs."""

    def start(self) -> None:
        """Starts it; raises OperatorError with one line when that fails."""

    def stop(self) -> None:
        """Ends it and waits until it has ended."""

    def last_words(self) -> str:
        """Says in one line why it ended."""


class CommandService:
    """A command as a service, its output kept in a log file."""

    def __init__(
        self,
        name: str,
        command: Sequence[str | Path],
        *,
        environment: Mapping[str, str],
        log_file: Path,
        terms: Terms | None = None,
    ) -> None:
        self._name = name
        self._command = command
        self._environment = environment
        self._log_file = log_file
        self._terms = terms
        self._held: HeldProcess | None = None

    @property
    def name(self) -> str:
        """The name that the operator reads."""
        return self._name

    @property
    def is_running(self) -> bool:
        """Says whether the command runs."""
        return self._held is not None and self._held.is_running

    def start(self) -> None:
        """Starts the command; its own failure is seen later, when it ends."""
        if self._log_file.is_file() and self._log_file.stat().st_size > LARGEST_LOG:
            self._log_file.replace(self._log_file.with_suffix(".log.1"))
        with self._log_file.open("ab") as log:
            self._held = hold(
                self._command, terms=self._terms, environment=self._environment, output=log
            )

    def stop(self) -> None:
        """Asks the command to end, waits, and kills it after its grace."""
        if self._held is not None:
            self._held.stop()
            self._held = None

    def last_words(self) -> str:
        """Gives the exit code and the last line of the log."""
        code = self._held.exit_code if self._held else None
        line = last_log_line(self._log_file)
        return f"exit code {code}{f': {line}' if line else ''} ({self._log_file})"


def last_log_line(file: Path) -> str:
    """Gives the last line of a log file that says anything; empty if there is none."""
    if not file.is_file():
        return ""
    with file.open("rb") as log:
        log.seek(max(0, file.stat().st_size - 4000))
        lines = log.read().decode(errors="replace").splitlines()
    return next((line.strip()[:LONGEST_LINE] for line in reversed(lines) if line.strip()), "")


@dataclass
class Watched:
    """A service with what we know of its deaths. Times are of the monotonic clock, in seconds."""

    service: Service
    started_at: float
    pause: float = 0.0
    start_again_at: float | None = None


class Supervisor:
    """Watches services; a death is told and followed by a restart, later each time it repeats."""

    def __init__(
        self,
        tell: Callable[[str], None],
        *,
        first_pause: float = 1.0,
        longest_pause: float = 30.0,
        steady_after: float = 60.0,
    ) -> None:
        self._tell = tell
        self._first_pause = first_pause
        self._longest_pause = longest_pause
        self._steady_after = steady_after
        self._watched: list[Watched] = []

    def start(self, service: Service) -> None:
        """Starts a service and watches it from now on."""
        self._watched.append(Watched(service, time.monotonic()))
        service.start()

    def watch(self, ended: threading.Event) -> None:
        """Restarts what dies until the event is set."""
        while not ended.wait(LOOK_SECONDS):
            self.look()

    def look(self) -> None:
        """Looks once at every service: tells of a new death, restarts what has waited enough."""
        for watched in self._watched:
            if watched.start_again_at is not None:
                if time.monotonic() >= watched.start_again_at:
                    self._start_again(watched)
            elif not watched.service.is_running:
                self._plan(watched, f"ended ({watched.service.last_words()})")

    def first_death(self) -> str | None:
        """Gives one line about a service that does not run although it was started, or None."""
        for watched in self._watched:
            if not watched.service.is_running:
                return f"{watched.service.name} ended: {watched.service.last_words()}"
        return None

    def stop(self) -> None:
        """Ends all services, the last started first."""
        while self._watched:
            self._watched.pop().service.stop()

    def _plan(self, watched: Watched, reason: str) -> None:
        now = time.monotonic()
        steady = now - watched.started_at >= self._steady_after
        doubled = min(watched.pause * 2, self._longest_pause)
        watched.pause = self._first_pause if steady or not watched.pause else doubled
        watched.start_again_at = now + watched.pause
        self._tell(f"{watched.service.name} {reason}; starting again in {watched.pause:g} s")

    def _start_again(self, watched: Watched) -> None:
        watched.started_at = time.monotonic()
        watched.start_again_at = None
        watched.service.stop()
        try:
            watched.service.start()
        except OperatorError as problem:
            self._plan(watched, f"did not start ({problem})")
        else:
            self._tell(f"{watched.service.name} started again")
