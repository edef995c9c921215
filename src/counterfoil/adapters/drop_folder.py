"""A folder into which messages are laid, in place of sending them: demos, trials and tests."""

import os
import secrets
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from counterfoil.kernel.errors import Unavailable


class DropFolder:
    """Messages of one kind, a file each: whole or not at all, under names that sort by time."""

    def __init__(self, folder: Path, *, kind: str, suffix: str) -> None:
        self._folder = folder
        self._kind = kind
        self._suffix = suffix

    def lay(self, content: bytes, *, at: datetime, who: str) -> None:
        """Writes a message to `who`; `Unavailable` when the disk will not take it."""
        name = f"{at.astimezone(UTC):%Y%m%dT%H%M%S.%fZ}-{who}-{secrets.token_hex(4)}"
        target = self._folder / f"{name}{self._suffix}"
        unfinished = target.with_suffix(".part")
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            with unfinished.open("xb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            unfinished.replace(target)
        except OSError as error:
            with suppress(OSError):
                unfinished.unlink()
            raise self._unavailable(error) from error

    def check(self) -> str:
        """Writes and removes a file there; `Unavailable` when the disk will not take it."""
        probe = self._folder / f".check-{secrets.token_hex(4)}"
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            probe.write_bytes(b"check")
            probe.unlink()
        except OSError as error:
            raise self._unavailable(error) from error
        return f"into the folder {self._folder}"

    def _unavailable(self, error: OSError) -> Unavailable:
        return Unavailable(f"The {self._kind} folder can't be written to: {error.strerror}.")
