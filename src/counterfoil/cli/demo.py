"""`counterfoil demo`: everything on one machine, from nothing to a first payment, in one terminal.

This process loads no Django: it starts the others, watches them and ends them.
"""

import os
import signal
import sys
import threading
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from types import FrameType
from typing import Annotated

import typer

from counterfoil.cli.environment import (
    Powers,
    outside_environment,
    read_environment,
    write_environment,
)
from counterfoil.cli.errors import OperatorError
from counterfoil.cli.postgres import Cluster
from counterfoil.cli.processes.held import Terms, hold
from counterfoil.cli.processes.ports import LOOPBACK, taken_ports
from counterfoil.cli.processes.supervisor import CommandService, Supervisor, last_log_line
from counterfoil.cli.trial.folder import DemoFolder
from counterfoil.cli.trial.words import published, sign_ins

PYTHON = sys.executable
COMMAND = (PYTHON, "-m", "counterfoil.cli.main")
DEFAULT_FOLDER = Path(".counterfoil/demo")
READY_SECONDS = 90.0
KILLED_SECONDS = 15.0
LOOK_SECONDS = 0.1
HISTORY = timedelta(days=800)  # a little more than what is seeded; the gateway's clock catches up
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class StopAskedError(Exception):
    """Ctrl-C or a polite signal came while the demo was being started."""


class DatabaseService:
    """The embedded PostgreSQL as a service; a restart comes back under the same address."""

    name = "PostgreSQL"

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.cluster = Cluster(folder)

    @property
    def is_running(self) -> bool:
        """Says whether the server runs."""
        return self.cluster.is_running

    def start(self) -> None:
        """Starts the server; the first start chooses the port that later starts keep."""
        if self.cluster.port:
            self.cluster = Cluster(self._folder, port=self.cluster.port)
        self.cluster.start()

    def stop(self) -> None:
        """Stops the server."""
        self.cluster.stop()

    def last_words(self) -> str:
        """Gives the last line of the server's log."""
        return f"{last_log_line(self.cluster.log_file)} ({self.cluster.log_file})"


class Demo:
    """One run of the demo in one folder."""

    def __init__(self, folder: DemoFolder, port: int) -> None:
        self.folder = folder
        self.port = port
        self.sandbox_url = f"http://{LOOPBACK}:{port + 1}"
        self.supervisor = Supervisor(tell)

    def start(self) -> None:
        """Brings everything up in order and writes demo.json once it is ready."""
        began = time.monotonic()
        database = DatabaseService(self.folder.postgres)
        self.supervisor.start(database)
        tell(f"PostgreSQL runs on {LOOPBACK}:{database.cluster.port}")
        self._keep_environment(database.cluster)
        self._run("migrate", [*COMMAND, "migrate"], Powers.OWNER)
        tell("the database is up to date")
        self._start_sandbox()
        self._fill()
        self._start_web_and_worker()
        facts = published(self.folder.facts(), self.folder.mailbox, self.port, self.sandbox_url)
        self.folder.publish(facts)
        tell(f"ready after {time.monotonic() - began:.0f} s\n")
        typer.echo(sign_ins(facts, self.folder.place))

    def _fill(self) -> None:
        """Makes the two businesses once; later, follows them to another port."""
        command = [PYTHON, "-m", "counterfoil.demo"]
        if not self.folder.is_seeded:
            tell("making two businesses with two years behind them")
            self._run("seed", command, Powers.APP, show=True)
        elif self.folder.seeded_port != self.port:
            tell(f"moving both businesses to port {self.port}")
            self._run("reconnect", [*command, "--reconnect"], Powers.APP)
        self.folder.note_seeded(self.port)

    def _keep_environment(self, cluster: Cluster) -> None:
        addresses = cluster.address
        app = {
            "DATABASE_URL": addresses.app_url,
            "COUNTERFOIL_DATA": str(self.folder.place),
            "COUNTERFOIL_SECRET_KEY": self.folder.secret_key(),
            "COUNTERFOIL_PUBLIC_PORT": str(self.port),
            "COUNTERFOIL_SANDBOX_URL": self.sandbox_url,
            "COUNTERFOIL_MAIL": f"file:{self.folder.mailbox}",
            "COUNTERFOIL_SMS": f"file:{self.folder.mailbox}",
            "COUNTERFOIL_DEMO": "1",
        }
        owner = {"DATABASE_OWNER_URL": addresses.owner_url}
        write_environment(self.folder.place, app, owner)

    def _environment(self, powers: Powers) -> Mapping[str, str]:
        kept = read_environment(self.folder.place, powers)
        return outside_environment() | kept | {"PYTHONUNBUFFERED": "1"}

    def _run(self, name: str, command: list[str], powers: Powers, *, show: bool = False) -> None:
        """Runs a step to its end; its failure ends the demo with one line."""
        log_file = self.folder.log(name)
        with log_file.open("wb") as log:
            step = hold(
                command, environment=self._environment(powers), output=None if show else log
            )
        try:
            while step.is_running:
                time.sleep(LOOK_SECONDS)
        finally:
            code = step.stop()
        if code:
            where = "see above" if show else f"{last_log_line(log_file)} (see {log_file})"
            raise OperatorError(f"{name} failed with exit code {code}: {where}")

    def _start_sandbox(self) -> None:
        command = [PYTHON, "-m", "counterfoil_sandbox", "--port", str(self.port + 1)]
        command += ["--data", str(self.folder.place / "sandbox")]
        if not self.folder.is_seeded:
            began = datetime.now(UTC) - HISTORY
            command += ["--clock-start", began.isoformat(timespec="seconds")]
        self.supervisor.start(
            CommandService(
                "sandbox",
                command,
                environment=self._environment(Powers.NONE),
                log_file=self.folder.log("sandbox"),
            )
        )
        self._wait_for(self.port + 1, "/healthz", "the sandbox gateway")
        tell(f"the sandbox gateway runs on {self.sandbox_url}")

    def _start_web_and_worker(self) -> None:
        web = [*COMMAND, "serve", "--port", str(self.port)]
        web += ["--workers", "2" if (os.cpu_count() or 1) > 1 else "1"]
        for name, command in (("web", web), ("worker", [*COMMAND, "worker"])):
            self.supervisor.start(
                CommandService(
                    name,
                    command,
                    environment=self._environment(Powers.APP),
                    log_file=self.folder.log(name),
                    terms=Terms(grace_seconds=12.0),
                )
            )
        self._wait_for(self.port, "/readyz", "the web server")

    def _wait_for(self, port: int, path: str, who: str) -> None:
        """Waits until a server of ours answers 200; a service that dies meanwhile ends the wait."""
        deadline = time.monotonic() + READY_SECONDS
        said = "no answer"
        while time.monotonic() < deadline:
            death = self.supervisor.first_death()
            if death:
                raise OperatorError(death)
            status, said = ask(port, path)
            if status == HTTPStatus.OK:
                return
            time.sleep(LOOK_SECONDS)
        raise OperatorError(
            f"{who} is not ready after {READY_SECONDS:.0f} s ({path}: {said}); "
            f"see {self.folder.place / 'logs'}"
        )


