"""Keeps a data folder ours alone: one owner at a time, and secrets that nobody else may read."""

import fcntl
import os
from pathlib import Path
from typing import IO

from counterfoil.cli.errors import OperatorError


class FolderInUseError(OperatorError):
    """Another process owns the folder; the message names the folder and the process."""


class FolderLock:
    """Holds a folder until `release`, or until this process is gone in any way."""

    def __init__(self, folder: Path) -> None:
        """Takes the folder; refuses while another process (or another lock of ours) holds it."""
        self._file: IO[str] = (folder / "lock").open("a+")
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as problem:
            self._file.seek(0)
            holder = self._file.read().strip() or "unknown"
            self._file.close()
            raise FolderInUseError(f"{folder} is in use by process {holder}") from problem
        self._file.truncate(0)
        self._file.write(str(os.getpid()))
        self._file.flush()

    def release(self) -> None:
        """Lets another process take the folder."""
        self._file.close()


def write_private(file: Path, content: str | bytes) -> None:
    """Writes a file that its owner alone may read, whole or not at all."""
    unfinished = file.with_name(f".{file.name}.new")
    unfinished.unlink(missing_ok=True)
    with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        out.write(content.encode() if isinstance(content, str) else content)
        out.flush()
        os.fsync(out.fileno())
    unfinished.replace(file)
