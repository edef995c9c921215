"""Starts processes that end with us, whatever ends us: each runs under the lifeline watcher."""

import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

LIFELINE = Path(__file__).with_name("lifeline.py")


@dataclass(frozen=True)
class Terms:
    """How a held process is asked to end, and under which account (UID, GID) it runs."""

    polite: signal.Signals = signal.SIGTERM
    grace_seconds: float = 10.0
    account: tuple[int, int] | None = None


class HeldProcess:
    """A running command whose life hangs on a pipe that this process alone holds open."""

    def __init__(self, process: subprocess.Popen[bytes], pipe: int, terms: Terms) -> None:
        self.process = process
        self._pipe: int | None = pipe
        self._terms = terms

    @property
    def is_running(self) -> bool:
        """Says whether the command (under its watcher) still runs."""
        return self.process.poll() is None

    @property
    def exit_code(self) -> int | None:
        """The command's exit code (128 + signal when a signal ended it); None while it runs."""
        return self.process.poll()

    def let_go(self) -> None:
        """Asks the command to end and returns at once."""
        if self._pipe is not None:
            os.close(self._pipe)
            self._pipe = None

    def stop(self) -> int:
        """Asks the command to end, waits until it has, and gives its exit code."""
        self.let_go()
        try:
            return self.process.wait(timeout=self._terms.grace_seconds + 5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return self.process.wait()


def hold(
    command: Sequence[str | Path],
    *,
    terms: Terms | None = None,
    environment: Mapping[str, str] | None = None,
    folder: Path | None = None,
    output: IO[bytes] | int | None = None,
) -> HeldProcess:
    """Starts the command under a watcher that ends it when we call stop or when we die.

    It gets a session of its own, so that Ctrl-C in the terminal reaches only us and we decide in
    which order things end. Its output (both streams) goes to `output`, or where ours goes.
    """
    terms = terms or Terms()
    read_end, write_end = os.pipe()
    options = ["--signal", terms.polite.name.removeprefix("SIG")]
    options += ["--grace", str(terms.grace_seconds)]
    if terms.account:
        options += ["--user", f"{terms.account[0]}:{terms.account[1]}"]
    watcher = [sys.executable, "-I", "-S", LIFELINE, str(read_end), *options, "--", *command]
    try:
        process = subprocess.Popen(
            watcher,
            env=None if environment is None else dict(environment),
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            pass_fds=(read_end,),
            start_new_session=True,
        )
    except OSError:
        os.close(write_end)
        raise
    finally:
        os.close(read_end)
    return HeldProcess(process, write_end, terms)
