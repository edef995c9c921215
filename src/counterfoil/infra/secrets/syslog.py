"""Sends the log to another machine as well: as syslog (RFC 5424), over TLS or as it is said.

Who writes a line never waits for that machine: lines stand in a queue, a thread sends them. Where
it takes none, the newest are left out and counted, and the log says so; standard error has them
all.
"""

import contextlib
import logging
import os
import queue
import re
import socket
import ssl
import threading
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from counterfoil.kernel.hosts import is_loopback

QUEUE_MAX = 10_000
WAIT_SECONDS = 5.0  # for the other machine to take a connection, or what was sent
AGAIN_SECONDS = 2.0  # before it is tried again
TOLD_SECONDS = 60.0  # between two words about lines that were left out
LAST_SECONDS = 2.0  # for what is still queued when the process ends
STREAM_BYTES, DATAGRAM_BYTES = 8192, 2048  # RFC 5425, 4.3.1; RFC 5426, 3.2
_PORTS = {"tls": 6514, "tcp": 514, "udp": 514}
_LOCAL0 = 16 << 3
_SEVERITIES = ((logging.CRITICAL, 2), (logging.ERROR, 3), (logging.WARNING, 4), (logging.INFO, 6))
_ODD = re.compile(r"[^!-~]")
_log = logging.getLogger("counterfoil.syslog")


@dataclass(frozen=True, slots=True)
class Place:
    """Where the lines go: `ca` is a file with the authorities of its certificate, if not those
    that the system trusts."""

    scheme: str
    host: str
    port: int
    ca: str = ""

    def __str__(self) -> str:
        return f"{self.scheme}://{self.host}:{self.port}"


def place_of(address: str) -> Place:
    """Reads `tls://host:port?ca=FILE`, `tcp://…`, `udp://…`; `host:port` alone is TLS, or TCP on
    this machine. Refuses (`ValueError`) anything else."""
    has_scheme = "://" in address
    parts = urlsplit(address if has_scheme else f"tls://{address}")
    host, told = parts.hostname or "", parse_qs(parts.query)
    scheme = parts.scheme if has_scheme or not is_loopback(host) else "tcp"
    is_odd = parts.path.strip("/") or parts.username or set(told) - {"ca"}
    if scheme not in _PORTS or not host or is_odd:
        raise ValueError("write it like tls://logs.example.com:6514, with tls, tcp or udp")
    ca = told.get("ca", [""])[0]
    if ca and not Path(ca).is_file():
        raise ValueError(f"there is no file {ca}")
    return Place(scheme, host, parts.port or _PORTS[scheme], ca)


class Syslog(logging.Handler):
    """Queues each line for one machine; `most` is how many may wait."""

    def __init__(self, address: str, most: int = QUEUE_MAX) -> None:
        super().__init__()
        self._line = _Line(place_of(address))
        self._waiting: queue.Queue[bytes] = queue.Queue(most)
        self._sender: threading.Thread | None = None
        self._is_ending = threading.Event()
        self._told_at = -TOLD_SECONDS
        self._is_away = False
        self.left_out = 0
        """How many lines were not sent since the log said so last."""

    def emit(self, record: logging.LogRecord) -> None:
        """Queues a line, or counts it as left out; waits for nothing."""
        try:
            if self._waiting.full():  # before the work of making a line
                self.left_out += 1
            else:
                entry = _entry(record, self.format(record))
                self._waiting.put_nowait(_cut(entry, STREAM_BYTES))
        except Exception:  # noqa: BLE001  as every handler does: what can't be written stops nobody
            self.handleError(record)
        if self._sender is None or not self._sender.is_alive():  # a fork leaves it behind
            self._sender = threading.Thread(target=self._send_all, name="syslog", daemon=True)
            self._sender.start()

    def close(self) -> None:
        """Gives what is queued a moment to go out."""
        until = time.monotonic() + LAST_SECONDS
        while self._waiting.unfinished_tasks and time.monotonic() < until:
            time.sleep(0.01)
        self._is_ending.set()
        super().close()

    def _send_all(self) -> None:
        while not self._is_ending.is_set():
            entry = self._waiting.get()
            while not self._is_ending.is_set() and not self._went(entry):
                self._is_ending.wait(AGAIN_SECONDS)
            self._waiting.task_done()
            self._tell_left_out()

    def _went(self, entry: bytes) -> bool:
        try:
            self._line.send(entry)
        except (OSError, ValueError) as trouble:
            if not self._is_away:
                _log.warning("%s takes no lines of the log: %s", self._line.place, trouble)
            self._is_away = True
            self._tell_left_out()
            return False
        if self._is_away:
            _log.warning("%s takes the log again", self._line.place)
        self._is_away = False
        return True

    def _tell_left_out(self) -> None:
        if self.left_out and time.monotonic() - self._told_at >= TOLD_SECONDS:
            self.acquire()  # those who write lines count meanwhile
            count, self.left_out, self._told_at = self.left_out, 0, time.monotonic()
            self.release()
            _log.warning("%s lines of the log were not sent to %s", count, self._line.place)


