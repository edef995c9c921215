"""What `serve` hands to the pages: bodies in time and whole, headers that say one thing, and a
refusal where too much waits."""

import asyncio
import threading
from collections.abc import Callable, Iterable
from typing import Any

import pytest
from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpRequest, HttpResponse

from counterfoil.config import doorway
from counterfoil.config.doorway import Doorway
from counterfoil.infra.http import unhurried

Told = list[dict[str, Any]]


def scope(path: str = "/", *headers: tuple[bytes, bytes], method: str = "POST") -> dict[str, Any]:
    return {
        "type": "http", "method": method, "scheme": "http", "http_version": "1.1",
        "path": path, "raw_path": path.encode(), "query_string": b"a=%ff", "headers": headers,
        "client": ("192.0.2.7", 4711), "server": ("127.0.0.1", 8000),
    }  # fmt: skip


async def asked(door: Doorway, where: dict[str, Any], *pieces: bytes, pause: float = 0) -> Told:
    """What is told to a caller who sends these pieces, one after the other, and then nothing."""
    told: Told = []
    left = list(pieces)

    async def receive() -> dict[str, Any]:
        await asyncio.sleep(pause)
        if not left:
            await asyncio.Event().wait()
        piece = left.pop(0)
        return {"type": "http.request", "body": piece, "more_body": bool(left) or pause > 0}

    async def send(message: Any) -> None:
        told.append(message)

    await door(where, receive, send)
    return told


def length(number: int) -> tuple[bytes, bytes]:
    return b"content-length", str(number).encode()


def status(told: Told) -> int:
    return int(told[0]["status"])


def echo(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
    """Says which path was asked for, and what came with it."""
    start("200 OK", [("X-Path", environ["PATH_INFO"])])
    return [environ["wsgi.input"].read()]


class Held:
    """An application that answers when it may."""

    def __init__(self) -> None:
        self.may = threading.Event()
        self.inside = threading.Semaphore(0)

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        self.inside.release()
        assert self.may.wait(20)
        start("200 OK", [])
        return [b"ok"]


def test_a_body_in_pieces_arrives_whole() -> None:
    told = asyncio.run(asked(Doorway(echo), scope("/x", length(6)), b"ab", b"cd", b"ef"))
    assert (status(told), told[1]["body"], told[1]["more_body"]) == (200, b"abcdef", False)


def test_a_body_that_does_not_come_is_refused_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doorway, "BODY_SECONDS", 0.2)
    slow = asked(Doorway(echo), scope("/x", length(1000)), *[b"a"] * 1000, pause=0.05)
    for case in (slow, asked(Doorway(echo), scope("/x", length(9)), b"a", pause=0.05)):
        told = asyncio.run(asyncio.wait_for(case, 5))
        assert (status(told), dict(told[0]["headers"])[b"connection"]) == (408, b"close")


