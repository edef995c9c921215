"""An answer that never comes: the connection is held, then cut without a byte."""

import asyncio
import os
import socket
from pathlib import Path

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

_DESCRIPTORS = ("/proc/self/fd", "/dev/fd")
_ON_ITS_WAY_SECONDS = 0.1


class LostAnswer(Response):
    """Holds, as a rule longer than any caller's deadline, then cuts the connection.

    A web server always ends a request with some answer, so the socket itself is shut.
    """

    def __init__(self, hold_seconds: float) -> None:
        super().__init__()
        self._hold_seconds = hold_seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Waits and cuts; nothing is sent."""
        await asyncio.sleep(self._hold_seconds)
        _cut_peer(scope)


class CutAnswer(Response):
    """Sends a good status and the first half of the body, then cuts the connection."""

    def __init__(self, text: str, status: int) -> None:
        super().__init__(text, status, media_type="application/json")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Sends half and cuts."""
        headers = {"type": "http.response.start", "status": self.status_code}
        await send(headers | {"headers": self.raw_headers})
        half = bytes(self.body[: len(self.body) // 2])
        await send({"type": "http.response.body", "body": half, "more_body": True})
        await asyncio.sleep(_ON_ITS_WAY_SECONDS)
        _cut_peer(scope)


def _cut_peer(scope: Scope) -> None:
    host, port = scope["client"]
    _cut(str(host), int(port))


def _cut(host: str, port: int) -> None:
    """Shuts the connection to this peer; quiet if the peer has left already."""
    folder = next((Path(name) for name in _DESCRIPTORS if Path(name).is_dir()), None)
    for entry in folder.iterdir() if folder else ():
        connection = _socket_of(int(entry.name))
        if connection is None:
            continue
        with connection:
            try:
                if connection.getpeername()[:2] == (host, port):
                    connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue


def _socket_of(descriptor: int) -> socket.socket | None:
    """A second hold on an open socket; None where the descriptor is gone, or of something else."""
    try:
        second = os.dup(descriptor)
    except OSError:
        return None
    try:
        return socket.socket(fileno=second)
    except OSError:
        os.close(second)
        return None