class _Line:
    """The connection: made when it is needed, and anew after anything went wrong."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self._socket: socket.socket | None = None

    def send(self, entry: bytes) -> None:
        """Hands an entry over; raises `OSError` where that can't be done."""
        if self._socket is not None and self._is_closed(self._socket):
            self._drop()
        try:
            if self._socket is None:
                self._socket = self._open()
            if self.place.scheme == "udp":
                self._socket.send(_cut(entry, DATAGRAM_BYTES))
            else:  # octet counting: RFC 6587, 3.4.1; RFC 5425, 4.3
                self._socket.sendall(b"%d %b" % (len(entry), entry))
        except OSError:
            self._drop()
            raise

    def _open(self) -> socket.socket:
        place = (self.place.host, self.place.port)
        if self.place.scheme == "udp":
            [family, *_], *_others = socket.getaddrinfo(*place, type=socket.SOCK_DGRAM)
            made = socket.socket(family, socket.SOCK_DGRAM)
            made.connect(place)
            return made
        made = socket.create_connection(place, timeout=WAIT_SECONDS)
        if self.place.scheme == "tcp":
            return made
        trusted = ssl.create_default_context(cafile=self.place.ca or None)
        try:
            return trusted.wrap_socket(made, server_hostname=self.place.host)
        except OSError:
            made.close()
            raise

    def _is_closed(self, known: socket.socket) -> bool:
        """Whether the other side has hung up: the first line after that would be lost."""
        if self.place.scheme == "udp":
            return False
        known.setblocking(False)
        try:
            return known.recv(1024) == b""
        except (BlockingIOError, ssl.SSLWantReadError):
            return False
        except OSError:
            return True
        finally:
            known.settimeout(WAIT_SECONDS)

    def _drop(self) -> None:
        if self._socket is not None:
            with contextlib.suppress(OSError):
                self._socket.close()
        self._socket = None


def _entry(record: logging.LogRecord, text: str) -> bytes:
    """RFC 5424, 6: facility local0; without a byte order mark, which programs would read as a part
    of what follows."""
    severity = next((one for level, one in _SEVERITIES if record.levelno >= level), 7)
    at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
    head = f"<{_LOCAL0 + severity}>1 {at.replace('+00:00', 'Z')} {_name(socket.gethostname(), 255)}"
    where = f"counterfoil {os.getpid()} {_name(record.name, 32)} -"
    return f"{head} {where} {text}".encode("utf-8", "replace")


def _name(text: str, most: int) -> str:
    return _ODD.sub("_", text)[:most] or "-"


def _cut(entry: bytes, most: int) -> bytes:
    """No longer than every receiver takes, and no letter in halves."""
    return entry if len(entry) <= most else entry[:most].decode("utf-8", "ignore").encode()
