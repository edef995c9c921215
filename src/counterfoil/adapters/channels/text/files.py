"""Lays each text into a folder as a `.txt` file: the telephone of demos, trials and tests."""

import os
import secrets
from contextlib import suppress
from datetime import UTC
from pathlib import Path

from counterfoil.kernel.errors import Unavailable
from counterfoil.kernel.ports.channels import OutgoingText


class TextFolder:
    """A folder of sent texts; a file is there whole or not at all, and names sort by time."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def send(self, text: OutgoingText) -> None:
        """Writes the number and the text; `Unavailable` when the disk will not take it."""
        target = self._folder / _file_name(text)
        unfinished = target.with_suffix(".part")
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            with unfinished.open("x", encoding="utf-8") as file:
                file.write(f"To: {text.number}\n\n{text.text}\n")
                file.flush()
                os.fsync(file.fileno())
            unfinished.replace(target)
        except OSError as error:
            with suppress(OSError):
                unfinished.unlink()
            raise Unavailable(f"The text folder can't be written to: {error.strerror}.") from error

    def check(self) -> str:
        """Writes and removes a file there; `Unavailable` when the disk will not take it."""
        probe = self._folder / f".check-{secrets.token_hex(4)}"
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            probe.write_bytes(b"check")
            probe.unlink()
        except OSError as error:
            raise Unavailable(f"The text folder can't be written to: {error.strerror}.") from error
        return f"into the folder {self._folder}"


def _file_name(text: OutgoingText) -> str:
    at = text.at.astimezone(UTC)
    return f"{at:%Y%m%dT%H%M%S.%fZ}-{text.number.strip('+')}-{secrets.token_hex(4)}.txt"
