"""Lays each mail into a folder as an `.eml` file: the mailbox of demos, trials and tests."""

import os
import re
import secrets
from contextlib import suppress
from datetime import UTC
from pathlib import Path

from counterfoil.adapters.channels.email.compose import compose
from counterfoil.kernel.errors import Unavailable
from counterfoil.kernel.ports.channels import OutgoingMail


class MailFolder:
    """A folder of sent mails; a file is there whole or not at all, and names sort by time."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def send(self, mail: OutgoingMail) -> None:
        """Writes the mail; `Unavailable` when the disk will not take it."""
        content = compose(mail).as_bytes()
        target = self._folder / _file_name(mail)
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
            raise Unavailable(f"The mail folder can't be written to: {error.strerror}.") from error

    def check(self) -> str:
        """Writes and removes a file there; `Unavailable` when the disk will not take it."""
        probe = self._folder / f".check-{secrets.token_hex(4)}"
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            probe.write_bytes(b"check")
            probe.unlink()
        except OSError as error:
            raise Unavailable(f"The mail folder can't be written to: {error.strerror}.") from error
        return f"into the folder {self._folder}"


def _file_name(mail: OutgoingMail) -> str:
    at = mail.at.astimezone(UTC)
    who = re.sub(r"[^A-Za-z0-9]+", "-", mail.recipient)[:40].strip("-")
    return f"{at:%Y%m%dT%H%M%S.%fZ}-{who}-{secrets.token_hex(4)}.eml"
