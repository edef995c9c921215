"""Being a well-behaved process: one a folder, a free port, an end when the parent ends."""

import fcntl
import os
import socket
import threading
from collections.abc import Callable
from pathlib import Path
from typing import IO


class StartRefused(Exception):
    """The gateway can't start here; the message is the one line to show."""


def claim_folder(folder: Path) -> IO[str]:
    """Holds the data folder for this process; refuses if another one holds it.

    The claim lasts as long as the file that is given back stays open.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock = (folder / "sandbox.lock").open("w")
    except OSError as error:
        raise StartRefused(f"the data folder {folder} can't be used: {error.strerror}") from None
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        lock.close()
        raise StartRefused(f"another sandbox gateway uses {folder}") from None
    return lock


def check_port(host: str, port: int) -> None:
    """Refuses a port that is taken; the web server would share it without a word."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise StartRefused(f"port {port} on {host} is taken ({error.strerror})") from None


def watch_lifeline(descriptor: int, stop: Callable[[], object]) -> None:
    """Calls `stop` when the parent's end of the pipe closes, even after kill -9."""

    def wait() -> None:
        try:
            while os.read(descriptor, 64):
                pass
        except OSError:
            pass
        stop()

    threading.Thread(target=wait, name="lifeline", daemon=True).start()
