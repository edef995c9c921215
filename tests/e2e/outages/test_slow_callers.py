"""Callers that send or read as slowly as they can: nobody else waits for them."""

import secrets
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from http.client import HTTPResponse

import httpx
import pytest

from e2e import witness
from e2e.stack import Business, Payer, Stack, eventually
from e2e.test_hooks import event, push, secret_of, signed

SLOW = 50  # connections, where a process has four threads
OTHERS_WAIT_MAX = 1.0
BODY_SECONDS = 10
FIELDS = 5_000  # more than any form of ours has
FORM = "application/x-www-form-urlencoded"


def opened(stack: Stack) -> socket.socket:
    """A connection to the web server."""
    return socket.create_connection(("127.0.0.1", stack.port), timeout=30)


def begun(stack: Stack, path: str, length: int = 1000) -> socket.socket:
    """A request that announced a body and sent one byte of it."""
    connection = opened(stack)
    head = f"POST {path} HTTP/1.1\r\nHost: localhost:{stack.port}\r\n"
    head += f"Content-Type: {FORM}\r\nContent-Length: {length}\r\n\r\na"
    connection.sendall(head.encode())
    return connection


@contextmanager
def one_byte_a_second(connections: list[socket.socket]) -> Iterator[None]:
    """Meanwhile each connection sends a byte a second, for as long as it is taken."""
    ended = threading.Event()

    def send() -> None:
        while not ended.wait(1):
            for one in connections:
                try:
                    one.sendall(b"a")
                except OSError:
                    continue

    sender = threading.Thread(target=send)
    sender.start()
    try:
        yield
    finally:
        ended.set()
        sender.join()


def answer_of(connection: socket.socket) -> HTTPResponse:
    """What the server says at last."""
    answer = HTTPResponse(connection)
    answer.begin()
    return answer


def seconds_of(stack: Stack, url: str) -> float:
    """How long somebody else waits for a page."""
    began = time.monotonic()
    assert httpx.get(url, timeout=20).status_code == 200
    return time.monotonic() - began


@pytest.fixture
def there(stack: Stack) -> Business:
    return stack.harrow


@pytest.mark.parametrize("path", ["/sign-in/", "/hooks/harrow/{account}", "/api/v1/customers"])
def test_fifty_who_send_a_byte_a_second_hold_up_nobody(
    stack: Stack, there: Business, payer: Payer, path: str
) -> None:
    with ExitStack() as held:
        address = path.format(account=there.account)
        slow = [held.enter_context(begun(stack, address)) for _ in range(SLOW)]
        held.enter_context(one_byte_a_second(slow))
        for url in (f"{there.url}/sign-in/", payer.link, f"{there.url}/healthz"):
            assert seconds_of(stack, url) < OTHERS_WAIT_MAX


def test_a_body_that_does_not_arrive_in_time_is_refused_and_its_connection_ends(
    stack: Stack, there: Business
) -> None:
    with begun(stack, "/sign-in/") as trickles, begun(stack, "/sign-in/") as is_silent:
        began = time.monotonic()
        with one_byte_a_second([trickles]):
            answers = [answer_of(one) for one in (trickles, is_silent)]
        assert BODY_SECONDS - 1 < time.monotonic() - began < BODY_SECONDS + 5
        assert [one.status for one in answers] == [408, 408]
        assert {one.headers["Cache-Control"] for one in answers} == {"private, no-store"}
        assert {one.headers["Connection"] for one in answers} == {"close"}
        is_silent.settimeout(5)
        assert b"" in (answers[1].read(), is_silent.recv(1000))


def test_a_large_body_over_a_slow_line_arrives(stack: Stack, there: Business) -> None:
    """400 kB in 12 seconds is slow, and is no attack."""
    length, pieces = 400_000, 24
    with begun(stack, "/sign-in/", length=1 + length) as connection:
        for _ in range(pieces):
            connection.sendall(b"a" * (length // pieces))
            time.sleep(0.5)
        connection.sendall(b"a" * (length % pieces))
        assert answer_of(connection).status == 403  # read whole: the form's own secret is missing


def test_who_does_not_read_the_answer_holds_up_nobody(
    stack: Stack, there: Business, payer: Payer
) -> None:
    with httpx.Client(base_url=there.url) as browser:
        page = browser.get(payer.link).text
    path = page.split('<script src="')[1].split('"')[0]
    asked = f"GET {path} HTTP/1.1\r\nHost: localhost:{stack.port}\r\n\r\n" * 40
    with ExitStack() as held:
        for _ in range(SLOW):
            deaf = held.enter_context(opened(stack))
            deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            deaf.sendall(asked.encode())
        time.sleep(1)
        assert seconds_of(stack, payer.link) < OTHERS_WAIT_MAX


def test_payers_who_wait_for_a_slow_gateway_hold_up_no_webhook(stack: Stack) -> None:
    payers = [stack.payer() for _ in range(6)]
    there = payers[0].business
    browsers = [httpx.Client(base_url=there.url, timeout=30) for _ in payers]
    forms = []
    for payer, browser in zip(payers, browsers, strict=True):
        page = browser.get(payer.link).text
        forms.append({
            "csrfmiddlewaretoken": page.split('csrfmiddlewaretoken" value="')[1].split('"')[0],
            "form_key": secrets.token_hex(8), "source": stack.sandbox.token(),
        })  # fmt: skip
    there.at_gateway.set_faults(delay_seconds=3)
    try:
        with ThreadPoolExecutor(len(payers)) as at_once:
            paying = [
                at_once.submit(browser.post, f"{payer.link}/pay", data=form)
                for payer, browser, form in zip(payers, browsers, forms, strict=True)
            ]
            time.sleep(1)
            body = event(payers[0], "coupon.made")
            began = time.monotonic()
            assert push(stack, there, body, signed(body, secret_of(there))) == 200
            assert time.monotonic() - began < OTHERS_WAIT_MAX
            assert not all(one.done() for one in paying)
            assert {one.result().status_code for one in paying} == {302}
    finally:
        there.at_gateway.set_faults(delay_seconds=0)
    for payer in payers:
        witness.check_paid_once(stack, payer)


def test_who_leaves_in_the_middle_of_a_body_leaves_nothing_behind(
    stack: Stack, there: Business
) -> None:
    for _ in range(SLOW):
        begun(stack, "/sign-in/").close()
    eventually(lambda: seconds_of(stack, f"{there.url}/sign-in/") < OTHERS_WAIT_MAX, "as before")


def test_a_broken_upload_is_a_line_in_the_log(stack: Stack, there: Business) -> None:
    """Of every kind that the framework refuses; none of them is a fault of ours."""
    kind, part = "multipart/form-data", b'--x\r\nContent-Disposition: form-data; name="a"\r\n'
    fields = {f"field{number}": "" for number in range(FIELDS)}
    before = stack.log("web").stat().st_size

    with httpx.Client(base_url=there.url, timeout=20) as browser:
        answers = [
            browser.post("/sign-in/", content=part, headers={"Content-Type": kind}),
            browser.post(
                "/sign-in/", content=part, headers={"Content-Type": f"{kind}; boundary={'x' * 300}"}
            ),
            browser.post("/sign-in/", data=fields),
        ]

    assert [one.status_code for one in answers] == [400] * 3
    written = stack.log("web").read_bytes()[before:].decode()
    assert "Traceback" not in written
    assert len(written.splitlines()) == len(answers)
