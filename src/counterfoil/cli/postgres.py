"""Runs a PostgreSQL cluster of our own in a folder, so that one command needs no database server.

The server listens on 127.0.0.1 only, asks for SCRAM passwords and ends with the process that
started it, however that ends. Nothing here imports Django.
"""

import contextlib
import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote

import psycopg

from counterfoil.cli.folders import FolderInUseError, FolderLock, write_private
from counterfoil.cli.pg.account import Account, ClusterError, server_account
from counterfoil.cli.pg.files import (
    MAJOR_VERSION,
    find_programs,
    last_line,
    reachable_home,
    reachable_programs,
)
from counterfoil.cli.pg.roles import APP_ROLE, DATABASE, OWNER_ROLE, ensure_roles
from counterfoil.cli.processes.held import HeldProcess, Terms, hold
from counterfoil.cli.processes.ports import LOOPBACK, free_port, port_is_free

SUPERUSER = "postgres"
START_SECONDS = 60.0
STOP_SECONDS = 10.0
START_ATTEMPTS = 5
LARGEST_LOG = 10_000_000
SETTINGS = {
    "listen_addresses": "'127.0.0.1'",
    "unix_socket_directories": "''",
    "password_encryption": "'scram-sha-256'",
    "max_connections": "100",
    "checkpoint_timeout": "'15min'",
    "max_wal_size": "'8GB'",
    "wal_compression": "off",
    "jit": "off",
    "log_min_messages": "warning",
    "log_checkpoints": "off",
    "logging_collector": "off",
    "log_line_prefix": "'%m [%p] %u@%d '",
    "lc_messages": "'C'",
    "timezone": "'UTC'",
    "log_timezone": "'UTC'",
}
DURABLE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}
FORGETFUL = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_wal_size": "'1GB'",
}


@dataclass(frozen=True)
class Addresses:
    """The two addresses of the database: what the application holds, and what migrations hold."""

    app_url: str
    owner_url: str


