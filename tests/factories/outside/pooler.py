"""A real connection pooler (PgBouncer) in transaction mode, with one connection to the server."""

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import unquote, urlsplit, urlunsplit

import psycopg

PROGRAM = shutil.which("pgbouncer") or shutil.which("pgbouncer", path="/usr/sbin:/usr/local/sbin")
MISSING = "pgbouncer is not installed (Debian, Ubuntu: apt-get install pgbouncer)"
_START_SECONDS = 10
_SETTINGS = """
[databases]
* = host={host} port={port} user={user} password={password}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {listen}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = 1
max_client_conn = 50
ignore_startup_parameters = options
"""


@contextmanager
def pooled(address: str) -> Iterator[str]:
    """The address by which a database is reached through a pooler, while it runs."""
    assert PROGRAM is not None, MISSING
    parts = urlsplit(address)
    folder = Path(tempfile.mkdtemp(prefix="counterfoil-pooler-"))
    folder.chmod(0o755)
    listen = _free_port()
    settings = folder / "pooler.ini"
    settings.write_text(
        _SETTINGS.format(
            host=parts.hostname,
            port=parts.port,
            user=unquote(parts.username or ""),
            password=unquote(parts.password or ""),
            listen=listen,
        )
    )
    as_nobody = ["-u", "nobody"] if os.geteuid() == 0 else []
    with (folder / "log").open("w") as log:
        process = subprocess.Popen([PROGRAM, *as_nobody, settings], stdout=log, stderr=log)
    pooled_address = urlunsplit(parts._replace(netloc=f"{parts.username}@127.0.0.1:{listen}"))
    try:
        _wait_for(pooled_address, folder / "log")
        yield pooled_address
    finally:
        process.terminate()
        process.wait(10)
        shutil.rmtree(folder, ignore_errors=True)


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


def _wait_for(address: str, log: Path) -> None:
    until = time.monotonic() + _START_SECONDS
    while True:
        try:
            psycopg.connect(address).close()
        except psycopg.OperationalError:
            if time.monotonic() > until:
                raise RuntimeError(f"the pooler does not start:\n{log.read_text()}") from None
            time.sleep(0.05)
        else:
            return