def test_a_body_that_goes_on_coming_has_the_time_that_it_needs(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(doorway, "BODY_SECONDS", 0.2)
    pieces = [b"a" * 1000] * 20  # half a second more for each

    async def run() -> Told:
        left = list(pieces)

        async def receive() -> dict[str, Any]:
            await asyncio.sleep(0.05)
            return {"type": "http.request", "body": left.pop(), "more_body": bool(left)}

        told: Told = []

        async def send(message: Any) -> None:
            told.append(message)

        await Doorway(echo)(scope("/x", length(20_000)), receive, send)
        return told

    assert len(b"".join(one.get("body", b"") for one in asyncio.run(run()))) == 20_000


def test_what_announces_more_than_anybody_takes_is_not_read() -> None:
    from django.core.exceptions import RequestDataTooBig

    def reader(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        for read in (environ["wsgi.input"].read, environ["wsgi.input"].readline):
            with pytest.raises(RequestDataTooBig):
                read(10)
        start("413 Too Large", [])
        return [b""]

    where = scope("/x", length(doorway.BODY_BYTES_MAX + 1))
    assert status(asyncio.run(asyncio.wait_for(asked(Doorway(reader), where), 5))) == 413


def test_so_many_large_bodies_at_once_and_small_ones_beside_them() -> None:
    async def run() -> tuple[int, int]:
        door = Doorway(echo)
        large = scope("/x", length(doorway.IN_MEMORY_BYTES + 1))
        waiting = [
            asyncio.create_task(asked(door, large, b"a", pause=0.01))
            for _ in range(doorway.LARGE_BODIES_MAX)
        ]
        await asyncio.sleep(0.05)
        refused = status(await asked(door, large, b"a"))
        taken = status(await asked(door, scope("/x", length(1)), b"a"))
        for one in waiting:
            one.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
        assert status(await asked(door, large, b"a")) == 200
        return refused, taken

    assert asyncio.run(asyncio.wait_for(run(), 10)) == (503, 200)


def test_where_too_many_wait_the_next_is_told_to_come_again_and_webhooks_pass(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(doorway, "WAITING_MAX", 6)
    held = Held()

    async def run() -> None:
        door = Doorway(held)
        waiting = [asyncio.create_task(asked(door, scope("/pay"))) for _ in range(6)]
        await asyncio.to_thread(lambda: [held.inside.acquire() for _ in range(doorway.THREADS)])
        told = await asked(door, scope("/pay"))
        assert (status(told), dict(told[0]["headers"])[b"retry-after"]) == (503, b"2")
        hook = asyncio.create_task(asked(door, scope("/hooks/harrow/gwa_1")))
        assert await asyncio.to_thread(held.inside.acquire, timeout=5)
        held.may.set()
        assert [status(one) for one in await asyncio.gather(*waiting, hook)] == [200] * 7
        assert status(await asked(door, scope("/pay"))) == 200

    asyncio.run(asyncio.wait_for(run(), 15))


def test_headers_say_one_thing() -> None:
    """A header that comes twice is a list, as a proxy meant it; one with an underscore is none."""
    where = scope(
        "/a%ff%2F%00",
        (b"x-forwarded-for", b"198.51.100.1"), (b"x_forwarded_for", b"10.0.0.1"),
        (b"x-forwarded-for", b"203.0.113.9"), (b"cookie", b"a=1"), (b"cookie", b"b=2"),
        (b"content_length", b"7"), (b"content-type", b"text/plain"), (b"host", b"h.example"),
    )  # fmt: skip
    environ = doorway.environ_of(where, None)
    assert environ["HTTP_X_FORWARDED_FOR"] == "198.51.100.1,203.0.113.9"
    assert environ["HTTP_COOKIE"] == "a=1; b=2"
    assert "CONTENT_LENGTH" not in environ
    assert (environ["CONTENT_TYPE"], environ["HTTP_HOST"]) == ("text/plain", "h.example")
    assert (environ["PATH_INFO"], environ["QUERY_STRING"]) == ("/a\xff/\x00", "a=%ff")
    assert (environ["REMOTE_ADDR"], environ["SERVER_PORT"]) == ("192.0.2.7", "8000")


def test_a_long_answer_goes_out_in_pieces_and_is_closed_before() -> None:
    done: list[str] = []

    class Pieces:
        def __iter__(self) -> Any:
            for _ in range(10):
                yield b"x" * 100_000

        def close(self) -> None:
            done.append("closed")

    def long(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        start("200 OK", [("Content-Type", "text/csv")])
        return Pieces()

    told = asyncio.run(asked(Doorway(long), scope("/export")))
    assert sum(len(one["body"]) for one in told[1:]) == 1_000_000
    assert [one["more_body"] for one in told[1:]] == [True] * (len(told) - 2) + [False]
    assert done == ["closed"]


def of_django(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
    """Reads the request as the pages do."""
    from django.core.handlers.wsgi import WSGIRequest

    start("200 OK", [("X-Read", str(len(WSGIRequest(environ).GET)))])
    return [b""]


@pytest.mark.parametrize(
    "said", ["a/b; charset=hex", "a/b; charset=undefined", "; charset=rot13", "a/b; charset=latin1",
             "a/b; charset=utf-8; charset=hex", "a/b; a*=no-charset'en'%41"],
)  # fmt: skip
def test_what_is_said_to_be_written_in_no_charset_of_ours_is_refused(said: str) -> None:
    """Django takes any word for a charset that Python knows as a codec, and falls over `hex`."""
    for pieces in ((), (length(6),)):
        where = scope("/x", (b"content-type", said.encode()), *pieces)
        told = asyncio.run(asked(Doorway(of_django), where, *[b"abcdef"] * len(pieces)))
        assert (status(told), dict(told[0]["headers"])[b"connection"]) == (415, b"close")


@pytest.mark.parametrize(
    "said", ["", "a/b", "a/b; charset=utf-8", 'a/b;charset="UTF-8"', "a/b; charset=us-ascii", "%"]
)
def test_what_is_written_as_everywhere_is_read(said: str) -> None:
    where = scope("/x", (b"content-type", said.encode()))
    assert status(asyncio.run(asked(Doorway(of_django), where))) == 200


def test_an_answer_that_is_held_back_takes_no_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doorway, "THREADS", 1)
    monkeypatch.setattr(unhurried, "SECONDS", 0.5)
    order: list[str] = []

    @unhurried.unhurried
    def page(request: HttpRequest) -> HttpResponse:
        return HttpResponse()

    def application(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        if environ["PATH_INFO"] == "/held":
            page(WSGIRequest(environ))
        start("200 OK", [])
        return [b"ok"]

    async def ask(door: Doorway, path: str) -> float:
        loop = asyncio.get_running_loop()
        began = loop.time()
        await asked(door, scope(path))
        order.append(path)
        return loop.time() - began

    async def all_of_them() -> list[float]:
        door = Doorway(application)
        return await asyncio.gather(*(ask(door, path) for path in ("/held", "/held", "/plain")))

    first, second, _plain = asyncio.run(all_of_them())
    assert order[0] == "/plain"
    assert min(first, second) >= 0.5
