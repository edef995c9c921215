"""Knows what a demo keeps in its folder, and removes nothing there but that."""

import json
import secrets
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from counterfoil.cli.environment import FILE_NAME as ENVIRONMENT
from counterfoil.cli.errors import OperatorError
from counterfoil.cli.folders import FolderInUseError, FolderLock, write_private
from counterfoil.cli.postgres import Cluster

MARKER = "counterfoil-demo"
MARKER_TEXT = "This folder belongs to `counterfoil demo`; `--fresh` removes what it keeps here.\n"
KEPT_FOLDERS = ("postgres", "sandbox", "files", "mailbox", "static", "logs")
KEPT_FILES = ("demo.json", "demo-facts.json", "secret-key", "seeded", ENVIRONMENT)


class DemoFolder:
    """The folder of one demo, ours alone while it runs."""

    def __init__(self, place: Path) -> None:
        self.place = place.absolute()
        self._lock: FolderLock | None = None

    def take(self) -> None:
        """Makes the folder and takes it; refuses while another demo runs in it."""
        try:
            self.place.mkdir(parents=True, exist_ok=True)
            self._lock = FolderLock(self.place)
        except FolderInUseError as problem:
            raise OperatorError(f"another demo runs there: {problem}") from problem
        except OSError as problem:
            raise OperatorError(f"can't use {self.place}: {problem.strerror}") from problem

    def release(self) -> None:
        """Frees the folder; a script that waits for demo.json must not find an old one."""
        (self.place / "demo.json").unlink(missing_ok=True)
        if self._lock is not None:
            self._lock.release()
            self._lock = None

    def prepare(self, *, fresh: bool) -> None:
        """Marks the folder as a demo's and removes an old demo if asked, or if it is half-made."""
        marker = self.place / MARKER
        is_ours = marker.is_file()
        strange = [name for name in (*KEPT_FOLDERS, *KEPT_FILES) if (self.place / name).exists()]
        if strange and not is_ours:
            raise OperatorError(
                f"{self.place} is no demo folder (no file {MARKER} in it) but holds {strange[0]}: "
                "name another folder with --data"
            )
        if is_ours and (fresh or not self.is_seeded):
            self._remove_demo()
        marker.write_text(MARKER_TEXT)
        for name in KEPT_FOLDERS[1:]:
            (self.place / name).mkdir(exist_ok=True)
        (self.place / "demo.json").unlink(missing_ok=True)

    def _remove_demo(self) -> None:
        if self.postgres.is_dir():
            Cluster(self.postgres).destroy()
        for name in KEPT_FOLDERS:
            shutil.rmtree(self.place / name, ignore_errors=True)
        for name in KEPT_FILES:
            (self.place / name).unlink(missing_ok=True)

    @property
    def postgres(self) -> Path:
        """The folder of the embedded PostgreSQL."""
        return self.place / "postgres"

    @property
    def mailbox(self) -> Path:
        """Where each sent mail lies as an .eml file."""
        return self.place / "mailbox"

    def log(self, name: str) -> Path:
        """The log file of one process."""
        return self.place / "logs" / f"{name}.log"

    @property
    def was_killed(self) -> bool:
        """Says whether the last demo here had no chance to tidy up."""
        return (self.place / "demo.json").is_file()

    @property
    def is_seeded(self) -> bool:
        """Says whether the two businesses are complete."""
        return (self.place / "seeded").is_file()

    @property
    def seeded_port(self) -> int:
        """The port at which the two businesses last answered."""
        text = (self.place / "seeded").read_text().strip()
        return int(text) if text.isdecimal() else 0

    def note_seeded(self, port: int) -> None:
        """Notes that the two businesses are complete and answer at this port."""
        (self.place / "seeded").write_text(f"{port}\n")

    def secret_key(self) -> str:
        """Gives the installation's secret key, made once."""
        file = self.place / "secret-key"
        if not file.is_file():
            write_private(file, secrets.token_urlsafe(48))
        return file.read_text()

    def facts(self) -> dict[str, Any]:
        """Gives what seeding wrote down about the two businesses."""
        try:
            facts: dict[str, Any] = json.loads((self.place / "demo-facts.json").read_text())
        except (OSError, ValueError) as problem:
            raise OperatorError(
                f"{self.place / 'demo-facts.json'} can't be read ({problem}): start with --fresh"
            ) from problem
        return facts

    def publish(self, facts: Mapping[str, Any]) -> None:
        """Writes demo.json, whole or not at all: it appears only when everything is ready."""
        write_private(
            self.place / "demo.json", json.dumps(facts, indent=2, ensure_ascii=False) + "\n"
        )