def ask(port: int, path: str) -> tuple[int, str]:
    """Gives status and body of one GET on loopback; status 0 while nobody answers."""
    connection = HTTPConnection(LOOPBACK, port, timeout=5)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read().decode(errors="replace")[:300]
    except (OSError, HTTPException) as problem:
        return 0, str(problem)
    finally:
        connection.close()


def tell(line: str) -> None:
    """Says one thing that happened."""
    typer.echo(f"counterfoil: {line}")


def require_ports(port: int, patience: float) -> None:
    """Refuses, in one line, ports that someone else listens on.

    `patience` is how many seconds the processes of a killed demo may still take to end.
    """
    deadline = time.monotonic() + patience
    while taken := taken_ports((port, port + 1)):
        if time.monotonic() >= deadline:
            raise OperatorError(
                f"taken on this machine: port {' and port '.join(map(str, taken))}; choose "
                "another with --port (the demo needs that port and the next one)"
            )
        time.sleep(LOOK_SECONDS)


def heed_signals(ended: threading.Event) -> None:
    """Lets the first Ctrl-C or polite signal end the demo in order, a second one at once."""

    def on_signal(number: int, _frame: FrameType | None) -> None:
        if ended.is_set():
            os._exit(128 + number)  # Our pipes close with us, so the children end all the same.
        ended.set()
        raise StopAskedError

    for number in SIGNALS:
        signal.signal(number, on_signal)


def demo(
    port: Annotated[
        int, typer.Option(min=1024, max=65534, help="Pages and API; the gateway takes the next.")
    ] = 8000,
    data: Annotated[
        Path, typer.Option("--data", metavar="DIR", help="Folder that keeps the demo.")
    ] = DEFAULT_FOLDER,
    *,
    fresh: Annotated[bool, typer.Option("--fresh", help="Remove the old demo first.")] = False,
) -> None:
    """Run everything on this machine with two made-up businesses; Ctrl-C stops it."""
    folder = DemoFolder(data)
    ended = threading.Event()
    folder.take()
    run = Demo(folder, port)
    heed_signals(ended)
    try:
        require_ports(port, KILLED_SECONDS if folder.was_killed else 0.0)
        folder.prepare(fresh=fresh)
        run.start()
        run.supervisor.watch(ended)
    except StopAskedError:
        typer.echo("")
        tell("stopping")
    finally:
        ended.set()
        run.supervisor.stop()
        folder.release()
    tell(f"stopped; the data stays in {folder.place}")
