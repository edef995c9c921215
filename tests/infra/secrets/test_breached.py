"""A password is found in a list of stolen ones wherever its line stands, however the list is
written; a list that is none is refused."""

import hashlib
import io
from pathlib import Path

import pytest

from counterfoil.infra.secrets.breached import BadHashes, is_breached, look_at

MANY = 3000
FORMS = [
    ("\n", str.upper, True),
    ("\n", str.upper, False),
    ("\r\n", str.upper, True),
    ("\r\n", str.lower, False),
    ("\n", str.lower, True),
]


def hash_of(password: str) -> str:
    return hashlib.sha1(password.encode()).hexdigest()


def lines_of(passwords: list[str]) -> list[str]:
    """In order; the counts, and so the lines, are of every length."""
    return sorted(f"{hash_of(one)}:{7 ** (number % 12)}" for number, one in enumerate(passwords))


def written(
    folder: Path, passwords: list[str], end: str = "\n", case=str.upper, *, is_ended: bool = True
) -> Path:
    path = folder / "hashes.txt"
    text = end.join(case(line) for line in lines_of(passwords))
    path.write_bytes((text + end * is_ended).encode())
    return path


@pytest.mark.parametrize(("end", "case", "is_ended"), FORMS)
def test_each_of_many_is_found_and_no_other(tmp_path, end, case, is_ended):
    stolen = [f"stolen {number}" for number in range(MANY)]
    path = written(tmp_path, stolen, end, case, is_ended=is_ended)

    assert [one for one in stolen if not is_breached(one, path)] == []
    assert [one for one in range(MANY) if is_breached(f"kept {one}", path)] == []
    assert look_at(path) == path.stat().st_size > 100_000


@pytest.mark.parametrize("count", [1, 2, 3, 80, 90, 91, 92, 93, 94, 95, 200])
def test_the_first_and_the_last_are_found_in_short_lists_too(tmp_path, count):
    stolen = [f"stolen {number}" for number in range(count)]
    path = written(tmp_path, stolen, is_ended=count % 2 == 0)
    by_hash = sorted(stolen, key=hash_of)

    look_at(path)
    assert is_breached(by_hash[0], path)
    assert is_breached(by_hash[-1], path)
    assert not is_breached("kept", path)


def test_what_lies_before_the_first_and_behind_the_last_is_not_there(tmp_path):
    every = sorted((f"one {number}" for number in range(MANY)), key=hash_of)
    path = written(tmp_path, every[1:-1])

    assert [is_breached(one, path) for one in (every[0], every[-1])] == [False, False]
    assert [is_breached(one, path) for one in (every[1], every[-2])] == [True, True]


def test_letters_of_elsewhere_and_lists_without_counts(tmp_path):
    path = tmp_path / "hashes.txt"
    path.write_text("".join(f"{one}\n" for one in sorted(map(hash_of, ("Möwe ", "moewe", "x")))))

    assert [is_breached(one, path) for one in ("Möwe ", "Möwe", "möwe ")] == [True, False, False]


class Large(io.RawIOBase):
    """A list of 40 GB that is written where it is read; one of its lines has this hash."""

    line_bytes = 45
    lines = 40_000_000_000 // line_bytes
    name = "large"

    def __init__(self, wanted: str) -> None:
        self._wanted = int(wanted, 16)
        self._step = (1 << 160) // self.lines
        self._at = 0
        self.bytes_read = 0

    def readable(self):
        return True

    def seekable(self):
        return True

    def seek(self, place, whence=0):
        self._at = place + (0, self._at, self.lines * self.line_bytes)[whence]
        return self._at

    def readinto(self, into):
        number, within = divmod(self._at, self.line_bytes)
        count = min(len(into) // self.line_bytes + 2, self.lines - number)
        text = "".join(self._line(number + more) for more in range(count)).encode()
        piece = text[within : within + len(into)]
        into[: len(piece)] = piece
        self._at += len(piece)
        self.bytes_read += len(piece)
        return len(piece)

    def _line(self, number):
        found = number * self._step + self._wanted % self._step
        return f"{found:040X}:123\n"

    def open(self, _mode):
        """As a path is opened."""
        return io.BufferedReader(self, 8192)


@pytest.mark.parametrize(("password", "is_there"), [("stolen", True), ("kept", False)])
def test_of_a_large_list_little_is_read(password, is_there):
    large = Large(hash_of("stolen"))
    assert is_breached(password, large) is is_there
    assert 0 < large.bytes_read < 500_000

    looked = Large(hash_of("stolen"))
    assert look_at(looked) > 39_000_000_000
    assert 0 < looked.bytes_read < 2_000_000


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b"\n\n", "another form"),
        (b"password\nqwerty\n", "another form"),
        (hash_of("x").encode()[:32] + b":5\n", "another form"),  # the list of NTLM hashes
        (f"{hash_of('x')}:5\n".encode("utf-16"), "another form"),
        (f"{hash_of('x')} 5\n".encode(), "another form"),
        (hash_of("x").encode() + b":" + b"1" * 200 + b"\n", "another form"),
        (b"".join(f"{one}:1\n".encode() for one in ("f" * 40, "0" * 40)), "another order"),
        (
            b"".join(f"{hash_of(str(one))}:1\n".encode() for one in range(MANY)),
            "another order",
        ),
    ],
)
def test_what_is_no_list_in_order_is_refused(tmp_path, content, words):
    path = tmp_path / "hashes.txt"
    path.write_bytes(content)
    with pytest.raises(BadHashes, match=words):
        look_at(path)


def test_a_file_that_is_not_there_or_a_folder_is_refused(tmp_path):
    for path, words in ((tmp_path / "none", "No such file"), (tmp_path, "Is a directory")):
        with pytest.raises(BadHashes, match=words):
            look_at(path)
        with pytest.raises(BadHashes, match=words):
            is_breached("any", path)


def test_lines_that_are_broken_later_on_let_nothing_pass(tmp_path):
    stolen = [f"stolen {number}" for number in range(MANY)]
    path = written(tmp_path, stolen)
    content = bytearray(path.read_bytes())
    content[len(content) // 2 - 2000 : len(content) // 2 + 2000] = b"\0" * 4000
    path.write_bytes(content)
    with pytest.raises(BadHashes, match="another form"):
        is_breached("any", path)
