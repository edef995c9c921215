"""Between the server and the pages: whoever sends or reads slowly holds a socket, and no thread.

A body is here, whole and in time, before one of the few threads takes the request, and an answer is
made to its end before the first byte of it goes out. Webhooks have threads of their own. An answer
that is held back (`infra.http.unhurried`) waits here.
"""

import asyncio
import io
import sys
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from contextlib import suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from tempfile import SpooledTemporaryFile
from typing import Any, NoReturn
from urllib.parse import unquote_to_bytes

from django.core.exceptions import RequestDataTooBig
from django.utils.http import parse_header_parameters

from counterfoil.config.crew import Crew
from counterfoil.infra.http.unhurried import seconds_of

Message = MutableMapping[str, Any]
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

THREADS = 4  # of a process, each with a database connection
HOOK_THREADS = 1
HOOKS = "/hooks/"
WAITING_MAX = 200  # requests of a process that wait for a thread
BODY_SECONDS = 10.0  # for a body to arrive, and a second more for each so many bytes of it:
BODY_BYTES_A_SECOND = 2_000
BODY_BYTES_MAX = 30_000_000
IN_MEMORY_BYTES = 256_000  # what is larger lies in a temporary file
LARGE_BODIES_MAX = 16  # of a process at once
PIECE_BYTES = 65_536
CHARSETS = frozenset({"utf-8", "utf8", "us-ascii"})


class Unread(io.RawIOBase):
    """The body of a request that announced more than anybody here takes: it is not read."""

    def read(self, size: int = -1) -> NoReturn:
        """Refuses (`RequestDataTooBig`, which is a 400) whoever wants it."""
        raise RequestDataTooBig("The body is too large.")

    def readline(self, size: int | None = -1) -> NoReturn:
        """Refuses like `read`."""
        raise RequestDataTooBig("The body is too large.")


class TooSlow(Exception):
    """The body did not arrive in time."""


class Gone(Exception):
    """The caller went away before the body was here."""


def _held() -> Any:
    """Where a body or an answer lies; whoever asks closes it."""
    return SpooledTemporaryFile(IN_MEMORY_BYTES)


