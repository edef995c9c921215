"""The line between an adapter and its counterpart, which breaks when a test says so."""

import threading
import time
from collections.abc import Callable
from enum import StrEnum
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx

from adapters.gateways.contract.counterpart import Counterpart
from counterfoil.kernel.money import Money

_HOP_BY_HOP = {"connection", "host", "transfer-encoding", "content-length", "accept-encoding",
               "content-encoding", "keep-alive", "date", "server"}  # fmt: skip
HANG_SECONDS = 8.0


class Fault(StrEnum):
    """What happens to the next call that moves money."""

    CUT_BEFORE = "cut_before"  # never passed on, and the connection is cut
    CUT_AFTER = "cut_after"  # done over there, and the answer never comes
    HANG = "hang"  # done over there; the answer is later than anybody waits
    ERROR_BEFORE = "error_before"  # 500, and nothing happened
    ERROR_AFTER = "error_after"  # 500, and it happened
    BUSY = "busy"  # 429 with Retry-After, and nothing happened
    TRUNCATED = "truncated"  # a good status and half of a body; it happened
    GARBAGE = "garbage"  # a good status and somebody else's page; it happened
    ANOTHER_AMOUNT = "another_amount"  # the answer tells one minor unit more than what moved


_INSTEAD = {
    Fault.BUSY: HTTPStatus.TOO_MANY_REQUESTS,
    Fault.ERROR_BEFORE: HTTPStatus.INTERNAL_SERVER_ERROR,
}


class Line:
    """Passes everything on to a counterpart, except where a fault waits for a call."""

    def __init__(self, counterpart: Counterpart) -> None:
        self.counterpart = counterpart
        self.calls: list[tuple[str, str]] = []
        self._fault: Fault | None = None
        self._alter: Callable[[bytes], bytes] = bytes
        self._closing = threading.Event()
        self._http = httpx.Client(
            timeout=30, trust_env=False, limits=httpx.Limits(max_keepalive_connections=0)
        )
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def break_next(self, fault: Fault) -> None:
        """The next call that moves money meets this."""
        self._fault = fault

    def tell_another_amount(self, amount: Money) -> None:
        """The next answer about money tells one minor unit more than this."""
        more = Money(amount.minor + 1, amount.currency)
        old, new = map(self.counterpart.amount_text, (amount, more))
        self._alter = lambda body: body.replace(old, new)
        self._fault = Fault.ANOTHER_AMOUNT

    def close(self) -> None:
        """Stops listening."""
        self._closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._http.close()

    def fault_for(self, method: str, path: str) -> Fault | None:
        """The waiting fault, if this is its call; then it waits no longer."""
        self.calls.append((method, path))
        if self._fault is None or not self.counterpart.moves_money(method, path):
            return None
        fault, self._fault = self._fault, None
        return fault

    def told(self, fault: Fault | None, body: bytes) -> bytes:
        """What is told instead of this body."""
        if fault is Fault.GARBAGE:
            return b"<html>welcome</html>"
        return self._alter(body) if fault is Fault.ANOTHER_AMOUNT else body

    def pass_on(
        self, method: str, path: str, headers: dict[str, str], body: bytes
    ) -> httpx.Response:
        """What the counterpart answers."""
        kept = {name: value for name, value in headers.items() if name.lower() not in _HOP_BY_HOP}
        return self._http.request(method, self.counterpart.url + path, headers=kept, content=body)

    def hang(self) -> None:
        """Longer than anybody waits, but not longer than the test."""
        self._closing.wait(HANG_SECONDS)


def _handler(line: Line) -> type[BaseHTTPRequestHandler]:  # noqa: C901  a branch a fault
    class Handler(BaseHTTPRequestHandler):
        def handle_call(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            fault = line.fault_for(self.command, self.path.partition("?")[0])
            if fault is Fault.CUT_BEFORE:
                return
            if fault in _INSTEAD:
                self.answer(_INSTEAD[fault], b"{}", {"Retry-After": "3"})
                return
            there = line.pass_on(self.command, self.path, dict(self.headers.items()), body)
            if fault is Fault.HANG:
                line.hang()
            if fault in (Fault.CUT_AFTER, Fault.HANG):
                return
            if fault is Fault.ERROR_AFTER:
                self.answer(500, b"{}", {})
                return
            kept = {k: v for k, v in there.headers.items() if k.lower() not in _HOP_BY_HOP}
            content = line.told(fault, there.content)
            cut = len(content) // 2 if fault is Fault.TRUNCATED else len(content)
            self.answer(there.status_code, content[:cut], kept, length=len(content))

        def __getattr__(self, name: str) -> Callable[[], None]:
            if name.startswith("do_"):
                return self.handle_call
            raise AttributeError(name)

        def answer(
            self, status: int, body: bytes, headers: dict[str, str], length: int | None = None
        ) -> None:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            if status != HTTPStatus.NO_CONTENT:
                self.send_header("Content-Length", str(len(body) if length is None else length))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_values: object) -> None:
            """Quiet."""

    return Handler


def wait_until(done: Callable[[], bool], seconds: float = 10) -> None:
    """Waits for something that a server does by itself."""
    ends = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < ends, "it did not happen in time"
        time.sleep(0.02)
