"""Finds the account that PostgreSQL runs under, because its server refuses to run as root."""

import os
import pwd
import subprocess
from dataclasses import dataclass
from pathlib import Path

from counterfoil.cli.errors import OperatorError

ACCOUNT_NAMES = ("postgres", "nobody")
NUMERIC_ACCOUNT = 65534
FIRST_CLOSED = 'for place; do [ -x "$place" ] || { echo "$place"; exit; }; done'


class ClusterError(OperatorError):
    """The embedded PostgreSQL can't do what was asked."""


@dataclass(frozen=True)
class Account:
    """An unprivileged account of the system, by numbers."""

    uid: int
    gid: int
    name: str

    def first_closed(self, place: Path) -> Path | None:
        """Gives the first folder on the way to `place` that this account can't enter, or None."""
        way = [*reversed(place.parents), place]
        answer = subprocess.run(
            ["/bin/sh", "-c", FIRST_CLOSED, "sh", *way],
            cwd="/",
            user=self.uid,
            group=self.gid,
            extra_groups=[],
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        return Path(answer) if answer else None

    def own(self, place: Path, mode: int) -> None:
        """Hands a file or folder to this account with the given permission bits."""
        os.chown(place, self.uid, self.gid)
        place.chmod(mode)


def server_account() -> Account | None:
    """Gives the account to drop to when we are root; None when we may run the server ourselves."""
    if os.geteuid() != 0:
        return None
    for name in ACCOUNT_NAMES:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        if entry.pw_uid != 0:
            return Account(entry.pw_uid, entry.pw_gid, name)
    return Account(NUMERIC_ACCOUNT, NUMERIC_ACCOUNT, str(NUMERIC_ACCOUNT))
