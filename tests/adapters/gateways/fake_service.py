"""A service on loopback that lives in the test's process: methods answer paths, over real HTTP."""

import json
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit


@dataclass(frozen=True)
class Call:
    """One request as it arrived; names of headers in lower case."""

    method: str
    path: str
    query: dict[str, list[str]]
    headers: dict[str, str]
    body: bytes
    match: tuple[str, ...] = ()

    @property
    def json(self) -> Any:
        """The body, read."""
        return json.loads(self.body)


@dataclass(frozen=True)
class Reply:
    """What is answered: JSON unless it is bytes."""

    status: int
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def content(self) -> bytes:
        """The bytes of the body."""
        if isinstance(self.body, bytes):
            return self.body
        return b"" if self.body is None else json.dumps(self.body).encode()


Answering = Callable[[Call], Reply]


class FakeService:
    """Answers by the first route that fits; every call is kept in `calls`.

    What waits in `next` (a `Reply`, or bytes that are said as they are before the line is cut)
    is answered first, once each, whatever was asked.
    """

    def __init__(self, unknown: Reply | None = None) -> None:
        self.calls: list[Call] = []
        self.next: list[Reply | bytes] = []
        self._unknown = unknown or Reply(404, {})
        self._routes: list[tuple[str, re.Pattern[str], Answering]] = []
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def on(self, method: str, path: str, answering: Answering) -> None:
        """Adds a route; `path` is a pattern, whose groups come as `call.match`."""
        self._routes.append((method, re.compile(path), answering))

    def answer(self, call: Call) -> Reply | bytes:
        """What is said to a call, one at a time."""
        with self._lock:
            self.calls.append(call)
            if self.next:
                return self.next.pop(0)
            for method, path, answering in self._routes:
                found = path.fullmatch(call.path)
                if method == call.method and found:
                    return answering(Call(**{**vars(call), "match": found.groups()}))
            return self._unknown

    def close(self) -> None:
        """Stops listening."""
        self._server.shutdown()
        self._server.server_close()


def _handler(service: FakeService) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def handle_call(self) -> None:
            where = urlsplit(self.path)
            said = service.answer(
                Call(
                    self.command,
                    where.path,
                    parse_qs(where.query),
                    {name.lower(): value for name, value in self.headers.items()},
                    self.rfile.read(int(self.headers.get("content-length", 0))),
                )
            )
            if isinstance(said, bytes):
                self.wfile.write(said)
                self.close_connection = True
                return
            self.send_response(said.status)
            for name, value in said.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(said.content)))
            self.end_headers()
            self.wfile.write(said.content)

        do_GET = do_POST = do_DELETE = do_PATCH = handle_call  # noqa: N815  as the library says

        def log_message(self, *_values: object) -> None:
            """Quiet."""

    return Handler
