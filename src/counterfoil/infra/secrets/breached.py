"""Looks a password up in a list of those that were stolen elsewhere: a text file of SHA-1 hashes in
order, one `HASH:COUNT` a line, as Have I Been Pwned hands it out. Nothing outside is asked, and of
40 GB some thirty short pieces are read.
"""

import hashlib
import os
import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import BinaryIO

LINE_BYTES_MAX = 128
_PIECE_BYTES = 4096  # in a part as small as this every line is looked at
_SAMPLES = 64
_LINE = re.compile(rb"([0-9A-Fa-f]{40})(:[0-9]+)?\r?\n?")
_IN_FORM = "HASH:COUNT a line, the hash a SHA-1 in hexadecimal"


class BadHashes(ValueError):
    """The file is not there, can't be read, or is no list of hashes in order."""


def look_at(path: Path) -> int:
    """How many bytes a list has, after a look at lines from all over it. Refuses (`BadHashes`) one
    that can't be read, has lines of another form, or is in another order."""
    with _opened(path) as file:
        size = _size(file)
        found = list(_samples(file, size))
    if not found:
        raise BadHashes(f"{path} is empty: it holds {_IN_FORM}")
    if any(one > other for one, other in pairwise(found)):
        raise BadHashes(f"{path} is in another order: take the list that is ordered by hash")
    return size


def is_breached(password: str, path: Path) -> bool:
    """Whether the list has this password. `BadHashes` as for `look_at`, as far as it is seen."""
    wanted = hashlib.sha1(password.encode(), usedforsecurity=False).hexdigest().upper().encode()
    with _opened(path) as file:
        low, high = 0, _size(file)  # its line begins in between, or nowhere; `low` begins a line
        while high - low > _PIECE_BYTES:
            start = _next_line(file, (low + high) // 2)
            if _hash_of(file) <= wanted:
                low = start
            else:
                high = start
        file.seek(low)
        while file.tell() < high:
            if _hash_of(file) == wanted:
                return True
    return False


def _samples(file: BinaryIO, size: int) -> Iterator[bytes]:
    """The hashes of the first line, of the last, and of some in between, in their order."""
    if not size:
        return
    file.seek(0)
    yield _hash_of(file)
    for number in range(1, _SAMPLES):
        _next_line(file, size * number // _SAMPLES)
        if file.tell() < size:
            yield _hash_of(file)
    file.seek(max(size - LINE_BYTES_MAX, 0))
    lines = file.read().splitlines(keepends=True)
    yield _judged(lines[-1], file.name)


def _next_line(file: BinaryIO, place: int) -> int:
    """Goes to where the first line behind this place begins; says where that is."""
    file.seek(place)
    file.readline(LINE_BYTES_MAX)
    return file.tell()


def _hash_of(file: BinaryIO) -> bytes:
    """The hash in the line that begins here, in capitals; goes to the next line."""
    return _judged(file.readline(LINE_BYTES_MAX), file.name)


def _judged(line: bytes, name: str) -> bytes:
    found = _LINE.fullmatch(line)
    if found is None:
        raise BadHashes(f"{name} has lines of another form: it holds {_IN_FORM}")
    return found[1].upper()


def _size(file: BinaryIO) -> int:
    return file.seek(0, os.SEEK_END)


def _opened(path: Path) -> BinaryIO:
    try:
        return path.open("rb")
    except OSError as error:
        raise BadHashes(f"{path} can't be read: {error.strerror}") from None
