"""What is supervised comes back when it dies, and never outlives the process that watches it."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from counterfoil.cli.errors import OperatorError
from counterfoil.cli.processes.held import Terms, hold
from counterfoil.cli.processes.supervisor import CommandService, Supervisor

SOURCES = Path(__file__).resolve().parents[2] / "src"
NOTE_PID = "import os, sys, time; open(sys.argv[1], 'a').write(f'{os.getpid()}\\n'); "
SLEEPER = NOTE_PID + "time.sleep(60)"
STUBBORN = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); " + SLEEPER
PARENT_OF_ORPHANS = (
    "import subprocess, sys, time; "
    "[subprocess.Popen([sys.executable, '-c', sys.argv[2], sys.argv[1]]) for _ in range(2)]; "
    "time.sleep(60)"
)
OWNER = """
import sys, threading
from pathlib import Path
from counterfoil.cli.processes.supervisor import CommandService, Supervisor
supervisor = Supervisor(print)
for name in ("one", "two"):
    supervisor.start(
        CommandService(
            name,
            [sys.executable, "-c", sys.argv[2], sys.argv[1]],
            environment={},
            log_file=Path(sys.argv[1] + ".log"),
        )
    )
supervisor.watch(threading.Event())
"""


def eventually(holds: Callable[[], bool], seconds: float = 10.0) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if holds():
            return True
        time.sleep(0.02)
    return holds()


def pids(notes: Path) -> list[int]:
    return [int(line) for line in notes.read_text().splitlines()] if notes.is_file() else []


def is_alive(pid: int) -> bool:
    """A zombie that nobody has collected yet is not alive."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    state = subprocess.run(
        ["/bin/ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False
    ).stdout.strip()
    return bool(state) and not state.startswith("Z")


def sleeper(notes: Path, name: str = "sleeper", program: str = SLEEPER) -> CommandService:
    return CommandService(
        name,
        [sys.executable, "-c", program, str(notes)],
        environment=dict(os.environ),
        log_file=notes.with_suffix(".log"),
        terms=Terms(grace_seconds=1.0),
    )


def test_a_dead_service_is_told_of_and_started_again(tmp_path: Path) -> None:
    notes, told, ended = tmp_path / "pids", list[str](), threading.Event()
    supervisor = Supervisor(told.append, first_pause=0.05)
    supervisor.start(sleeper(notes))
    watcher = threading.Thread(target=supervisor.watch, args=[ended])
    watcher.start()
    assert eventually(lambda: len(pids(notes)) == 1)
    os.kill(pids(notes)[0], signal.SIGKILL)
    assert eventually(lambda: len(pids(notes)) == 2)
    assert eventually(lambda: len(told) == 2)
    ended.set()
    watcher.join()
    supervisor.stop()
    log = tmp_path / "pids.log"
    assert told == [
        f"sleeper ended (exit code 137 ({log})); starting again in 0.05 s",
        "sleeper started again",
    ]
    assert not any(is_alive(pid) for pid in pids(notes))


def test_each_death_in_a_row_waits_longer_up_to_a_limit(tmp_path: Path) -> None:
    told = list[str]()
    supervisor = Supervisor(told.append, first_pause=0.02, longest_pause=0.05)
    supervisor.start(sleeper(tmp_path / "pids", "breaker", "raise SystemExit('no luck')"))

    def look() -> bool:
        supervisor.look()
        return sum("starting again" in line for line in told) == 4

    assert eventually(look)
    supervisor.stop()
    log = tmp_path / "pids.log"
    assert [line for line in told if "starting again" in line] == [
        f"breaker ended (exit code 1: no luck ({log})); starting again in {pause} s"
        for pause in ("0.02", "0.04", "0.05", "0.05")
    ]


def test_services_end_in_reverse_order() -> None:
    order = list[str]()

    class Noted:
        is_running = True

        def __init__(self, name: str) -> None:
            self.name = name

        def start(self) -> None:
            order.append(f"+{self.name}")

        def stop(self) -> None:
            order.append(f"-{self.name}")

        def last_words(self) -> str:
            return ""

    supervisor = Supervisor(order.append)
    for name in ("database", "gateway", "web"):
        supervisor.start(Noted(name))
    supervisor.stop()
    assert order == ["+database", "+gateway", "+web", "-web", "-gateway", "-database"]


def test_a_service_that_does_not_start_is_tried_again() -> None:
    told = list[str]()

    class Late:
        name = "late"
        is_running = False
        tries = 0

        def start(self) -> None:
            self.tries += 1
            if self.tries == 2:
                raise OperatorError("port 9 is taken")
            self.is_running = self.tries == 3

        def stop(self) -> None:
            self.is_running = False

        def last_words(self) -> str:
            return "gone"

    supervisor = Supervisor(told.append, first_pause=0.01)
    supervisor.start(Late())

    def look() -> bool:
        supervisor.look()
        return told[-1:] == ["late started again"]

    assert eventually(look)
    assert told == [
        "late ended (gone); starting again in 0.01 s",
        "late did not start (port 9 is taken); starting again in 0.02 s",
        "late started again",
    ]


def test_a_stubborn_command_is_killed_after_its_grace(tmp_path: Path) -> None:
    notes = tmp_path / "pids"
    service = sleeper(notes, program=STUBBORN)
    service.start()
    assert eventually(lambda: len(pids(notes)) == 1)
    began = time.monotonic()
    service.stop()
    assert 0.9 < time.monotonic() - began < 4
    assert not is_alive(pids(notes)[0])


def test_children_of_a_command_end_with_it(tmp_path: Path) -> None:
    notes = tmp_path / "pids"
    held = hold(
        [sys.executable, "-c", PARENT_OF_ORPHANS, str(notes), SLEEPER],
        terms=Terms(grace_seconds=1.0),
    )
    assert eventually(lambda: len(pids(notes)) == 2)
    held.stop()
    assert eventually(lambda: not any(is_alive(pid) for pid in pids(notes)))


def test_exit_code_of_the_command_comes_through() -> None:
    held = hold([sys.executable, "-c", "raise SystemExit(7)"])
    assert eventually(lambda: not held.is_running)
    assert held.stop() == 7


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's help exists on Linux only")
def test_killed_watcher_takes_its_command_along(tmp_path: Path) -> None:
    notes = tmp_path / "pids"
    held = hold([sys.executable, "-c", SLEEPER, str(notes)])
    assert eventually(lambda: len(pids(notes)) == 1)
    held.process.kill()
    assert eventually(lambda: not is_alive(pids(notes)[0]))
    held.stop()


def test_killed_owner_takes_all_its_children_along(tmp_path: Path) -> None:
    notes = tmp_path / "pids"
    owner = subprocess.Popen(
        [sys.executable, "-c", OWNER, str(notes), SLEEPER],
        env=os.environ | {"PYTHONPATH": str(SOURCES)},
    )
    assert eventually(lambda: len(pids(notes)) == 2)
    owner.kill()
    owner.wait()
    assert eventually(lambda: not any(is_alive(pid) for pid in pids(notes)), 5)
