"""Talks HTTP with the sandbox gateway, and tells 'never sent' from 'nobody knows'."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cache

import httpx

from counterfoil.adapters.gateways.sandbox.settings import SandboxSettings
from counterfoil.kernel.errors import Unavailable, Uncertain

DEADLINE_SECONDS = 5.0
ANSWER_BYTES_MAX = 1_000_000
_CONNECT_SECONDS = 2.0
_TOO_MANY_REQUESTS = 429
_NOT_SENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.UnsupportedProtocol,
    httpx.InvalidURL,
)


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer: its status and its bytes."""

    status: int
    body: bytes


@cache
def _http() -> httpx.Client:
    """One client for the process.

    A connection is never used twice: on a kept one, a connection that the gateway has closed
    looks like a lost answer, and a definite 'not sent' would become an uncertain payment.
    """
    return httpx.Client(
        timeout=httpx.Timeout(DEADLINE_SECONDS, connect=_CONNECT_SECONDS),
        limits=httpx.Limits(max_connections=100, max_keepalive_connections=0),
        follow_redirects=False,
        trust_env=False,
    )


def post(
    settings: SandboxSettings, path: str, body: Mapping[str, object], *, idempotency_key: str
) -> Answer:
    """POSTs JSON under an idempotency key.

    `Unavailable` if nothing was sent or the gateway asks to come later (429); `Uncertain` if the
    answer is late, cut, or a 5xx: then it may have happened.
    """
    request = _http().build_request(
        "POST",
        settings.url + path,
        json=body,
        headers=_headers(settings) | {"Idempotency-Key": idempotency_key},
    )
    return _send(request)


def get(settings: SandboxSettings, path: str, query: Mapping[str, str]) -> Answer:
    """GETs; any trouble is `Unavailable`, for reading can be tried again."""
    request = _http().build_request(
        "GET", settings.url + path, params=query, headers=_headers(settings)
    )
    try:
        return _send(request)
    except Uncertain as error:
        raise Unavailable("The gateway did not answer.") from error


def _headers(settings: SandboxSettings) -> dict[str, str]:
    return {"Authorization": f"Bearer {settings.secret_key}", "Accept": "application/json"}


def _send(request: httpx.Request) -> Answer:
    ends = time.monotonic() + DEADLINE_SECONDS
    try:
        response = _http().send(request, stream=True)
        try:
            body = _read(response, ends)
        finally:
            response.close()
    except _NOT_SENT as error:
        raise Unavailable("The gateway can't be reached.") from error
    except httpx.HTTPError as error:
        raise Uncertain(f"The gateway's answer is lost ({type(error).__name__}).") from error
    if response.status_code == _TOO_MANY_REQUESTS:
        raise Unavailable("The gateway asks to come later.", retry_after=_wait(response.headers))
    if response.is_server_error:
        raise Uncertain(f"The gateway failed (HTTP {response.status_code}).")
    return Answer(response.status_code, body)


def _read(response: httpx.Response, ends: float) -> bytes:
    """The whole body within the deadline; httpx alone would let it trickle for ever."""
    body = bytearray()
    for chunk in response.iter_bytes():
        body += chunk
        if len(body) > ANSWER_BYTES_MAX or time.monotonic() > ends:
            raise httpx.ReadTimeout("the answer is too long or too slow", request=response.request)
    return bytes(body)


def _wait(headers: httpx.Headers) -> timedelta | None:
    text = headers.get("retry-after", "")
    return timedelta(seconds=int(text)) if text.isascii() and text.isdigit() else None
