"""Lays each text into a folder as a `.txt` file: the telephone of demos, trials and tests."""

from pathlib import Path

from counterfoil.adapters.drop_folder import DropFolder
from counterfoil.kernel.ports.channels import OutgoingText


class TextFolder:
    """A folder of sent texts; a file is there whole or not at all, and names sort by time."""

    def __init__(self, folder: Path) -> None:
        self._folder = DropFolder(folder, kind="text", suffix=".txt")

    def send(self, text: OutgoingText) -> None:
        """Writes the number and the text; `Unavailable` when the disk will not take it."""
        content = f"To: {text.number}\n\n{text.text}\n".encode()
        self._folder.lay(content, at=text.at, who=text.number.strip("+"))

    def check(self) -> str:
        """Writes and removes a file there; `Unavailable` when the disk will not take it."""
        return self._folder.check()
