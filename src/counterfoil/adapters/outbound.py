"""Calls to services outside, each within one deadline, that tell 'never sent' from 'nobody knows'.

`send` raises `Unavailable` if surely nothing was sent, or the service asks to come later (429);
`Uncertain` if the answer is late, cut or a 5xx: then it may have happened.

Each address is judged before it is called (`infra.http.targets`), and the connection goes to the
address that was judged, whatever the host's name leads to a moment later. No redirect is followed.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cache

import httpx

from counterfoil.infra.http.targets import Target, TargetRefused, target
from counterfoil.kernel.errors import Unavailable, Uncertain

DEADLINE_SECONDS = 5.0
ANSWER_BYTES_MAX = 10_000_000
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
    """A whole answer that is neither a 429 nor a 5xx; names of headers in lower case."""

    status: int
    body: bytes
    headers: Mapping[str, str]


@cache
def _http() -> httpx.Client:
    """One client for the process.

    A connection is never used twice: on a kept one, a connection that the service has closed
    looks like a lost answer, and a definite 'not sent' would become an uncertain payment.
    """
    return httpx.Client(
        timeout=httpx.Timeout(DEADLINE_SECONDS, connect=_CONNECT_SECONDS),
        limits=httpx.Limits(max_connections=100, max_keepalive_connections=0),
        follow_redirects=False,
        trust_env=False,
    )


def send(
    method: str,
    url: str,
    *,
    headers: Mapping[str, str],
    content: bytes | str | None = None,
    query: Mapping[str, str] | None = None,
) -> Answer:
    """Sends one request and reads the whole answer within the deadline."""
    ends = time.monotonic() + DEADLINE_SECONDS
    try:
        request = _http().build_request(
            method, url, headers=dict(headers), content=content, params=query or None
        )
        response = _sent(request, target(str(request.url)), ends)
        try:
            body = _read(response, ends)
        finally:
            response.close()
    except TargetRefused as refused:
        raise Unavailable("The service's address may not be called.") from refused
    except _NOT_SENT as error:
        raise Unavailable("The service can't be reached.") from error
    except httpx.HTTPError as error:
        raise Uncertain(f"The service's answer is lost ({type(error).__name__}).") from error
    if response.status_code == _TOO_MANY_REQUESTS:
        raise Unavailable("The service asks to come later.", retry_after=_wait(response.headers))
    if response.is_server_error:
        raise Uncertain(f"The service failed (HTTP {response.status_code}).")
    return Answer(response.status_code, body, dict(response.headers))


def _sent(request: httpx.Request, found: Target, ends: float) -> httpx.Response:
    """Sends it to the first address of the host that answers the knock at all."""
    request.headers["Host"] = found.authority
    extensions = {**request.extensions, "sni_hostname": found.host}
    for address in found.addresses:
        here = httpx.Request(
            request.method,
            found.at(address),
            headers=request.headers,
            stream=request.stream,
            extensions=extensions,
        )
        try:
            return _http().send(here, stream=True)
        except (httpx.ConnectError, httpx.ConnectTimeout):
            if address == found.addresses[-1] or time.monotonic() > ends:
                raise
    raise httpx.ConnectError("no address")


def read(url: str, *, headers: Mapping[str, str], query: Mapping[str, str] | None = None) -> Answer:
    """GETs; any trouble is `Unavailable`, for reading can be tried again."""
    try:
        return send("GET", url, headers=headers, query=query)
    except Uncertain as error:
        raise Unavailable("The service did not answer.") from error


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
