"""A wire to the database that is cut once, at the COMMIT: before it gets there, or after."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Literal

from django.db import connection

Moment = Literal["before", "after"]


class Wire:
    """Passes bytes between the application and the server; cuts one connection."""

    def __init__(self, upstream: tuple[str, int], moment: Moment) -> None:
        self._upstream = upstream
        self._moment = moment
        self.cuts = 0
        self._answered = threading.Event()
        self._cut: socket.socket | None = None
        self._door = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._door.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """No new connection is taken."""
        self._door.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._door.accept()
                far = self._connect()
                threading.Thread(target=self._forth, args=(near, far), daemon=True).start()
                threading.Thread(target=self._back, args=(near, far), daemon=True).start()

    def _connect(self) -> socket.socket:
        host, port = self._upstream
        if not host.startswith("/"):
            return socket.create_connection(self._upstream)
        far = socket.socket(socket.AF_UNIX)
        far.connect(str(Path(host) / f".s.PGSQL.{port}"))
        return far

    def _forth(self, near: socket.socket, far: socket.socket) -> None:
        with suppress(OSError):
            while data := near.recv(65536):
                if not self.cuts and b"COMMIT" in data:
                    self.cuts += 1
                    self._cut = near
                    if self._moment == "after":
                        far.sendall(data)
                        self._answered.wait(5)
                    break
                far.sendall(data)
        _end(near, far)

    def _back(self, near: socket.socket, far: socket.socket) -> None:
        with suppress(OSError):
            while data := far.recv(65536):
                if near is self._cut:
                    self._answered.set()
                    break
                near.sendall(data)
        _end(near, far)


def _end(*sockets: socket.socket) -> None:
    for one in sockets:
        with suppress(OSError):
            one.shutdown(socket.SHUT_RDWR)
        one.close()


@contextmanager
def cut_at_commit(moment: Moment) -> Iterator[Wire]:
    """This process reaches the database over a wire that is cut at the next COMMIT."""
    known = connection.settings_dict
    place = (known["HOST"], known["PORT"])
    connection.close()
    wire = Wire((place[0] or "/tmp", int(place[1] or 5432)), moment)
    known["HOST"], known["PORT"] = "127.0.0.1", str(wire.port)
    try:
        yield wire
    finally:
        connection.close()
        known["HOST"], known["PORT"] = place
        wire.close()
