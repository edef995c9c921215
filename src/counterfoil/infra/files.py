"""The file store: bytes under keys, written whole or not at all, in one folder of the settings."""

import hashlib
import os
import re
import secrets
from datetime import datetime
from pathlib import Path

from django.conf import settings

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
    """Stores the bytes, replacing what was there; on the disk for good when it returns."""
    target = _path(key)
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
    """The bytes, or None where there is no such file."""
    try:
        return _path(key).read_bytes()
    except FileNotFoundError:
        return None


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