@dataclass(slots=True)
class Answer:
    """What a thread made: held here until the caller has taken it."""

    status: int = 500
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)
    content: Any = field(default_factory=_held)

    def start(self, status: str, headers: list[tuple[str, str]], _error: Any = None) -> None:
        """WSGI's `start_response`."""
        self.status = int(status.split(" ", 1)[0])
        self.headers = [
            (name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers
        ]


class Doorway:
    """Takes requests in, has threads answer them, and hands the answers out."""

    def __init__(self, application: Wsgi) -> None:
        self._application = application
        self._pages = Crew("pages", THREADS)
        self._hooks = Crew("hooks", HOOK_THREADS)
        self._large_bodies = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one request; nobody is answered who went away."""
        if scope["type"] != "http":
            return
        with suppress(Gone):
            try:
                body = await self._taken_in(_announced(scope), receive)
            except TooSlow:
                await _refuse(send, HTTPStatus.REQUEST_TIMEOUT)
                return
            if body is None:
                await _refuse(send, HTTPStatus.SERVICE_UNAVAILABLE)
                return
            with body:
                await self._answered(scope, body, send)

    async def _answered(self, scope: Scope, body: Any, send: Send) -> None:
        environ = environ_of(scope, body)
        if not is_readable(environ.get("CONTENT_TYPE", "")):
            await _refuse(send, HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
            return
        crew = self._hooks if scope["path"].startswith(HOOKS) else self._pages
        if crew.inside >= WAITING_MAX:
            await _refuse(send, HTTPStatus.SERVICE_UNAVAILABLE)
            return
        loop = asyncio.get_running_loop()
        began = loop.time()
        answer = await crew.run(self._made, environ)
        with answer.content:
            if held := seconds_of(environ):
                await asyncio.sleep(began + held - loop.time())
            await _hand_out(answer, send)

    def _made(self, environ: dict[str, Any]) -> Answer:
        """One thread's work: the whole answer, and all that is done when it is closed."""
        answer = Answer()
        told = self._application(environ, answer.start)
        try:
            for piece in told:
                answer.content.write(piece)
        finally:
            if hasattr(told, "close"):
                told.close()
        answer.content.seek(0)
        return answer

    async def _taken_in(self, length: int, receive: Receive) -> Any:
        """The body; None if too many large ones are on their way already. What announced no length
        is none: the pages read none either."""
        if not length:
            return io.BytesIO()
        if length > BODY_BYTES_MAX:
            return Unread()
        is_large = length > IN_MEMORY_BYTES
        if is_large and self._large_bodies >= LARGE_BODIES_MAX:
            return None
        self._large_bodies += is_large
        body = _held()
        try:
            await _fill(body, receive)
        except BaseException:
            body.close()
            raise
        finally:
            self._large_bodies -= is_large
        return body


async def _fill(body: Any, receive: Receive) -> None:
    loop = asyncio.get_running_loop()
    began, got, is_more = loop.time(), 0, True
    try:
        async with asyncio.timeout(None) as limit:
            while is_more:
                limit.reschedule(began + BODY_SECONDS + got / BODY_BYTES_A_SECOND)
                message = await receive()
                if message["type"] != "http.request":
                    raise Gone
                piece = message.get("body", b"")
                got += len(piece)
                body.write(piece)
                is_more = bool(message.get("more_body"))
    except TimeoutError:
        raise TooSlow from None
    body.seek(0)


def _announced(scope: Scope) -> int:
    found = next((value for name, value in scope["headers"] if name == b"content-length"), b"")
    digits = found.strip()[:20]
    return int(digits) if digits.isdigit() else 0


async def _hand_out(answer: Answer, send: Send) -> None:
    await send({"type": "http.response.start", "status": answer.status, "headers": answer.headers})
    piece = answer.content.read(PIECE_BYTES)
    while True:
        following = answer.content.read(PIECE_BYTES) if piece else b""
        is_more = bool(following)
        await send({"type": "http.response.body", "body": piece, "more_body": is_more})
        if not is_more:
            return
        piece = following


async def _refuse(send: Send, status: HTTPStatus) -> None:
    """A refusal in a word, after which the connection ends."""
    text = f"{status.phrase}\n".encode()
    headers = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"cache-control", b"private, no-store"),
        (b"x-content-type-options", b"nosniff"),
        (b"connection", b"close"),
    ]
    if status is HTTPStatus.SERVICE_UNAVAILABLE:
        headers.append((b"retry-after", b"2"))
    await send({"type": "http.response.start", "status": int(status), "headers": headers})
    await send({"type": "http.response.body", "body": text, "more_body": False})


def is_readable(content_type: str) -> bool:
    """Whether a request is written as the pages read it, in UTF-8. Django asks that of some forms
    only; elsewhere it takes every codec of Python for a charset, and falls over `hex`."""
    try:
        _, said = parse_header_parameters(content_type)
    except (LookupError, ValueError):
        return False
    return said.get("charset", "utf-8").lower() in CHARSETS


def environ_of(scope: Scope, body: Any) -> dict[str, Any]:
    """What WSGI calls the request. A header whose name has an underscore is left out: it would
    pass for the one with a hyphen, which a proxy may have checked."""
    host, port = scope.get("server") or ("", 80)
    address = scope.get("client") or ("", 0)
    path = unquote_to_bytes(scope.get("raw_path") or scope["path"].encode())
    environ: dict[str, Any] = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": path.decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_NAME": str(host),
        "SERVER_PORT": str(port),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "REMOTE_ADDR": str(address[0]),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope["scheme"],
        "wsgi.input": body,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    for name, value in scope["headers"]:
        if b"_" in name:
            continue
        key = name.decode("latin-1").upper().replace("-", "_")
        if key not in ("CONTENT_TYPE", "CONTENT_LENGTH"):
            key = f"HTTP_{key}"
        text = value.decode("latin-1")
        between = "; " if key == "HTTP_COOKIE" else ","
        environ[key] = f"{environ[key]}{between}{text}" if key in environ else text
    return environ
