"""Speaks with ClamAV's daemon (clamd): the whole file by INSTREAM, one connection a question."""

import re
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager

from counterfoil.kernel.ports.scanners import NotScanned, TooLargeToScan

CONNECT_SECONDS = 3.0
ANSWER_SECONDS = 30.0  # for a whole file: it is sent, and looked through
ANSWER_BYTES_MAX = 4096
_PART_BYTES = 256 * 1024
_NOTHING = "stream: OK"
_FOUND = re.compile(r"stream: (.+) FOUND")
_PORTS = range(1, 65536)
_LABEL = r"[A-Za-z0-9_-]{1,63}"
_HOST = re.compile(rf"{_LABEL}(\.{_LABEL})*|\[[0-9A-Fa-f:.]{{2,45}}\]")

Address = tuple[str, int] | str


class BadScannerAddress(ValueError):
    """The setting does not say where the scanner is reached."""


class _Silent(Exception):
    """No whole answer came."""


def open_scanner(address: str) -> "ClamdScanner":
    """The scanner at `host:port` or `unix:/path`; refuses (`BadScannerAddress`) anything else."""
    return ClamdScanner(address_of(address))


def address_of(text: str) -> Address:
    """The host and port, or the path of a socket, that a setting names; refuses other forms."""
    path = text.removeprefix("unix:")
    if path != text and path.startswith("/"):
        return path
    host, _, port = text.rpartition(":")
    is_port = re.fullmatch(r"[0-9]{1,5}", port) and int(port) in _PORTS
    if not is_port or not _HOST.fullmatch(host):
        raise BadScannerAddress("a scanner is named host:port or unix:/path")
    return host.strip("[]"), int(port)


class ClamdScanner:
    """A clamd; what it does not say whole and in time, it did not say."""

    def __init__(
        self, address: Address, *, connect_seconds: float = CONNECT_SECONDS,
        answer_seconds: float = ANSWER_SECONDS,
    ) -> None:  # fmt: skip
        self._address = address
        self._where = address if isinstance(address, str) else f"{address[0]}:{address[1]}"
        self._connect_seconds = connect_seconds
        self._answer_seconds = answer_seconds

    def scan(self, content: bytes) -> str:
        """The name of what was found, or nothing; see the port for what each error means."""
        answer, is_whole = self._asked(b"zINSTREAM\0", content)
        if found := _FOUND.fullmatch(answer):
            return _shown(found[1])
        if answer.endswith("size limit exceeded. ERROR"):
            raise TooLargeToScan
        if not is_whole or answer != _NOTHING:
            raise NotScanned(f"The scanner at {self._where} says: {_shown(answer)}.")
        return ""

    def check(self) -> str:
        """Asks for its version, and has it look through a few bytes."""
        version, _ = self._asked(b"zVERSION\0")
        self.scan(b"check")
        return f"{_shown(version)} at {self._where}"

    def _asked(self, command: bytes, content: bytes | None = None) -> tuple[str, bool]:
        """What it answers, and whether all was sent by then: it may say no before the end."""
        try:
            with self._connected() as line:
                line.send(command)
                is_whole = content is None or line.send_stream(content)
                return line.answer(), is_whole
        except _Silent as trouble:
            why = str(trouble)
        except TimeoutError:
            why = "it took too long"
        except OSError as error:
            why = error.strerror or str(error)
        raise NotScanned(f"The scanner at {self._where} does not answer: {why}.")

    @contextmanager
    def _connected(self) -> Iterator["_Line"]:
        if isinstance(self._address, str):
            connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            connection.settimeout(self._connect_seconds)
            with connection:
                connection.connect(self._address)
                yield _Line(connection, self._answer_seconds)
            return
        with socket.create_connection(self._address, self._connect_seconds) as connection:
            yield _Line(connection, self._answer_seconds)


class _Line:
    """A connection, and the moment until which everything on it has to be over."""

    def __init__(self, connection: socket.socket, seconds: float) -> None:
        self._connection = connection
        self._until = time.monotonic() + seconds

    def send(self, content: bytes | memoryview) -> None:
        """Sends these bytes, all of them."""
        self._in_time().sendall(content)

    def send_stream(self, content: bytes) -> bool:
        """Sends a file in parts, each behind its length, and an empty part at the end; False where
        the other side wanted no more of it."""
        whole = memoryview(content)
        try:
            for start in range(0, len(content), _PART_BYTES):
                part = whole[start : start + _PART_BYTES]
                self.send(len(part).to_bytes(4, "big"))
                self.send(part)
            self.send(bytes(4))
        except (BrokenPipeError, ConnectionResetError):
            return False
        return True

    def answer(self) -> str:
        """What comes until the sign that ends it; without that it is none (`_Silent`)."""
        heard = b""
        while not heard.endswith(b"\0"):
            more = self._in_time().recv(ANSWER_BYTES_MAX)
            if not more:
                raise _Silent("it broke off")
            heard += more
            if len(heard) > ANSWER_BYTES_MAX:
                raise _Silent("it says too much")
        return heard[:-1].decode("utf-8", "replace")

    def _in_time(self) -> socket.socket:
        left = self._until - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self._connection.settimeout(left)
        return self._connection


def _shown(answer: str) -> str:
    return "".join(sign if sign.isprintable() else " " for sign in answer)[:200]
