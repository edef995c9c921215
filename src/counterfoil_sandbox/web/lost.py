"""An answer that never comes: the connection is held, then cut without a byte."""

import asyncio
import os
import socket
from pathlib import Path

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

HOLD_SECONDS = 8
_DESCRIPTORS = ("/proc/self/fd", "/dev/fd")


class LostAnswer(Response):
    """Holds longer than any caller's deadline, then cuts the connection.

    A web server always ends a request with some answer, so the socket itself is shut.
    """

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Waits and cuts; nothing is sent."""
        await asyncio.sleep(HOLD_SECONDS)
        host, port = scope["client"]
        _cut(str(host), int(port))


def _cut(host: str, port: int) -> None:
    """Shuts the connection to this peer; quiet if the peer has left already."""
    folder = next((Path(name) for name in _DESCRIPTORS if Path(name).is_dir()), None)
    for entry in folder.iterdir() if folder else ():
        try:
            connection = socket.socket(fileno=os.dup(int(entry.name)))
        except OSError:
            continue
        with connection:
            try:
                if connection.getpeername()[:2] == (host, port):
                    connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue
