"""A backup that is restored into another database is noticed there, whatever is migrated, until an
operator has looked; nobody is told of anything before."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from counterfoil.cli.pg.files import find_programs
from factories import database as db

OURS = ("DATABASE_", "COUNTERFOIL_", "DJANGO_")
CLEAN = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
NOTICE = "restored from a backup, or another server took over"


@dataclass(frozen=True)
class Installation:
    """A database, and the command as its operator calls it."""

    addresses: db.Addresses
    folder: Path

    def __call__(self, *words: str) -> str:
        """What a command said."""
        powers = db.as_owner(self.addresses) if words[0] == "migrate" else {}
        done = subprocess.run(
            [sys.executable, "-m", "counterfoil.cli.main", *words],
            env=CLEAN | db.environment(self.addresses, self.folder) | powers,
            capture_output=True, text=True, check=False, timeout=60,
        )  # fmt: skip
        assert "Traceback" not in done.stderr, done.stderr
        return done.stdout

    def home(self) -> str:
        """What `doctor` says of where the database lives."""
        [line] = [one for one in self("doctor").splitlines() if one[6:].startswith("home ")]
        return line


@pytest.fixture(scope="module")
def lived_in(server, template, tmp_path_factory):
    """A database that has been migrated by the command."""
    made = Installation(db.clone(server, template), tmp_path_factory.mktemp("lived-in"))
    assert NOTICE not in made("migrate")
    yield made
    db.drop(server, made.addresses)


@pytest.fixture
def restored(lived_in, server, tmp_path):
    """A backup of it in another database, migrated as the guide says."""
    dump, programs = tmp_path / "a.dump", find_programs(None)
    there = db.clone(server, of="template0")
    for command in (
        ["pg_dump", "--format=custom", "--file", dump, lived_in.addresses.owner_url],
        ["pg_restore", "--exit-on-error", "--dbname", there.owner_url, dump],
    ):
        subprocess.run([programs / command[0], *command[1:]], check=True, capture_output=True)
    made = Installation(there, tmp_path)
    yield made
    db.drop(server, there)


def test_an_upgrade_is_no_restore(lived_in):
    assert NOTICE not in lived_in("migrate")
    assert lived_in.home().startswith("ok ")


@pytest.mark.parametrize("words", [("recover",), ("recover", "--nothing-lost")])
def test_a_restored_backup_is_noticed_until_somebody_has_looked(restored, words):
    assert NOTICE in restored("migrate")
    assert NOTICE in restored("migrate")
    told = restored.home()
    assert told.startswith("FAIL ")
    assert NOTICE in told

    assert "held back no longer" in restored(*words)

    assert restored.home().startswith("ok ")
    assert NOTICE not in restored("migrate")