class Cluster:
    """One PostgreSQL cluster in one folder, with the database `counterfoil` and its two roles."""

    def __init__(
        self,
        data_dir: str | Path,
        *,
        pg_bin: str | Path | None = None,
        port: int | None = None,
        durable: bool = True,
        shared_buffers: str = "256MB",
    ) -> None:
        """Names the cluster; nothing is touched before `start`.

        `port` None takes the port of the last start if it is free, else any free one.
        `durable` False gives up crash safety for speed: for tests only.
        """
        self.data_dir = Path(data_dir).absolute()
        self._pg_bin = pg_bin
        self._asked_port = port
        self._settings = SETTINGS | (DURABLE if durable else FORGETFUL)
        self._settings["shared_buffers"] = f"'{shared_buffers}'"
        self._durable = durable
        self._account: Account | None = None
        self._locks: list[FolderLock] = []
        self._server: HeldProcess | None = None
        self._home = self.data_dir
        self._port = 0

    # What callers use

    def start(self) -> Addresses:
        """Starts the server, making the cluster, roles and database that are missing.

        Refuses a folder that another process has started, a port that is taken, a cluster of
        another major version, and folders out of reach. Starting twice is harmless.
        """
        if self.is_running:
            return self.address
        self.stop()  # A server that died has left the folder in our hands.
        self._take_folder()
        try:
            self._choose_home()
            programs = reachable_programs(find_programs(self._pg_bin), self._account)
            self._wait_for_predecessor()
            self._initialise(programs)
            self._launch(programs)
            with self.as_superuser("postgres") as connection:
                ensure_roles(connection, self._password)
        except BaseException:
            self.stop()
            raise
        return self.address

    def stop(self) -> None:
        """Stops the server (fast: open transactions roll back) and frees the folder."""
        if self._server is not None:
            self._server.stop()
            self._server = None
        while self._locks:
            self._locks.pop().release()

    def destroy(self) -> None:
        """Stops the server and removes the whole cluster with all its data.

        Refuses while another process has it started.
        """
        self.stop()
        self._take_folder()
        try:
            self._choose_home()
            self._wait_for_predecessor()
            for folder in (self._home, self.data_dir):
                shutil.rmtree(folder, ignore_errors=True)
        finally:
            self.stop()

    @property
    def is_running(self) -> bool:
        """Says whether the server that this object started still runs."""
        return self._server is not None and self._server.is_running

    @property
    def address(self) -> Addresses:
        """The addresses of the running server; refuses while it is stopped."""
        if not self.is_running:
            raise ClusterError(f"the PostgreSQL of {self.data_dir} is not running")
        return Addresses(app_url=self._url(APP_ROLE), owner_url=self._url(OWNER_ROLE))

    @property
    def port(self) -> int:
        """The TCP port on 127.0.0.1 of the last start."""
        return self._port

    @property
    def server_files(self) -> Path:
        """PostgreSQL's own data directory; settled by the first start."""
        return self._home / "cluster"

    @property
    def log_file(self) -> Path:
        """Where the server writes warnings and errors."""
        return self.data_dir / "postgres.log"

    def bin(self, name: str) -> Path:
        """Gives the path of a PostgreSQL program such as psql, pg_dump, pg_restore or pgbench."""
        programs = find_programs(self._pg_bin)
        program = programs / name
        if not program.is_file():
            raise ClusterError(f"PostgreSQL's program {name} is missing in {programs}")
        return program

    def __enter__(self) -> Self:
        """Starts the server for a `with` block."""
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stops the server at the end of a `with` block."""
        self.stop()

    # The folder

    def _take_folder(self) -> None:
        """Makes the folder ours alone until `stop`, or until this process is gone."""
        try:
            self.data_dir.mkdir(parents=True, exist_ok=True)
            # The server's account only passes through the folder; it can read nothing of ours.
            self.data_dir.chmod(0o711 if os.geteuid() == 0 else 0o700)
            self._lock(self.data_dir)
        except OSError as problem:
            raise ClusterError(f"can't use {self.data_dir}: {problem.strerror}") from problem

    def _lock(self, folder: Path) -> None:
        try:
            self._locks.append(FolderLock(folder))
        except FolderInUseError as problem:
            raise ClusterError(f"a PostgreSQL is started already: {problem}") from problem

    def _choose_home(self) -> None:
        """Settles which account the server runs under and where its files live."""
        self._account = server_account()
        self._home = reachable_home(self.data_dir, self._account, keep=self._durable)
        if self._home != self.data_dir:
            self._lock(self._home)

    def _password(self, role: str) -> str:
        """Gives the role's password, made once and kept readable by us alone."""
        kept = self.data_dir / "passwords.json"
        passwords: dict[str, str] = json.loads(kept.read_text()) if kept.is_file() else {}
        if role not in passwords:
            passwords[role] = secrets.token_urlsafe(24)
            write_private(kept, json.dumps(passwords))
        return passwords[role]

    def _url(self, role: str) -> str:
        password = quote(self._password(role), safe="")
        return f"postgresql://{role}:{password}@{LOOPBACK}:{self._port}/{DATABASE}"

    def _initialise(self, programs: Path) -> None:
        """Makes the cluster's files if there are none; a half-made cluster is made afresh."""
        version = self.server_files / "PG_VERSION"
        if version.is_file():
            found = version.read_text().strip()
            if found != MAJOR_VERSION:
                raise ClusterError(
                    f"{self.server_files} is of PostgreSQL {found}, this is {MAJOR_VERSION}: "
                    "dump it with the old version and restore the dump here"
                )
            return
        unfinished = self._home / "cluster.new"
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(mode=0o700)
        password_file = self._home / "superuser"
        write_private(password_file, self._password(SUPERUSER))
        if self._account:
            self._account.own(unfinished, 0o700)
            self._account.own(password_file, 0o600)
        command: list[str | Path] = [programs / "initdb", "--auth=scram-sha-256", "-k"]
        command += ["--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        command += [f"--locale={'C' if sys.platform == 'darwin' else 'C.UTF-8'}"]
        command += [f"--username={SUPERUSER}", f"--pwfile={password_file}", "-D", unfinished]
        command += [] if self._durable else ["--no-sync"]
        try:
            self._run(command)
        finally:
            password_file.unlink()
        with (unfinished / "postgresql.conf").open("a") as settings:
            settings.write("include_if_exists 'counterfoil.conf'\n")
        unfinished.rename(self.server_files)

    def _run(self, command: list[str | Path]) -> None:
        """Runs one of the server's programs under the server's account."""
        account: dict[str, Any] = {}
        if self._account:
            account = {"user": self._account.uid, "group": self._account.gid, "extra_groups": []}
        done = subprocess.run(
            command, cwd="/", capture_output=True, text=True, check=False, **account
        )
        if done.returncode:
            reason = last_line(done.stderr or done.stdout)
            raise ClusterError(f"{Path(command[0]).name} failed: {reason}")

    # The server

    def _wait_for_predecessor(self) -> None:
        """Lets a server whose owner was killed finish, and removes a pid file that means nobody."""
        pid_file = self.server_files / "postmaster.pid"
        deadline = time.monotonic() + STOP_SECONDS + 5
        while pid_file.is_file() and time.monotonic() < deadline:
            pid = int(pid_file.read_text().split()[0])
            if not serves(pid, self.server_files):
                pid_file.unlink(missing_ok=True)
                return
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGINT)
            time.sleep(0.1)
        if pid_file.is_file():
            raise ClusterError(f"an older PostgreSQL still runs in {self.server_files}")

    def _launch(self, programs: Path) -> None:
        """Starts the server on a free port; a port lost to someone in between is tried again."""
        for port in self._ports_to_try():
            self._port = port
            self._write_settings(port)
            self._server = self._hold_server(programs)
            if self._wait_until_ready():
                write_private(self.data_dir / "port", str(port))
                return
            self._server.stop()
            self._server = None
            if port_is_free(port):
                break  # The port was not the reason, so another one would not help.
        raise ClusterError(f"PostgreSQL did not start: {self._last_complaint()}")

    def _ports_to_try(self) -> Iterator[int]:
        if self._asked_port is not None:
            if not port_is_free(self._asked_port):
                raise ClusterError(f"port {self._asked_port} on 127.0.0.1 is taken (PostgreSQL)")
            yield self._asked_port
            return
        kept = self.data_dir / "port"
        last = int(kept.read_text()) if kept.is_file() else 0
        if last and port_is_free(last):
            yield last
        for _ in range(START_ATTEMPTS):
            yield free_port()

    def _write_settings(self, port: int) -> None:
        lines = [f"{name} = {value}" for name, value in (self._settings | {"port": port}).items()]
        file = self.server_files / "counterfoil.conf"
        write_private(file, "\n".join(lines) + "\n")
        if self._account:
            self._account.own(file, 0o600)

    def _hold_server(self, programs: Path) -> HeldProcess:
        if self.log_file.is_file() and self.log_file.stat().st_size > LARGEST_LOG:
            self.log_file.replace(self.log_file.with_suffix(".log.1"))
        account = (self._account.uid, self._account.gid) if self._account else None
        with self.log_file.open("ab") as log:
            self.log_file.chmod(0o600)
            return hold(
                [programs / "postgres", "-D", self.server_files],
                terms=Terms(signal.SIGINT, STOP_SECONDS, account),
                folder=Path("/"),
                output=log,
            )

    def _wait_until_ready(self) -> bool:
        """Says whether our own server came up; someone else's server on the port is not ours."""
        deadline = time.monotonic() + START_SECONDS
        while self.is_running and time.monotonic() < deadline:
            try:
                with self.as_superuser("postgres") as connection:
                    row = connection.execute("SHOW data_directory").fetchone()
                return row is not None and Path(row[0]) == self.server_files
            except psycopg.OperationalError:
                time.sleep(0.05)
        return False

    def _last_complaint(self) -> str:
        with self.log_file.open("rb") as log:
            log.seek(max(0, self.log_file.stat().st_size - 4000))
            lines = log.read().decode(errors="replace").splitlines()
        reasons = [line for line in lines if " FATAL: " in line or " could not " in line]
        return f"{last_line(chr(10).join(reasons or lines))} (see {self.log_file})"

    def as_superuser(self, database: str) -> psycopg.Connection[tuple[Any, ...]]:
        """A connection that no privilege and no guard holds back; each statement commits."""
        return psycopg.connect(
            host=LOOPBACK,
            port=self._port,
            user=SUPERUSER,
            password=self._password(SUPERUSER),
            dbname=database,
            autocommit=True,
            connect_timeout=5,
        )


def serves(pid: int, cluster: Path) -> bool:
    """Says whether this process is a PostgreSQL server on this cluster, not a later namesake."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    try:
        return Path(f"/proc/{pid}/cwd").readlink() == cluster
    except OSError:
        listed = subprocess.run(
            ["/bin/ps", "-o", "command=", "-p", str(pid)],
            capture_output=True,
            text=True,
            check=False,
        )
        return str(cluster) in listed.stdout
