"""The file store: bytes under keys, written whole or not at all, in one folder of the settings.

A file is sealed like a secret column, bound to its key: whoever copies the folder, or moves a file
in it, reads nothing. Only what is meant for people to copy lies there in the open.
"""

import hashlib
import os
import re
import secrets
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from django.conf import settings

from counterfoil.infra.secrets.box import SealBroken, key_id_of, newest, open_bytes, seal_bytes
from counterfoil.infra.secrets.keys import Rotated

IN_THE_OPEN = "seals"  # the folder of what people copy and compare
TOLD = "files"
_HEAD_BYTES = 120
_KEY = re.compile(r"[a-z0-9][a-z0-9_-]*(/[A-Za-z0-9][A-Za-z0-9._-]*)+")


class BadKey(ValueError):
    """A bug: a key that could lead out of the store."""


def sha256(content: bytes) -> str:
    """The fingerprint that rows keep of a file."""
    return hashlib.sha256(content).hexdigest()


def _path(key: str) -> Path:
    if not _KEY.fullmatch(key) or ".." in key:
        raise BadKey(key)
    return Path(settings.FILES) / key


def write(key: str, content: bytes) -> None:
    """Stores the bytes sealed, replacing what was there; on the disk for good when it returns."""
    _put(_path(key), seal_bytes(content, _place(key)))


def write_open(key: str, content: bytes) -> None:
    """The same in the open, for people to copy."""
    if not key.startswith(f"{IN_THE_OPEN}/"):
        raise BadKey(key)
    _put(_path(key), content)


def _put(target: Path, content: bytes) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    unfinished = target.with_name(f".{target.name}.{secrets.token_hex(4)}")
    try:
        with unfinished.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(target)
    finally:
        unfinished.unlink(missing_ok=True)
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def read(key: str) -> bytes | None:
    """The bytes, or None where there is no such file. `SealBroken` for one that was changed or
    moved, and where its key is not here."""
    sealed = read_open(key)
    return None if sealed is None else open_bytes(sealed, _place(key))


def read_open(key: str) -> bytes | None:
    """What lies there as it is."""
    try:
        return _path(key).read_bytes()
    except FileNotFoundError:
        return None


def _place(key: str) -> str:
    return f"file:{key}"


def remove(key: str) -> None:
    """Forgets a file; one that is not there is fine."""
    _path(key).unlink(missing_ok=True)


def keys(folder: str) -> list[str]:
    """The keys of the files in one folder, in order; none where there is no such folder."""
    path = _path(f"{folder}/any").parent
    if not path.is_dir():
        return []
    return sorted(f"{folder}/{one.name}" for one in path.iterdir() if one.name[0] != ".")


def remove_older(folder: str, before: datetime) -> int:
    """Forgets the files of one folder that were written before this moment; how many."""
    path = _path(f"{folder}/any").parent
    old = [
        one
        for one in (path.iterdir() if path.is_dir() else ())
        if one.is_file() and one.stat().st_mtime < before.timestamp()
    ]
    for one in old:
        one.unlink(missing_ok=True)
    return len(old)


def counted() -> Counter[str]:
    """How many files each data key seals; one of another form is under `?`."""
    return Counter(_sealed_by(key) or "?" for key in _sealed())


def rotate() -> Rotated:
    """Seals every file with the newest data key; what has come under it is left alone."""
    resealed = broken = 0
    for key in _sealed():
        if _sealed_by(key) == newest().id:
            continue
        try:
            resealed += _reseal(key)
        except SealBroken:
            broken += 1
    return Rotated(TOLD, resealed, broken)


def _sealed() -> Iterator[str]:
    """The keys of all files that are sealed; such as come or go meanwhile are among them or not."""
    root = Path(settings.FILES)
    for path in root.rglob("*"):
        key = path.relative_to(root).as_posix()
        if path.name[0] != "." and path.is_file() and not key.startswith(f"{IN_THE_OPEN}/"):
            yield key


def _sealed_by(key: str) -> str:
    try:
        with _path(key).open("rb") as file:
            return key_id_of(file.read(_HEAD_BYTES).decode("latin-1"))
    except FileNotFoundError:
        return ""


def _reseal(key: str) -> bool:
    """Not one that somebody replaced or removed meanwhile. Its age stays, and it ends as it would
    have."""
    path = _path(key)
    try:
        before = path.stat()
        content = open_bytes(path.read_bytes(), _place(key))
        now = path.stat()
    except FileNotFoundError:
        return False
    if (before.st_ino, before.st_mtime_ns) != (now.st_ino, now.st_mtime_ns):
        return False
    write(key, content)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    return True
