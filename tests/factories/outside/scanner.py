"""Scanners on the loopback: one that speaks clamd's protocol and answers as it is told, and clamd
itself with a list of one harm."""

import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

HARM = b"what the scanner of these tests takes for harm"
HARM_NAME = "Tests.Own-Harm"
SECONDS_MAX = 60
_PLACES = "/usr/local/sbin:/usr/sbin:/sbin:/usr/local/bin:/usr/bin:/bin"


class Scanner:
    """Takes files as clamd does. What it says of each: its judgement, or what stands in `says`."""

    def __init__(self) -> None:
        self.seen: list[bytes] = []
        self.says: bytes | None = None
        """In place of a judgement; without a NUL at its end it breaks off after it."""
        self.takes_bytes_max = 1 << 40
        self.is_mute = False
        self._end = threading.Event()
        self._server = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self._server.getsockname()[1]}"
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        """Nobody listens any more."""
        self._end.set()
        with suppress(OSError):
            self._server.shutdown(socket.SHUT_RDWR)  # who waits there for a line waits no more
        self._server.close()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                line, _ = self._server.accept()
                threading.Thread(target=self._talk, args=(line,), daemon=True).start()

    def _talk(self, line: socket.socket) -> None:
        with line, line.makefile("rb") as heard:
            command = b""
            while not command.endswith(b"\0"):
                command += heard.read(1)
            answer = self._answer(command, heard)
            if self.is_mute:
                self._end.wait(SECONDS_MAX)
                return
            line.sendall(answer if self.says is None else self.says)

    def _answer(self, command: bytes, heard: object) -> bytes:
        if command == b"zVERSION\0":
            return b"ClamAV of these tests\0"
        if command != b"zINSTREAM\0":
            return b"UNKNOWN COMMAND\0"
        content = b""
        while size := int.from_bytes(heard.read(4), "big"):  # type: ignore[attr-defined]
            part = heard.read(size)  # type: ignore[attr-defined]
            assert len(part) == size
            content += part
            if len(content) > self.takes_bytes_max:
                return b"INSTREAM size limit exceeded. ERROR\0"
        self.seen.append(content)
        return f"stream: {HARM_NAME} FOUND\0".encode() if HARM in content else b"stream: OK\0"


def clamd_program() -> str | None:
    """Where clamd is installed, if it is."""
    return shutil.which("clamd", path=_PLACES)


@contextmanager
def own_clamd(folder: Path, harm: bytes) -> Iterator[tuple[str, str]]:
    """clamd, which knows this one harm and takes a megabyte; where it is reached, both ways."""
    known = folder / "known"
    known.mkdir()
    (known / "own.ndb").write_text(f"{HARM_NAME}:0:*:{harm.hex()}\n")
    with socket.create_server(("127.0.0.1", 0)) as one:
        port = one.getsockname()[1]
    path = folder / "clamd.sock"
    told = folder / "clamd.conf"
    told.write_text(
        f"Foreground yes\nDatabaseDirectory {known}\nTCPSocket {port}\nTCPAddr 127.0.0.1\n"
        f"LocalSocket {path}\nStreamMaxLength 1M\nTemporaryDirectory {folder}\n"
    )
    program = clamd_program()
    assert program
    with (folder / "clamd.log").open("wb") as said:
        process = subprocess.Popen([program, "-c", str(told)], stdout=said, stderr=said)
    try:
        deadline = time.monotonic() + SECONDS_MAX
        while not _listens(path):
            assert process.poll() is None, (folder / "clamd.log").read_text()
            assert time.monotonic() < deadline, (folder / "clamd.log").read_text()
            time.sleep(0.1)
        yield f"127.0.0.1:{port}", f"unix:{path}"
    finally:
        process.terminate()
        process.wait(SECONDS_MAX)


def _listens(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as one:
        try:
            one.connect(str(path))
        except OSError:
            return False
    return True
