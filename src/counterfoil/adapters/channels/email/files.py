"""Lays each mail into a folder as an `.eml` file: the mailbox of demos, trials and tests."""

import re
from pathlib import Path

from counterfoil.adapters.channels.email.compose import compose
from counterfoil.adapters.drop_folder import DropFolder
from counterfoil.kernel.ports.channels import OutgoingMail


class MailFolder:
    """A folder of sent mails; a file is there whole or not at all, and names sort by time."""

    def __init__(self, folder: Path) -> None:
        self._folder = DropFolder(folder, kind="mail", suffix=".eml")

    def send(self, mail: OutgoingMail) -> None:
        """Writes the mail; `Unavailable` when the disk will not take it."""
        who = re.sub(r"[^A-Za-z0-9]+", "-", mail.recipient)[:40].strip("-")
        self._folder.lay(compose(mail).as_bytes(), at=mail.at, who=who)

    def check(self) -> str:
        """Writes and removes a file there; `Unavailable` when the disk will not take it."""
        return self._folder.check()
